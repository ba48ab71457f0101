"""The dose from day to day: gaps, pulses, unknown doses, days that nobody observed, and what it adds up to."""

from __future__ import annotations

import pytest
from tests.doses import SPAN, story, timeline_of
from tests.tables import same_rows

from refractory.dates import Window
from refractory.exposures.timeline import derive_cumulative_doses, derive_mean_doses

SHORT = Window(-10, 20)


def test_a_gap_has_dose_0_and_the_rows_of_a_person_lie_end_to_end():
    store, timeline, _ = story(
        """
        from_day | until_day | mg
        -5       | 3         | 20
        7        | 9         | 10
    """,
        span=SHORT,
    )
    same_rows(
        store,
        timeline,
        """
        from_day | until_day | daily_mg | is_covered
        -10      | -6        | 0        | no
        -5       | 3         | 20       | yes
        4        | 6         | 0        | no
        7        | 9         | 10       | yes
        10       | 20        | 0        | no
    """,
    )


def test_a_person_without_any_exposure_has_dose_0_throughout():
    store, timeline, _ = story("from_day | until_day | mg", span=SHORT)
    same_rows(store, timeline, "from_day | until_day | daily_mg | is_covered\n-10 | 20 | 0 | no")


def test_a_day_of_unknown_dose_has_no_dose_whatever_else_is_taken_on_it():
    store, timeline, _ = story(
        """
        from_day | until_day | mg
        -10      | 20        | 20
        1        | 2         | ?
    """,
        span=SHORT,
    )
    same_rows(
        store,
        timeline,
        """
        from_day | until_day | daily_mg | known_mg | is_unknown
        -10      | 0         | 20       | 20       | no
        1        | 2         | -        | 20       | yes
        3        | 20        | 20       | 20       | no
    """,
    )


def test_a_day_that_is_not_observed_has_no_dose_covered_or_not():
    store, timeline, _ = story(
        "from_day | until_day | mg\n-10 | 12 | 20",
        observed="person_id | from_day | until_day\n1 | -8 | 10",
        span=SHORT,
    )
    same_rows(
        store,
        timeline,
        """
        from_day | until_day | daily_mg | is_covered | is_observed
        -10      | -9        | -        | yes        | no
        -8       | 10        | 20       | yes        | yes
        11       | 12        | -        | yes        | no
        13       | 20        | -        | no         | no
    """,
    )


def test_who_is_observed_on_no_day_has_no_known_dose():
    store, timeline, _ = story(
        "from_day | until_day | mg", observed="person_id | from_day | until_day\n1 | 1 | 0", span=SHORT
    )
    same_rows(store, timeline, "from_day | until_day | daily_mg | is_observed\n-10 | 20 | - | no")


def test_who_takes_20_mg_and_is_given_1250_mg_has_a_pulse_of_1250_mg_and_stays_on_20_mg():
    store, timeline = timeline_of("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor | route
        1         | steroid     | 2019-12-02 | 2020-01-31 | 61       | 20          | 1                 | oral
        1         | steroid     | 2020-01-05 | 2020-01-05 | 1        | 1000        | 1.25              | intravenous
    """)
    same_rows(
        store,
        timeline,
        """
        from_day | until_day | daily_mg | pulse_mg
        -30      | 3         | 20       | 0
        4        | 4         | 20       | 1250
        5        | 30        | 20       | 0
    """,
    )


def test_an_injection_whose_route_nobody_wrote_down_is_a_pulse_by_its_own_dose():
    store, timeline = timeline_of("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | route
        1         | steroid     | 2019-12-02 | 2020-01-31 | 61       | 20          | oral
        1         | steroid     | 2020-01-05 | 2020-01-05 | 1        | 250         | unknown
    """)
    same_rows(store, timeline.filter(timeline.from_day == 4), "daily_mg | pulse_mg\n20 | 250")


@pytest.mark.parametrize(("mg", "daily", "pulse"), [(249, 249, 0), (250, 0, 250)])
def test_a_day_of_exactly_250_mg_is_a_pulse(mg, daily, pulse):
    store, timeline, _ = story(f"from_day | until_day | mg | drug\n1 | 1 | {mg} | pulse", span=SHORT)
    same_rows(store, timeline.filter(timeline.from_day == 1), f"daily_mg | pulse_mg\n{daily} | {pulse}")


def test_injections_of_one_day_make_a_pulse_together():
    """Four times 125 mg of methylprednisolone are 625 mg of prednisone; three times 40 mg are 150, and daily dose."""
    four = "\n".join(["1 | s | 2020-01-05 | 2020-01-05 | 1 | 125 | 1.25 | intravenous"] * 4)
    three = "\n".join(["2 | s | 2020-01-05 | 2020-01-05 | 1 | 40 | 1.25 | intravenous"] * 3)
    store, timeline = timeline_of(f"""
        person_id | concept_set | start_date | end_date | quantity | mg_per_unit | prednisone_factor | route
        1 | s | 2019-12-02 | 2020-01-31 | 61 | 20 | 1 | oral
        {four}
        2 | s | 2019-12-02 | 2020-01-31 | 61 | 20 | 1 | oral
        {three}
    """)
    same_rows(
        store,
        timeline.filter(timeline.from_day == 4),
        """
        person_id | daily_mg | pulse_mg
        1         | 20       | 625
        2         | 170      | 0
    """,
    )


