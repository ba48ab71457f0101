"""Lines through repeated values of the same persons, by examples that can be checked by hand."""

from __future__ import annotations

from math import inf, nan

import pytest

from refractory.statistics.estimate import EstimateKind
from refractory.statistics.repeated_visits import FEW_DEGREES, fit_repeated, fit_within


def _visits(*persons: list[tuple[float, float]]) -> tuple[list[int], list[float], list[float]]:
    rows = [(number, *point) for number, points in enumerate(persons) for point in points]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _slope(persons, times, values, fit=fit_repeated):
    if fit is fit_within:
        found = fit(persons, [[time] for time in times], values)
        return found, found.estimate([1], kind=EstimateKind.SHIFT)
    found = fit(persons, [[1, time] for time in times], values)
    return found, found.estimate([0, 1], kind=EstimateKind.SHIFT)


def test_parallel_lines_of_persons_have_the_slope_that_all_of_them_have():
    fit, slope = _slope(*_visits([(0, 10), (1, 8), (2, 6)], [(0, 40), (1, 38), (2, 36)], [(0, 25), (2, 21)]))
    assert slope.value == pytest.approx(-2)
    assert slope.upper - slope.lower < 1e-3
    assert fit.likeness == pytest.approx(1, abs=1e-3)


def test_persons_who_do_not_differ_have_no_variance_between_them():
    fit, _ = _slope(*_visits([(0, 10), (1, 14)], [(0, 14), (1, 10)], [(0, 11), (1, 13)], [(0, 13), (1, 11)]))
    assert fit.likeness == 0


def test_with_two_visits_of_everybody_the_slope_is_the_mean_change_and_its_interval_that_of_the_paired_t_test():
    changes = [1, 2, 6, -1, 4]
    persons = [[(0, 20 + 3 * number), (1, 20 + 3 * number + change)] for number, change in enumerate(changes)]
    for fit in (fit_repeated, fit_within):
        _, slope = _slope(*_visits(*persons), fit=fit)
        # Mean 2.4, SD 2.7019; the t of 4 degrees of freedom is 2.7764.
        assert slope.value == pytest.approx(2.4)
        assert slope.upper - 2.4 == pytest.approx(2.7764 * 2.7019 / 5**0.5, rel=1e-4)


def test_who_is_seen_once_bends_no_line_within_persons_but_may_bend_one_between_them():
    steady = [[(0, 10), (1, 10)], [(0, 12), (1, 12)], [(0, 11), (1, 11)]]
    _, within = _slope(*_visits(*steady, [(0, 40)]), fit=fit_within)
    assert within.value == pytest.approx(0)
    _, both = _slope(*_visits([(0, 10), (1, 11)], [(0, 12), (1, 10)], [(0, 11), (1, 12)], [(1, 40)]))
    assert both.value > 0


def test_values_that_are_all_alike_have_a_slope_of_0_without_doubt_and_no_p_value():
    _, slope = _slope(*_visits(*[[(0, 20), (1, 20), (3, 20)]] * 4))
    assert (slope.value, slope.lower, slope.upper, slope.p_value) == pytest.approx((0, 0, 0, None), abs=1e-9)


def test_two_persons_give_a_number_and_say_that_its_interval_is_not_to_be_relied_on():
    _, slope = _slope(*_visits([(0, 10), (1, 12)], [(0, 10), (1, 15)]))
    assert slope.value == pytest.approx(3.5)
    assert slope.note == FEW_DEGREES
    # The t of one degree of freedom: 12.706 times an error of 1.5.
    assert slope.upper - slope.value == pytest.approx(12.7062 * 1.5, rel=1e-4)


@pytest.mark.parametrize(
    ("persons", "design", "values", "said"),
    [
        ([1, 1], [[1, 0]], [3, 4], "2 values have 2 persons and 1 rows"),
        ([1, 2], [[1, 0], [1, 1]], [3, nan], "not finite"),
        ([1, 2], [[1, 0], [1, inf]], [3, 4], "not finite"),
        ([1, 1], [[1, 0], [1, 1]], [3, 4], "one person alone"),
        ([], [], [], "one person alone"),
        ([1, 2], [[1, 2], [1, 2]], [3, 4], "cannot tell the coefficients apart"),
        ([1, 1, 2], [[1, 0], [1, 0], [1, 0]], [3, 4, 5], "cannot tell the coefficients apart"),
    ],
)
def test_what_cannot_be_fitted_is_refused(persons, design, values, said):
    with pytest.raises(ValueError, match=said):
        fit_repeated(persons, design, values)


def test_a_contrast_has_a_weight_for_each_coefficient():
    fit = fit_repeated([1, 1, 2, 2], [[1, 0], [1, 1], [1, 0], [1, 1]], [5, 7, 9, 12])
    with pytest.raises(ValueError, match="1 weights cannot weigh 2 coefficients"):
        fit.estimate([1], kind=EstimateKind.SHIFT)
    with pytest.raises(ValueError, match="level"):
        fit.estimate([0, 1], kind=EstimateKind.SHIFT, level=1)
