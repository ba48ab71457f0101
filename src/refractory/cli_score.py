"""The command `refractory score`: the totals of an instrument for every row of a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refractory.errors import InstrumentError, OutputError


def score(
    instrument: Annotated[
        str | None, typer.Argument(metavar="INSTRUMENT", help="A name of --list, or a .toml or .py file.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="CSV, one row a visit (or a person).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV to write; beside FILE as NAME-scored.csv.")] = None,
    ranges: Annotated[
        list[str] | None, typer.Option("--range", help="Range of a measure of the improvement score: mmt=150.")
    ] = None,
    cut: Annotated[
        str | None, typer.Option("--cut", help="Least class that is myositis: definite, probable or possible.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the instruments.")] = False,
    items: Annotated[bool, typer.Option("--items", help="List the columns of INSTRUMENT.")] = False,
) -> None:
    """Score a sheet: the totals of an instrument for every row, with their bounds where answers are missing."""
    from refractory.score_sheets import score_sheet
    from refractory.sheets import is_same_file, read_sheet, write_sheet
    from refractory.terminal_score import show_instruments, show_items, show_scores

    if listing:
        show_instruments()
        return
    if instrument is None or (file is None and not items):
        raise InstrumentError(
            "an instrument and a file are needed.",
            where="refractory score INSTRUMENT FILE",
            remedy="`refractory score --list` names the instruments, `refractory score NAME --items` the columns.",
        )
    if file is None or items:
        show_items(instrument)
        return
    sheet = read_sheet(file)
    scored = score_sheet(instrument, sheet, ranges=_read_ranges(ranges or []), cut=cut)
    target = out if out is not None else file.with_name(f"{file.stem}-scored.csv")
    if is_same_file(target, file):
        raise OutputError("the scores would replace the file itself.", where=f"--out {target}", remedy="name another.")
    write_sheet(target, sheet, scored.added)
    show_scores(scored, sheet, target)


def _read_ranges(written: list[str]) -> dict[str, float]:
    ranges = {}
    for one in written:
        measure, _, number = one.partition("=")
        try:
            ranges[measure.strip().lower()] = float(number)
        except ValueError:
            raise InstrumentError(
                f'"{one}" is no range.', where="--range", remedy="write MEASURE=NUMBER, such as mmt=150."
            ) from None
    return ranges