def test_where_no_part_of_the_day_is_a_pulse_alone_the_whole_day_is_the_pulse():
    """60 mg by mouth and 200 mg injected; twice 150 mg by mouth; 1,250 mg injected beside 300 mg by mouth."""
    store, timeline, _ = story(
        """
        person_id | from_day | until_day | mg   | drug
        1         | 1        | 5         | 60   | daily
        1         | 3        | 3         | 200  | pulse
        2         | 3        | 3         | 300  | daily
        3         | 3        | 3         | 300  | daily
        3         | 3        | 3         | 1250 | pulse
    """,
        span=SHORT,
    )
    same_rows(
        store,
        timeline.filter(timeline.from_day == 3),
        """
        person_id | daily_mg | pulse_mg
        1         | 0        | 260
        2         | 0        | 300
        3         | 0        | 1550
    """,
    )


def test_overlapping_prescriptions_add_up_and_a_refill_counts_once_where_the_protocol_says_so():
    """5 mg until 30 January, the refill from 24 January on; a second drug of 10 mg from the 29th."""
    drug = """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-15 | 15       | 5
        1         | steroid     | 2020-01-13 | 2020-01-31 | 19       | 5
        1         | steroid     | 2020-01-29 | 2020-01-31 | 3        | 10
    """
    store, timeline = timeline_of(drug, span=Window(0, 30))
    same_rows(
        store,
        timeline,
        """
        from_day | until_day | daily_mg
        0        | 11        | 5
        12       | 14        | 10
        15       | 27        | 5
        28       | 30        | 15
    """,
    )
    store, timeline = timeline_of(drug, counts_once=True, span=Window(0, 30))
    same_rows(store, timeline, "from_day | until_day | daily_mg\n0 | 27 | 5\n28 | 30 | 15")


def test_sums_of_doses_that_cancel_leave_exactly_what_is_left():
    """0.1, 0.2 and 5 mg at once, then 5 mg alone: exactly 5, and not a bit more or less."""
    store, timeline, _ = story(
        """
        from_day | until_day | mg
        1        | 10        | 5
        1        | 3         | 0.1
        2        | 4         | 0.2
    """,
        span=SHORT,
    )
    doses = dict(store.rows(timeline.select("from_day", "daily_mg")))
    assert (doses[2], doses[5]) == (5.3, 5.0)


def test_a_timeline_needs_a_span_with_two_ends():
    with pytest.raises(ValueError, match="two ends"):
        story("from_day | until_day | mg", span=Window(None, 10))


DOSES = """
    person_id | from_day | until_day | mg   | drug
    1         | -200     | 0         | 20   | daily
    1         | 1        | 90        | 10   | daily
    1         | 5        | 7         | 1250 | pulse
    2         | -200     | 400       | 10   | daily
    2         | 40       | 40        | ?    | daily
    3         | -200     | 60        | 5    | daily
"""


def _cumulative(windows, **kwargs):
    store, timeline, persons = story(DOSES, observed="person_id | from_day | until_day\n3 | -200 | 89")
    return store, derive_cumulative_doses(timeline, persons, windows, **kwargs)


def test_the_cumulative_dose_adds_up_the_days_of_a_window_without_pulses_and_with_them():
    store, doses = _cumulative([Window(-30, -1), Window(1, 180)])
    same_rows(
        store,
        doses.filter(doses.person_id == 1),
        """
        first_day | cumulative_mg | cumulative_with_pulses_mg | mg_per_day | covered_days | pulse_days
        -30       | 600           | 600                       | 20         | 30           | 0
        1         | 900           | 4650                      | 5          | 90           | 3
    """,
    )


def test_one_day_of_unknown_dose_leaves_a_sum_unknown_unless_the_protocol_allows_it():
    """One of 100 days: more than 0.9 % of them, and no more than 1 %; then it counts with the mean of the others."""
    window = [Window(1, 100)]
    for percent, why, mg in ((0, "a dose is unknown", "-"), (0.9, "a dose is unknown", "-"), (1, "-", "1000")):
        store, doses = _cumulative(window, unknown_percent=percent)
        same_rows(
            store,
            doses.filter(doses.person_id == 2),
            f"cumulative_mg | unknown_days | known_mg | why\n{mg} | 1 | 1000 | {why}",
        )


def test_a_window_with_a_day_that_is_not_observed_has_no_sum():
    store, doses = _cumulative([Window(60, 89), Window(60, 90)])
    same_rows(
        store,
        doses.filter(doses.person_id == 3),
        """
        last_day | cumulative_mg | unobserved_days | why
        89       | 5             | 0               | -
        90       | -             | 1               | not observed throughout
    """,
    )


def test_nothing_known_of_a_window_gives_no_mean():
    store, timeline, persons = story("from_day | until_day | mg\n1 | 30 | ?", span=SPAN)
    doses = derive_cumulative_doses(timeline, persons, [Window(1, 30)], unknown_percent=99)
    same_rows(store, doses, "cumulative_mg | mg_per_day | why\n- | - | a dose is unknown")


def test_the_dose_of_a_day_is_the_mean_over_the_days_that_end_with_it():
    """Day -1 ends the baseline; on day 30 thirty days of 10 mg; on day 105 fifteen of 10 mg and fifteen of none."""
    store, timeline, persons = story(DOSES)
    doses = derive_mean_doses(timeline, persons, [-1, 30, 40, 105], 30)
    same_rows(
        store,
        doses.filter(doses.person_id == 1),
        """
        day | mg_per_day | covered_days | pulse_days | why
        -1  | 20         | 30           | 0          | -
        30  | 10         | 30           | 3          | -
        40  | 10         | 30           | 0          | -
        105 | 5          | 15           | 0          | -
    """,
    )
    same_rows(
        store,
        doses.filter((doses.person_id == 2) & doses.mg_per_day.isnull()),
        "day | unknown_days | why\n40 | 1 | a dose is unknown",
    )
