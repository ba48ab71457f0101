"""The dose over time against a twin that looks at one day at a time, and the laws that hold for any doses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doses import DAY_0, PERSONS, PULSE_MG

from refractory.dates import Window
from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.tapers import derive_dose_times, derive_tapers
from refractory.exposures.timeline import derive_cumulative_doses, derive_pulse_stretches, derive_timeline
from refractory.records.store import Store
from twins.day_by_day import Day, Person, Taken, add_up, count_steps, find_time, tell_days

# Each example is a clinic of up to twelve persons: a query costs the same for one of them.
slowly = settings(max_examples=12, deadline=None)
briefly = settings(max_examples=8, deadline=None)
SPAN = Window(-40, 80)
WINDOWS = (Window(-20, -1), Window(0, 0), Window(1, 40), Window(-40, 80))
BASELINE, FOLLOW_UP = Window(-10, -1), Window(31, 40)
LEAST, OFF, UNTIL, STEP = 7, 9, 50, 4
LIMITS = (5.0, 7.5)
EXPOSURE = {
    "person_id": "int64",
    "source_table": "string",
    "row_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "last_covered_date": "date",
    "has_known_end": "boolean",
    "quantity": "float64",
    "mg_per_unit": "float64",
    "prednisone_factor": "float64",
    "route": "string",
}
DOSES = [None, 2.5, 5.0, 5.0, 7.5, 10.0, 20.0, 10 / 3, 5 / 3, 100.0, 150.0, 250.0, 1250.0]
OBSERVED = [(-40, 80), (-40, 80), (-40, 33), (-3, 80), (-8, 61), (0, 0), (1, 0), (-40, 5)]


@st.composite
def persons(draw: st.DrawFn, most: int = 7) -> Person:
    """Draw a person: few doses, so that equal ones meet, and days close to the edges."""
    taken = []
    for _ in range(draw(st.integers(0, most))):
        first = draw(st.integers(-50, 75))
        length = draw(st.sampled_from([1, 1, 6, 7, 8, 9, 10, 20, 45]))
        route = draw(st.sampled_from(["oral", "oral", "oral", "intravenous", "unknown"]))
        taken.append(Taken(first, first + length - 1, draw(st.sampled_from(DOSES)), route))
    return Person(tuple(taken), draw(st.sampled_from(OBSERVED)))


clinics = st.lists(persons(), min_size=6, max_size=12)
Clinic = list[Person]
Row = tuple[Any, ...]


def rows_of(clinic: Clinic, shift: int = 0, factor: float = 1.0) -> list[Row]:
    """Write exposures as rows of one drug, a unit of which is worth `factor` mg of prednisone for each mg."""
    rows = []
    for number, person in enumerate(clinic, start=1):
        for place, one in enumerate(person.taken):
            begin, end = (DAY_0 + timedelta(days=day + shift) for day in (one.first_day, one.last_day))
            units = float(one.last_day - one.first_day + 1)
            mg = None if one.mg is None else one.mg / factor
            rows.append((number, "drug_exposure", place, "steroid", begin, end, True, units, mg, factor, one.route))
    return rows


@cache
def expressions() -> dict[str, Any]:
    """Build what is asked of every clinic once: an expression is told its tables by their names alone."""
    store = Store()
    exposures, known = store.add("exposures", EXPOSURE), store.add("persons", PERSONS)
    stretches = store.keep("stretches", derive_pulse_stretches(derive_daily_doses(exposures), PULSE_MG))
    timeline = store.keep("timeline", derive_timeline(stretches, known, SPAN, PULSE_MG))
    goals = {"sustained_days": LEAST, "off_days": OFF, "until_day": UNTIL}
    return {
        "stretches": derive_pulse_stretches(derive_daily_doses(exposures), PULSE_MG),
        "timeline": derive_timeline(stretches, known, SPAN, PULSE_MG),
        "sums": derive_cumulative_doses(timeline, known, WINDOWS),
        "times": derive_dose_times(timeline, known, LIMITS, BASELINE, **goals),
        "tapers": derive_tapers(timeline, known, BASELINE, FOLLOW_UP, STEP),
    }


def tell(clinic: Clinic, rows: Sequence[Row] | None = None, shift: int = 0) -> tuple[Store, Any, Any]:
    """Tell the timelines of a clinic, of its own rows or of others."""
    store = Store()
    store.add("exposures", EXPOSURE, rows_of(clinic, shift) if rows is None else rows)
    day_0 = DAY_0 + timedelta(days=shift)
    people = [(number, day_0, *person.observed) for number, person in enumerate(clinic, start=1)]
    known = store.add("persons", PERSONS, people)
    store.keep("stretches", expressions()["stretches"])
    return store, store.keep("timeline", expressions()["timeline"]), known


def ask(clinic: Clinic, rows: Sequence[Row] | None = None, shift: int = 0) -> dict[str, list[Row]]:
    """Ask everything of the timelines of a clinic."""
    store, timeline, _ = tell(clinic, rows, shift)
    told = {"timeline": timeline} | {name: expressions()[name] for name in ("sums", "times", "tapers")}
    return {name: sorted(store.rows(table), key=str) for name, table in told.items()}


def near(mg: float | None) -> float | None:
    """Round to what a clinic's sums, each off by half a nanogram, cannot move."""
    return None if mg is None else round(mg, 3)


