"""Daily doses and last covered days from what a direction says."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_exposures
from refractory.exposures.written_doses import SIG, SIG_STEP, WrittenDoses, read_written_doses


def _dosed(engine, text: str):
    drug = fill(engine, "drug", text)
    texts = {row["sig"] for row in engine.records(drug) if row["sig"]}
    sigs, steps = read_written_doses(sorted(texts))
    written = WrittenDoses(engine.add("sig", SIG, sigs), engine.add("sig_step", SIG_STEP, steps))
    exposures = engine.keep("exposures", derive_exposures(drug, written))
    return exposures, engine.keep("dosed", derive_daily_doses(exposures, written))


def test_the_direction_says_the_dose_else_quantity_over_days_else_nobody_knows(engine):
    """Thirty tablets of 10 mg for 30 days; person 1's direction says two a day, person 3's nothing that is a number."""
    _, dosed = _dosed(
        engine,
        """
        person_id | start_date | end_date   | quantity | mg_per_unit | is_counted | prednisone_factor | sig
        1         | 2020-01-01 | 2020-01-30 | 30       | 10          | yes        | 1                 | 2 tablets daily
        2         | 2020-01-01 | 2020-01-30 | 30       | 10          | yes        | 1                 | -
        3         | 2020-01-01 | 2020-01-30 | 30       | 10          | yes        | 1                 | as directed
        4         | 2020-01-01 | 2020-01-30 | -        | 10          | yes        | 1                 | as directed
        5         | 2020-01-01 | 2020-01-30 | 30       | -           | yes        | 1.25              | 16 mg po daily
        6         | 2020-01-01 | 2020-01-30 | -        | -           | yes        | 1                 | 2 tablets daily
    """,
    )
    same_rows(
        engine,
        dosed,
        """
        person_id | daily_mg | dose_origin
        1         | 20       | sig
        2         | 10       | quantity
        3         | 10       | quantity
        4         | -        | -
        5         | 20       | sig
        6         | -        | -
    """,
    )


def test_a_direction_in_tablets_says_nothing_of_a_product_that_is_not_counted_in_them(engine):
    """The mg of a vial's millilitre are not those of "one"."""
    _, dosed = _dosed(
        engine,
        """
        person_id | start_date | end_date   | quantity | mg_per_unit | is_counted | sig
        1         | 2020-01-01 | 2020-01-07 | 0.6      | 25          | no         | inject 1 weekly
        2         | 2020-01-01 | 2020-01-07 | 0.6      | 25          | no         | 15 mg sc once a week
    """,
    )
    same_rows(
        engine, dosed.mutate(mg=dosed.daily_mg * 7), "person_id | mg | dose_origin\n1 | 15 | quantity\n2 | 15 | sig"
    )


def test_a_taper_is_as_many_stretches_as_it_has_steps_and_zero_behind_its_end(engine):
    """The source lets the record run for 30 days; the direction ends after 15. Person 2's record ends within it."""
    sig = "60 mg x 5 days, then 40 mg x 5 days, then 20 mg x 5 days, then stop"
    _, dosed = _dosed(
        engine,
        f"""
        person_id | start_date | end_date   | sig
        1         | 2020-01-01 | 2020-01-30 | {sig}
        2         | 2020-01-01 | 2020-01-07 | {sig}
    """,
    )
    stretches = derive_dose_stretches(dosed.mutate(drug=dosed.concept_set))
    same_rows(
        engine,
        stretches,
        """
        person_id | from_date  | until_date | daily_mg | unknown
        1         | 2020-01-01 | 2020-01-05 | 60       | 0
        1         | 2020-01-06 | 2020-01-10 | 40       | 0
        1         | 2020-01-11 | 2020-01-15 | 20       | 0
        1         | 2020-01-16 | 2020-01-30 | 0        | 0
        2         | 2020-01-01 | 2020-01-05 | 60       | 0
        2         | 2020-01-06 | 2020-01-07 | 40       | 0
    """,
    )


def test_behind_a_taper_that_does_not_say_that_it_ends_the_dose_is_unknown(engine):
    _, dosed = _dosed(
        engine,
        "person_id | start_date | end_date | sig\n"
        "1 | 2020-01-01 | 2020-01-30 | 20 mg x 5 days then taper by 10 mg every 5 days",
    )
    same_rows(
        engine,
        dosed,
        """
        start_date | last_covered_date | daily_mg | dose_origin
        2020-01-01 | 2020-01-05        | 20       | sig
        2020-01-06 | 2020-01-10        | 10       | sig
        2020-01-11 | 2020-01-30        | -        | -
    """,
    )


def test_days_that_a_direction_leaves_free_are_covered_and_without_dose(engine):
    _, dosed = _dosed(
        engine,
        "person_id | start_date | end_date | sig\n1 | 2020-01-01 | 2020-01-20 | 1000 mg IV on days 1 and 15",
    )
    same_rows(
        engine,
        dosed,
        """
        start_date | last_covered_date | daily_mg
        2020-01-01 | 2020-01-01        | 1000
        2020-01-02 | 2020-01-14        | 0
        2020-01-15 | 2020-01-15        | 1000
        2020-01-16 | 2020-01-20        | 0
    """,
    )


def test_the_last_covered_day_is_the_first_that_exists_of_end_supply_direction_and_quantity(engine):
    """The direction of person 3 is for 15 days; those of 4 to 6 give 2 tablets a day of 30, of 31 and of 1."""
    exposures, _ = _dosed(
        engine,
        """
        person_id | start_date | end_date   | days_supply | quantity | mg_per_unit | is_counted | sig
        1         | 2020-01-01 | 2020-01-10 | 20          | 30       | 5           | yes        | take 2 tablets daily
        2         | 2020-01-01 | -          | 20          | 30       | 5           | yes        | take 2 tablets daily
        3         | 2020-01-01 | -          | -           | 90       | 5           | yes        | 2 tabs qd for 15 days
        4         | 2020-01-01 | -          | -           | 30       | 5           | yes        | take 2 tablets daily
        5         | 2020-01-01 | -          | -           | 31       | 5           | yes        | take 2 tablets daily
        6         | 2020-01-01 | -          | -           | 1        | 5           | yes        | take 2 tablets daily
        7         | 2020-01-01 | -          | -           | 30       | 5           | yes        | 10 mg daily
        8         | 2020-01-01 | -          | -           | 30       | 5           | yes        | as directed
        9         | 2020-01-01 | -          | -           | 30       | -           | yes        | 10 mg daily
    """,
    )
    same_rows(
        engine,
        exposures,
        """
        person_id | last_covered_date | has_known_end
        1         | 2020-01-10        | yes
        2         | 2020-01-20        | yes
        3         | 2020-01-15        | yes
        4         | 2020-01-15        | yes
        5         | 2020-01-15        | yes
        6         | 2020-01-01        | yes
        7         | 2020-01-15        | yes
        8         | 2020-01-01        | no
        9         | 2020-01-01        | no
    """,
    )
