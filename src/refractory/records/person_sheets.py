"""Workbooks with a sheet for each person: the name of the sheet tells the person."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from refractory.records.grid import Grid, RawSheet, is_named
from refractory.records.mapping import TableDefinition

NAME_OF_SHEET = "name of the sheet"
ANY = "*"
_ENDING = re.compile(r"\.(?:csv|tsv|txt|xlsx?|ods)$", re.IGNORECASE)


@dataclass(frozen=True)
class PersonSheet:
    """A sheet of one person.

    Args:
        raw: The sheet under its number, for its name tells a person.
        person: Its name.
        written: What problems and accounts would call it by its name.
        group: Name with * under which the mapping has it.
    """

    raw: RawSheet
    person: str
    written: str
    group: str


def matches(file: str, sheet: str, pattern: str) -> bool:
    """Say whether a sheet is one of those that a name with * stands for.

    Example:
        >>> matches("log.xlsx", "Patient 12", "patient *"), matches("log.xlsx", "Summary", "Patient *")
        (True, False)
    """
    parts = [re.escape(part) for part in " ".join(pattern.split()).lower().split(ANY)]
    wanted = re.compile(".*".join(parts), re.DOTALL)
    names = (" ".join(one.split()).lower() for one in (sheet, f"{file}: {sheet}"))
    return any(wanted.fullmatch(one) for one in names)


def spread_tables(
    tables: Sequence[TableDefinition], raws: Sequence[RawSheet], not_used: Collection[str]
) -> list[tuple[TableDefinition, PersonSheet | None]]:
    """Give each sheet that a name with * stands for a table of its own.

    Sheets that another table names, or that are not used, are none of them. In what is written about a run such a
    sheet is called by its number, for its name tells a person.

    Args:
        tables: The tables of a mapping.
        raws: Every sheet that holds anything.
        not_used: Names of sheets that hold no records.

    Returns:
        Each table with its sheet; without it for a table of one named sheet.
    """
    named = [*not_used, *(table.sheet for table in tables if ANY not in table.sheet)]
    spread: list[tuple[TableDefinition, PersonSheet | None]] = []
    for table in tables:
        if ANY not in table.sheet:
            spread.append((table, None))
            continue
        found = [
            (place, raw)
            for place, raw in enumerate(raws, start=1)
            if matches(raw.file, raw.sheet, table.sheet)
            and not any(is_named(raw.file, raw.sheet, name) for name in named)
        ]
        for place, raw in found:
            own = replace(raw, sheet=f"sheet {place} of a person")
            written = raw.file if raw.sheet in ("", raw.file) else f"{raw.file}: {raw.sheet}"
            one = PersonSheet(own, _ENDING.sub("", raw.sheet), written, table.sheet)
            spread.append((table.model_copy(update={"sheet": f"{own.file}: {own.sheet}"}), one))
        if not found:
            spread.append((table, None))
    return spread


def add_person(grid: Grid, table: TableDefinition, own: PersonSheet) -> Grid:
    """Add the column of the person to a grid of one person's sheet, where the mapping asks for it.

    Args:
        grid: The grid.
        table: Its table.
        own: The sheet that it was built of.
    """
    grid = replace(grid, group=own.group)
    if table.person != NAME_OF_SHEET or NAME_OF_SHEET in grid.columns:
        return grid
    columns, rows = (*grid.columns, NAME_OF_SHEET), [(*row, own.person) for row in grid.rows]
    return replace(grid, columns=columns, rows=rows)