def days_of(clinic: Clinic) -> dict[int, list[Day]]:
    """Look at every day of every person."""
    span = (SPAN.first_day or 0, SPAN.last_day or 0)
    return {number: tell_days(person, span) for number, person in enumerate(clinic, start=1)}


@slowly
@given(clinics)
def test_the_timeline_says_of_every_day_what_a_look_at_that_day_says(clinic):
    store, timeline, _ = tell(clinic)
    found = {}
    for row in store.records(timeline):
        for day in range(row["from_day"], row["until_day"] + 1):
            assert (row["person_id"], day) not in found, "two rows hold one day"
            found[row["person_id"], day] = row
    for number, days in days_of(clinic).items():
        for one in days:
            row = found.pop((number, one.day))
            assert near(row["known_mg"]) == near(one.daily_mg)
            assert near(row["pulse_mg"]) == near(one.pulse_mg)
            assert near(row["daily_mg"]) == (near(one.daily_mg) if one.is_known else None)
            said = (row["is_covered"], row["is_unknown"], row["is_observed"])
            assert said == (one.is_covered, one.is_unknown, one.is_observed)
    assert not found, "a row outside the span"


@slowly
@given(clinics)
def test_no_two_neighbours_of_a_timeline_are_alike(clinic):
    store, timeline, _ = tell(clinic)
    rows = store.rows(timeline.order_by(["person_id", "from_day"]).drop("from_day", "until_day"))
    assert all(before != after for before, after in pairwise(rows))


@slowly
@given(clinics)
def test_a_window_adds_up_its_days(clinic):
    store, _, _ = tell(clinic)
    rows = store.records(expressions()["sums"])
    assert len(rows) == len(clinic) * len(WINDOWS)
    days = days_of(clinic)
    for row in rows:
        for name, value in add_up(days[row["person_id"]], row["first_day"], row["last_day"]).items():
            is_mg = name.endswith("_mg")
            assert (near(row[name]) if is_mg else row[name]) == (near(value) if is_mg else value), name


def expect_times(days: list[Day]) -> dict[Any, tuple[str, int | None]]:
    """Say when the dose comes down to each goal by trying every day."""

    def expect(limit: float) -> tuple[str, int | None]:
        return find_time(
            days,
            lambda one: one.daily_mg < limit,
            lambda one: one.daily_mg < limit and not one.is_unknown,
            LEAST,
            UNTIL,
        )

    # Doses and their sums are rounded to nanograms; what is nearer to a limit than that is at it.
    expected: dict[Any, Any] = {("BELOW", limit): expect(limit - 3e-7) for limit in LIMITS}
    base = add_up(days, BASELINE.first_day, BASELINE.last_day)
    expected["HALF", None] = ("NOT_EVALUABLE", None)
    if not base["why"] and base["known_mg"]:
        expected["HALF", None] = expect(base["known_mg"] / 10 / 2 + 3e-6)
    expected["OFF", None] = find_time(days, lambda one: not one.is_covered, lambda one: not one.is_covered, OFF, UNTIL)
    return expected


@slowly
@given(clinics)
def test_a_dose_comes_down_on_the_first_day_that_trying_every_day_finds(clinic):
    found: dict[int, dict[Any, Any]] = {}
    for person, goal, below, status, day, _ in ask(clinic)["times"]:
        found.setdefault(person, {})[goal, below] = (status, day)
    assert found == {number: expect_times(days) for number, days in days_of(clinic).items()}


@slowly
@given(clinics)
def test_steps_and_falls_are_those_of_the_days(clinic):
    store, _, _ = tell(clinic)
    rows = store.records(expressions()["tapers"])
    assert {row["person_id"] for row in rows} == set(days_of(clinic))
    for row in rows:
        days = days_of(clinic)[row["person_id"]]
        steps = count_steps(days, FOLLOW_UP.last_day or 0, STEP)
        assert (row["reductions"], row["rises"]) == (steps or (None, None))
        windows = ((one.first_day, one.last_day) for one in (BASELINE, FOLLOW_UP))
        base, later = (add_up(days, *window)["cumulative_mg"] for window in windows)
        # Ten days each, and 41 days from the middle of one to the middle of the other.
        fall = None if base is None or later is None or not base else (base - later) / 10 / 41 * 28
        assert near(row["fall_mg_per_4_weeks"]) == near(fall)


