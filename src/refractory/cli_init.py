"""The command `refractory init`: from a sheet to a mapping and a protocol to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from refractory.starting.choices import Choose, Question


def init(
    sheets: Annotated[
        list[Path], typer.Argument(metavar="SHEET...", help="Spreadsheets or CSV files of one folder, or the folder.")
    ],
    study: Annotated[
        Path | None, typer.Option("--study", help="Protocol to write; beside the sheet when not given.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: take the defaults, and say so in the files.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a mapping and a protocol that are there.")] = False,
) -> None:
    """Look at a sheet and write a mapping and a protocol to start from."""
    from refractory.start_counts import add_counts, count_start
    from refractory.start_store import find_start_files, read_start_grids, read_start_sheets, write_start
    from refractory.starting.start import start_from_grids, start_from_sheets
    from refractory.terminal_init import show_start

    files = find_start_files(sheets, study, replace=force)
    ask = _ask_nobody if yes or not (sys.stdin.isatty() and sys.stdout.isatty()) else _ask_in_terminal()
    names = [file.name for file in files.sheets]
    grids, dictionary = read_start_grids(files)
    if dictionary:
        exports = [name for name in names if name != dictionary]
        started = start_from_grids(
            grids, ask, stem=files.stem, mapping_file=files.mapping.name, files=exports, dictionary=dictionary
        )
    else:
        raws = read_start_sheets(files)
        started = start_from_sheets(raws, ask, stem=files.stem, mapping_file=files.mapping.name, files=names)
    write_start(files, started.mapping, started.protocol)
    counts = count_start(started.protocol, files.mapping, started.expected)
    write_start(files, add_counts(started.mapping, counts), add_counts(started.protocol, counts))
    show_start(started, files, counts)


def _ask_nobody(question: Question) -> int | None:
    return None


def _ask_in_terminal() -> Choose:
    from refractory.terminal_init import show_question

    asked = 0

    def ask(question: Question) -> int | None:
        nonlocal asked
        asked += 1
        show_question(question, asked)
        while True:
            answer: int = typer.prompt("  Number", type=int, default=question.default + 1, show_default=False)
            if 1 <= answer <= len(question.options):
                return answer - 1
            typer.echo(f"  A number from 1 to {len(question.options)}, please.")

    return ask
