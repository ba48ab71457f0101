"""What the command line shows: tables and text for a terminal of any width."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from refractory.analysis.results import MethodsSection, Results, Severity
from refractory.numbers import format_count, format_estimate, format_share
from refractory.records.members import Doubt, UnresolvedCode

if TYPE_CHECKING:
    from refractory.records.checks import RecordsCheck

_WIDEST = 110


def _console() -> Console:
    width = shutil.get_terminal_size((100, 24)).columns
    return Console(highlight=False, width=min(width, _WIDEST))


def _table(title: str, columns: Sequence[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, justify in columns:
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]  # a literal at every call
    return table


def show_run(results: Results, report: Path) -> None:
    """Show the answer of a run: published figures beside reproduced ones, or the main result, and the report's path."""
    console = _console()
    console.print()
    first, last = results.attrition[0], results.attrition[-1]
    console.print(Text(results.head.title, style="bold"))
    console.print(
        f"{format_count(last.persons_after)} persons in the cohort, of {format_count(first.persons_before)} who ever "
        f"had "
        f"{results.head.treatment}, in {results.head.source_name}.",
        markup=False,
    )
    if results.head.is_invented:
        console.print("Invented data: nothing here is evidence about patients.", style="italic")
    if results.comparisons:
        table = _table(
            "Published and reproduced",
            [("Figure", "left"), ("Published", "right"), ("Reproduced", "right"), ("", "left"), ("In full", "left")],
        )
        for one in results.comparisons:
            mark = Text("same", style="green") if one.agrees else Text("differs", style="bold red")
            table.add_row(Text(one.statement), Text(one.published), Text(one.reproduced), mark, Text(one.detail))
        console.print(table)
        same = sum(one.agrees for one in results.comparisons)
        console.print(f"{same} of {len(results.comparisons)} published figures come out the same.")
    else:
        table = _table(results.head.outcome, [("Persons", "left"), ("Result", "left")])
        for named in results.estimates:
            if named.id.count(".") == 1 and named.id.startswith("response.") and "fisher" not in named.id:
                table.add_row(Text(named.label), Text(format_estimate(named.estimate)))
        console.print(table)
    serious = sum(one.severity is Severity.SERIOUS for one in results.cautions)
    console.print(f"{len(results.cautions)} cautions, {serious} of them serious: read them first.")
    console.print(Text(f"Report: {report}", style="bold"), soft_wrap=True)


def show_methods(sections: Sequence[MethodsSection]) -> None:
    """Show the methods text."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for number, section in enumerate(sections):
        if number:
            print()
        print(section.heading)
        print("-" * len(section.heading))
        for sentence in section.sentences:
            print(textwrap.fill(sentence, width=width, subsequent_indent="  "))


def show_check(found: RecordsCheck, name: str) -> None:
    """Show what the records hold of what the study needs."""
    console = _console()
    console.print()
    console.print(Text(f"{name}: what {found.source_name} holds of it", style="bold"))
    console.print(f"{format_count(found.persons)} persons in the source; no outcome was looked at.")
    table = _table("Concept sets", [("Set", "left"), ("Persons", "right"), ("Rows", "right"), ("Where", "left")])
    for one in found.sets:
        where = ", ".join(f"{count.table} {format_count(count.rows)}" for count in one.tables if count.rows)
        style = "" if one.rows else "bold red"
        name_of_set = Text(one.concept_set + (" (the treatment)" if one.concept_set == found.treatment else ""), style)
        table.add_row(name_of_set, format_count(one.persons), format_count(one.rows), Text(where or "nothing found"))
    console.print(table)
    _show_missing(console, found)
    _show_unresolved(console, found)


def _show_missing(console: Console, found: RecordsCheck) -> None:
    if found.missing_tables or found.missing_columns:
        table = _table("Not there", [("Table", "left"), ("Columns", "left"), ("Would be for", "left")])
        for gap in found.missing_tables:
            needed = gap.needed_for + (" (no study without it)" if gap.is_necessary else "")
            table.add_row(Text(gap.table), Text("all"), Text(needed))
        for column in found.missing_columns:
            table.add_row(Text(column.table), Text(" or ".join(column.columns)), Text(column.needed_for))
        console.print(table)
    else:
        console.print("Every table and column that the study can use is there.")
    table = _table(
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
    table = _table(title, [("Set", "left"), ("Codes", "left"), ("What is wrong", "left")])
    for (name, vocabulary, said), codes in groups.items():
        table.add_row(Text(name), Text(f"{vocabulary} {', '.join(codes)}"), Text(said))
    console.print(table)
    console.print("Such codes are still matched with the source's own codes, where it has any.")
    if any(_doubtful(code) for code in found.unresolved):
        console.print("(?) the code list itself marks this code as general knowledge, not seen in a source.")


def _doubtful(code: UnresolvedCode) -> str:
    return " (?)" if code.confidence == "G" else ""