@slowly
@given(clinics, st.integers(-40, 79), st.integers(0, 30), st.integers(0, 30))
def test_two_windows_that_meet_add_up_to_one(clinic, first, length, more):
    middle = min(first + length, 79)
    last = min(middle + 1 + more, 80)
    store, timeline, known = tell(clinic)
    windows = [Window(first, middle), Window(middle + 1, last), Window(first, last)]
    rows = store.records(derive_cumulative_doses(timeline, known, windows))
    parts = {(row["person_id"], row["place"]): row for row in rows}
    for person in range(1, len(clinic) + 1):
        one, other, both = (parts[person, place] for place in range(3))
        for name in ("known_mg", "pulse_mg", "covered_days", "unknown_days", "unobserved_days", "pulse_days"):
            assert abs(one[name] + other[name] - both[name]) < 1e-8, name
        assert (both["why"] is None) == (one["why"] is None and other["why"] is None)


@briefly
@given(clinics, st.integers(-900, 900))
def test_shifting_all_dates_of_a_person_shifts_nothing_relative_to_day_0(clinic, shift):
    assert ask(clinic) == ask(clinic, shift=shift)


@briefly
@given(clinics, st.randoms(use_true_random=False))
def test_the_order_of_the_records_never_matters(clinic, chance):
    rows = rows_of(clinic)
    assert ask(clinic, rows) == ask(clinic, chance.sample(rows, len(rows)))


@briefly
@given(clinics, st.integers(0, 44))
def test_splitting_every_exposure_into_two_that_meet_changes_nothing(clinic, after):
    def split(one: Taken) -> list[Taken]:
        cut = min(one.first_day + after, one.last_day)
        parts = [Taken(one.first_day, cut, one.mg, one.route), Taken(cut + 1, one.last_day, one.mg, one.route)]
        return [part for part in parts if part.first_day <= part.last_day]

    halved = [Person(tuple(part for one in who.taken for part in split(one)), who.observed) for who in clinic]
    assert ask(clinic) == ask(halved)


@briefly
@given(clinics, persons())
def test_another_person_changes_nobodys_dose(clinic, stranger):
    alone, together = ask(clinic), ask([*clinic, stranger])
    assert {name: [row for row in rows if row[0] <= len(clinic)] for name, rows in together.items()} == alone


@briefly
@given(clinics)
def test_a_longer_stretch_is_never_reached_earlier(clinic):
    store, timeline, known = tell(clinic)

    def reached(least: int) -> dict[Any, int]:
        times = derive_dose_times(
            timeline, known, LIMITS, BASELINE, sustained_days=least, off_days=least, until_day=UNTIL
        )
        found = store.rows(times.filter(times.status == "REACHED").select("person_id", "goal", "below_mg", "day"))
        return {(person, goal, below): day for person, goal, below, day in found}

    longer, shorter = reached(9), reached(3)
    # Who reached it for nine days reached it for three, then or earlier, unless it was so on day 0 for three days.
    assert all(shorter.get(goal, day) <= day for goal, day in longer.items())


@briefly
@given(clinics, st.sampled_from([1.25, 6.667, 0.25]))
def test_the_dose_in_another_steroid_of_the_same_worth_changes_nothing(clinic, factor):
    """Mg of methylprednisolone are four fifths of those of prednisone, and count five fourths."""
    assert ask(clinic) == ask(clinic, rows_of(clinic, factor=factor))


@slowly
@given(clinics)
def test_supplies_that_count_once_cover_the_same_days_with_one_dose_each(clinic):
    store = Store()
    dosed = derive_daily_doses(store.add("exposures", EXPOSURE, rows_of(clinic)))
    once = store.keep("once", derive_supplies_once(dosed))
    found: dict[Any, tuple[float, int]] = {}
    for person, _, begin, end, mg, unknown in store.rows(derive_dose_stretches(once.mutate(drug=once.concept_set))):
        for number in range((end - begin).days + 1):
            found[person, begin + timedelta(days=number)] = (near(mg), unknown)
    expected: dict[Any, tuple[float, int]] = {}
    for person, who in enumerate(clinic, start=1):
        for today in range(-50, 130):
            covering = [one for one in who.taken if one.first_day <= today <= one.last_day]
            # Known doses of more than a day: each counts once; of a single day, or unknown: each counts.
            supplies = {one.mg for one in covering if one.mg is not None and one.last_day > one.first_day}
            single = [one.mg for one in covering if one.mg is not None and one.last_day == one.first_day]
            if covering:
                unknown = sum(one.mg is None for one in covering)
                expected[person, DAY_0 + timedelta(days=today)] = (near(sum(supplies) + sum(single)), unknown)
    assert found == expected
