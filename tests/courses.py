"""Courses drawn in days, and their lines by both ways that the program has: inside an engine, and folded in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from tests.tables import table

from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines import derive_line_courses, derive_lines, derive_most_lines
from refractory.exposures.lines_of_person import Course, derive_lines_of_person
from refractory.records.store import Store

FIRST = date(2020, 1, 1)
COURSE = {
    "person_id": "int64",
    "drug": "string",
    "start_date": "date",
    "end_date": "date",
    "covered_days": "int64",
    "has_known_end": "boolean",
    "seen_until_date": "date",
}
Row = tuple[Any, ...]
Ask = Callable[[Any], list[Row]]


def on_day(number: int | None) -> date | None:
    """Return the day of that number; none where there is none."""
    return None if number is None else FIRST + timedelta(days=number)


def draw_courses(text: str) -> list[Row]:
    """Read courses drawn with the columns drug, first and last, in days; optional: person, covered, end, seen.

    A course covers all of its days unless `covered` says otherwise; `end` is "unknown" where a record says no length;
    `seen` is the last day on which the person is seen.
    """
    rows = []
    for row in table(text):
        first, last = int(row["first"] or 0), int(row["last"] or 0)
        seen = row.get("seen")
        rows.append(
            (
                int(row.get("person") or 1),
                row["drug"],
                on_day(first),
                on_day(last),
                int(row.get("covered") or last - first + 1),
                row.get("end") != "unknown",
                on_day(int(seen)) if seen else None,
            )
        )
    return rows


def lines_inside_an_engine(ask: Ask, courses: Any, definition: LineDefinition) -> list[Row]:
    """Return the lines by Ibis: one row per person and line, days as dates."""
    ((most,),) = ask(derive_most_lines(courses, definition))
    return sorted(ask(derive_lines(courses, definition, most_lines=most or 1)))


def line_of_each_course(ask: Ask, courses: Any, definition: LineDefinition) -> list[Row]:
    """Return person, drug, start, line and whether it is begun again of each course, by Ibis."""
    ((most,),) = ask(derive_most_lines(courses, definition))
    numbered = derive_line_courses(courses, definition, most_lines=most or 1)
    rows = ask(numbered.select("person_id", "start_date", "drug", "line", "is_begun_again"))
    return sorted(rows, key=lambda row: row[:3])


def lines_folded(rows: Sequence[Row], definition: LineDefinition) -> list[Row]:
    """Return the lines by the fold in memory, in the same shape."""
    found = []
    for person in sorted({row[0] for row in rows}):
        own = [Course(*row[1:6]) for row in rows if row[0] == person]
        seen = next(row[6] for row in rows if row[0] == person)
        for line in derive_lines_of_person(own, definition, seen_until_date=seen):
            days = (line.start_date, line.end_date)
            counts = (line.regimen, len(line.drugs), len(line.courses))
            found.append((person, line.number, *days, *counts, line.begins.value, " + ".join(line.continued) or None))
    return found


def find_lines(rows: Sequence[Row], definition: LineDefinition) -> list[Row]:
    """Return the lines, and assert that both ways find the same."""
    store = Store()
    inside = lines_inside_an_engine(store.rows, store.add("courses", COURSE, rows), definition)
    folded = lines_folded(rows, definition)
    assert inside == folded, f"\ninside the engine {inside}\nin memory         {folded}"
    return inside


def assert_lines(drawn: str, expected: str, **chosen: Any) -> None:
    """Assert that drawn courses make the drawn lines; the expected table names the columns that it is about."""
    found = find_lines(draw_courses(drawn), LineDefinition(among="drugs", **chosen))
    names = ("person", "line", "first", "last", "drugs", "drug count", "courses", "begins", "continued")
    wanted = table(expected)
    got = [dict(zip(names, row, strict=True)) for row in found]
    for row in got:
        row |= {name: (row[name] - FIRST).days for name in ("first", "last")}
    said = [{name: "-" if row[name] is None else str(row[name]) for name in wanted[0]} for row in got]
    assert said == [{name: value or "-" for name, value in row.items()} for row in wanted], said
