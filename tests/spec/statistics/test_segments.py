"""Lines before time 0 and after it, by persons that can be drawn by hand."""

from __future__ import annotations

import pytest

from refractory.statistics.segments import BEYOND_FLOOR, count_with_two, fit_projections, fit_segments


def _person(level: float, before: float, jump: float, after: float, times=(-4, -2, -1, 1, 2, 5)):
    """A person on a line before time 0 and on another after it."""
    return [(time, level + (before * time if time <= 0 else jump + after * time)) for time in times]


BENT = [_person(20 + 2 * number, 0.5, -6, -1) for number in range(6)]


def test_slopes_jump_and_change_are_those_that_were_drawn():
    found = fit_segments(BENT)
    assert (found.persons_before, found.persons_after) == (6, 6)
    told = [one.value for one in (found.before, found.after, found.level, found.change, found.within)]
    assert told == pytest.approx([0.5, -1, -6, -1.5, 0.5])


def test_a_value_at_time_0_counts_as_before():
    persons = [[(-2, 20 + number), (0, 22 + number), (1, 5 + number), (2, 5 + number)] for number in range(5)]
    found = fit_segments(persons)
    assert (found.before.value, found.after.value) == pytest.approx((1, 0))
    # The earlier line reaches 22 at time 0, where the later one, flat, stands at 5.
    assert found.level.value == pytest.approx(-17)


def test_four_persons_with_two_values_before_tell_no_slope_and_five_do():
    few = [*BENT[:4], [point for point in BENT[4] if point[0] > -2]]
    found = fit_segments(few)
    assert (found.persons_before, found.persons_after) == (4, 5)
    assert [one.value for one in (found.before, found.after, found.level, found.change, found.within)] == [None] * 5
    assert found.before.note == "Fewer than five persons have two values before."
    assert fit_segments(BENT[:5]).before.value == pytest.approx(0.5)


def test_without_a_slope_after_the_jump_is_still_told():
    once = [[point for point in points if point[0] <= 1] for points in BENT]
    found = fit_segments(once)
    assert (found.before.value, found.after.value, found.change.value) == (pytest.approx(0.5), None, None)
    assert found.after.note == "Fewer than five persons have two values after."
    # At time 1 they stand 7 below where they stood at 0, and the line has gone half a point up.
    assert found.level.value == pytest.approx(-7.5)


def test_nobody_seen_after_leaves_the_slope_before():
    found = fit_segments([[point for point in points if point[0] <= 0] for points in BENT])
    assert (found.before.value, found.level.value, found.after.value) == (pytest.approx(0.5), None, None)


@pytest.mark.parametrize("persons", [[], [[]], [[], [], []], [[(-1, 20)]], [_person(20, 1, 0, 1)]])
def test_nobody_or_one_person_tells_nothing(persons):
    found = fit_segments(persons)
    assert found.before.value is None
    assert found.persons_before <= 1
    assert fit_projections(persons, [4], [[(4, 1.0)] * len(persons)]) == ()


def test_two_values_of_one_day_are_not_two_times():
    assert count_with_two([[(-1, 3), (-1, 4)], [(-2, 3), (-1, 3)]]) == 1


def test_the_projection_goes_on_with_the_earlier_line_whatever_the_course_after():
    before = [[point for point in points if point[0] <= 0] for points in BENT]
    later = [[(4.0, 20.0 + 2 * number) for number in range(6)], [None] * 5 + [(8.0, 10.0)], [None] * 6]
    four, eight = fit_projections(before, [4, 8, 12], later)
    # The mean level is 25; half a point a month is 27 after four months.
    assert (four.persons, four.projected.value, four.observed.value) == (6, pytest.approx(27), pytest.approx(25))
    assert four.difference.value == pytest.approx(-2)
    # The last person stands 5 above the mean, and at 10 lies 5 below the mean of persons like all of them.
    assert (eight.time, eight.persons) == (8, 1)
    assert eight.projected.value == pytest.approx(29)
    assert eight.observed.value == pytest.approx(5, abs=0.01)


def test_a_trend_cannot_lead_below_the_least_value_and_then_explains_everything():
    falling = [[(-4, 12 + number), (-2, 8 + number), (0, 4 + number)] for number in range(6)]
    (found,) = fit_projections(falling, [6], [[(6.0, 1.0 + number) for number in range(6)]], floor=0)
    assert (found.projected.value, found.projected.note) == (0, BEYOND_FLOOR)
    assert found.difference.value == pytest.approx(found.observed.value)
    assert found.difference.upper >= 0
    (free,) = fit_projections(falling, [6], [[(6.0, 1.0 + number) for number in range(6)]])
    assert free.projected.value == pytest.approx(-5.5)
    assert not free.projected.note


def test_each_time_has_a_place_for_each_person():
    with pytest.raises(ValueError, match="one place for each of 6 persons"):
        fit_projections(BENT, [4], [[None]])
    with pytest.raises(ValueError, match="one place for each of 6 persons"):
        fit_projections(BENT, [4, 5], [[None] * 6])


def _hump(level: float, rise: float, fall: float, times=(-6, -5, -4, -3, -2, -1, 0, 1, 2)):
    """Rises to time -3, then falls and goes on falling as if nothing had happened at time 0."""
    return [(time, level + (rise * (time + 3) if time < -3 else fall * (time + 3))) for time in times]


def test_a_hump_before_is_a_bend_and_makes_a_jump_of_a_fall_that_only_went_on():
    found = fit_segments([_hump(20 + number, 4, -2) for number in range(6)])
    assert (found.late.value, found.bend.value) == pytest.approx((-2, -6))
    assert found.bend.upper < 0
    # Nothing happened at time 0; the straight line makes a jump of it all the same.
    assert found.level.upper < 0


def test_along_a_straight_line_both_halves_have_one_slope():
    found = fit_segments(BENT)
    assert found.bend.value is None or found.bend.value == pytest.approx(0, abs=1e-9)
    straight = fit_segments([_hump(20 + number, -2, -2) for number in range(6)])
    assert (straight.late.value, straight.bend.value) == (pytest.approx(-2), pytest.approx(0, abs=1e-9))


def test_values_in_one_half_alone_or_at_three_times_tell_no_bend():
    for times in ((-4, -2, 0, 1, 2), (-6, -5, 1, 2)):
        found = fit_segments([_hump(20 + number, 4, -2, times) for number in range(6)])
        assert (found.late.value, found.bend.value) == (None, None)
        assert "both halves" in found.bend.note
    four = [_hump(20 + number, 4, -2) for number in range(4)]
    early = [[point for point in _hump(30, 4, -2) if point[0] < -3], *four]
    assert fit_segments(early).bend.value is None
