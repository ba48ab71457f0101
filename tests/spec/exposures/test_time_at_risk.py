"""Which days of follow-up are at risk, and which they are compared with: each day is one, the other or neither."""

from __future__ import annotations

from refractory.dates import Window
from refractory.exposures.time_at_risk import Span, count_days, derive_time_at_risk

FORTNIGHT = Window(0, 13)


def _days(*given: int | tuple[int, int], window: Window = FORTNIGHT, last_day: int = 59, **left_out: int):
    """Return the risk days and the control days as pairs of first and last day."""
    spans = [Span(one, one) if isinstance(one, int) else Span(*one) for one in given]
    found = derive_time_at_risk(spans, window, last_day, **left_out)
    return tuple([(one.first_day, one.last_day) for one in side] for side in (found.risk, found.control))


def test_a_window_from_0_to_13_is_fourteen_days_and_the_infusion_day_is_the_first_of_them():
    assert _days(0) == ([(0, 13)], [(14, 59)])
    assert count_days([Span(0, 13)]) == 14


def test_windows_that_touch_leave_no_day_between_them_and_one_day_later_leaves_one():
    assert _days(0, 14) == ([(0, 27)], [(28, 59)])
    assert _days(0, 15) == ([(0, 13), (15, 28)], [(14, 14), (29, 59)])


def test_a_day_of_two_windows_counts_once():
    """A cycle of five infusion days has 18 risk days and not 70."""
    risk, control = _days(0, 1, 2, 3, 4)
    assert (risk, control) == ([(0, 17)], [(18, 59)])


def test_a_window_that_begins_later_leaves_the_infusion_day_to_the_other_days():
    assert _days(0, window=Window(1, 3)) == ([(1, 3)], [(0, 0), (4, 59)])


def test_follow_up_cuts_the_window_on_its_last_day():
    assert _days(50, last_day=59) == ([(50, 59)], [(0, 49)])
    assert _days(50, last_day=50) == ([(50, 50)], [(0, 49)])
    assert _days(50, last_day=49) == ([], [(0, 49)])


def test_the_washout_after_a_window_is_neither_at_risk_nor_compared_with():
    assert _days(0, washout_days=7) == ([(0, 13)], [(21, 59)])


def test_the_days_before_an_infusion_are_not_compared_with_even_if_the_infusion_is_after_follow_up():
    assert _days(0, 28, before_days=7) == ([(0, 13), (28, 41)], [(14, 20), (42, 59)])
    assert _days(62, before_days=7) == ([], [(0, 54)])


def test_a_day_at_risk_stays_at_risk_though_it_is_shortly_before_the_next_infusion_or_in_a_washout():
    assert _days(0, 15, washout_days=7, before_days=7) == ([(0, 13), (15, 28)], [(36, 59)])


def test_each_covered_day_of_a_drug_that_is_taken_has_its_window():
    assert _days((0, 29), window=Window(0, 7)) == ([(0, 36)], [(37, 59)])
    assert _days((0, 29), window=Window(2, 7)) == ([(2, 36)], [(0, 1), (37, 59)])


def test_an_exposure_within_a_longer_one_adds_nothing():
    assert _days((0, 29), (5, 9), window=Window(0, 7)) == ([(0, 36)], [(37, 59)])


def test_without_treatment_every_day_of_follow_up_is_one_to_compare_with():
    assert _days() == ([], [(0, 59)])


def test_of_a_person_who_died_before_day_0_there_is_no_day():
    assert _days(0, last_day=-1) == ([], [])
