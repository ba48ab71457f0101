"""What `refractory template` shows: the forms, what must be set by hand, and what to run next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from refractory.chart_form.building import count_fields
from refractory.chart_form.fields import ChartForm
from refractory.chart_form.writing import WrittenForm
from refractory.numbers import say_count
from refractory.terminal import open_console, open_table


def show_workbook(form: ChartForm, written: WrittenForm, study: Path) -> None:
    """Show the sheets of a workbook that was written, and how it is run when it is filled in."""
    console = open_console()
    _show_forms(form, "Sheet")
    console.print(Text(f"Template: {written.main}", style="bold"), soft_wrap=True)
    console.print(Text(f"Its mapping, to be kept beside it: {written.mapping}"), soft_wrap=True)
    console.print(Text(f"When it is filled in: refractory run {study} --records {written.main}"), soft_wrap=True)


def show_redcap_form(form: ChartForm, written: WrittenForm, repeating: Sequence[str], study: Path) -> None:
    """Show the instruments of a dictionary that was written, which of them must repeat, and how its export is run."""
    console = open_console()
    _show_forms(form, "Instrument")
    console.print(Text(f"Dictionary: {written.main}", style="bold"), soft_wrap=True)
    told = f"Set these {say_count(len(repeating), 'instrument')} repeating in REDCap; the dictionary cannot say it:"
    console.print(Text(f"{told} {', '.join(repeating)}."), soft_wrap=True)
    console.print(Text(f"Step by step: {', '.join(map(str, written.beside))}"), soft_wrap=True)
    console.print(Text(f"Mapping of the export: {written.mapping}"), soft_wrap=True)
    export = written.mapping.with_name(f"{form.study}-export.csv")
    console.print(Text(f"With the export in {export.name}: refractory run {study} --records {export}"), soft_wrap=True)


def _show_forms(form: ChartForm, called: str) -> None:
    console = open_console()
    console.print()
    console.print(Text(form.title, style="bold"))
    console.print(f"{say_count(count_fields(form), 'question')}, each needed by the protocol.", markup=False)
    table = open_table("", [(called, "left"), ("Questions", "right"), ("", "left")])
    for one in form.forms:
        table.add_row(Text(one.title), str(len(one.fields)), Text(one.row))
    console.print(table)
    for text, sets in form.shared.items():
        console.print(
            Text(f'The answer "{text}" counts for {" and ".join(sets)}: the protocol has no code for one alone.'),
            soft_wrap=True,
        )
