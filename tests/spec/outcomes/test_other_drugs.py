"""Other drugs near day 0: what is begun, begun again, raised or given as a pulse, to the day."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables import fill, same_rows

from refractory.dates import Window
from refractory.exposures.eras import derive_exposures
from refractory.outcomes.dose_levels import DoseStretch, derive_doses_by_day, find_raised
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.other_drugs import (
    Change,
    DrugNearDay0,
    Watched,
    derive_begun,
    find_watched,
    read_drugs_near_day_0,
)
from refractory.outcomes.sparing import SparingDefinition
from refractory.records.store import Store

NEAR = Window(-30, 30)
COHORT = {"person_id": "int64", "day0_date": "date"}
WATCHED = Watched("drugs", ("dapsone", "steroid"), ("oral",), "counts", ("steroid",))


def test_a_drug_is_begun_after_a_gap_longer_than_the_persistence_and_inside_the_window(engine):
    """Day 0 is 2020-07-01; day -30 is 2020-06-01, day 30 is 2020-07-31."""
    persons = "\n".join(f"{n} | 2020-07-01" for n in range(1, 10))
    cohort = fill(engine, "cohort", f"person_id | day0_date\n{persons}", COHORT)
    drug = fill(
        engine,
        "drug",
        """
        person_id | concept_set | start_date | end_date   | route
        1         | dapsone     | 2020-06-01 | 2020-06-20 | oral
        2         | dapsone     | 2020-05-31 | 2020-06-20 | oral
        3         | dapsone     | 2020-07-31 | 2020-08-20 | oral
        4         | dapsone     | 2020-08-01 | 2020-08-20 | oral
        5         | dapsone     | 2020-04-01 | 2020-06-01 | oral
        5         | dapsone     | 2020-07-01 | 2020-07-20 | oral
        6         | dapsone     | 2020-04-01 | 2020-06-01 | oral
        6         | dapsone     | 2020-07-02 | 2020-07-20 | oral
        7         | dapsone     | 2020-07-01 | 2020-07-20 | topical
        8         | ivig        | 2020-07-01 | 2020-07-01 | oral
        9         | dapsone     | 2020-07-01 | -          | unknown
    """,
    )
    begun = derive_begun(engine.keep("exposures", derive_exposures(drug)), cohort, WATCHED, 30, NEAR)
    same_rows(
        engine,
        begun,
        """
        person_id | drug    | day | is_first | has_known_end
        1         | dapsone | -30 | yes      | yes
        3         | dapsone | 30  | yes      | yes
        6         | dapsone | 1   | no       | yes
        9         | dapsone | 0   | yes      | no
    """,
    )


def _read(stretches: str, drug: str = "1 | dapsone | 2019-01-01 | 2019-02-01", **choices: object):
    store = Store()
    fill(store, "cohort", "person_id | day0_date\n1 | 2020-07-01", COHORT)
    store.keep("exposures", derive_exposures(fill(store, "drug", f"person_id|concept_set|start_date|end_date\n{drug}")))
    kinds = {"person_id": "int64", "drug": "string", "from_date": "date", "until_date": "date"}
    kinds |= {"daily_mg": "float64", "unknown": "int64"}
    rows = f"person_id | drug | from_date | until_date | daily_mg | unknown\n{stretches}"
    fill(store, "glucocorticoid_stretches", rows, kinds)
    sparing = SparingDefinition(glucocorticoid="steroid")
    definition = ExplanationsDefinition(**choices)
    return read_drugs_near_day_0(store, WATCHED, sparing, definition, {1: date(2020, 7, 1)})


TEN = "1 | daily | 2020-05-01 | 2020-06-30 | 10 | 0"


def test_a_dose_is_raised_by_a_quarter_for_a_fortnight():
    raised = {1: (DrugNearDay0("steroid", Change.RAISED, 0),)}
    assert _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-14 | 12.5 | 0") == raised
    assert _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-13 | 12.5 | 0") == {}
    assert _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-14 | 12.4 | 0") == {}
    assert _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-14 | 12.5 | 0", raised=26) == {}


def test_a_gap_between_two_supplies_is_no_lower_dose():
    assert _read(f"{TEN}\n1 | daily | 2020-07-20 | 2020-08-14 | 10 | 0") == {}


def test_an_unknown_day_ends_no_level_and_a_fortnight_of_them_leaves_nothing_to_compare_with():
    rise = "1 | daily | 2020-07-02 | 2020-08-14 | 20 | 0"
    assert [one.day for one in _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-01 | 0 | 1\n{rise}")[1]] == [1]
    late = "1 | daily | 2020-07-15 | 2020-08-14 | 20 | 0"
    assert _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-14 | 0 | 1\n{late}") == {}
    assert [one.day for one in _read(f"{TEN}\n1 | daily | 2020-07-01 | 2020-07-13 | 0 | 1\n{late}")[1]] == [14]


def test_a_pulse_is_told_apart_from_the_daily_dose_beside_it():
    pulse = "1 | pulse | 2020-06-20 | 2020-06-22 | 1250 | 0"
    assert _read(f"{TEN}\n{pulse}") == {1: (DrugNearDay0("steroid", Change.PULSE, -11),)}
    assert _read(f"{TEN}\n1 | pulse | 2020-06-20 | 2020-06-22 | 239 | 0") == {}
    assert _read(f"{TEN}\n1 | pulse | 2020-08-01 | 2020-08-03 | 1250 | 0") == {}


def test_a_single_day_of_a_glucocorticoid_is_no_beginning_but_one_of_another_drug_is():
    """What is given with an infusion against its side effects would make everybody a person with another drug."""
    assert _read(TEN, "1 | steroid | 2020-07-01 | 2020-07-01") == {}
    assert _read(TEN, "1 | steroid | 2020-07-01 | 2020-07-13") == {}
    assert _read(TEN, "1 | steroid | 2020-07-01 | 2020-07-14") == {1: (DrugNearDay0("steroid", Change.BEGUN, 0),)}
    assert _read(TEN, "1 | steroid | 2020-07-01 | -") == {1: (DrugNearDay0("steroid", Change.BEGUN, 0),)}
    assert _read(TEN, "1 | dapsone | 2020-07-01 | 2020-07-01") == {1: (DrugNearDay0("dapsone", Change.BEGUN, 0),)}


def test_the_studied_treatment_is_no_other_drug():
    leaves = {"ivig": ("ivig",), "all": ("ivig", "dapsone"), "steroid": ("steroid",)}
    watched = find_watched(leaves, "ivig", ("all", (), "counts"), None)
    assert watched is not None
    assert watched.drugs == ("dapsone",)
    assert find_watched(leaves, "ivig", None, None) is None


_RUNS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([0.0, 5.0, 6.0, 7.5, 10.0, None])), min_size=1, max_size=12
)


def _raised_slowly(doses: dict[int, float | None], percent: float, days: int) -> list[int]:
    """Walk the levels of a dose that changes by no less than 5 %, and compare each with the one before."""
    told = sorted(doses)
    # Short unknown stretches take the dose before them.
    for day in told:
        if doses[day] is None and (day == told[0] or doses[day - 1] is not None or day - 1 < told[0]):
            end = day
            while end + 1 in doses and doses[end + 1] is None:
                end += 1
            if end - day + 1 < days:
                for each in range(day, end + 1):
                    doses[each] = doses.get(day - 1)
    levels, day = [], told[0]
    while day in doses:
        end = day
        while end + 1 in doses and doses[end + 1] == doses[day]:
            end += 1
        if end - day + 1 >= days and doses[day] != 0:
            levels.append((day, doses[day]))
        day = end + 1
    return [
        start
        for (_, before), (start, mg) in itertools.pairwise(levels)
        if before is not None and mg is not None and mg >= before * (1 + percent / 100) - 1e-9
    ]


@given(_RUNS)
def test_raised_doses_are_those_that_a_walk_day_by_day_finds(runs):
    doses: dict[int, float | None] = {}
    for length, mg in runs:
        for _ in range(length):
            doses[len(doses)] = mg
    told = {day: (mg, False) for day, mg in doses.items()}
    assert find_raised(told, Window(0, 500), 25, 14) == _raised_slowly(dict(doses), 25, 14)


def test_overlapping_exposures_add_up_and_what_lies_outside_is_not_looked_at():
    stretches = [DoseStretch(-500, 500, 5.0, True, False), DoseStretch(0, 1, 5.0, True, False)]
    doses = derive_doses_by_day(stretches, Window(-1, 1), 250, 2)
    assert min(doses) == -91
    assert max(doses) == 2
    assert [doses[day] for day in (-1, 0, 1, 2)] == [(5.0, False), (10.0, False), (10.0, False), (5.0, False)]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"near_day_0": ["any day before", 0]}, "has two ends"),
        ({"raised_for": "0 days"}, "at least"),
        ({"threshold": [50]}, "between 0 and 1"),
        ({"label": {"said_yes": 3}}, "four counts"),
        ({"label": {"said_yes": 6, "truly_yes": 5, "said_no": 1, "truly_no": 5}}, "cannot be counted"),
        ({"label": {"sensitivity": [0.9, 0.8], "specificity": [0.9, 1]}}, "lower one first"),
        ({"label": {"sensitivity": [0.4, 0.8], "specificity": [0.6, 1]}}, "says nothing"),
        ({"label": {"sensitivity": [0.9, 1], "specificity": [0.9, 1], "said_yes": 3}}, "not as parts of both"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(chosen, said):
    with pytest.raises(ValueError, match=said):
        ExplanationsDefinition(**chosen)
