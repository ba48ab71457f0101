"""Courses of systemic drugs: what they are made of, and when one is discontinued."""

from __future__ import annotations

from datetime import date

import pytest
from tests.courses import COURSE, draw_courses
from tests.tables import fill, same_rows

from refractory.exposures.courses import (
    classify_course_end,
    classify_discontinuation,
    derive_courses,
    derive_exposures_before,
    derive_systemic_exposures,
)
from refractory.exposures.eras import derive_exposures
from refractory.exposures.line_definition import LineDefinition
from refractory.records.store import Store

GRACE = 60


def _assert_ends(drawn: str, expected: str, grace_days: int = GRACE) -> None:
    """Assert how each course ended, by the expression and by the function for one course."""
    store = Store()
    rows = draw_courses(drawn)
    found = classify_discontinuation(store.add("courses", COURSE, rows), grace_days)
    same_rows(store, found, expected, ["person_id", "drug", "start_date", "course_end", "discontinued_date"])
    for row in store.records(found):
        later = [
            other[2] for other in rows if other[:2] == (row["person_id"], row["drug"]) and other[2] > row["start_date"]
        ]
        end = classify_course_end(
            row["start_date"],
            row["end_date"],
            next_start_date=min(later, default=None),
            seen_until_date=row["seen_until_date"],
            grace_days=grace_days,
        )
        assert end.value == row["course_end"]


def test_a_course_is_discontinued_when_nothing_follows_for_the_grace_period_and_the_person_is_seen_that_long():
    """The last covered day is 9 February, so the grace period of 60 days ends on 9 April."""
    _assert_ends(
        """
        person | drug    | first | last | seen
        -------+---------+-------+------+-----
        1      | dapsone | 0     | 39   | 99
        2      | dapsone | 0     | 39   | 98
        """,
        """
        person_id | drug    | start_date | course_end               | discontinued_date
        1         | dapsone | 2020-01-01 | discontinued             | 2020-02-09
        2         | dapsone | 2020-01-01 | not observed long enough | -
        """,
    )


def test_a_covered_day_on_day_60_continues_the_course_and_one_on_day_61_comes_too_late():
    _assert_ends(
        """
        person | drug    | first | last | seen
        1      | dapsone | 0     | 39   | 500
        1      | dapsone | 99    | 120  | 500
        2      | dapsone | 0     | 39   | 500
        2      | dapsone | 100   | 120  | 500
        """,
        """
        person_id | drug    | start_date | course_end   | discontinued_date
        1         | dapsone | 2020-01-01 | continued    | -
        1         | dapsone | 2020-04-09 | discontinued | 2020-04-30
        2         | dapsone | 2020-01-01 | discontinued | 2020-02-09
        2         | dapsone | 2020-04-10 | discontinued | 2020-04-30
        """,
    )


def test_a_course_that_covers_the_last_day_seen_is_continued_and_not_discontinued():
    """Whoever dies or leaves on the drug has not stopped it; supply that reaches beyond is no matter."""
    _assert_ends(
        """
        person | drug    | first | last | seen
        1      | dapsone | 0     | 39   | 39
        2      | dapsone | 0     | 39   | 20
        3      | dapsone | 0     | 39   | 40
        """,
        """
        person_id | drug    | start_date | course_end               | discontinued_date
        1         | dapsone | 2020-01-01 | continued                | -
        2         | dapsone | 2020-01-01 | continued                | -
        3         | dapsone | 2020-01-01 | not observed long enough | -
        """,
    )


def test_a_course_that_begins_after_the_person_was_last_seen_says_nothing():
    _assert_ends(
        """
        drug    | first | last | seen
        dapsone | 0     | 39   | 20
        dapsone | 120   | 150  | 20
        """,
        """
        person_id | drug    | start_date | course_end               | discontinued_date
        1         | dapsone | 2020-01-01 | continued                | -
        1         | dapsone | 2020-04-30 | not observed long enough | -
        """,
    )


def test_where_the_source_knows_no_end_of_observation_silence_counts_as_seen():
    _assert_ends(
        """
        drug    | first | last
        dapsone | 0     | 39
        """,
        """
        person_id | drug    | start_date | course_end   | discontinued_date
        1         | dapsone | 2020-01-01 | discontinued | 2020-02-09
        """,
    )


