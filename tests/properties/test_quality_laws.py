"""Laws of data quality, whatever the records: order means nothing, and a clean person adds no doubt."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.records.quality import FLAGS, Uses, begin_flags, count_flags
from refractory.records.quality_dates import find_heaps, flag_dates, keep_dated, measure_heap
from refractory.records.quality_persons import flag_persons
from refractory.records.quality_values import flag_values
from refractory.records.schema import DRUG, SCHEMAS
from refractory.records.store import Store

DOSED = {**DRUG, "last_covered_date": "date", "has_known_end": "boolean", "daily_mg": "float64"}
USES = Uses(
    deciding=frozenset({"IVIG", "DM"}),
    treatment=("IVIG",),
    disease=("DM",),
    weights=("weight",),
    glucocorticoids=("steroid",),
    ranges=(("CDASI", 0.0, 100.0),),
    is_per_kg=True,
    has_infusions=True,
)
DAYS = st.dates(date(1880, 1, 1), date(2030, 1, 1)) | st.dates(date(2015, 1, 1), date(2015, 3, 1))
MEASUREMENTS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["weight", "CDASI", "CK"]),
        DAYS,
        st.sampled_from([-1.0, 1.0, 7.0, 60.0, 70.0, 132.3, 154.0, 172.0, 700.0]),
    ),
    max_size=25,
)
DRUGS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["IVIG", "steroid"]),
        DAYS,
        st.sampled_from([None, 1.0, 60.0, 400.0]),
        st.sampled_from([None, 5.0, 1000.0]),
    ),
    max_size=25,
)
PERIODS = st.lists(st.tuples(st.integers(1, 4), DAYS, st.integers(0, 4000)), max_size=8)


def look(measurements, drugs, periods, *, seed=None, persons=(1, 2, 3, 4)):
    """Flag the rows of a store that is filled in an order, and return the flags and the findings."""
    order = random.Random(seed)
    store = Store()
    person = [(one, date(1970, 1, 1), date(1970, 12, 31), "female", "unknown") for one in persons]
    lines = {
        "person": person,
        "observation_period": [
            (row, one, day, day + timedelta(days=length)) for row, (one, day, length) in enumerate(periods, 1)
        ],
        "event": [("condition_occurrence", one, one, "DM", date(2014, 3, 3), None, None) for one in persons],
        "measurement": [
            ("measurement", row, one, name, day, value, "unit", None)
            for row, (one, name, day, value) in enumerate(measurements, 1)
        ],
    }
    taken = []
    for row, (one, name, day, quantity, mg) in enumerate(drugs, 1):
        drug = dict.fromkeys(DOSED) | {"source_table": "drug_exposure", "row_id": row, "person_id": one}
        drug |= {"concept_set": name, "start_date": day, "quantity": quantity, "mg_per_unit": mg, "route": "oral"}
        taken.append(drug | {"daily_mg": quantity * mg if quantity and mg else None})
    lines["drug"] = [tuple(one[column] for column in DRUG) for one in taken]
    for name, rows in lines.items():
        order.shuffle(rows)
        store.add(name, SCHEMAS[name], rows)
    store.add("dosed", DOSED, [tuple(one[column] for column in DOSED) for one in taken])
    begin_flags(store)
    keep_dated(store)
    flag_dates(store)
    flag_values(store, USES)
    flag_persons(store, USES)
    flags = store.connection.execute(f"SELECT DISTINCT * FROM {FLAGS} ORDER BY ALL").fetchall()
    findings = (*count_flags(store, USES), *find_heaps(store))
    store.connection.close()
    return flags, findings


@given(MEASUREMENTS, DRUGS, PERIODS, st.integers())
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_never_matters(measurements, drugs, periods, seed):
    assert look(measurements, drugs, periods, seed=seed) == look(measurements, drugs, periods, seed=0)


@given(MEASUREMENTS, DRUGS, PERIODS)
@settings(max_examples=25, deadline=None)
def test_a_clean_person_never_has_a_doubt_of_their_own(measurements, drugs, periods):
    """Whatever others have: one with a diagnosis, an infusion, steady weights and an observation around them."""
    clean = [(9, "weight", date(2015, 1, 1), 70.0), (9, "weight", date(2015, 2, 1), 71.0)]
    infusion = [(9, "IVIG", date(2015, 1, 5), 60.0, 1000.0)]
    observed = [(9, date(2014, 1, 1), 730)]
    more = ([*measurements, *clean], [*drugs, *infusion], [*periods, *observed])
    flags, _ = look(*more, persons=(1, 2, 3, 4, 9))
    own = {rule for rule, _, _, person, _, _ in flags if person == 9}
    # Whether a day stands alone is a fact of all rows together.
    assert own - {"lone_date"} == set()


@given(st.integers(0, 200), st.integers(0, 200))
@settings(max_examples=100, deadline=None)
def test_more_days_of_a_kind_are_never_less_of_a_heap(found, among):
    heaps = [measure_heap(min(number, among), among, 12 / 365.25) for number in (found, found + 1)]
    assert heaps[0].chance >= heaps[1].chance - 1e-12
    assert heaps[1].is_heaped or not heaps[0].is_heaped
