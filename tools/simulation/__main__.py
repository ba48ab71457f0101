"""Count out and draw how often every interval, test and correction keeps its word: `make simulate`.

What stands in docs/simulation.csv is done, and only what is missing there is made: new blocks, and those named on the
command line (`all` names every one), whose rows are taken away first. Each block and size leaves a file under
build/simulation, so that a run that was ended goes on where it stopped. At the end docs/simulation.csv and
docs/simulation.md are written. A new method gets a function `run_...(n) -> list[Cell]`: in counted.py (every answer
with its probability), or, with a seed of its own, in drawn.py, groups.py, models.py or courses.py; and a line in the
BLOCKS of that file.
"""

from __future__ import annotations

import csv
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple
from pathlib import Path

from blocks import BLOCKS
from cells import SIZES
from page import write_page
from table import find_named, forget, read_done, spell, write_done

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "simulation.csv"
KEPT = ROOT / "build" / "simulation"


def place_of(block: str, n: int) -> Path:
    return KEPT / f"{spell(block)}-{n}.csv"


def run_block(block: str, n: int) -> float:
    started = time.monotonic()
    rows = [
        (block, *(f"{one:.5g}" if isinstance(one, float) else "" if one is None else one for one in astuple(cell)))
        for cell in BLOCKS[block](n)
    ]
    unfinished = place_of(block, n).with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    unfinished.replace(place_of(block, n))
    return time.monotonic() - started


def forget_named() -> None:
    try:
        named = find_named(sys.argv[1:], BLOCKS)
    except ValueError as wrong:
        sys.exit(str(wrong))
    if named:
        forget(TABLE, named, BLOCKS)
        for block in named:
            for n in SIZES:
                place_of(block, n).unlink(missing_ok=True)


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    forget_named()
    done = read_done(TABLE)
    missing = [(block, n) for block in BLOCKS for n in SIZES if (block, n) not in done]
    left = [pair for pair in missing if not place_of(*pair).exists()]
    print(f"{len(left)} of {len(BLOCKS) * len(SIZES)} blocks are to be made.", flush=True)
    with ProcessPoolExecutor(2) as pool:
        running = {pool.submit(run_block, *pair): pair for pair in left}
        for made, future in enumerate(as_completed(running), start=1):
            block, n = running[future]
            print(f"{made:3} of {len(left)}  {block}, {n} persons: {future.result():.1f} s", flush=True)
    for pair in missing:
        with place_of(*pair).open(encoding="utf-8", newline="") as file:
            done[pair] = list(csv.reader(file))
    write_done(TABLE, done, BLOCKS)
    write_page(ROOT / "docs")
    for pair in missing:
        place_of(*pair).unlink()


if __name__ == "__main__":
    main()
