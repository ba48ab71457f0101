"""What `refractory init` shows and asks."""

from __future__ import annotations

import shlex

from rich.text import Text

from refractory.numbers import say_count
from refractory.start_counts import StartCounts
from refractory.start_store import StartFiles
from refractory.starting.choices import Question
from refractory.starting.start import Started
from refractory.terminal import open_console, open_table


def show_question(question: Question, number: int) -> None:
    """Show a question with its numbered answers; the one that a line without a number takes is marked."""
    console = open_console()
    console.print()
    console.print(Text(f"{number}. {question.asks}", style="bold"))
    if question.why:
        console.print(Text(f"   {question.why}", style="dim"))
    for place, option in enumerate(question.options):
        mark = "  (Enter)" if place == question.default else ""
        console.print(Text(f"   {place + 1}  {option}{mark}"))


def show_start(started: Started, files: StartFiles, counts: StartCounts) -> None:
    """Show what was recognised, what it gives, what was chosen without evidence, what to beware of, what is next."""
    console = open_console()
    console.print()
    table = open_table("What the sheet says", [("", "left"), ("", "left")])
    table.show_header = False
    for what, how in started.told:
        table.add_row(Text(what), Text(how))
    if counts.said:
        table.add_row(Text("Tried"), Text(counts.said))
    console.print(table)
    if started.unasked:
        console.print(
            Text(f"Chosen without evidence, {say_count(len(started.unasked), 'choice')}:", style="bold yellow")
        )
        for one in started.unasked:
            console.print(Text(f"  {one}"))
    if started.warnings or counts.warnings:
        console.print(Text("Beware:", style="bold yellow"))
        for one in (*counts.warnings, *started.warnings):
            console.print(Text(f"  {one}"))
    console.print(Text.assemble(("Mapping:  ", "bold"), str(files.mapping)), soft_wrap=True)
    console.print(Text.assemble(("Protocol: ", "bold"), str(files.study)), soft_wrap=True)
    command = f"refractory run {shlex.quote(str(files.study))} --records {shlex.quote(str(files.mapping))}"
    console.print(Text("Read both, they say why each choice was made; then:"))
    console.print(Text(f"  {command}", style="bold"), soft_wrap=True)
