"""Lines, discontinuations and the fate of drugs against slow twins that walk one person's days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.courses import COURSE, FIRST, Row, find_lines, line_of_each_course

from refractory.exposures.courses import classify_discontinuation
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course
from refractory.outcomes.drugs_after import classify_drugs_after
from refractory.records.store import Store

slowly = settings(max_examples=40, deadline=None)
DRUGS = ("a", "b", "c", "d")
# Gaps, lengths and windows that meet on the day: 29 and 31 beside 30, 59 and 61 beside 60.
LENGTHS = (1, 10, 29, 30, 31, 61, 120)
GAPS = (1, 10, 29, 30, 31, 59, 60, 61, 62, 100)


@st.composite
def courses(draw: st.DrawFn, shortest_gap: int = 61, most: int = 5) -> list[Row]:
    """Draw the courses of two persons; between two of one drug lie more days than the grace period, or any number."""
    rows: list[Row] = []
    gaps = [gap for gap in GAPS if gap >= shortest_gap]
    for person in (1, 2):
        seen = draw(st.one_of(st.none(), st.integers(0, 400)))
        for drug in DRUGS:
            start = draw(st.sampled_from((0, 0, 1, 29, 30, 31, 32, 60, 61, 62, 93)))
            for _ in range(draw(st.integers(0, most - 2))):
                length = draw(st.sampled_from(LENGTHS))
                covered = draw(st.sampled_from((length, max(1, length - 5))))
                days = (FIRST + timedelta(days=start), FIRST + timedelta(days=start + length - 1))
                until = None if seen is None else FIRST + timedelta(days=seen)
                rows.append((person, drug, *days, covered, draw(st.booleans()), until))
                start += length + draw(st.sampled_from(gaps))
    return rows


def definitions() -> st.SearchStrategy[LineDefinition]:
    days = st.sampled_from(("0 days", "1 day", "29 days", "30 days", "31 days", "60 days"))
    return st.builds(
        LineDefinition,
        among=st.just("drugs"),
        combination=days,
        overlap=days,
        least=st.sampled_from(("0 days", "14 days")),
    )


def twin_lines(rows: list[Row], definition: LineDefinition) -> list[Row]:
    """Walk the days of each person; on each day with a start ask whether anything opens a line."""
    found: list[Row] = []
    for person in (1, 2):
        own = [row for row in rows if row[0] == person and (row[4] >= definition.least or not row[5])]
        openings: list[date] = []
        of_line: list[list[Row]] = []
        for number in range(1500):
            today = FIRST + timedelta(days=number)
            begun = [row for row in own if row[2] == today]
            if not begun:
                continue
            line_drugs = {row[1] for row in of_line[-1]} if of_line else set()
            is_within = bool(openings) and today <= openings[-1] + timedelta(days=definition.combination)
            if not openings or (not is_within and not {row[1] for row in begun} <= line_drugs):
                openings.append(today)
                of_line.append([])
            of_line[-1] += begun
        for number, line in enumerate(of_line, start=1):
            drugs = sorted({row[1] for row in line})
            earlier = [row for former in of_line[: number - 1] for row in former]
            still = openings[number - 1] + timedelta(days=definition.overlap)
            going_on = sorted(row[1] for row in earlier if row[3] >= still)
            if number == 1:
                begins = "first"
            elif all(drug in {row[1] for row in earlier} for drug in drugs):
                begins = "restart"
            elif any(row[3] >= still for row in of_line[number - 2]):
                begins = "add-on"
            elif any(row[6] is not None and row[3] >= row[6] for row in of_line[number - 2]):
                begins = "undecided"
            else:
                begins = "switch"
            days = (openings[number - 1], max(row[3] for row in line))
            counts = (" + ".join(drugs), len(drugs), len(line))
            found.append((person, number, *days, *counts, begins, " + ".join(going_on) or None))
    return found


@slowly
@given(courses(), definitions())
def test_lines_are_what_a_walk_through_the_days_finds(rows, definition):
    assert find_lines(rows, definition) == twin_lines(rows, definition)


@slowly
@given(courses(), definitions())
def test_each_course_is_in_the_line_that_was_open_when_it_began(rows, definition):
    store = Store()
    numbered = line_of_each_course(store.rows, store.add("courses", COURSE, rows), definition)
    opened = [(line[0], line[1], line[2]) for line in twin_lines(rows, definition)]
    expected = []
    for person, drug, start, _, covered, has_known_end, _ in rows:
        counts = covered >= definition.least or not has_known_end
        lines = [number for who, number, day in opened if who == person and day <= start]
        before = [
            row
            for row in rows
            if row[:2] == (person, drug) and row[2] < start and (row[4] >= definition.least or not row[5])
        ]
        expected.append((person, start, drug, max(lines) if counts else None, bool(before) if counts else None))
    assert numbered == sorted(expected, key=lambda row: row[:3])


@slowly
@given(courses(shortest_gap=1), st.sampled_from((0, 30, 60)))
def test_a_course_is_discontinued_when_no_day_of_the_grace_period_is_covered_and_each_is_observed(rows, grace_days):
    store = Store()
    found = classify_discontinuation(store.add("courses", COURSE, rows), grace_days)
    got = {
        row[:3]: row[3:]
        for row in store.rows(found.select("person_id", "drug", "start_date", "course_end", "discontinued_date"))
    }
    expected = {}
    for person, drug, start, end, _, _, seen in rows:
        covered = {
            row[2] + timedelta(days=n)
            for row in rows
            if row[:2] == (person, drug)
            for n in range((row[3] - row[2]).days + 1)
        }
        after = [end + timedelta(days=n) for n in range(1, grace_days + 1)]
        if seen is not None and seen < start:
            said = "not observed long enough"
        elif covered & set(after):
            said = "continued"
        elif seen is None or all(day <= seen for day in [end, *after]):
            said = "discontinued"
        else:
            said = "continued" if end >= seen else "not observed long enough"
        expected[person, drug, start] = (said, end if said == "discontinued" else None)
    assert got == expected


@slowly
@given(courses(), st.integers(0, 200), st.integers(0, 400), st.sampled_from((30, 90, 180)))
def test_what_became_of_a_drug_is_what_its_days_after_day_0_say(rows, day0, seen, follow_up_day):
    definition = LineDefinition(among="drugs", follow_up_day=follow_up_day)
    day0_date, until = FIRST + timedelta(days=day0), FIRST + timedelta(days=day0 + seen)
    own: dict[str, list[Course]] = {}
    for row in rows:
        if row[0] == 1:
            own.setdefault(row[1], []).append(Course(*row[1:6]))
    found = classify_drugs_after(own, day0_date, until, definition)

    def covered(drug: str) -> set[int]:
        """Days of the course that the drug is on, from day 0: whoever is on a drug has it until it is discontinued."""
        return {
            (course.start_date - day0_date).days + n
            for course in own[drug]
            for n in range((course.end_date - course.start_date).days + 1)
        }

    last_seen = min(follow_up_day, seen)
    for drug, after in found.items():
        days = covered(drug)
        starts = {(course.start_date - day0_date).days for course in own[drug]}
        on = 0 in days and 0 not in starts
        assert after.was_on == on
        begun = [day for day in starts if 0 <= day <= last_seen]
        assert after.begun_day == min(begun, default=None)
        assert after.is_added == (min(starts) >= 0)
        assert after.is_restarted == (bool(begun) and min(starts) < 0)
        if on:
            last = next(day for day in range(1500) if day + 1 not in days)
            if last >= follow_up_day:
                said = "continued" if seen >= follow_up_day else "not observed long enough"
            else:
                said = "discontinued" if seen >= last + 60 else "not observed long enough"
            assert after.end.value == said
            assert after.end_day == (last if said == "discontinued" else None)
    for drug in set(own) - set(found):
        assert 0 not in covered(drug)
        assert not [course for course in own[drug] if 0 <= (course.start_date - day0_date).days <= last_seen]
