"""Infusion days, cycles, grams and flags."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.exposures.cycles import derive_cycle_doses, derive_cycles, derive_infusion_days
from refractory.exposures.treatment import CycleDefinition

DEFINITION = CycleDefinition(split="7 days", planned="28 days")


def _cycles(engine, text: str, definition: CycleDefinition = DEFINITION):
    days = engine.keep("days", derive_infusion_days(fill(engine, "drug", text)))
    return days, engine.keep("cycles", derive_cycles(days, definition))


def test_seven_days_between_infusion_days_are_one_cycle_and_eight_are_two(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-01-08
        2         | 2020-01-01
        2         | 2020-01-09
    """,
    )
    same_rows(
        engine,
        cycles,
        """
        person_id | cycle | first_date | last_date  | infusion_days | interval_days
        1         | 1     | 2020-01-01 | 2020-01-08 | 2             | -
        2         | 1     | 2020-01-01 | 2020-01-01 | 1             | -
        2         | 2     | 2020-01-09 | 2020-01-09 | 1             | 8
    """,
    )


def test_a_chain_of_short_gaps_stays_one_cycle(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-01-07
        1         | 2020-01-14
        1         | 2020-01-21
    """,
    )
    assert [row["infusion_days"] for row in engine.records(cycles)] == [4]


def test_a_cycle_is_late_after_more_than_one_and_a_half_times_the_planned_interval(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-02-12
        2         | 2020-01-01
        2         | 2020-02-13
    """,
    )
    same_rows(
        engine,
        cycles,
        """
        person_id | cycle | interval_days | is_late
        1         | 1     | -             | no
        1         | 2     | 42            | no
        2         | 1     | -             | no
        2         | 2     | 43            | yes
    """,
    )


def test_a_planned_cycle_is_missed_from_one_and_three_quarters_of_the_planned_interval_on(engine):
    """Planned every 28 days: 48 days later the cycle is late, from 49 on one was missed, from 77 on two."""
    days = {1: "2020-02-18", 2: "2020-02-19", 3: "2020-03-17", 4: "2020-03-18"}
    _, cycles = _cycles(
        engine,
        "person_id | start_date\n" + "\n".join(f"{n} | 2020-01-01\n{n} | {day}" for n, day in days.items()),
    )
    same_rows(
        engine,
        cycles.filter(cycles.cycle == 2),
        """
        person_id | interval_days | missed | is_late | course
        1         | 48            | 0      | yes     | 1
        2         | 49            | 1      | yes     | 1
        3         | 76            | 1      | yes     | 1
        4         | 77            | 2      | yes     | 1
    """,
    )


def test_cycles_after_a_pause_longer_than_a_course_survives_are_retreatment_and_neither_late_nor_missed(engine):
    """180 days after the cycle before are the same course, 181 are another."""
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-06-29
        1         | 2020-07-27
        2         | 2020-01-01
        2         | 2020-06-30
        2         | 2020-07-28
    """,
    )
    same_rows(
        engine,
        cycles,
        """
        person_id | cycle | interval_days | course | opens_course | missed | is_late
        1         | 1     | -             | 1      | yes          | 0      | no
        1         | 2     | 180           | 1      | no           | 5      | yes
        1         | 3     | 28            | 1      | no           | 0      | no
        2         | 1     | -             | 1      | yes          | 0      | no
        2         | 2     | 181           | 2      | yes          | 0      | no
        2         | 3     | 28            | 2      | no           | 0      | no
    """,
    )


def test_an_infusion_given_and_billed_counts_once(engine):
    """70 g were given; the bill says 140 units of 500 mg for the same day; split bags add up."""
    days, _ = _cycles(
        engine,
        """
        person_id | start_date | quantity | mg_per_unit | mg_origin    | source_table
        1         | 2020-01-01 | 70       | 1000        | dose unit    | drug_exposure
        1         | 2020-01-01 | 140      | 500         | billing unit | procedure_occurrence
        2         | 2020-01-01 | 30       | 1000        | dose unit    | drug_exposure
        2         | 2020-01-01 | 40       | 1000        | dose unit    | drug_exposure
        3         | 2020-01-01 | 100      | 100         | billing unit | drug_exposure
        4         | 2020-01-01 | 140      | 500         | billing unit | drug_exposure
        4         | 2020-01-01 | 140      | 500         | billing unit | procedure_occurrence
    """,
    )
    same_rows(
        engine,
        days,
        """
        person_id | grams | records
        1         | 70    | 2
        2         | 70    | 2
        3         | 10    | 1
        4         | 70    | 2
    """,
    )


def test_an_unknown_dose_makes_the_day_and_its_cycle_unknown_and_never_zero(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date | quantity | mg_per_unit | mg_origin
        1         | 2020-01-01 | 70       | 1000        | dose unit
        1         | 2020-01-02 | -        | 1000        | dose unit
    """,
    )
    same_rows(engine, cycles, "person_id | grams\n1 | -")


def test_grams_per_kg_take_the_nearest_weight_and_of_two_equally_near_the_earlier(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date | quantity | mg_per_unit
        1         | 2020-06-01 | 140      | 1000
        2         | 2020-06-01 | 30       | 1000
        3         | 2020-06-01 | 140      | 1000
        4         | 2020-06-01 | 300      | 1000
    """,
    )
    weights = fill(
        engine,
        "measurement",
        """
        person_id | concept_set | date       | value
        1         | body weight | 2020-05-30 | 70
        1         | body weight | 2020-06-03 | 35
        2         | body weight | 2020-06-20 | 60
        2         | body weight | 2020-04-01 | 90
        3         | body weight | 2020-03-02 | 70
        4         | body weight | 2020-08-30 | 100
    """,
    )
    same_rows(
        engine,
        derive_cycle_doses(cycles, weights, DEFINITION),
        """
        person_id | weight_kg | grams_per_kg | is_low_dose | is_high_dose
        1         | 70        | 2            | no          | no
        2         | 60        | 0.5          | yes         | no
        3         | -         | -            | no          | no
        4         | 100       | 3            | no          | yes
    """,
    )


def test_a_change_of_product_is_flagged_on_the_cycle_that_brings_it(engine):
    _, cycles = _cycles(
        engine,
        """
        person_id | start_date | product
        1         | 2020-01-01 | Octagam
        1         | 2020-01-29 | Octagam
        1         | 2020-02-26 | Privigen
        1         | 2020-03-25 | Privigen
    """,
    )
    same_rows(
        engine,
        cycles,
        """
        cycle | is_product_changed
        1     | no
        2     | no
        3     | yes
        4     | no
    """,
    )
