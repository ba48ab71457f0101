"""What a protocol may ask about the dose over time, and what is read of each person."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.doses import story

from refractory.dates import Window
from refractory.exposures.tapers import DoseGoal, TimeStatus
from refractory.outcomes.dose_over_time import DoseOverTimeDefinition, read_doses_over_time

BASELINE, FOLLOW_UP = Window(-30, -1), Window(151, 180)


def test_the_default_days_agree_with_baseline_and_follow_up():
    """Day -1 ends the 30 days of baseline, day 180 the last 30 days of follow-up."""
    definition = DoseOverTimeDefinition()
    ends = {day: Window(day - definition.mean_over + 1, day) for day in definition.days}
    assert (ends[-1], ends[180]) == (BASELINE, FOLLOW_UP)


def test_the_span_holds_every_day_asked_for_and_those_on_which_a_lower_dose_must_last():
    assert DoseOverTimeDefinition().span == Window(-209, 394)
    short = DoseOverTimeDefinition(days=[10], mean_over="1 day", cumulative=[], sustained="28 days", until_day=60)
    assert short.span == Window(-29, 89)


def test_every_seventh_day_is_drawn_and_day_0_is_one_of_them():
    weeks = DoseOverTimeDefinition(days=[-15, 22]).weeks
    assert weeks == (-14, -7, 0, 7, 14, 21)
    assert 0 in DoseOverTimeDefinition().weeks


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"days": [30, 30]}, "days names one thing twice"),
        ({"days": []}, "at least 1 item"),
        ({"below": [5, 5.0]}, "below names one thing twice"),
        ({"below": [0]}, "above 0"),
        ({"cumulative": [[1, "any day after"]]}, "two ends"),
        ({"cumulative": [[1, 2], [1, 2]]}, "cumulative names one thing twice"),
        ({"mean_over": "0 days"}, "mean_over is at least"),
        ({"sustained": "0 days"}, "sustained is at least"),
        ({"stopped": "0 days"}, "stopped is at least"),
        ({"step": "0 days"}, "step is at least"),
        ({"until_day": 0}, "greater than or equal to 1"),
        ({"unknown_at_most": 100}, "less than 100"),
        ({"months": 3}, "Extra inputs"),
    ],
)
def test_what_cannot_be_told_is_refused(keys, said):
    with pytest.raises(ValidationError, match=said):
        DoseOverTimeDefinition(**keys)


def test_the_methods_say_the_limits_the_windows_and_what_unknown_days_do():
    strict = " ".join(DoseOverTimeDefinition().describe())
    assert "below 5 or 7.5 or 10 mg a day, or at or below half" in strict
    assert "days -180 to -1 and days 1 to 180" in strict
    assert "has an exposure of unknown dose, the dose is not evaluable" in strict
    lenient = " ".join(DoseOverTimeDefinition(unknown_at_most=5, below=[], cumulative=[]).describe())
    assert "more than 5 % of the days" in lenient
    assert "Cumulative" not in lenient
    assert "stayed at or below half" in lenient


def test_everything_that_is_asked_of_a_person_is_read():
    """20 mg until day 49, then 4 mg; 1,250 mg once; observed to day 200; an unknown dose on day 100."""
    definition = DoseOverTimeDefinition(days=[-1, 60, 180], cumulative=[[1, 90], [91, 120]], below=[5])
    doses = "from_day | until_day | mg | drug\n-209 | 49 | 20 | daily\n50 | 394 | 4 | daily\n"
    doses += "10 | 10 | 1250 | pulse\n100 | 100 | ? | daily"
    store, timeline, persons = story(doses, "person_id | from_day | until_day\n1 | -209 | 200", definition.span)
    store.keep("glucocorticoid_timeline", timeline)
    store.keep("observed", persons)
    found = read_doses_over_time(store, definition, BASELINE, FOLLOW_UP)[1]
    means = {day: dose.mg_per_day for day, dose in found.at_days.items()}
    # Day 60: days 31 to 49 with 20 mg, days 50 to 60 with 4.
    assert means == {-1: 20, 60: pytest.approx((19 * 20 + 11 * 4) / 30), 180: 4}
    sums = {window: (dose.cumulative_mg, dose.pulse_mg, dose.why) for window, dose in found.windows.items()}
    assert sums == {
        Window(1, 90): (49 * 20 + 41 * 4, 1250, None),
        Window(91, 120): (None, 0, "a dose is unknown"),
    }
    assert (found.weekly_mg[0], found.weekly_mg[49], found.weekly_mg[56]) == (20, 20, 4)
    assert (found.whole.unknown_days, found.whole.pulse_days) == (1, 1)
    assert [(time.goal, time.below_mg, time.status, time.day) for time in found.times] == [
        (DoseGoal.BELOW, 5, TimeStatus.REACHED, 50),
        (DoseGoal.HALF, None, TimeStatus.REACHED, 50),
        (DoseGoal.OFF, None, TimeStatus.CENSORED, 171),
    ]
    assert (found.taper.reductions, found.taper.rises) == (None, None)
    assert found.taper.fall_mg_per_4_weeks == pytest.approx(16 / 181 * 28)
