"""What `refractory exposures` shows."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from refractory.numbers import format_count
from refractory.population import PopulationRun
from refractory.terminal import open_console, open_table


def show_population(run: PopulationRun, folder: Path) -> None:
    """Show how many persons have eras of each drug, and where everything was written."""
    console = open_console()
    console.print()
    console.print(Text(f"{run.protocol.study.name}: eras of its drugs in {run.source_name}", style="bold"))
    console.print(Text(f"{run.why}."))
    if run.is_invented:
        console.print("Invented data: nothing here is evidence about patients.", style="italic")
    table = open_table(
        "Everybody who had one of the drugs",
        [("Drug", "left"), ("Persons", "right"), ("Records", "right"), ("Eras", "right"), ("Median days", "right")],
    )
    for one in run.summary:
        counts = (format_count(number) for number in (one.persons, one.records, one.eras))
        days = "" if one.median_days is None else f"{one.median_days:g}"
        table.add_row(Text(one.concept_set), *counts, days)
    console.print(table)
    left_out = sum(one.rows for one in run.problems if one.is_left_out)
    console.print(f"{format_count(left_out)} rows were left out; problems.csv says why.")
    console.print(Text(f"Eras and doses: {folder / 'private'}", style="bold"), soft_wrap=True)
