"""A protocol to start from: only what the sheet can support, each choice with its reason."""

from __future__ import annotations

import re
import shlex

from refractory.numbers import say_count
from refractory.starting.answers import Meaning
from refractory.starting.column_days import count_days
from refractory.starting.drafting import count_dose_days
from refractory.starting.drafts import join_lines, quote, quote_all
from refractory.starting.protocol_concepts import STEROID_SET, TRIED_SET, ProtocolDraft, write_concepts
from refractory.starting.treatments import UNNAMED

_INFUSED = {
    "immunoglobulin": ("7 days", "28 days"),
    "rituximab": ("21 days", "182 days"),
    "infliximab": ("7 days", "56 days"),
    "cyclophosphamide": ("7 days", "28 days"),
    "tocilizumab": ("7 days", "28 days"),
    "abatacept": ("7 days", "28 days"),
    "belimumab": ("7 days", "28 days"),
    "efgartigimod": ("14 days", "50 days"),
    "methylprednisolone": ("7 days", "28 days"),
    "eculizumab": ("5 days", "14 days"),
    "ocrelizumab": ("21 days", "182 days"),
    "vedolizumab": ("7 days", "56 days"),
}
_SCORE_CHANGES = {"CDASI activity": "4 points", "CDASI damage": "", "DLQI": "4 points", "MMT-8": ""}


def write_protocol(draft: ProtocolDraft) -> str:
    """Write the protocol as TOML with comments."""
    lines = [
        "# A protocol to start from, written by `refractory init`: read it, change it, then",
        f"#   refractory run {draft.name}.study.toml --records {shlex.quote(draft.mapping)}",
        *(f"# CHOSEN WITHOUT EVIDENCE: {one}" for one in draft.says),
        "",
        "[study]",
        f"name  = {quote(draft.name)}",
        f"title = {quote(_title(draft))}",
        "",
        "# ---------------------------------------------------------------- concept sets",
        "",
        *write_concepts(draft),
        "# ---------------------------------------------------------------- who, from when",
        "",
        "[disease]",
        f"concept  = {quote(draft.disease)}",
        "at_least = 1                             # the sheet says it once; 2 is usual for codes of a hospital",
        "",
        *_write_treatment(draft),
        *_write_refractory(draft),
        "# ---------------------------------------------------------------- how they did",
        "",
        *_write_response(draft),
        *_write_sparing(draft),
        "[explanations]",
        "near_day_0 = [0, 30]                     # undated earlier drugs stand on the day before: none began then",
        "",
    ]
    return join_lines(lines)


def _title(draft: ProtocolDraft) -> str:
    drug = draft.treatment.drug.name
    named = {"immunoglobulin": "Intravenous immunoglobulin"} if draft.treatment.drug.route == "intravenous" else {}
    disease = draft.disease if draft.disease != "the disease" else "disease"
    return f"{named.get(drug, drug[:1].upper() + drug[1:])} for {'refractory ' if draft.tried else ''}{disease}"


def _write_treatment(draft: ProtocolDraft) -> list[str]:
    drug = draft.treatment.drug
    lines = ["[treatment]", f"concept = {quote(drug.name)}                # {draft.treatment.why}"]
    if drug.route:
        lines.append(f"routes  = [{quote(drug.route)}]")
    if drug.name in _INFUSED and not draft.is_repeated:
        lines.append("# No cycles are counted: the sheet tells the first day of each person alone, or first and last.")
    elif drug.name in _INFUSED or (drug == UNNAMED and draft.is_repeated):
        split, planned = _INFUSED.get(drug.name, ("7 days", "28 days"))
        weight = ', weight = "body weight"' if draft.found.has_weight else ""
        lines.append(f"cycle   = {{ split = {quote(split)}, planned = {quote(planned)}{weight} }}")
    return [*lines, ""]


