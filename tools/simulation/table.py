"""docs/simulation.csv: what stands there is done, and what is taken out of it is made anew."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from cells import SIZES, Cell

HEAD = ("block", *(field.name for field in fields(Cell)))
# By block and persons.
Rows = dict[tuple[str, int], list[list[str]]]


def read_done(table: Path) -> Rows:
    """Read the rows that are there; none where there is no table."""
    done: Rows = {}
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            for row in list(csv.reader(file))[1:]:
                done.setdefault((row[0], int(row[HEAD.index("n")])), []).append(row)
    return done


def write_done(table: Path, done: Mapping[tuple[str, int], list[list[str]]], blocks: Iterable[str]) -> None:
    """Write the rows in the order of the blocks; a block that there is no longer falls out."""
    rows = [row for block in blocks for n in SIZES for row in done.get((block, n), [])]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])


def spell(block: str) -> str:
    """Spell a block as on the command line and in the names of files."""
    return block.replace(" ", "-")


def find_named(named: Sequence[str], blocks: Iterable[str]) -> list[str]:
    """Find the blocks that were named; `all` names every one.

    Raises:
        ValueError: When a name is of no block.
    """
    known = {spell(block): block for block in blocks}
    if unknown := [name for name in named if name not in known and name != "all"]:
        raise ValueError(
            f"No block of the simulation is named {', '.join(unknown)}.\n  Try: one of {', '.join(known)}, or all."
        )
    return [block for name, block in known.items() if name in named or "all" in named]


def forget(table: Path, named: Sequence[str], blocks: Iterable[str]) -> None:
    """Take the rows of some blocks out of the table."""
    kept = {pair: rows for pair, rows in read_done(table).items() if pair[0] not in named}
    write_done(table, kept, blocks)