def test_another_drug_does_not_continue_a_course():
    _assert_ends(
        """
        drug         | first | last | seen
        dapsone      | 0     | 39   | 500
        methotrexate | 45    | 90   | 500
        """,
        """
        person_id | drug         | start_date | course_end   | discontinued_date
        1         | dapsone      | 2020-01-01 | discontinued | 2020-02-09
        1         | methotrexate | 2020-02-15 | discontinued | 2020-03-31
        """,
    )


def _courses(text: str, **chosen):
    store = Store()
    definition = LineDefinition(among="drugs", **chosen)
    exposures = store.keep("exposures", derive_exposures(fill(store, "drug", text)))
    systemic = derive_systemic_exposures(exposures, ("methotrexate", "rituximab"), definition)
    return store, store.keep("systemic", systemic), definition


def test_exposures_join_into_a_course_across_a_gap_of_the_grace_period_and_not_across_a_longer_one():
    store, systemic, definition = _courses("""
        person_id | concept_set  | start_date | end_date
        1         | methotrexate | 2020-01-01 | 2020-01-31
        1         | methotrexate | 2020-03-31 | 2020-04-30
        2         | methotrexate | 2020-01-01 | 2020-01-31
        2         | methotrexate | 2020-04-01 | 2020-04-30
    """)
    same_rows(
        store,
        derive_courses(systemic, definition),
        """
        person_id | drug         | start_date | end_date   | covered_days
        1         | methotrexate | 2020-01-01 | 2020-04-30 | 62
        2         | methotrexate | 2020-01-01 | 2020-01-31 | 31
        2         | methotrexate | 2020-04-01 | 2020-04-30 | 30
    """,
    )


def test_only_the_drugs_asked_for_by_a_route_that_counts_make_courses():
    store, systemic, _ = _courses(
        """
        person_id | concept_set  | start_date | route
        1         | methotrexate | 2020-01-01 | oral
        2         | methotrexate | 2020-01-01 | topical
        3         | methotrexate | 2020-01-01 | unknown
        4         | dapsone      | 2020-01-01 | oral
        """,
        routes=["oral", "subcutaneous"],
    )
    assert sorted(row["person_id"] for row in store.records(systemic)) == [1, 3]


def test_a_drug_that_acts_for_longer_than_its_infusion_covers_the_days_that_the_protocol_says():
    """Two infusions of rituximab 180 days apart are one course of 360 days; methotrexate covers what is written."""
    store, systemic, definition = _courses(
        """
        person_id | concept_set  | start_date | end_date
        1         | rituximab    | 2020-01-01 | 2020-01-01
        1         | rituximab    | 2020-06-29 | -
        1         | methotrexate | 2020-01-01 | 2020-01-01
        2         | rituximab    | 2020-01-01 | 2020-12-31
        """,
        covers={"rituximab": "180 days"},
    )
    same_rows(
        store,
        derive_courses(systemic, definition),
        """
        person_id | drug         | start_date | end_date   | covered_days | has_known_end
        1         | methotrexate | 2020-01-01 | 2020-01-01 | 1            | yes
        1         | rituximab    | 2020-01-01 | 2020-12-25 | 360          | yes
        2         | rituximab    | 2020-01-01 | 2020-12-31 | 366          | yes
    """,
    )


@pytest.mark.parametrize("until", ["2020-06-30", "2020-05-31", "2021-12-31"])
def test_exposures_before_day_0_end_on_the_day_before_it_however_long_the_supply_reaches(until):
    store, systemic, _ = _courses(f"""
        person_id | concept_set  | start_date | end_date
        1         | methotrexate | 2020-03-01 | {until}
        1         | methotrexate | 2020-05-31 | 2020-05-31
        1         | methotrexate | 2020-06-01 | 2020-08-30
        2         | methotrexate | 2020-06-01 | 2020-08-30
    """)
    cohort = store.add(
        "cohort",
        {"person_id": "int64", "day0_date": "date"},
        [(1, date(2020, 6, 1)), (2, date(2020, 6, 1)), (3, date(2020, 6, 1))],
    )
    same_rows(
        store,
        derive_exposures_before(systemic, cohort),
        """
        person_id | start_date | last_covered_date
        1         | 2020-03-01 | 2020-05-31
        1         | 2020-05-31 | 2020-05-31
    """,
    )
