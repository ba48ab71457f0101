"""The refractory rule in its stricter and its laxer reading, all else being the same."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.cohort.readings import derive_readings

KEYS = {"person_id": "int64", "day0_date": "date"}
COURSES = KEYS | {
    "concept_set": "string", "counts": "boolean", "counts_strictly": "boolean", "counts_laxly": "boolean"
}  # fmt: skip


def test_each_person_enters_on_the_first_day_that_a_reading_allows_if_nothing_else_forbids_it(engine):
    """Two drugs must have failed.

    Person 1 has two adequate drugs on the second day, and a third course that only the lax reading counts, on the
    first. Person 2 has one adequate drug and one of unknown length. Person 3's disease is not active on the first day.
    Person 4 is excluded. Person 5 took one drug only, twice. Person 6 took nothing.
    """
    eligible = fill(
        engine,
        "eligible",
        """
        person_id | day0_date
        1         | 2020-01-01
        1         | 2020-03-01
        2         | 2020-01-01
        3         | 2020-01-01
        3         | 2020-03-01
        4         | 2020-01-01
        5         | 2020-01-01
        6         | 2020-01-01
    """,
        KEYS,
    )
    courses = fill(
        engine,
        "courses",
        """
        person_id | day0_date  | concept_set  | counts | counts_strictly | counts_laxly
        1         | 2020-01-01 | prednisone   | yes    | yes             | yes
        1         | 2020-01-01 | dapsone      | no     | no              | yes
        1         | 2020-03-01 | prednisone   | yes    | yes             | yes
        1         | 2020-03-01 | methotrexate | yes    | yes             | yes
        2         | 2020-01-01 | prednisone   | yes    | yes             | yes
        2         | 2020-01-01 | dapsone      | yes    | no              | yes
        3         | 2020-01-01 | prednisone   | yes    | yes             | yes
        3         | 2020-01-01 | dapsone      | yes    | yes             | yes
        3         | 2020-03-01 | prednisone   | yes    | yes             | yes
        3         | 2020-03-01 | dapsone      | yes    | yes             | yes
        4         | 2020-01-01 | prednisone   | yes    | yes             | yes
        4         | 2020-01-01 | dapsone      | yes    | yes             | yes
        5         | 2020-01-01 | prednisone   | yes    | yes             | yes
        5         | 2020-01-01 | prednisone   | yes    | yes             | yes
    """,
        COURSES,
    )
    activity = fill(
        engine,
        "activity",
        """
        person_id | day0_date  | is_active
        1         | 2020-01-01 | yes
        1         | 2020-03-01 | yes
        2         | 2020-01-01 | yes
        3         | 2020-01-01 | no
        3         | 2020-03-01 | yes
        4         | 2020-01-01 | yes
        5         | 2020-01-01 | yes
        6         | 2020-01-01 | yes
    """,
        KEYS | {"is_active": "boolean"},
    )
    exclusions = fill(
        engine,
        "exclusions",
        "person_id | day0_date | exclusion_0 | exclusion_1\n4 | 2020-01-01 | no | yes\n2 | 2020-01-01 | no | no",
        KEYS | {"exclusion_0": "boolean", "exclusion_1": "boolean"},
    )
    same_rows(
        engine,
        derive_readings(eligible, courses, activity, exclusions, 2),
        """
        person_id | strictly   | as_written | laxly
        1         | 2020-03-01 | 2020-03-01 | 2020-01-01
        2         | -          | 2020-01-01 | 2020-01-01
        3         | 2020-03-01 | 2020-03-01 | 2020-03-01
        4         | -          | -          | -
        5         | -          | -          | -
        6         | -          | -          | -
    """,
    )
