"""Pooled proportions of small sites, as R's lme4 and metafor fit them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from refractory.statistics.distributions import chi_square_upper_tail
from refractory.statistics.pooling import derive_pooled_proportion, find_error_of_centre

with (Path(__file__).parent / "pooling_r.csv").open(encoding="utf-8", newline="") as file:
    KNOWN = list(csv.DictReader(file))


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known["case"])
def test_the_typical_site_and_the_spread_between_sites_are_those_of_lme4_with_fifty_nodes(known):
    counts = [[int(one) for one in known[name].split()] for name in ("responders", "persons")]
    found = derive_pooled_proportion(*counts)
    assert found.log_odds == pytest.approx(float(known["centre"]), abs=1e-6)
    assert found.spread.value == pytest.approx(float(known["spread"]), abs=1e-6)
    assert found.log_likelihood == pytest.approx(float(known["likelihood"]), abs=1e-8)
    error = find_error_of_centre(*counts, found.log_odds, found.spread.value)
    assert error == pytest.approx(float(known["error"]), abs=1e-6)
    gain = float(known["gain"])
    assert found.test.p_value == pytest.approx(chi_square_upper_tail(gain, 1) / 2 if gain else 1.0, abs=1e-7)
