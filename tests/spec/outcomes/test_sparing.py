"""Sparing classes at every edge."""

from __future__ import annotations

import pytest
from tests.tables import empty, fill

from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.outcomes.doses import keep_doses
from refractory.outcomes.follow_up import derive_observed
from refractory.outcomes.sparing import (
    DoseInWindow,
    Sparing,
    SparingClass,
    SparingDefinition,
    classify_cohort_sparing,
    classify_sparing,
)
from refractory.records.store import Store

NONE = DoseInWindow()


def _on(mg: float, unknown: int = 0) -> DoseInWindow:
    return DoseInWindow(mg_per_day=mg, covered_days=30, unknown_days=unknown)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_on(20), NONE, "STOPPED"),
        (_on(20), _on(15), "DECREASED"),
        (_on(20), _on(15.1), "UNCHANGED"),
        (_on(20), _on(24.9), "UNCHANGED"),
        (_on(20), _on(25), "INCREASED"),
        (NONE, _on(5), "INCREASED"),
        (NONE, NONE, "NOT_EVALUABLE"),
        (_on(20, unknown=1), _on(5), "NOT_EVALUABLE"),
        (_on(20), _on(5, unknown=1), "NOT_EVALUABLE"),
        (_on(20, unknown=1), NONE, "STOPPED"),
        (DoseInWindow(0.0, 3, 0, 3), _on(10), "NOT_EVALUABLE"),
        (_on(0.3), _on(0.225), "DECREASED"),
    ],
)
def test_a_drug_is_lower_from_exactly_a_quarter_on(before, after, expected):
    assert classify_sparing(before, after, 25, is_followed=True) == expected


def test_without_follow_up_nothing_is_judged():
    assert classify_sparing(_on(20), NONE, 25, is_followed=False) is SparingClass.NOT_EVALUABLE


def test_the_best_and_the_worst_are_over_the_drugs_that_can_be_judged():
    drugs = {"a": SparingClass.DECREASED, "b": SparingClass.INCREASED, "c": SparingClass.NOT_EVALUABLE}
    sparing = Sparing(_on(1), _on(1), SparingClass.UNCHANGED, drugs)
    assert (sparing.best_of_drugs, sparing.worst_of_drugs) == (SparingClass.DECREASED, SparingClass.INCREASED)
    nothing = Sparing(_on(1), _on(1), SparingClass.UNCHANGED, {"c": SparingClass.NOT_EVALUABLE})
    assert nothing.best_of_drugs is None


LEAVES = {"steroid": ("prednisone", "dexamethasone"), "sparing drugs": ("methotrexate",)}


def _classify(drug: str, **keys) -> dict[int, Sparing]:
    store = Store()
    store.keep("dosed", derive_daily_doses(derive_exposures(fill(store, "drug", drug))))
    cohort = "person_id | day0_date\n1 | 2020-03-01\n2 | 2020-03-01"
    fill(store, "cohort", cohort, {"person_id": "int64", "day0_date": "date"})
    empty(store, "observation_period", "death")
    definition = SparingDefinition(**{"glucocorticoid": "steroid", "steroid_sparing": "sparing drugs"} | keys)
    tables = [store.table(name) for name in ("cohort", "observation_period", "death")]
    store.keep("observed", derive_observed(*tables, definition.span, is_observation_known=False))
    keep_doses(store, LEAVES, definition)
    return classify_cohort_sparing(store, LEAVES, definition, {1: True, 2: True})


