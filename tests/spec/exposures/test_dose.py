"""Daily doses by the change-point sweep."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_exposures


def _stretches(engine, text: str):
    exposures = engine.keep("exposures", derive_exposures(fill(engine, "drug", text)))
    dosed = derive_daily_doses(exposures)
    return engine.keep("stretches", derive_dose_stretches(dosed.mutate(drug=dosed.concept_set)))


def test_the_daily_dose_is_strength_times_quantity_over_days_covered_in_prednisone(engine):
    stretches = _stretches(
        engine,
        """
        person_id | concept_set | start_date | days_supply | quantity | mg_per_unit | prednisone_factor
        1         | steroid     | 2020-01-01 | 30          | 60       | 5           | 1
        2         | steroid     | 2020-01-01 | 30          | 30       | 8           | 1.25
        3         | steroid     | 2020-01-01 | 10          | 10       | 15          | -
    """,
    )
    same_rows(
        engine,
        stretches,
        """
        person_id | from_date  | until_date | daily_mg | unknown
        1         | 2020-01-01 | 2020-01-30 | 10       | 0
        2         | 2020-01-01 | 2020-01-30 | 10       | 0
        3         | 2020-01-01 | 2020-01-10 | 15       | 0
    """,
    )


def test_the_dose_of_a_day_is_the_sum_over_all_exposures_that_cover_it(engine):
    stretches = _stretches(
        engine,
        """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-20 | 20       | 10
        1         | steroid     | 2020-01-11 | 2020-01-30 | 20       | 5
    """,
    )
    same_rows(
        engine,
        stretches,
        """
        from_date  | until_date | daily_mg
        2020-01-01 | 2020-01-10 | 10
        2020-01-11 | 2020-01-20 | 15
        2020-01-21 | 2020-01-30 | 5
    """,
    )


def test_an_exposure_of_unknown_dose_covers_its_days_and_is_counted_as_unknown(engine):
    stretches = _stretches(
        engine,
        """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-20 | -        | 10
        1         | steroid     | 2020-01-11 | 2020-01-12 | 2        | 5
    """,
    )
    same_rows(
        engine,
        stretches,
        """
        from_date  | until_date | daily_mg | unknown
        2020-01-01 | 2020-01-10 | 0        | 1
        2020-01-11 | 2020-01-12 | 5        | 1
        2020-01-13 | 2020-01-20 | 0        | 1
    """,
    )


def test_days_without_any_exposure_make_no_stretch(engine):
    stretches = _stretches(
        engine,
        """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-02 | 2        | 5
        1         | steroid     | 2020-01-05 | 2020-01-06 | 2        | 5
    """,
    )
    assert engine.count(stretches) == 2


def test_a_supply_that_begins_on_the_day_after_another_ends_leaves_no_day_between_them_and_none_twice(engine):
    stretches = _stretches(
        engine,
        """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-10 | 10       | 5
        1         | steroid     | 2020-01-11 | 2020-01-20 | 10       | 20
        1         | steroid     | 2020-01-11 | 2020-01-11 | 1        | 2
    """,
    )
    same_rows(
        engine,
        stretches,
        """
        from_date  | until_date | daily_mg
        2020-01-01 | 2020-01-10 | 5
        2020-01-11 | 2020-01-11 | 22
        2020-01-12 | 2020-01-20 | 20
    """,
    )
