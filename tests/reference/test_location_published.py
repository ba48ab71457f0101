"""Rank tests and shifts of published data."""

from __future__ import annotations

import pytest

from refractory.statistics.location import estimate_hodges_lehmann_shift, estimate_mann_whitney

# Hollander and Wolfe 1973, p. 69: permeability of the chorioamnion at term and at 12 to 26 weeks.
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]
# StatXact-5 manual, table 9.6: diastolic blood pressure, with ties.
TREATED = [94, 108, 110, 90]
CONTROLS = [80, 94, 85, 90, 90, 90, 108, 94, 78, 105, 88]


def test_the_p_value_of_the_chorioamnion_is_twice_the_one_sided_one_of_hollander_and_wolfe():
    unknown = estimate_mann_whitney(AT_TERM, EARLIER)
    assert unknown.method == "Mann-Whitney test, exact"
    assert round(unknown.p_value / 2, 4) == 0.1272


def test_the_shift_of_the_chorioamnion_is_the_one_of_hollander_and_wolfe():
    unknown = estimate_hodges_lehmann_shift(AT_TERM, EARLIER)
    assert unknown.value == pytest.approx(0.305)
    assert (unknown.lower, unknown.upper) == pytest.approx((-0.15, 0.76))


def test_the_p_value_of_tied_blood_pressures_is_the_exact_one_of_statxact():
    assert round(estimate_mann_whitney(TREATED, CONTROLS).p_value, 4) == 0.0989


def test_the_shift_of_tied_blood_pressures_is_the_one_of_exactranktests():
    assert estimate_hodges_lehmann_shift(TREATED, CONTROLS).value == 9.5
