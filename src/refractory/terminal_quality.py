"""What `refractory check` shows of data quality."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from refractory.numbers import format_count, say_count
from refractory.records.quality import QualityFinding, Weight
from refractory.records.schema import Problem
from refractory.terminal import open_console, open_table

if TYPE_CHECKING:
    from refractory.analysis.quality_results import QualityResults

_STYLES = {Weight.SERIOUS: "bold red", Weight.NOTABLE: "yellow", Weight.INFORMATION: ""}
# The key of these tables is a person's id, which no terminal shows.
_OF_PERSONS = ("person", "death")


def show_quality(results: QualityResults, folder: Path) -> None:
    """Show the doubts that matter, and where the rest is."""
    console = open_console()
    told = [one for one in results.findings if one.weight is not Weight.INFORMATION]
    rest = len(results.findings) - len(told)
    if told:
        table = open_table(
            "Data quality", [("", "left"), ("What is doubtful", "left"), ("Rows", "right"), ("Persons", "right")]
        )
        for one in told:
            style = _STYLES[one.weight]
            table.add_row(Text(one.weight.value, style), Text(one.title), *_counts(one))
        console.print(table)
    elif results.treated:
        console.print("Data quality: nothing was found that can move a number of the study.")
    if not results.treated:
        console.print(
            Text(
                f"Nobody in the records ever had {results.head.treatment}: no row of a person was looked at.",
                "bold red",
            )
        )
    console.print(
        f"{say_count(rest, 'doubt')} for information; {say_count(results.rules_kept, 'rule')} that every row keeps."
    )
    console.print(Text(f"Data quality: {folder / 'quality.html'}", style="bold"), soft_wrap=True)
    console.print(Text(f"Each row: {folder / 'problems.csv'}"), soft_wrap=True)


def _counts(one: QualityFinding) -> tuple[Text, Text]:
    return Text(format_count(one.rows)), Text(format_count(one.persons) if one.persons else "–")


def list_problems(problems: Iterable[Problem]) -> None:
    """List every row that was not used as written or is doubtful: where it is and why, never what it says."""
    console = open_console()
    table = open_table("Rows", [("Where", "left"), ("Row", "right"), ("Column", "left"), ("Why", "left")])
    for one in sorted(problems, key=_order):
        if one.file:
            where, row, column = one.file, one.line, one.place
        else:
            where, row, column = one.table, None if one.table in _OF_PERSONS else one.row, one.column
        number = str(row) if row is not None else say_count(one.rows, "row")
        table.add_row(Text(where), Text(number), Text(column), Text(f"{one.rule}; {one.done}"))
    console.print(table)


def _order(one: Problem) -> tuple[str, int, str, str]:
    row = one.line if one.file else one.row
    return (one.file or one.table, -1 if row is None else row, one.column, one.rule)
