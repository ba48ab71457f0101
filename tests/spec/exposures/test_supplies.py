"""For which days a supply is: early refills, rows written twice, bottles without an end."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.exposures.supplies import derive_supplies_once
from refractory.records.store import Store


def _dosed(drug: str):
    store = Store()
    return store, derive_daily_doses(store.keep("exposures", derive_exposures(fill(store, "drug", drug))))


def test_a_refill_fetched_a_week_early_begins_when_the_supply_before_it_ends():
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-30 | 30       | 5
        1         | steroid     | 2020-01-24 | 2020-03-01 | 38       | 5
    """)
    same_rows(
        store,
        derive_supplies_once(dosed),
        """
        start_date | last_covered_date | daily_mg
        2020-01-01 | 2020-01-30        | 5
        2020-01-31 | 2020-03-01        | 5
    """,
    )


def test_a_supply_without_a_day_of_its_own_falls_away():
    """The second row is the first one again; the third lies within both."""
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-30 | 30       | 5
        1         | steroid     | 2020-01-01 | 2020-01-30 | 30       | 5
        1         | steroid     | 2020-01-10 | 2020-01-19 | 10       | 5
    """)
    once = derive_supplies_once(dosed)
    same_rows(store, once, "start_date | last_covered_date\n2020-01-01 | 2020-01-30")


def test_another_dose_another_strength_another_person_and_another_drug_add_up():
    """Two tablets a day beside one; one tablet of 10 mg beside two of 5 mg; the rest are not the same supply."""
    text = """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-30 | 30       | 5
        1         | steroid     | 2020-01-10 | 2020-01-30 | 42       | 5
        1         | steroid     | 2020-01-10 | 2020-01-30 | 21       | 10
        2         | steroid     | 2020-01-10 | 2020-01-30 | 21       | 5
        1         | other       | 2020-01-10 | 2020-01-30 | 21       | 5
    """
    store, dosed = _dosed(text)
    assert store.count(derive_supplies_once(dosed)) == 5
    same_rows(store, derive_supplies_once(dosed), text, ["person_id", "concept_set", "start_date"])


def test_four_injections_of_one_day_are_four():
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | route
        1         | steroid     | 2020-01-01 | 2020-01-01 | 1        | 125         | intravenous
        1         | steroid     | 2020-01-01 | 2020-01-01 | 1        | 125         | intravenous
        1         | steroid     | 2020-01-01 | 2020-01-01 | 1        | 125         | intravenous
        1         | steroid     | 2020-01-01 | 2020-01-01 | 1        | 125         | intravenous
    """)
    assert store.count(derive_supplies_once(dosed)) == 4


def test_supplies_of_unknown_dose_stay_as_they_are():
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit
        1         | steroid     | 2020-01-01 | 2020-01-30 | -        | 5
        1         | steroid     | 2020-01-10 | 2020-02-10 | -        | 5
    """)
    same_rows(store, derive_supplies_once(dosed), "start_date\n2020-01-01\n2020-01-10")


def test_doses_that_differ_by_rounding_alone_are_one_dose():
    """Half a tablet of dexamethasone a day: over two days 2.5001249999999997 mg, over three 2.500125."""
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | steroid     | 2020-01-01 | 2020-01-02 | 1        | 0.75        | 6.667
        1         | steroid     | 2020-01-02 | 2020-01-04 | 1.5      | 0.75        | 6.667
    """)
    assert len(set(store.rows(dosed.select("daily_mg")))) == 2
    same_rows(store, derive_supplies_once(dosed), "start_date\n2020-01-01\n2020-01-03")


def test_thirty_tablets_without_an_end_are_no_dose_of_one_day():
    """An injection is given on its day; a bottle of which only the start day is known is not swallowed on it.

    A bottle whose end is that very day is, for somebody wrote that end down.
    """
    store, dosed = _dosed("""
        person_id | concept_set | start_date | end_date   | days_supply | quantity | mg_per_unit | route
        1         | steroid     | 2020-01-01 | -          | -           | 30       | 20          | oral
        2         | steroid     | 2020-01-01 | -          | -           | 30       | 20          | unknown
        3         | steroid     | 2020-01-01 | -          | -           | 1        | 1000        | intravenous
        4         | steroid     | 2020-01-01 | 2020-01-01 | -           | 3        | 20          | oral
        5         | steroid     | 2020-01-01 | -          | 30          | 30       | 20          | oral
    """)
    same_rows(
        store,
        dosed,
        """
        person_id | daily_mg
        1         | -
        2         | -
        3         | 1000
        4         | 60
        5         | 20
    """,
    )
