"""When a dose came down and stayed down, when it stopped, how fast and in how many steps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.doses import story
from tests.tables import same_rows

from refractory.dates import Window
from refractory.exposures.tapers import derive_dose_times, derive_tapers

BASELINE, FOLLOW_UP = Window(-30, -1), Window(151, 180)


def _times(doses: str, observed: str | None = None, **changes: Any):
    store, timeline, persons = story(doses, observed)
    asked = {"sustained_days": 28, "off_days": 30, "until_day": 365, **changes}
    return store, derive_dose_times(timeline, persons, [5], BASELINE, **asked)


def _below_5(doses: str, observed: str | None = None, **changes: Any) -> tuple[str, int | None, str | None]:
    return _answer("BELOW", doses, observed, **changes)


def _answer(goal: str, doses: str, observed: str | None = None, **changes: Any) -> tuple[str, int | None, str | None]:
    store, times = _times(doses, observed, **changes)
    (row,) = store.rows(times.filter(times.goal == goal).select("status", "day", "why"))
    return row


HEAD = "from_day | until_day | mg\n"
OBSERVED = "person_id | from_day | until_day\n"


def test_a_dose_of_exactly_5_mg_is_not_below_5_mg():
    assert _below_5(HEAD + "-200 | 49 | 20\n50 | 400 | 5") == ("CENSORED", 365, None)
    assert _below_5(HEAD + "-200 | 49 | 20\n50 | 400 | 4.999999") == ("REACHED", 50, None)


@pytest.mark.parametrize(("days", "answer"), [(27, ("CENSORED", 365, None)), (28, ("REACHED", 50, None))])
def test_a_lower_dose_counts_from_28_days_on(days, answer):
    again = 50 + days
    assert _below_5(HEAD + f"-200 | 49 | 20\n50 | {again - 1} | 2.5\n{again} | 400 | 20") == answer


def test_several_lower_doses_and_a_gap_between_them_are_one_stretch():
    """4 mg for ten days, no exposure for five, 2.5 mg for thirteen: 28 days below 5 mg."""
    doses = "-200 | 49 | 20\n50 | 59 | 4\n65 | 77 | 2.5\n78 | 400 | 20"
    assert _below_5(HEAD + doses) == ("REACHED", 50, None)


def test_the_first_stretch_that_lasts_counts_and_what_comes_after_it_does_not():
    doses = "-200 | 49 | 20\n50 | 60 | 2\n61 | 99 | 20\n100 | 140 | 2\n141 | 200 | 20\n201 | 400 | 2"
    assert _below_5(HEAD + doses) == ("REACHED", 100, None)


def test_an_unknown_dose_in_the_stretch_that_may_hide_its_beginning_censors_on_the_day_before():
    """Below 5 mg from day 50 and surely so from day 61 on; of day 60 nobody knows."""
    doses = "-200 | 49 | 20\n50 | 59 | 2\n60 | 60 | ?\n61 | 400 | 2"
    assert _below_5(HEAD + doses) == ("CENSORED", 49, "a dose is unknown")


def test_an_unknown_dose_that_cannot_hide_anything_changes_nothing():
    """On day 60 something unknown is taken beside 20 mg; on day 80 alone, between days of 20 mg."""
    beside = "-200 | 99 | 20\n60 | 60 | ?\n100 | 400 | 2"
    alone = "-200 | 79 | 20\n80 | 80 | ?\n81 | 99 | 20\n100 | 400 | 2"
    after = "-200 | 99 | 20\n100 | 400 | 2\n150 | 200 | ?"
    assert [_below_5(HEAD + doses)[:2] for doses in (beside, alone, after)] == [("REACHED", 100)] * 3


def test_an_unknown_dose_beside_5_mg_leaves_nothing_open_for_5_mg():
    assert _below_5(HEAD + "-200 | 400 | 5\n100 | 200 | ?") == ("CENSORED", 365, None)


def test_an_unknown_dose_from_day_1_on_that_may_be_low_cannot_be_judged():
    assert _below_5(HEAD + "-200 | 0 | 20\n1 | 60 | ?\n61 | 400 | 20") == ("NOT_EVALUABLE", None, "a dose is unknown")
    assert _below_5(HEAD + "-200 | 1 | 20\n2 | 60 | ?\n61 | 400 | 20") == ("CENSORED", 1, "a dose is unknown")


def test_whose_dose_is_below_on_day_0_for_28_days_is_told_apart():
    assert _below_5(HEAD + "-200 | -27 | 20\n-26 | 1 | 2\n2 | 400 | 20") == ("BELOW_AT_BASELINE", None, None)


def test_a_gap_between_two_fills_over_day_0_is_no_low_dose():
    """27 days without any exposure around day 0; the dose comes down on day 90."""
    assert _below_5(HEAD + "-200 | -26 | 20\n2 | 89 | 20\n90 | 400 | 2") == ("REACHED", 90, None)


def test_a_dose_that_comes_down_on_day_1_comes_down_on_day_1():
    assert _below_5(HEAD + "-200 | 0 | 20\n1 | 400 | 2") == ("REACHED", 1, None)


def test_a_dose_unknown_around_day_0_that_may_be_low_cannot_be_judged():
    doses = "-200 | -10 | 20\n-9 | 18 | ?\n19 | 99 | 20\n100 | 400 | 2"
    assert _below_5(HEAD + doses) == ("NOT_EVALUABLE", None, "a dose is unknown")
    assert _below_5(HEAD + doses.replace("18 |", "17 |").replace("19 |", "18 |")) == ("REACHED", 100, None)


def test_a_pulse_during_follow_up_is_kept_apart():
    """2 mg by mouth from day 50 on, and 1,250 mg on days 60 to 62."""
    doses = "from_day | until_day | mg | drug\n-200 | 49 | 20 | daily\n50 | 400 | 2 | daily\n60 | 62 | 1250 | pulse"
    assert _below_5(doses) == ("REACHED", 50, None)


def test_death_in_follow_up_censors_on_the_last_day_from_which_28_days_could_be_seen():
    """Seen to day 77: a low dose from day 50 on is seen for 28 days. Seen to day 76: day 49 was the last chance."""
    doses = HEAD + "-200 | 49 | 20\n50 | 400 | 2"
    assert _below_5(doses, OBSERVED + "1 | -200 | 77") == ("REACHED", 50, None)
    assert _below_5(doses, OBSERVED + "1 | -200 | 76") == ("CENSORED", 49, "observation ends")


def test_who_is_not_observed_for_28_days_after_day_0_cannot_be_judged():
    doses = HEAD + "-200 | 400 | 20"
    assert _below_5(doses, OBSERVED + "1 | -200 | 27") == ("NOT_EVALUABLE", None, "not observed throughout")
    assert _below_5(doses, OBSERVED + "1 | -200 | 28") == ("CENSORED", 1, "observation ends")


def test_who_is_not_observed_on_day_0_cannot_be_judged():
    doses = HEAD + "-200 | 400 | 20"
    assert _below_5(doses, OBSERVED + "1 | 1 | 0") == ("NOT_EVALUABLE", None, "not observed throughout")
    assert _below_5(doses, OBSERVED + "1 | 1 | 300") == ("NOT_EVALUABLE", None, "not observed throughout")


def test_who_is_low_on_day_0_since_observation_began_too_late_cannot_be_judged():
    """Seen from day -10 on, below 5 mg until day 5: was it so for 28 days? Seen from day -22 on it was."""
    doses = HEAD + "6 | 99 | 20\n100 | 400 | 2"
    assert _below_5(doses, OBSERVED + "1 | -10 | 400") == ("NOT_EVALUABLE", None, "not observed throughout")
    assert _below_5(doses, OBSERVED + "1 | -22 | 400") == ("BELOW_AT_BASELINE", None, None)


@pytest.mark.parametrize(("day", "answer"), [(365, ("REACHED", 365, None)), (366, ("CENSORED", 365, None))])
def test_a_dose_may_come_down_until_the_last_day_of_the_protocol(day, answer):
    assert _below_5(HEAD + f"-200 | {day - 1} | 20\n{day} | 400 | 2") == answer


def test_a_restart_within_the_grace_is_no_stop_and_one_after_it_is():
    """No exposure on 29 days; on 30."""
    within = "-200 | 49 | 20\n79 | 200 | 20"
    after = "-200 | 49 | 20\n80 | 200 | 20"
    assert _answer("OFF", HEAD + within) == ("REACHED", 201, None)
    assert _answer("OFF", HEAD + after) == ("REACHED", 50, None)


def test_an_unknown_dose_is_an_exposure_and_leaves_a_stop_open_to_nobody():
    assert _answer("OFF", HEAD + "-200 | 49 | ?") == ("REACHED", 50, None)
    assert _answer("OFF", HEAD + "-200 | 400 | ?") == ("CENSORED", 365, None)


def test_who_has_no_exposure_on_day_0_is_off_it_already():
    assert _answer("OFF", HEAD + "-200 | -20 | 20") == ("BELOW_AT_BASELINE", None, None)


@pytest.mark.parametrize(("mg", "answer"), [(10, ("REACHED", 60, None)), (10.000002, ("CENSORED", 365, None))])
def test_exactly_half_of_the_mean_at_baseline_is_half(mg, answer):
    """15 days of 10 mg and 15 of 30 mg at baseline: 20 mg on the average."""
    doses = f"-200 | -16 | 10\n-15 | 59 | 30\n60 | 400 | {mg}"
    assert _answer("HALF", HEAD + doses) == answer


def test_half_of_a_dose_that_no_decimal_can_write_is_half():
    """Five thirds of a mg after ten thirds, each as near as nanograms come."""
    assert _answer("HALF", HEAD + f"-200 | 59 | {10 / 3}\n60 | 400 | {5 / 3}") == ("REACHED", 60, None)


@pytest.mark.parametrize(
    ("doses", "why"),
    [
        ("1 | 100 | 20", "no dose at baseline"),
        ("-200 | 100 | 20\n-20 | -20 | ?", "a dose is unknown"),
    ],
)
def test_without_a_known_dose_at_baseline_there_is_nothing_to_halve(doses, why):
    assert _answer("HALF", HEAD + doses) == ("NOT_EVALUABLE", None, why)


def test_every_person_has_an_answer_for_every_goal():
    store, times = _times("person_id | from_day | until_day | mg\n1 | -200 | 400 | 20\n2 | 5 | 6 | ?", until_day=100)
    same_rows(
        store,
        times,
        """
        person_id | goal  | below_mg | status            | day | why
        1         | BELOW | 5        | CENSORED          | 100 | -
        1         | HALF  | -        | CENSORED          | 100 | -
        1         | OFF   | -        | CENSORED          | 100 | -
        2         | BELOW | 5        | BELOW_AT_BASELINE | -   | -
        2         | HALF  | -        | NOT_EVALUABLE     | -   | no dose at baseline
        2         | OFF   | -        | BELOW_AT_BASELINE | -   | -
    """,
    )


def _taper(doses: str, observed: str | None = None, step_days: int = 7) -> dict[str, Any]:
    store, timeline, persons = story(doses, observed)
    (row,) = store.records(derive_tapers(timeline, persons, BASELINE, FOLLOW_UP, step_days))
    return row


def test_the_fall_is_the_difference_of_two_means_per_four_weeks_between_their_middles():
    """From 20 to 5 mg a day; 181 days lie between day -15.5 and day 165.5."""
    row = _taper(HEAD + "-200 | 60 | 20\n61 | 400 | 5")
    assert (row["baseline_mg"], row["follow_up_mg"]) == (20, 5)
    assert row["fall_mg_per_4_weeks"] == pytest.approx(15 / 181 * 28)


def test_a_rise_falls_below_zero_and_without_a_dose_at_baseline_nothing_falls():
    assert _taper(HEAD + "-200 | 60 | 5\n61 | 400 | 20")["fall_mg_per_4_weeks"] == pytest.approx(-15 / 181 * 28)
    assert _taper(HEAD + "61 | 400 | 20")["fall_mg_per_4_weeks"] is None
    assert _taper(HEAD + "-200 | 400 | 20\n-3 | -3 | ?")["fall_mg_per_4_weeks"] is None


def _steps(doses: str, observed: str | None = None, step_days: int = 7) -> tuple[int | None, int | None]:
    row = _taper(HEAD + doses, observed, step_days)
    return row["reductions"], row["rises"]


@pytest.mark.parametrize(("days", "steps"), [(6, (1, 0)), (7, (1, 1))])
def test_a_level_lasts_at_least_seven_days(days, steps):
    """20 mg, then so many days of 10 mg, then 15 mg: down alone where the 10 mg are passed over, else down and up."""
    assert _steps(f"-200 | 49 | 20\n50 | {49 + days} | 10\n{50 + days} | 400 | 15") == steps


def test_a_gap_between_two_fills_is_no_step_and_a_stop_is_one():
    assert _steps("-200 | 49 | 20\n56 | 400 | 20") == (0, 0)
    assert _steps("-200 | 49 | 20\n57 | 400 | 20") == (1, 1)


def test_steps_count_from_day_1_to_the_last_day_of_follow_up():
    assert _steps("-200 | -1 | 20\n0 | 400 | 10") == (0, 0)
    assert _steps("-200 | 0 | 20\n1 | 400 | 10") == (1, 0)
    assert _steps("-200 | 179 | 20\n180 | 400 | 10") == (1, 0)
    assert _steps("-200 | 180 | 20\n181 | 400 | 10") == (0, 0)


def test_two_fills_of_one_dose_are_one_level_and_a_pulse_is_none():
    assert _steps("-200 | 49 | 20\n50 | 400 | 20") == (0, 0)
    doses = "from_day | until_day | mg | drug\n-200 | 400 | 20 | daily\n50 | 56 | 1250 | pulse"
    assert (_taper(doses)["reductions"], _taper(doses)["rises"]) == (0, 0)


def test_with_an_unknown_dose_or_an_early_end_nobody_counts_steps():
    assert _steps("-200 | 49 | 20\n50 | 400 | 10\n100 | 100 | ?") == (None, None)
    assert _steps("-200 | 49 | 20\n50 | 400 | 10", OBSERVED + "1 | -200 | 179") == (None, None)
    assert _steps("-200 | 49 | 20\n50 | 400 | 10", OBSERVED + "1 | -200 | 180") == (1, 0)
