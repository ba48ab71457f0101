"""Laws of the cohort that hold for any records."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.cohort.build import build_cohort
from refractory.cohort.readings import READINGS
from refractory.exposures.lines_of_person import Line
from refractory.outcomes.look_ahead import find_look_ahead
from refractory.outcomes.treatment_lines import SystemicTreatment, read_systemic_treatment
from refractory.protocol import parse_protocol
from refractory.records.schema import SCHEMAS
from refractory.records.store import Store
from twins.strategies import day, drug_rows, event_rows, measurement_rows, period_rows

PROTOCOL = parse_protocol(Path(__file__).with_name("small_study.toml").read_text(encoding="utf-8"))
slowly = settings(max_examples=25, deadline=None)

_DRUGS = drug_rows(("ivig", "steroid", "methotrexate"), most=22)
_EVENTS = event_rows(("disease", "weakness", "other disease"))
_MEASUREMENTS = measurement_rows(("enzyme", "score"))


def _person(number: int) -> tuple:
    return (number, date(1980, 5, 5), date(1980, 5, 5), "female", None)


def _build(drug, event, measurement, periods):
    store = Store()
    tables = {
        "person": [_person(1), _person(2)],
        "observation_period": periods,
        "death": [],
        "event": event,
        "drug": drug,
        "measurement": measurement,
        "label": [],
    }
    for name, rows in tables.items():
        store.add(name, SCHEMAS[name], rows)
    return store, build_cohort(store, PROTOCOL.leaves, PROTOCOL.cohort_definition)


def _column(table: str, name: str) -> int:
    return list(SCHEMAS[table]).index(name)


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS)
def test_the_future_never_changes_the_cohort(drug, event, measurement):
    """Every record after a person's day 0 is deleted: who is in, since when and in which group stays the same."""
    _, cohort = _build(drug, event, measurement, period_rows())
    day0 = {member.person_id: member.day0_date for member in cohort.members}

    def past(table, rows, column):
        who, when = _column(table, "person_id"), _column(table, column)
        return [row for row in rows if row[who] in day0 and row[when] <= day0[row[who]]]

    periods = [(n, person, day(-400), day0[person]) for n, person in enumerate(day0)]
    _, again = _build(
        past("drug", drug, "start_date"),
        past("event", event, "start_date"),
        past("measurement", measurement, "date"),
        periods,
    )
    assert again.members == cohort.members


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS)
def test_the_check_for_look_ahead_finds_nothing_whatever_the_records_are(drug, event, measurement):
    """Also of persons outside the cohort: what came after the day that lost them did not lose them."""
    store, cohort = _build(drug, event, measurement, period_rows())
    checks = find_look_ahead(store, PROTOCOL.leaves, cohort, PROTOCOL.cohort_definition, PROTOCOL.outcome_definition)
    assert {one.what: (one.differences, one.where) for one in checks} == {one.what: (0, ()) for one in checks}
    assert checks[0].persons == store.tally("candidates_0")[0]


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS)
def test_the_rule_as_written_takes_the_cohort_and_its_readings_take_no_less_the_laxer_they_are(
    drug, event, measurement
):
    store, cohort = _build(drug, event, measurement, period_rows())
    readings = store.records(store.table("readings"))
    taken = {name: {row["person_id"]: row[name] for row in readings if row[name]} for name in READINGS}
    assert taken["as_written"] == {member.person_id: member.day0_date for member in cohort.members}
    assert set(taken["strictly"]) <= set(taken["as_written"]) <= set(taken["laxly"])
    for stricter, laxer in pairwise(("strictly", "as_written", "laxly")):
        assert all(taken[laxer][person] <= day0 for person, day0 in taken[stricter].items())


