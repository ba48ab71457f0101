"""What `refractory score` shows."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from refractory.instrument_lists import list_columns, list_instruments
from refractory.numbers import format_count, say_count
from refractory.score_sheets import ScoredSheet
from refractory.sheets import Sheet
from refractory.terminal import open_console, open_table

_MOST_LINES = 8
_MOST_COLUMNS = 12


def show_scores(scored: ScoredSheet, sheet: Sheet, out: Path) -> None:
    """Show how many rows have each total, which answers are not allowed and where, and where the scores are."""
    console = open_console()
    console.print()
    console.print(Text(scored.title, style="bold"))
    rows = say_count(len(sheet.rows), "row")
    console.print(f"{rows} of {sheet.name}.", markup=False)
    table = open_table(
        "",
        [
            ("Total", "left"), ("Rows scored", "right"), ("With missing answers", "right"), ("With faults", "right"),
            ("Mean", "right"), ("Least to largest", "right"),
        ],
    )  # fmt: skip
    for one in scored.totals:
        counts = (format_count(number) for number in (one.scored, one.with_missing, one.with_fault))
        table.add_row(Text(one.name), *counts, one.mean, one.ends)
    console.print(table)
    for one in scored.totals:
        if one.counts:
            console.print("; ".join(f"{name}: {format_count(count)}" for name, count in one.counts) + ".", markup=False)
    if scored.not_found:
        shown = ", ".join(scored.not_found[:_MOST_COLUMNS])
        others = len(scored.not_found) - _MOST_COLUMNS
        told = f"{shown} and {others} more" if others > 0 else shown
        console.print(f"Not in the file, and so missing on every row: {told}.", markup=False)
    for fault in scored.faults:
        lines = [str(sheet.lines[row]) for row in fault.rows]
        more = f" and {format_count(len(lines) - _MOST_LINES)} more" if len(lines) > _MOST_LINES else ""
        told = f"line{'s' if len(lines) > 1 else ''} {', '.join(lines[:_MOST_LINES])}{more}"
        console.print(f"{fault}: {format_count(len(lines))} ({told}); no total there.", markup=False)
    console.print(Text(f"Scores: {out}", style="bold"), soft_wrap=True)


def show_instruments() -> None:
    """Show the name of everything that can be scored."""
    console = open_console()
    table = open_table("Instruments", [("Name", "left"), ("", "left"), ("Items", "right")])
    for name, said, items in list_instruments():
        table.add_row(Text(name), Text(said), str(items))
    console.print(table)
    console.print("Your own: the path of a .toml or .py file (docs/instruments.md).")


def show_items(instrument: str) -> None:
    """Show the columns that an instrument asks for, with what is allowed, and its totals with their sources."""
    title, asked, totals, note = list_columns(instrument)
    console = open_console()
    table = open_table(title, [("Column", "left"), ("What", "left"), ("Allowed", "left"), ("Source", "left")])
    for one in asked:
        table.add_row(Text(one.key), Text(one.name), Text(one.allowed), Text(one.source))
    console.print(table)
    for one in totals:
        console.print(Text(one.key, style="bold"), Text(f"{one.name}. {one.allowed}. Source: {one.source}"))
    if note:
        console.print(Text(note))
