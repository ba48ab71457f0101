"""Laws of cohort definitions, for small histories: a reader of the chart finds the same; the future decides nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from circe_notation import OTHER, RASH, SETS, Clinic, days, define, event, found, group
from refractory.records.circe.definition import parse_definition
from refractory.records.circe.entries import add_entries
from refractory.records.from_omop import open_source
from refractory.records.store import Store

FIRST = date(2015, 1, 1)
slowly = settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
_DAY = st.integers(0, 120)
_HISTORY = st.lists(st.tuples(_DAY, st.sampled_from((RASH, OTHER))), min_size=1, max_size=8)
_PERIODS = st.lists(st.tuples(st.integers(-40, 100), st.integers(10, 80)), min_size=1, max_size=2)
_PERSONS = st.lists(st.tuples(_HISTORY, _PERIODS, st.lists(_DAY, min_size=1, max_size=4)), min_size=1, max_size=4)
# Rash, observed for 10 days before; again 14 to 60 days later; no other disease in the 20 days before.
DEFINITION = define(
    event("ConditionOccurrence", 1),
    sets=SETS,
    observed=(10, 0),
    rules=(
        group(
            found(event("ConditionOccurrence", 1), ">=1", days((14, 1), (60, 1))),
            found(event("ConditionOccurrence", 12), "==0", days((20, -1), (0, 1))),
        ),
    ),
    EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 0}},
)


def at(day: int) -> date:
    return FIRST + timedelta(days=day)


def disjoint(periods):
    """Move the second period behind the first."""
    told = []
    for start, length in sorted(periods):
        begin = max(start, told[-1][1] + 2) if told else start
        told.append((begin, begin + length))
    return told


def write_clinic(folder: str, persons, *, until: int | None = None) -> str:
    clinic = Clinic()
    # Whoever else is in the records: a clinic that notes periods of observation at all.
    clinic.add("person", person_id=99, year_of_birth=1970, gender_concept_id=8532)
    clinic.add(
        "observation_period", person_id=99, observation_period_start_date=at(-400), observation_period_end_date=at(-300)
    )
    for person, (history, periods, _) in enumerate(persons, start=1):
        clinic.add("person", person_id=person, year_of_birth=1970, gender_concept_id=8532)
        for begin, end in disjoint(periods):
            if until is None or begin <= until:
                last = end if until is None else min(end, until)
                clinic.add(
                    "observation_period", person_id=person, observation_period_start_date=at(begin),
                    observation_period_end_date=at(last),
                )  # fmt: skip
        for day, concept in history:
            if until is None or day <= until:
                clinic.add(
                    "condition_occurrence", person_id=person, condition_concept_id=concept, condition_start_date=at(day)
                )
    return str(clinic.write(Path(folder) / "clinic.duckdb"))


def find_entries(persons, candidates, *, until: int | None = None):
    with TemporaryDirectory() as folder:
        source = open_source(write_clinic(folder, persons, until=until))
        store = Store(source.connect_store())
        rows = ", ".join(f"({person}, DATE '{at(day)}')" for person, day in candidates)
        query = f"SELECT CAST(p AS BIGINT) AS person_id, d AS day0_date FROM (VALUES {rows}) AS v(p, d)"
        add_entries(source, store, [parse_definition(json.dumps(DEFINITION), "one.json")], query)
        found_rows = store.connection.execute("SELECT person_id, day0_date, entry_date FROM entry").fetchall()
        source.close()
    return {((person, (day0 - FIRST).days), (entry - FIRST).days) for person, day0, entry in found_rows}


def read_by_hand(history, periods, day0: int) -> set[int]:
    """Find the days of entry as a reader of the chart would who stands at day 0."""
    known = [(day, concept) for day, concept in history if day <= day0]
    seen = [(begin, min(end, day0)) for begin, end in disjoint(periods) if begin <= day0]
    entries = set()
    for day, concept in known:
        for begin, end in seen:
            if concept != RASH or not begin + 10 <= day <= end:
                continue
            inside = [(other, what) for other, what in known if begin <= other <= end]
            again = any(what == RASH and day + 14 <= other <= day + 60 for other, what in inside)
            disturbed = any(what == OTHER and day - 20 <= other <= day for other, what in inside)
            if again and not disturbed:
                entries.add(day)
    return entries


@slowly
@given(_PERSONS)
def test_entries_are_those_that_a_reader_of_the_chart_finds(persons):
    candidates = {(person, day) for person, told in enumerate(persons, start=1) for day in told[2]}
    expected = {
        ((person, day0), entry)
        for person, (history, periods, all_days) in enumerate(persons, start=1)
        for day0 in all_days
        for entry in read_by_hand(history, periods, day0)
    }
    assert find_entries(persons, candidates) == expected


@slowly
@given(_PERSONS, _DAY)
def test_records_after_a_day_never_change_what_was_known_by_it(persons, day):
    candidates = {(person, day) for person in range(1, len(persons) + 1)}
    assert find_entries(persons, candidates) == find_entries(persons, candidates, until=day)


def test_the_reader_of_the_chart_finds_entries_at_all():
    assert read_by_hand([(20, RASH), (40, RASH)], [(0, 100)], 90) == {20}
    assert read_by_hand([(20, RASH), (40, RASH)], [(0, 100)], 39) == set()
    assert read_by_hand([(20, RASH), (40, RASH), (5, OTHER)], [(0, 100)], 90) == set()