def _write_refractory(draft: ProtocolDraft) -> list[str]:
    tried = draft.tried
    if tried and not draft.failed:
        return ["# Nobody in the sheet had a drug that counts before the treatment: none is asked for.", ""]
    if not tried:
        return ["# The sheet tells of no drug that was tried before: nobody is left out for having tried too few.", ""]
    beside = f"# Not counted as tried: {', '.join(draft.beside)}." if draft.beside else ""
    return [
        *([beside] if beside else []),
        "[refractory]",
        f"failed         = {draft.failed}                       # different drugs before; no section: none asked for",
        f"among          = {quote(TRIED_SET)}",
        'begun          = "any time before day 0"',
        'routes         = ["oral", "intravenous", "subcutaneous", "intramuscular"]',
        'adequate       = { "*" = "0 days" }      # each drug that was tried counts; "8 weeks" needs days in the sheet',
        "unknown_counts = true",
        "",
    ]


def _write_response(draft: ProtocolDraft) -> list[str]:
    meaning = draft.response
    if meaning is None:
        return _write_score_response(draft)
    lines = [
        "[response]",
        f"name    = {quote(_name_item(meaning.item))}",
        f"primary = {_write_rule(meaning)}",
    ]
    if meaning.untold:
        lines.append(f"# Neither response nor none: {', '.join(meaning.untold)}.")
    lines.append("")
    for other in draft.others:
        if other.positive:
            lines += ["[[response.supporting]]", *_write_rule_lines(other), ""]
    return lines


def _write_score_response(draft: ProtocolDraft) -> list[str]:
    for score, days in draft.found.scores.items():
        if (None in days or (0 in days and max(day or 0 for day in days) > 0)) and _SCORE_CHANGES.get(score):
            change = _SCORE_CHANGES[score]
            rule = f"score = {quote(score)}, fall = {quote(change)}, baseline = [-90, 0], window = [1, 365]"
            return [
                "# No column says who responded: the score decides.",
                "[response]",
                f"name    = {quote(f'{score} lower by {change}')}",
                f"primary = {{ {rule} }}",
                "",
            ]
    return [
        "# NO COLUMN SAYS WHO RESPONDED. Add one to the sheet (person, response, its day), and to the mapping",
        "# as a label; until then nobody is evaluable.",
        "[response]",
        'name    = "Response"',
        'primary = { label = "response", positive = ["yes"], negative = ["no"], window = [1, 365] }',
        "",
    ]


def _write_rule(meaning: Meaning) -> str:
    return "{ " + ", ".join(line.replace("  ", " ") for line in _write_rule_lines(meaning)) + " }"


def _write_rule_lines(meaning: Meaning) -> list[str]:
    lines = [f"name = {quote(_name_item(meaning.item))}", f"label = {quote(meaning.item)}"]
    lines.append(f"positive = {quote_all(meaning.positive or _name_none(meaning, 'yes'))}")
    lines.append(f"negative = {quote_all(meaning.negative or _name_none(meaning, 'no'))}")
    lines.append(f"window = [1, {max({365} | count_days(meaning.look.plain))}]")
    return lines


def _name_none(meaning: Meaning, usual: str) -> tuple[str]:
    """Name an answer that no cell gives, where none is a response: a rule must name one."""
    given = {*meaning.positive, *meaning.negative, *meaning.untold}
    return (next(one for one in (usual, *(f"{usual} {n}" for n in range(2, 99))) if one not in given),)


def _name_item(item: str) -> str:
    return item[:1].upper() + item[1:]


def _write_sparing(draft: ProtocolDraft) -> list[str]:
    if not draft.has_sparing:
        return []
    if not draft.has_steroid_days:
        courses = say_count(draft.found.steroid_courses, "row")
        return ["[sparing]", f"glucocorticoid = {quote(STEROID_SET)}    # {courses} with a dose and an end", ""]
    last = max(draft.found.steroid_days)
    return [
        "[sparing]",
        f"glucocorticoid = {quote(STEROID_SET)}",
        "baseline       = [-31, -2]               # the days that the dose before the treatment was written for",
        f"follow_up_day  = {last}",
        f'last           = "{count_dose_days(last, draft.found.steroid_days)} days"',
        "",
    ]


def name_study(stem: str) -> str:
    """Name a study after its file.

    Example:
        >>> name_study("Copy of IVIG final v3"), name_study("µ")
        ('copy-of-ivig-final-v3', 'study')
    """
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "study"
