"""Lines of treatment and the fate of each drug as rows, for the study team's own tables."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.outcomes.assess import Patient
from refractory.records.store import Store

# One row per person and line before day 0.
LINE = {
    "person_id": "int64",
    "line": "int64",
    "start_date": "date",
    "end_date": "date",  # last covered day before day 0 of any of its courses
    "start_day": "int64",
    "drugs": "string",
    "drug_count": "int64",
    "courses": "int64",
    "begins": "string",
    "continued": "string",  # drugs of earlier lines that go on; null when none does
}

# One row per course of a line: the proof of it.
LINE_COURSE = {
    "person_id": "int64",
    "line": "int64",
    "drug": "string",
    "start_date": "date",
    "end_date": "date",
    "covered_days": "int64",
    "has_known_end": "boolean",
}

# One row per person and drug that the person was on at day 0 or began in follow-up.
DRUG_AFTER = {
    "person_id": "int64",
    "drug": "string",
    "was_on": "boolean",
    "end": "string",
    "end_day": "int64",
    "begun_day": "int64",
    "is_restarted": "boolean",
    "is_added": "boolean",
    "is_switched": "boolean",
}


def add_line_tables(store: Store, patients: Sequence[Patient]) -> None:
    """Add `lines`, `line_courses` and `drugs_after` to the store."""
    lines, courses, drugs = [], [], []
    for one in patients:
        person, day0 = one.member.person_id, one.member.day0_date
        for line in one.lines:
            days = (line.start_date, line.end_date, (line.start_date - day0).days)
            counts = (line.regimen, len(line.drugs), len(line.courses))
            lines.append((person, line.number, *days, *counts, line.begins.value, " + ".join(line.continued) or None))
            for course in line.courses:
                covered = (course.start_date, course.end_date, course.covered_days, course.has_known_end)
                courses.append((person, line.number, course.drug, *covered))
        for drug, fate in one.drugs_after.items():
            end = (fate.end.value if fate.end else None, fate.end_day)
            answers = (fate.begun_day, fate.is_restarted, fate.is_added, fate.is_switched)
            drugs.append((person, drug, fate.was_on, *end, *answers))
    store.add("lines", LINE, lines)
    store.add("line_courses", LINE_COURSE, courses)
    store.add("drugs_after", DRUG_AFTER, drugs)
