"""The reporting checklists, filled in: where this report answers an item, and what the author must still write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from refractory.report.checklist_items import STROBE, Checklist, ChecklistItem
from refractory.report.checklist_items_record import RECORD, RECORD_PE
from refractory.report.page_parts import Section
from refractory.report.printed_table import PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable
from refractory.report.tables import NOT_AVAILABLE, number_tables

CHECKLISTS = (STROBE, RECORD, RECORD_PE)
UNANSWERED = "This report does not answer it: all of it."
_COLUMNS = ("Item", "Asks for", "Answered in", "Left to the author")


def _find_places(sections: Iterable[Section]) -> dict[str, str]:
    """Name every place of the report that can answer an item."""
    places = {}
    for section in sections:
        places[f"section:{section.anchor}"] = section.heading
        places |= {f"methods:{part.heading}": f"{section.heading}: {part.heading}" for part in section.methods}
        places |= {f"table:{table.name}": table.number for table in section.tables}
        places |= {f"figure:{figure.name}": figure.number for figure in section.figures}
    return places


def _fill_in(item: ChecklistItem, places: Mapping[str, str]) -> PrintedRow:
    found = [places[place] for place in item.places if place in places]
    author = item.author or (NOT_AVAILABLE if found else UNANSWERED)
    answered = "; ".join(found) or NOT_AVAILABLE
    return PrintedRow(item.number, (PrintedCell(item.asks), PrintedCell(answered), PrintedCell(author)), indent=1)


def _tabulate_checklist(checklist: Checklist, places: Mapping[str, str]) -> PrintedTable:
    groups = tuple(
        (PrintedRow(part, ()), *(_fill_in(item, places) for item in items))
        for part, items in groupby(checklist.items, key=lambda item: item.part)
    )
    return PrintedTable(
        anchor=checklist.name,
        number="",
        title=f"{checklist.name}, for {checklist.scope}",
        columns=tuple(PrintedColumn(heading, is_count=False) for heading in _COLUMNS),
        groups=groups,
        notes=(
            PrintedNote(f"{checklist.source}. The items are in our own short words; the statement has the full ones."),
        ),
    )


def tabulate_checklists(sections: Iterable[Section]) -> tuple[PrintedTable, ...]:
    """Fill in STROBE, RECORD and RECORD-PE for a report.

    An item is answered only where the report has the section, paragraph, table or figure that can answer it.

    Args:
        sections: The sections of the report.

    Returns:
        One table a statement, one row an item, under the part of a paper that it belongs to.
    """
    places = _find_places(sections)
    return number_tables((_tabulate_checklist(one, places) for one in CHECKLISTS), word="Checklist")
