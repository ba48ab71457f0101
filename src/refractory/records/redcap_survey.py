"""A first look through the exports of a project: what must be known before their cells can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from refractory.records.redcap_cells import count_written_out
from refractory.records.redcap_dictionary import RedcapDictionary
from refractory.records.redcap_entries import DoubleEntries
from refractory.records.redcap_rows import Export


@dataclass
class Survey:
    """What the exports of a project show together.

    Args:
        has_events: True when any row names an event.
        has_instances: True when anything repeats.
        has_groups: True when any row names a data access group.
        labelled: Files that hold meanings rather than codes.
        present: Fields that some export has.
        strangers: Columns that the dictionary does not know, with their instrument.
        boxes: Boxes that some export has, those of missing-data codes included.
        hidden_codes: Missing-data codes that only the columns tell.
        entries: What was entered twice.
        events: Names of the events, by file.
    """

    has_events: bool = False
    has_instances: bool = False
    has_groups: bool = False
    labelled: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    strangers: dict[str, str] = field(default_factory=dict)
    boxes: set[str] = field(default_factory=set)
    hidden_codes: dict[str, str] = field(default_factory=dict)
    entries: DoubleEntries = field(default_factory=DoubleEntries)
    events: dict[str, set[str]] = field(default_factory=dict)


def survey_exports(exports: Sequence[Export], dictionary: RedcapDictionary) -> Survey:
    """Look through the exports once.

    Args:
        exports: The exports of one project.
        dictionary: Its data dictionary.
    """
    survey = Survey()
    for export in exports:
        written = Counter[str]()
        events = survey.events.setdefault(export.file, set())
        choices = {one.name: one.choices for one in dictionary.fields if one.choices}
        for row in export:
            survey.entries.add(row)
            survey.has_events = survey.has_events or bool(row.event)
            events.add(row.event)
            survey.has_instances = survey.has_instances or bool(row.instance)
            survey.has_groups = survey.has_groups or bool(row.group)
            _weigh(row.cells, choices, written)
        if written["meanings"] > written["codes"]:
            survey.labelled.add(export.file)
        survey.present |= export.present
        survey.strangers |= dict(export.columns.strangers)
        survey.boxes |= export.columns.boxes
        survey.hidden_codes |= {code: code for code in export.columns.hidden_codes}
    return survey


def find_lent(
    exports: Iterable[Export], entries: DoubleEntries, names: frozenset[str], double_entry: str
) -> Mapping[tuple[str, str, str], Mapping[str, str]]:
    """Find the values that other instruments ask for, by record, event and instance.

    Args:
        exports: The exports of one project.
        entries: What was entered twice.
        names: Fields that another instrument's table asks for; nothing is read where there is none.
        double_entry: What to take of a record that was entered twice and not merged.
    """
    lent: dict[tuple[str, str, str], dict[str, str]] = {}
    for export in exports if names else ():
        for row in entries.merge(export, double_entry, frozenset(), []):
            own = {name: text for name, text in row.cells.items() if name in names} if not row.instrument else {}
            if own:
                lent.setdefault((row.record, row.event, row.instance), {}).update(own)
    return lent


def _weigh(cells: Mapping[str, str], choices: Mapping[str, Mapping[str, str]], written: Counter[str]) -> None:
    """Count cells that can only be codes, and cells that can only be meanings."""
    if sum(written.values()) > 10_000:
        return  # nobody changes the kind of an export in its middle
    for name, text in cells.items():
        if name in choices:
            more = count_written_out(choices[name], (text,))
            written["meanings" if more > 0 else "codes"] += abs(more)
