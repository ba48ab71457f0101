"""How many persons of a sheet had how many of the earlier drugs that a protocol counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from refractory.numbers import say_count
from refractory.records.cell_words import read_cell_text, read_yes_or_no
from refractory.records.from_drug_names import Ingredient, find_drug_mentions
from refractory.starting.column_facts import denies, is_pair, read_pair
from refractory.starting.drafting import Draft, find_dose_days
from refractory.starting.failed_drugs import name_unknown_drugs
from refractory.starting.looks import NO, YES, ColumnLook
from refractory.starting.protocol_concepts import ProtocolDraft
from refractory.starting.steroids import STEROIDS
from refractory.starting.treatments import name_drug_of_row

_STEROID = "glucocorticoid"
_NOT_ZERO = re.compile(r"[1-9]")


MOST_FAILED = 2  # drugs that a protocol to start from asks for


def ask_for_tried(protocol: ProtocolDraft, drafts: Sequence[Draft]) -> ProtocolDraft:
    """Ask for two earlier drugs; for fewer where nobody had two, so that somebody is left to look at."""
    counted = {drug.name for held in protocol.tried.values() for drug in held}
    least = min(MOST_FAILED, len(protocol.tried))
    found = count_persons_with_tried(drafts, least, counted)
    while least and not found[0]:
        least -= 1
        found = count_persons_with_tried(drafts, least, counted)
    return replace(protocol, failed=least, with_failed=found)


def warn_of_tried(protocol: ProtocolDraft) -> Iterable[str]:
    """Warn where the earlier drugs that are asked for leave out half of the persons or more."""
    some, treated = protocol.with_failed
    if protocol.tried and treated and some * 2 <= treated and protocol.failed:
        yield (
            f"{treated - some} of {say_count(treated, 'person')} had fewer than {protocol.failed} of the earlier drugs "
            "that count, and the protocol leaves them out: change `failed` under [refractory], or take it out."
        )


def count_persons_with_tried(drafts: Sequence[Draft], least: int, counted: Collection[str]) -> tuple[int, int]:
    """Count the persons with at least so many of the earlier drugs, and the persons who were treated.

    Days are not looked at: a drug of a dated list may have come later, and the study then counts fewer.

    Args:
        drafts: The sheets.
        least: Different drugs that are asked for.
        counted: Names of the drugs that count; glucocorticoids are one.
    """
    has_steroids = any(name in STEROIDS for name in counted)
    tried: dict[str, set[str]] = {}
    treated: set[str] = set()
    for draft in drafts:
        anchor, persons = draft.anchor, draft.view.persons
        if anchor is not None:
            names = draft.view.first("drug name")
            of_row = name_drug_of_row(draft.view, names) if names is not None else None
            rows = [row for row, _ in anchor.cells]
            if of_row is not None:  # a sheet of drugs: only the rows of the treatment tell who had it
                rows = [row for row in rows if row in of_row and draft.is_treatment(of_row[row])]
            treated |= {person for row in rows if (person := persons[row])}
        for look in draft.view.looks:
            for row, drug in _drugs_of(draft, look):
                person = persons[row]
                name = _STEROID if drug.name in STEROIDS else drug.name
                is_counted = has_steroids if name == _STEROID else drug.name in counted
                if person and not draft.is_treatment(drug) and is_counted:
                    tried.setdefault(person, set()).add(name)
    return sum(len(tried.get(person, ())) >= least for person in treated), len(treated)


def _drugs_of(draft: Draft, look: ColumnLook) -> list[tuple[int, Ingredient]]:
    """Return the earlier drugs that a column tells, each with its row."""
    role = draft.view.role(look)
    if role.kind in ("tried list", "numbered drug"):
        return [
            (row, one.ingredient)
            for row, cell in look.cells
            for one in find_drug_mentions(read_cell_text(cell))
            if not one.is_denied
        ]
    if role.kind == "drug name" and draft.view.first("drug name") is look and not draft.has_drug_of_person:
        return list((name_drug_of_row(draft.view, look) | name_unknown_drugs(draft.view, look)).items())
    if role.kind in ("tried", "tried so") and role.drug is not None:
        is_told = role.kind == "tried so"
        denied = [
            row for row, cell in look.cells
            if (denies(read_cell_text(cell)) if is_told else read_yes_or_no(cell, YES, NO) is False)
        ]  # fmt: skip
        return [(row, role.drug) for row, _ in look.cells if row not in denied]
    if role.kind == "steroid dose" and any(not day for _, day, _ in find_dose_days(look, role.day)):
        doses = [(row, read_pair(look, cell)[0] if is_pair(look) else str(cell)) for row, cell in look.cells]
        return [(row, Ingredient("8640", "prednisone")) for row, dose in doses if _NOT_ZERO.search(dose)]
    if role.kind == "drug start" and role.drug is not None:
        return [(row, role.drug) for row, _ in look.cells]
    return []