def test_the_dose_is_averaged_over_all_days_of_the_window():
    """10 mg over 15 of the 30 days of baseline; day 0 is no baseline; follow-up is days 151 to 180."""
    found = _classify("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-02-15 | 2020-03-30 | 45       | 10          | 1
        1         | prednisone  | 2020-07-30 | 2020-08-28 | 30       | 2           | 1
        2         | prednisone  | 2020-03-01 | 2020-07-29 | 151      | 10          | 1
    """)
    assert found[1].baseline == DoseInWindow(5.0, 15, 0, 0)
    assert found[1].follow_up == DoseInWindow(2.0, 30, 0, 0)
    assert found[1].glucocorticoid is SparingClass.DECREASED
    assert found[2].baseline == NONE
    assert found[2].follow_up == NONE


def test_glucocorticoids_add_up_in_prednisone_and_other_drugs_are_judged_in_their_own_mg():
    found = _classify("""
        person_id | concept_set   | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone    | 2020-01-31 | 2020-02-29 | 30       | 5           | 1
        1         | dexamethasone | 2020-01-31 | 2020-02-29 | 30       | 0.75        | 6.6666666666667
        1         | prednisone    | 2020-07-01 | 2020-09-30 | 92       | 5           | 1
        1         | methotrexate  | 2020-01-01 | 2020-12-31 | 366      | 2           | -
    """)
    assert found[1].baseline.mg_per_day == pytest.approx(10)
    assert found[1].glucocorticoid is SparingClass.DECREASED
    assert found[1].drugs == {"methotrexate": SparingClass.UNCHANGED}


def test_a_pulse_is_kept_apart_and_what_is_taken_beside_it_stays_the_daily_dose():
    found = _classify("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-01-31 | 2020-02-29 | 30       | 10          | 1
        1         | prednisone  | 2020-02-10 | 2020-02-12 | 3        | 1000        | 1.25
    """)
    assert found[1].baseline == DoseInWindow(10.0, 30, 0, 3)


def test_a_topical_glucocorticoid_is_not_systemic():
    found = _classify("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | route
        1         | prednisone  | 2020-01-31 | 2020-02-29 | 30       | 10          | topical
    """)
    assert not found[1].is_on_glucocorticoid


def test_a_pulse_that_stands_in_for_the_tablets_leaves_a_daily_dose_of_0_on_its_days():
    found = _classify("""
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-01-31 | 2020-02-09 | 10       | 10          | 1
        1         | prednisone  | 2020-02-10 | 2020-02-12 | 3        | 1000        | 1.25
        1         | prednisone  | 2020-02-13 | 2020-02-29 | 17       | 10          | 1
    """)
    assert found[1].baseline == DoseInWindow(9.0, 30, 0, 3)


def test_no_dose_of_another_drug_is_a_pulse():
    """2,000 mg of mycophenolate a day, then half: a pulse is a matter of glucocorticoids alone."""
    found = _classify("""
        person_id | concept_set  | start_date | end_date   | quantity | mg_per_unit
        1         | methotrexate | 2020-01-31 | 2020-02-29 | 120      | 500
        1         | methotrexate | 2020-03-01 | 2020-12-31 | 612      | 500
        2         | methotrexate | 2020-01-31 | 2020-12-31 | 1344     | 500
    """)
    assert found[1].drugs == {"methotrexate": SparingClass.DECREASED}
    assert found[2].drugs == {"methotrexate": SparingClass.UNCHANGED}


def test_a_refill_at_baseline_doubles_the_dose_unless_supplies_count_once():
    """A month of 10 mg before day 0, and the same fetched twice: on paper 20 mg a day."""
    text = """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-01-31 | 2020-02-29 | 30       | 10          | 1
        1         | prednisone  | 2020-01-31 | 2020-02-29 | 30       | 10          | 1
        1         | prednisone  | 2020-07-30 | 2020-08-28 | 30       | 10          | 1
    """
    assert _classify(text)[1].glucocorticoid is SparingClass.DECREASED
    assert _classify(text, same_supply="counts once")[1].glucocorticoid is SparingClass.UNCHANGED


def test_a_bottle_of_tablets_without_an_end_is_an_unknown_dose_and_no_pulse():
    found = _classify("""
        person_id | concept_set | start_date | end_date | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-02-10 | -        | 30       | 20          | 1
    """)
    assert found[1].baseline == DoseInWindow(0.0, 1, 1, 0)


def test_without_steroid_sparing_drugs_the_glucocorticoid_alone_is_classified():
    text = """
        person_id | concept_set | start_date | end_date   | quantity | mg_per_unit | prednisone_factor
        1         | prednisone  | 2020-01-31 | 2020-02-29 | 30       | 10          | 1
    """
    sparing = _classify(text, steroid_sparing=None)[1]
    assert (sparing.glucocorticoid, sparing.drugs) == (SparingClass.STOPPED, {})
