"""The benchmarks that ship with the program: how others fared, counted, and from where."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "benchmarks" / "benchmarks.csv"


@dataclass(frozen=True)
class ListedBenchmark:
    """One line of the list.

    Args:
        name: What a protocol calls it.
        events: Persons with the outcome.
        among: Persons of whom it is known.
        population: Who they were.
        treatment: What they were given.
        outcome: What was counted.
        follow_up: After how long.
        confidence: S seen in a source, C computed from one, G general knowledge, unverified.
        source: Where the counts come from.
        is_treated: They had the studied treatment too: what it did elsewhere, not what happens without it.
    """

    name: str
    events: int
    among: int
    population: str
    treatment: str
    outcome: str
    follow_up: str
    confidence: str
    source: str
    is_treated: bool


@cache
def read_benchmarks() -> dict[str, ListedBenchmark]:
    """Read the shipped benchmarks by name.

    Example:
        >>> one = read_benchmarks()["usual care, moderate to severe cutaneous dermatomyositis"]
        >>> one.events, one.among, one.confidence
        (19, 24, 'S')
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            ListedBenchmark(
                events=int(row.pop("events")),
                among=int(row.pop("among")),
                is_treated=row.pop("treated") == "yes",
                **row,
            )
            for row in csv.DictReader(file)
        ]
    return {row.name: row for row in rows}
