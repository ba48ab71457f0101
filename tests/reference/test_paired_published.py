"""The signed rank test and the paired shift of published data."""

from __future__ import annotations

import pytest

from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank

# Hollander and Wolfe 1973, p. 29: depression of nine patients at the first and at the second visit.
FIRST = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
SECOND = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
CHANGE = [after - before for before, after in zip(FIRST, SECOND, strict=True)]


def test_the_p_value_of_the_depression_is_twice_the_one_sided_one_of_hollander_and_wolfe():
    unknown = estimate_signed_rank(CHANGE)
    assert unknown.method == "Wilcoxon signed rank, exact"
    assert round(unknown.p_value / 2, 5) == 0.01953


def test_the_shift_of_the_depression_and_its_interval_are_those_of_hollander_and_wolfe():
    unknown = estimate_paired_shift(CHANGE)
    assert unknown.value == pytest.approx(-0.46)
    assert (unknown.lower, unknown.upper) == pytest.approx((-0.786, -0.010))
