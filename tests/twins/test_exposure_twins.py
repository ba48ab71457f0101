"""Eras, cycles, doses and courses against slow and obvious twins, one day at a time."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.cohort.refractory import DrugsTaken, RefractoryDefinition, derive_courses_before
from refractory.cohort.time_zero import DiseaseDefinition, require_disease
from refractory.exposures.cycles import derive_cycles, derive_infusion_days
from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.exposures.treatment import CycleDefinition
from refractory.records.adjudicated import FINAL_LABEL
from refractory.records.schema import DRUG, EVENT, MEASUREMENT
from refractory.records.store import Store
from twins.strategies import day, drug_rows, event_rows

SETS = ("a", "b")
INJECTED = {"intravenous", "intramuscular", "subcutaneous"}
slowly = settings(max_examples=40, deadline=None)


def _store(drug) -> Store:
    store = Store()
    store.add("drug", DRUG, drug)
    store.keep("exposures", derive_exposures(store.table("drug")))
    return store


def _dicts(rows):
    return [dict(zip(DRUG, row, strict=True)) for row in rows]


def _last(row):
    if row["end_date"]:
        return row["end_date"]
    return row["start_date"] + timedelta(days=(row["days_supply"] or 1) - 1)


def _days_of(row):
    return {row["start_date"] + timedelta(days=n) for n in range((_last(row) - row["start_date"]).days + 1)}


def twin_eras(rows, persistence):
    """Walk the covered days in order and break where more than `persistence` days are missing."""
    eras = []
    for who in sorted({(row["person_id"], row["concept_set"]) for row in rows}):
        own = [row for row in rows if (row["person_id"], row["concept_set"]) == who]
        covered = sorted(set().union(*map(_days_of, own)))
        groups = [[covered[0]]]
        for today in covered[1:]:
            if (today - groups[-1][-1]).days > persistence:
                groups.append([])
            groups[-1].append(today)
        for group in groups:
            inside = [row for row in own if group[0] <= row["start_date"] <= group[-1]]
            known = all(row["end_date"] or row["days_supply"] for row in inside)
            eras.append((*who, group[0], group[-1], len(group), len(inside), known))
    return eras


@slowly
@given(drug_rows(SETS), st.sampled_from([1, 7, 30]))
def test_eras_are_the_covered_days_broken_at_long_gaps(drug, persistence):
    store = _store(drug)
    eras = derive_eras(store.table("exposures"), persistence)
    columns = ["person_id", "concept_set", "start_date", "end_date", "covered_days", "exposures", "has_known_end"]
    assert sorted(store.rows(eras.select(columns))) == sorted(twin_eras(_dicts(drug), persistence))


@slowly
@given(drug_rows(SETS), st.sampled_from([0, 7, 30]))
def test_the_order_of_the_records_never_matters_and_eras_of_eras_are_the_eras(drug, persistence):
    forwards, backwards = _store(drug), _store(drug[::-1])
    columns = ["person_id", "concept_set", "start_date", "end_date", "covered_days"]
    found = sorted(forwards.rows(derive_eras(forwards.table("exposures"), persistence).select(columns)))
    again = sorted(backwards.rows(derive_eras(backwards.table("exposures"), persistence).select(columns)))
    assert found == again
    eras = forwards.keep("eras", derive_eras(forwards.table("exposures"), persistence))
    as_exposures = eras.mutate(last_covered_date=eras.end_date, source_table=eras.concept_set, row_id=eras.exposures)
    ends = ["person_id", "concept_set", "start_date", "end_date"]
    assert sorted(forwards.rows(derive_eras(as_exposures, persistence).select(ends))) == [row[:4] for row in found]


@slowly
@given(drug_rows(("a",), most=20, last_day=80), st.randoms(use_true_random=False))
def test_of_records_of_one_day_it_never_matters_which_comes_first(drug, chance):
    """Twenty records on eighty days: many start together, and windows are ordered by days alone."""
    shuffled = list(drug)
    chance.shuffle(shuffled)
    found = []
    for rows in (drug, shuffled):
        store = _store(rows)
        exposures = store.table("exposures")
        dosed = derive_daily_doses(exposures.mutate(drug=exposures.concept_set))
        stretches = store.rows(derive_dose_stretches(dosed).order_by(["person_id", "from_date"]))
        eras = store.rows(derive_eras(exposures, 7).order_by(["person_id", "start_date"]))
        found.append((eras, [(*row[:4], round(row[4], 6), row[5]) for row in stretches]))
    assert found[0] == found[1]


@slowly
@given(drug_rows(("ivig",), last_day=90), st.sampled_from([5, 7, 10]))
def test_cycles_open_after_more_than_split_days(drug, split):
    store = _store(drug)
    days = derive_infusion_days(store.table("exposures"))
    cycles = derive_cycles(days, CycleDefinition(split=f"{split} days"))
    found = store.rows(cycles.select("person_id", "cycle", "first_date", "infusion_days"))
    expected = []
    for person in sorted({row["person_id"] for row in _dicts(drug)}):
        dates = sorted({row["start_date"] for row in _dicts(drug) if row["person_id"] == person})
        groups = [[dates[0]]]
        for before, today in pairwise(dates):
            if (today - before).days > split:
                groups.append([])
            groups[-1].append(today)
        expected += [(person, number, group[0], len(group)) for number, group in enumerate(groups, start=1)]
    assert sorted(found) == expected


@slowly
@given(drug_rows(SETS))
def test_the_sweep_gives_the_dose_that_counting_day_by_day_gives(drug):
    store = _store(drug)
    exposures = store.table("exposures")
    stretches = store.rows(derive_dose_stretches(derive_daily_doses(exposures.mutate(drug=exposures.concept_set))))
    by_day = {}
    for person, name, first, last, mg, unknown in stretches:
        for n in range((last - first).days + 1):
            key = (person, name, first + timedelta(days=n))
            assert key not in by_day, "two stretches hold one day"
            by_day[key] = (round(mg, 6), unknown)
    expected: dict = {}
    for row in _dicts(drug):
        daily = None
        is_for_known_days = row["end_date"] or row["days_supply"] or row["route"] in INJECTED
        if row["quantity"] and row["mg_per_unit"] and is_for_known_days:
            daily = row["quantity"] * row["mg_per_unit"] * (row["prednisone_factor"] or 1.0) / len(_days_of(row))
        for today in _days_of(row):
            key = (row["person_id"], row["concept_set"], today)
            mg, unknown = expected.get(key, (0.0, 0))
            expected[key] = (mg + (daily or 0.0), unknown + (daily is None))
    assert by_day == {key: (round(mg, 6), unknown) for key, (mg, unknown) in expected.items()}


def _taken(store: Store) -> DrugsTaken:
    exposures = store.table("exposures")
    weights = store.add("measurement", MEASUREMENT, [])
    return DrugsTaken(exposures, derive_daily_doses(exposures), weights, store.add("final_labels", FINAL_LABEL, []))


def _twin_adequacy(inside, least_days, least_mg):
    """Judge one course by writing down the dose of each of its days."""
    days = {}
    for row in inside:
        daily = None
        if row["quantity"] and row["mg_per_unit"] and (row["known"] or row["route"] in INJECTED):
            daily = row["quantity"] * row["mg_per_unit"] * (row["prednisone_factor"] or 1.0) / row["length"]
        for n in range((row["end_date"] - row["start_date"]).days + 1):
            today = row["start_date"] + timedelta(days=n)
            mg, unknown = days.get(today, (0.0, 0))
            days[today] = (mg + (daily or 0.0), unknown + (daily is None))
    enough = sum(mg >= least_mg - 1e-9 for mg, _ in days.values())
    open_ = sum(unknown > 0 and mg < least_mg - 1e-9 for mg, unknown in days.values())
    if enough >= least_days:
        return "ADEQUATE"
    if not all(row["known"] for row in inside):
        return "UNKNOWN"
    if len(days) < least_days:
        return "INADEQUATE"
    return "UNKNOWN" if enough + open_ >= least_days else "INADEQUATE"


@slowly
@given(drug_rows(SETS, most=20), st.integers(40, 240), st.sampled_from([7, 28]), st.sampled_from([1, 5, 12]))
def test_a_course_is_judged_as_its_days_and_their_doses_say(drug, day0, least_days, least_mg):
    store = _store(drug)
    schema = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}
    candidates = store.add("candidates", schema, [(person, day(day0), day(0)) for person in (1, 2)])
    rule = RefractoryDefinition(
        among="drugs", adequate={"*": {"at_least": f"{least_days} days", "dose": f"{least_mg} mg per day"}}
    )
    courses = derive_courses_before(candidates, _taken(store), SETS, rule)
    found = store.rows(courses.select("person_id", "concept_set", "start_date", "adequacy"))
    before = []
    for row in _dicts(drug):
        if row["start_date"] < day(day0):
            length = len(_days_of(row))
            end = min(_last(row), day(day0 - 1))
            known = bool(row["end_date"] or row["days_supply"])
            before.append(row | {"end_date": end, "days_supply": None, "known": known, "length": length})
    expected = []
    for person, name, first, last, *_ in twin_eras(before, 30):
        inside = [
            row
            for row in before
            if (row["person_id"], row["concept_set"]) == (person, name) and first <= row["start_date"] <= last
        ]
        expected.append((person, name, first, _twin_adequacy(inside, least_days, least_mg)))
    assert sorted(found) == sorted(expected)


@slowly
@given(drug_rows(SETS, most=20), st.integers(40, 200), st.integers(0, 60), st.booleans())
def test_a_drug_counts_when_a_course_begun_in_time_covers_enough_days_before_day_0(
    drug, day0, diagnosis, unknown_counts
):
    store = _store(drug)
    schema = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}
    candidates = store.add("candidates", schema, [(1, day(day0), day(diagnosis)), (2, day(day0), day(diagnosis))])
    rule = RefractoryDefinition(
        among="drugs",
        adequate={"a": "56 days", "*": "28 days"},
        routes=["oral", "intravenous"],
        unknown_counts=unknown_counts,
    )
    courses = derive_courses_before(candidates, _taken(store), SETS, rule)
    counting = courses.filter(courses.counts).select("person_id", "concept_set").distinct()
    expected = set()
    before = []
    for row in _dicts(drug):
        if row["route"] == "topical" or row["start_date"] >= day(day0):
            continue
        known = row["end_date"] or row["days_supply"]
        end = min(_last(row), day(day0 - 1))
        before.append(row | {"end_date": end, "days_supply": None, "known": bool(known)})
    for person, name, first, last, covered, _, _ in twin_eras(before, 30):
        inside = [
            row
            for row in before
            if (row["person_id"], row["concept_set"]) == (person, name) and first <= row["start_date"] <= last
        ]
        least = 56 if name == "a" else 28
        is_unknown = not all(row["known"] for row in inside)
        if first >= day(diagnosis) and (covered >= least or (is_unknown and unknown_counts)):
            expected.add((person, name))
    assert set(store.rows(counting)) == expected


@slowly
@given(event_rows(("disease",), most=8), st.integers(60, 200), st.integers(1, 4), st.sampled_from([1, 30, 60]))
def test_evidence_exists_when_some_choice_of_codes_is_far_enough_apart(event, day0, at_least, apart):
    store = Store()
    store.add("event", EVENT, event)
    schema = {"person_id": "int64", "day0_date": "date"}
    candidates = store.add("candidates", schema, [(1, day(day0)), (2, day(day0))])
    definition = DiseaseDefinition(concept="disease", at_least=at_least, apart=f"{apart} days")
    kept = require_disease(candidates, store.table("event"), definition).select("person_id", "diagnosis_date")

    def longest(dates):
        """Return the largest number of dates that are pairwise far enough apart, by trying every last one."""
        best = [1] * len(dates)
        for i, later in enumerate(dates):
            for j in range(i):
                if (later - dates[j]).days >= apart:
                    best[i] = max(best[i], best[j] + 1)
        return max(best, default=0)

    expected = set()
    for person in (1, 2):
        rows = [dict(zip(EVENT, row, strict=True)) for row in event]
        dates = sorted(
            row["start_date"] for row in rows if row["person_id"] == person and row["start_date"] <= day(day0)
        )
        if longest(dates) >= at_least:
            expected.add((person, dates[0]))
    assert set(store.rows(kept)) == expected
