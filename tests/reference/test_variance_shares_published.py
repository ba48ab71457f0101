"""Shares of the variance over the combinations of factors, as R's analysis of variance gives them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.variance_shares import estimate_main_effect, estimate_total_effect

KNOWN = Path(__file__).with_name("variance_shares_r.csv")


def test_the_shares_are_those_of_the_analysis_of_variance_of_r():
    with KNOWN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for case in sorted({row["case"] for row in rows}):
        own = [row for row in rows if row["case"] == case]
        values = [float(row["value"]) for row in own]
        for factor in ("a", "b", "c"):
            others = [tuple(row[name] for name in "abc" if name != factor) for row in own]
            main = estimate_main_effect(values, [row[factor] for row in own]).value
            assert main == pytest.approx(float(own[0][f"main_{factor}"]), abs=1e-6)
            total = estimate_total_effect(values, others).value
            assert total == pytest.approx(float(own[0][f"total_{factor}"]), abs=1e-6)
