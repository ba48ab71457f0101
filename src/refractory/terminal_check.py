"""What `refractory check` shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text

from refractory.numbers import format_count, format_share
from refractory.records.checks import SetCount, TableCount
from refractory.records.members import Doubt, UnresolvedCode
from refractory.terminal import open_console, open_table

if TYPE_CHECKING:
    from rich.console import Console

    from refractory.records.checks import RecordsCheck


def gather_items(sets: Iterable[SetCount], instruments: Iterable[str]) -> list[SetCount]:
    """Gather the items of each instrument into one line: a sheet may have eighty.

    Args:
        sets: What the source holds of each concept set.
        instruments: Names of the scores of the study.

    Returns:
        The sets in their order; in the place of the items of an instrument one line, with the rows of all items and
        the persons of the most frequent one.
    """
    gathered: list[SetCount] = []
    own = {name: [one for one in sets if one.concept_set.startswith(f"{name}: ")] for name in instruments}
    of_item = {one.concept_set: name for name, items in own.items() for one in items}
    for one in sets:
        name = of_item.get(one.concept_set)
        if name is None:
            gathered.append(one)
        elif own[name][0] is one:
            gathered.append(_gather(name, own[name]))
    return gathered


def _gather(name: str, items: list[SetCount]) -> SetCount:
    empty = sum(not one.rows for one in items)
    said = f"{name}: {len(items)} items" + (f", {empty} without records" if empty else "")
    rows: dict[str, int] = {}
    for one in items:
        for count in one.tables:
            rows[count.table] = rows.get(count.table, 0) + count.rows
    persons = max(one.persons for one in items)
    tables = tuple(TableCount(table, count, persons) for table, count in rows.items())
    return SetCount(said, sum(rows.values()), persons, tables)


def show_check(found: RecordsCheck, name: str, instruments: Iterable[str] = ()) -> None:
    """Show what the records hold of what the study needs."""
    console = open_console()
    console.print()
    console.print(Text(f"{name}: what {found.source_name} holds of it", style="bold"))
    console.print(f"{format_count(found.persons)} persons in the source; no outcome was looked at.")
    table = open_table("Concept sets", [("Set", "left"), ("Persons", "right"), ("Rows", "right"), ("Where", "left")])
    for one in gather_items(found.sets, instruments):
        where = ", ".join(f"{count.table} {format_count(count.rows)}" for count in one.tables if count.rows)
        style = "" if one.rows else "bold red"
        name_of_set = Text(one.concept_set + (" (the treatment)" if one.concept_set == found.treatment else ""), style)
        table.add_row(name_of_set, format_count(one.persons), format_count(one.rows), Text(where or "nothing found"))
    console.print(table)
    _show_missing(console, found)
    _show_unresolved(console, found)


def show_unstudied() -> None:
    """Say that no row was looked at, because the source lacks a table that no study can do without."""
    open_console().print("Data quality was not looked at: a table that no study can do without is missing.")


def _show_missing(console: Console, found: RecordsCheck) -> None:
    if found.missing_tables or found.missing_columns:
        table = open_table("Not there", [("Table", "left"), ("Columns", "left"), ("Would be for", "left")])
        for gap in found.missing_tables:
            needed = gap.needed_for + (" (no study without it)" if gap.is_necessary else "")
            table.add_row(Text(gap.table), Text("all"), Text(needed))
        for column in found.missing_columns:
            table.add_row(Text(column.table), Text(" or ".join(column.columns)), Text(column.needed_for))
        console.print(table)
    else:
        console.print("Every table and column that the study can use is there.")
    table = open_table(
        "Missing values, of the rows that the study asks for",
        [("Table", "left"), ("Columns", "left"), ("For", "left"), ("Missing", "right")],
    )
    for values in found.missing_values:
        share = format_share(values.missing, values.rows) if values.rows else "no rows"
        table.add_row(Text(values.table), Text(" or ".join(values.columns)), Text(values.needed_for), share)
    console.print(table)


def _show_unresolved(console: Console, found: RecordsCheck) -> None:
    if not found.unresolved:
        console.print("Every code is in the source's vocabulary.")
        return
    groups: dict[tuple[str, str, str], list[str]] = {}
    for code in found.unresolved:
        # What is one word for many codes is told once; a code that names something else is told by itself.
        is_absent = code.doubt is Doubt.NOT_FOUND
        said = "not in the source's vocabulary" if is_absent else f"{code.why} ({code.doubt})"
        if code.hint:
            said += f"; {code.hint}"
        groups.setdefault((code.concept_set, code.vocabulary, said), []).append(f"{code.code}{_doubtful(code)}")
    title = f"{format_count(len(found.unresolved))} codes that the source's vocabulary does not bear out"
    table = open_table(title, [("Set", "left"), ("Codes", "left"), ("What is wrong", "left")])
    for (name, vocabulary, said), codes in groups.items():
        table.add_row(Text(name), Text(f"{vocabulary} {', '.join(codes)}"), Text(said))
    console.print(table)
    console.print("Such codes are still matched with the source's own codes, where it has any.")
    if any(_doubtful(code) for code in found.unresolved):
        console.print("(?) the code list itself marks this code as general knowledge, not seen in a source.")


def _doubtful(code: UnresolvedCode) -> str:
    return " (?)" if code.confidence == "G" else ""
