"""Kaplan-Meier curves of published data."""

from __future__ import annotations

import csv
from math import inf
from pathlib import Path

import pytest

from refractory.statistics.survival import derive_survival, estimate_median_time

with (Path(__file__).parent / "survival_gehan.csv").open(encoding="utf-8", newline="") as lines:
    KNOWN = list(csv.DictReader(lines))

# Weeks of remission: relapsed, and still in remission when last seen.
GROUPS = {
    "mercaptopurine": ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]),
    "placebo": ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], []),
}


def _digits(printed: str) -> int:
    return len(printed.partition(".")[2])


@pytest.mark.parametrize("row", KNOWN, ids=[f"{row['group']} week {row['time']}" for row in KNOWN])
def test_the_curve_and_its_interval_are_the_published_ones(row):
    step = next(step for step in derive_survival(*GROUPS[row["group"]]) if step.time == int(row["time"]))
    assert step.at_risk == int(row["at_risk"])
    for name in ("survival", "lower", "upper"):
        if row[name]:
            assert f"{getattr(step, name):.{_digits(row[name])}f}" == row[name]


@pytest.mark.parametrize(("group", "known"), [("mercaptopurine", (23, 13, inf)), ("placebo", (8, 4, 11))])
def test_the_median_time_to_relapse_is_the_published_one(group, known):
    unknown = estimate_median_time(*GROUPS[group])
    assert (unknown.value, unknown.lower, unknown.upper) == known
