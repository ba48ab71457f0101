"""The command `refractory consistency`: are the numbers that a paper prints arithmetically possible?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def consistency(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Reported numbers (TOML, docs/consistency.md).")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write too: .json with all numbers, or .csv.")
    ] = None,
) -> None:
    """Say which printed percentages, means and SDs are arithmetically possible, and from which counts."""
    from refractory.consistency.checking import run_consistency
    from refractory.consistency.from_toml import read_reported
    from refractory.consistency.writing import check_name, write_answers
    from refractory.terminal_consistency import show_consistency

    if out is not None:
        check_name(out)
    answers = run_consistency(read_reported(file))
    if out is not None:
        write_answers(answers, out)
    show_consistency(answers, out)
