"""The columns of a flat export of REDCap: which is which, by the fields' names or by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from refractory.records.redcap_boxes import SIGN, find_hidden_codes, match_boxes, name_box
from refractory.records.redcap_dictionary import RedcapDictionary, RedcapField, write_plain

EVENT, REPEATS, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
GROUP, SURVEY = "redcap_data_access_group", "redcap_survey_identifier"
SHARED = {
    EVENT: "Event Name",
    REPEATS: "Repeat Instrument",
    INSTANCE: "Repeat Instance",
    GROUP: "Data Access Group",
    SURVEY: "Survey Identifier",
}
COMPLETE, STAMP = "_complete", "_timestamp"
_BOX_LABEL = re.compile(r"(.*?)\s*\(choice=(.*)\)", re.DOTALL)
NO_CODES: Mapping[str, str] = {}
_STATE_LABELS = {"complete?": COMPLETE, "surveytimestamp": STAMP}


@dataclass(frozen=True)
class ExportColumns:
    """What each column of an export is.

    Args:
        names: By place: a field, a box, an instrument's status, or one of REDCap's own; empty for a column that is
            passed over. The field that tells the records apart has its own name.
        boxes: The names that are boxes.
        strangers: Columns that the dictionary does not know, with the instrument that they stand in.
        hidden_codes: Codes that stand beside the choices of every checkbox field: missing-data codes.
        again: Columns that come again, and are passed over.
        unsure: Columns whose label is that of several fields, any of which they may be.
    """

    names: tuple[str, ...]
    boxes: frozenset[str] = frozenset()
    strangers: Mapping[str, str] = field(default_factory=dict)
    hidden_codes: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def arrange_columns(
    head: Sequence[str], dictionary: RedcapDictionary, missing: Mapping[str, str] = NO_CODES
) -> ExportColumns:
    """Find what each column of a flat export is.

    Args:
        head: The first line of the export.
        dictionary: The data dictionary.
        missing: Missing-data codes of the project that are known already, with their meaning.
    """
    plain = [one.strip() for one in head]
    by_name = _count_known(plain, dictionary)
    if by_name < len(plain):  # a label may be the name of its field, or of another
        labelled, unsure = _name_by_labels(plain, dictionary, missing)
        if _count_known(labelled, dictionary) > by_name:
            return replace(_finish(labelled, dictionary, tuple(missing)), unsure=unsure)
    return _finish([one.lower() for one in plain], dictionary, tuple(missing))


def _count_known(head: Sequence[str], dictionary: RedcapDictionary) -> int:
    fields = {one.name for one in dictionary.fields}
    ends = {f"{one}{end}" for one in dictionary.instruments for end in (COMPLETE, STAMP)}
    return sum(
        one.lower() in fields or one.lower() in SHARED or one.lower() in ends or one.lower().split(SIGN)[0] in fields
        for one in head
    )


def _finish(names: list[str], dictionary: RedcapDictionary, missing: tuple[str, ...]) -> ExportColumns:
    checkboxes = {one.name: one for one in dictionary.fields if one.kind == "checkbox"}
    columns: dict[str, list[str]] = {name: [] for name in checkboxes}
    for name in names:
        base = name.split(SIGN)[0]
        if base in checkboxes and SIGN in name:
            columns[base].append(name)
    hidden = _find_hidden(columns, checkboxes)
    renamed: dict[str, str] = {}
    for base, several in columns.items():
        matched = match_boxes(base, several, (*checkboxes[base].choices, *missing, *hidden))
        renamed.update({column: name_box(base, code) for column, code in matched.items()})
    boxes = {renamed.get(column, column) for several in columns.values() for column in several}
    places = place_names(dictionary)
    strangers: dict[str, str] = {}
    kept: list[str] = []
    again: list[str] = []
    met = {""}
    instrument = dictionary.instruments[0]
    for name in (renamed.get(one, one) for one in names):
        if name in places:
            instrument = places[name]
        elif name in boxes:
            instrument = places[name.split(SIGN)[0]]
        elif name and name not in SHARED:
            strangers[name] = instrument
        kept.append("" if name in met else name)
        again += [name] if name in met and name else []
        met.add(name)
    return ExportColumns(tuple(kept), frozenset(boxes), strangers, hidden, tuple(again))


def _find_hidden(columns: Mapping[str, Sequence[str]], checkboxes: Mapping[str, RedcapField]) -> tuple[str, ...]:
    """Find missing-data codes that only the columns tell: REDCap gives every checkbox field a box for each of them."""
    rest = {}
    for base, several in columns.items():
        if several and checkboxes[base].may_be_missing:
            own = match_boxes(base, several, checkboxes[base].choices)
            rest[base] = [column[len(base) + len(SIGN) :] for column in several if column not in own]
    # One field alone may as well have lost a choice since the export.
    return find_hidden_codes(rest) if len(rest) > 1 else ()


def place_names(dictionary: RedcapDictionary) -> dict[str, str]:
    """Return the instrument of every field, and of the columns that REDCap adds to each instrument."""
    places = {f"{one}{end}": one for one in dictionary.instruments for end in (COMPLETE, STAMP)}
    return places | {one.name: one.instrument for one in dictionary.fields}


def _name_by_labels(
    head: Sequence[str], dictionary: RedcapDictionary, missing: Mapping[str, str]
) -> tuple[list[str], tuple[str, ...]]:
    """Name the columns of an export that is headed by labels.

    The columns come in the order of the dictionary. Of several fields of one label a column is the first that stands
    between the fields to its left and to its right, as far as those are known; so is a form's state or its time.

    Returns:
        The names, and those of them that may as well be another field of the same label.
    """
    expected = _expect_labels(dictionary, missing)
    places: dict[str, list[int]] = {}
    for place, (label, _) in enumerate(expected):
        places.setdefault(_squeeze(label), []).append(place)
    shared = {_squeeze(label): name for name, label in SHARED.items()}
    labels = [_squeeze(write_plain(text)) for text in head]
    sure = [places[label][0] if len(places.get(label, ())) == 1 else None for label in labels]
    found: list[int | None] = []
    open_names = []
    for at, label in enumerate(labels):
        last = max((place for place in found if place is not None), default=-1)
        beyond = next((place for place in sure[at:] if place is not None and place > last), len(expected))
        free = [place for place in places.get(label, ()) if place not in found]
        within = [place for place in free if last < place < beyond]
        if sure[at] is None and _STATE_LABELS.get(label) == COMPLETE:
            within = within[:1]  # that of the form to the left
        elif sure[at] is None and _STATE_LABELS.get(label) == STAMP:
            within = within[-1:]  # that of the form to the right
        taken = sure[at] if sure[at] in free else next(iter(within or free), None)
        found.append(taken)
        if taken is not None and len(within) > labels[at:].count(label):
            open_names.append(expected[taken][1])
    questions = {_squeeze(one.label): one.name for one in dictionary.fields if one.kind == "checkbox"}
    names = [
        expected[place][1]
        if place is not None
        else shared.get(label) or _name_unknown_box(text, questions) or " ".join(text.split())
        for place, label, text in zip(found, labels, head, strict=True)
    ]
    return names, tuple(open_names)


def _name_unknown_box(text: str, questions: Mapping[str, str]) -> str:
    """Name a box of a known checkbox field whose choice the dictionary does not have: that of a missing-data code."""
    found = _BOX_LABEL.fullmatch(write_plain(text))
    field_of = questions.get(_squeeze(found[1]), "") if found else ""
    return name_box(field_of, found[2].replace(" ", "_")) if found and field_of else ""


def _squeeze(label: str) -> str:
    """Write a label without blanks and in small letters: markup leaves blanks in other places in a whole heading."""
    return "".join(label.lower().split())


def _expect_labels(dictionary: RedcapDictionary, missing: Mapping[str, str]) -> list[tuple[str, str]]:
    expected = []
    for instrument in dictionary.instruments:
        expected.append(("survey timestamp", f"{instrument}{STAMP}"))
        for one in dictionary.fields:
            if one.instrument != instrument or one.kind == "descriptive":
                continue
            label = one.label.lower()
            if one.kind == "checkbox":
                codes = {**one.choices, **{code: text for code, text in missing.items() if code not in one.choices}}
                expected += [
                    (f"{label} (choice={meaning.lower()})", name_box(one.name, code)) for code, meaning in codes.items()
                ]
            else:
                expected.append((label, one.name))
        expected.append(("complete?", f"{instrument}{COMPLETE}"))
    return expected
