"""Count out and draw how often every interval, test and correction keeps its word: `make simulate`.

Each block and size leaves a file under build/simulation; a run that was ended goes on where it stopped. At the end
docs/simulation.csv and docs/simulation.md are written anew. A new method gets a function `run_...(n) -> list[Cell]` in
counted.py (every answer with its probability) or drawn.py (a seed of its own) and a line in BLOCKS.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple, fields
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# Two processes share two cores: more threads in each only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import counted  # noqa: E402
import drawn  # noqa: E402
from cells import SIZES, Cell  # noqa: E402
from page import write_page  # noqa: E402

BLOCKS = {**counted.BLOCKS, **drawn.BLOCKS}
ROOT = HERE.parents[1]
KEPT = ROOT / "build" / "simulation"
HEAD = ("block", *(field.name for field in fields(Cell)))


def place_of(block: str, n: int) -> Path:
    return KEPT / f"{block.replace(' ', '-')}-{n}.csv"


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


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    asked = [(block, n) for block in BLOCKS for n in SIZES]
    left = [pair for pair in asked if not place_of(*pair).exists()]
    print(f"{len(asked) - len(left)} of {len(asked)} blocks are there (build/simulation).", flush=True)
    with ProcessPoolExecutor(2) as pool:
        running = {pool.submit(run_block, *pair): pair for pair in left}
        for done, future in enumerate(as_completed(running), start=1):
            block, n = running[future]
            print(f"{done:3} of {len(left)}  {block}, {n} persons: {future.result():.1f} s", flush=True)
    rows = [row for pair in asked for row in csv.reader(place_of(*pair).open(encoding="utf-8", newline=""))]
    with (ROOT / "docs" / "simulation.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    write_page(ROOT / "docs")


if __name__ == "__main__":
    main()
