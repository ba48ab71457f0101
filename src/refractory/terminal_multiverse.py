"""What `refractory multiverse` shows."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from refractory.analysis.results import MultiverseResults, Severity
from refractory.numbers import format_count
from refractory.terminal import open_console, open_table


def show_multiverse(results: MultiverseResults, report: Path) -> None:
    """Show what the universes say: the range of each result, what moves it, and the report's path."""
    console = open_console()
    console.print()
    console.print(Text(results.head.title, style="bold"))
    if results.head.is_invented:
        console.print("Invented data: nothing here is evidence about patients.", style="italic")
    console.print(Text(results.answer[0]))
    ranges = next(table for table in results.tables if table.id == "ranges")
    table = open_table(ranges.title, [(ranges.columns[0], "left"), *((name, "right") for name in ranges.columns[1:])])
    for row in ranges.rows:
        table.add_row(
            Text(row.label), *(Text(format_count(cell) if isinstance(cell, int) else str(cell)) for cell in row.cells)
        )
    console.print(table)
    for sentence in results.answer[1:]:
        console.print(Text(f"- {sentence}"))
    serious = sum(one.severity is Severity.SERIOUS for one in results.cautions)
    console.print(f"{len(results.cautions)} cautions, {serious} of them serious: read them first.")
    console.print(Text(f"Report: {report}", style="bold"), soft_wrap=True)