@slowly
@given(drug_rows(("steroid", "methotrexate"), most=22))
def test_the_future_never_changes_the_lines_before_day_0(drug):
    """Every drug record from day 0 on is deleted, and the others say no more than the day before day 0 could know."""
    # Both persons are in the cohort whatever is drawn: the disease, a drug that failed, and the treatment on day 150.
    disease = [_event(person, day(100)) for person in (1, 2)]
    failed = [_drug(100 + person, person, "methotrexate", day(101), day(120)) for person in (1, 2)]
    treated = [_drug(200 + person, person, "ivig", day(150), day(150)) for person in (1, 2)]
    store, cohort = _build([*drug, *failed, *treated], disease, [], period_rows())
    lines = _lines_before(store, cohort)
    assert [member.day0_date for member in cohort.members] == [day(150), day(150)]
    end, supply, start = (_column("drug", name) for name in ("end_date", "days_supply", "start_date"))
    past = []
    for row in drug:
        if row[start] < day(150):
            known = list(row)
            known[end] = row[end] and min(row[end], day(149))
            known[supply] = row[supply] and min(row[supply], (day(149) - row[start]).days + 1)
            past.append(tuple(known))
    store, again = _build([*past, *failed, *treated], disease, [], period_rows())
    assert _lines_before(store, again) == lines


def _event(person: int, start: date) -> tuple:
    values = {"source_table": "condition_occurrence", "row_id": person, "person_id": person}
    values |= {"concept_set": "disease", "start_date": start}
    return tuple(values.get(column) for column in SCHEMAS["event"])


def _drug(row_id: int, person: int, concept_set: str, start: date, end: date) -> tuple:
    values = {"source_table": "drug_exposure", "row_id": row_id, "person_id": person, "concept_set": concept_set}
    values |= {"start_date": start, "end_date": end, "route": "oral"}
    return tuple(values.get(column) for column in SCHEMAS["drug"])


def _lines_before(store, cohort) -> dict[int, tuple[Line, ...]]:
    found = read_systemic_treatment(store, PROTOCOL.leaves, PROTOCOL.lines)
    none = SystemicTreatment((), {})
    return {member.person_id: found.get(member.person_id, none).lines for member in cohort.members}


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS, st.integers(-500, 500))
def test_shifting_all_dates_shifts_day_0_and_nothing_else(drug, event, measurement, days):
    step = timedelta(days=days)

    def shifted(rows):
        return [tuple(value + step if isinstance(value, date) else value for value in row) for row in rows]

    _, cohort = _build(drug, event, measurement, period_rows())
    _, later = _build(shifted(drug), shifted(event), shifted(measurement), shifted(period_rows()))
    assert [(one.person_id, one.day0_date + step, one.drugs_before, one.stratum) for one in cohort.members] == [
        (one.person_id, one.day0_date, one.drugs_before, one.stratum) for one in later.members
    ]


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS)
def test_every_person_ever_treated_is_on_one_row_of_attrition_or_in_the_cohort(drug, event, measurement):
    store, cohort = _build(drug, event, measurement, period_rows())
    who, what = _column("drug", "person_id"), _column("drug", "concept_set")
    treated = {row[who] for row in drug if row[what] == "ivig"}
    lost = [person for person, _ in store.rows(store.table("losses"))]
    members = [member.person_id for member in cohort.members]
    assert sorted([*lost, *members]) == sorted(treated)
    steps = cohort.attrition
    assert steps[0].persons_after == len(treated)
    assert steps[-1].persons_after == steps[-1].records_after == len(members)
    assert sum(step.persons_before - step.persons_after for step in steps) == len(lost)
    for before, after in pairwise(steps):
        assert (before.persons_after, before.records_after) == (after.persons_before, after.records_before)


@slowly
@given(_DRUGS, _EVENTS, _MEASUREMENTS)
def test_another_person_never_changes_a_persons_row(drug, event, measurement):
    _, both = _build(drug, event, measurement, period_rows())
    alone = []
    for person in (1, 2):
        own = [
            [row for row in rows if row[_column(table, "person_id")] == person]
            for table, rows in (("drug", drug), ("event", event), ("measurement", measurement))
        ]
        alone += _build(*own, period_rows())[1].members
    assert tuple(alone) == both.members
