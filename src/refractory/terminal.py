"""What the command line shows: tables and text for a terminal of any width."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from refractory.analysis.results import MethodsSection, Results, Severity
from refractory.numbers import format_count, format_estimate, say_count, say_number

_WIDEST = 110


def open_console() -> Console:
    """Open the terminal, at most as wide as a line is easy to read."""
    width = shutil.get_terminal_size((100, 24)).columns
    return Console(highlight=False, width=min(width, _WIDEST))


def open_table(title: str, columns: Sequence[tuple[str, JustifyMethod]]) -> Table:
    """Start a table with the look that all tables share; columns are names with left or right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, justify in columns:
        table.add_column(name, justify=justify, overflow="fold")
    return table


def show_run(results: Results, report: Path, share: Path) -> None:
    """Show the answer of a run: published figures or the main result, and where the reports are."""
    console = open_console()
    console.print()
    first, last = results.attrition[0], results.attrition[-1]
    console.print(Text(results.head.title, style="bold"))
    console.print(
        f"{say_count(last.persons_after, 'person')} in the cohort, of {format_count(first.persons_before)} who ever "
        f"had {results.head.treatment}, in {results.head.source_name}.",
        markup=False,
    )
    if results.head.is_invented:
        console.print("Invented data: nothing here is evidence about patients.", style="italic")
    if results.comparisons:
        table = open_table(
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
        table = open_table(results.head.outcome, [("Persons", "left"), ("Result", "left")])
        for named in results.estimates:
            if named.id.count(".") == 1 and named.id.startswith("response."):
                table.add_row(Text(named.label), Text(format_estimate(named.estimate)))
        console.print(table)
    serious = [one for one in results.cautions if one.severity is Severity.SERIOUS]
    console.print(f"{len(results.cautions)} cautions, {len(serious)} of them serious: read them first.")
    for caution in serious:
        number = say_number(caution.number)
        console.print(Text(f"  {caution.title}{f': {number}' if number else ''}"))
    console.print(Text(f"Report: {report}", style="bold"), soft_wrap=True)
    console.print(Text(f"To be shared, small counts suppressed: {share}"), soft_wrap=True)


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
