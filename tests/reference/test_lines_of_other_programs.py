"""Lines of treatment as other programs print them, with where the rules part in lines.md."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from refractory.exposures.courses import derive_courses
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course, Line, derive_lines_of_person
from refractory.records.store import Store

HERE = Path(__file__).parent
EXPOSURE = {
    "person_id": "int64",
    "drug": "string",
    "start_date": "date",
    "last_covered_date": "date",
    "has_known_end": "boolean",
    "stop_reason": "string",
    "source_table": "string",
    "row_id": "int64",
}
# Its last step brings back a drug that ran on beside the line before: lines.md.
ONE_LINE_MORE = "A-A+C-C-B+C-C"


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = [
    (case, list(rows)) for case, rows in groupby(_read("lines_treatment_patterns.csv"), key=lambda row: row["case"])
]


def _derive_lines(rows: Iterable[dict[str, str]], definition: LineDefinition) -> tuple[Line, ...]:
    """Join the rows into courses and fold these into lines."""
    store = Store()
    written = [
        (
            1,
            row["drug"],
            date.fromisoformat(row["start_date"]),
            date.fromisoformat(row["end_date"] or row["start_date"]),
            bool(row["end_date"]),
            None,
            "drug_exposure",
            number,
        )
        for number, row in enumerate(rows)
    ]
    courses = derive_courses(store.add("exposures", EXPOSURE, written), definition)
    columns = ["drug", "start_date", "end_date", "covered_days", "has_known_end"]
    return derive_lines_of_person([Course(*row) for row in store.rows(courses.select(columns))], definition)


def _with_a_new_drug(steps: Iterable[str], between: str) -> list[str]:
    """Leave out each step that brings no drug beyond those of the last one that was kept."""
    kept: list[str] = []
    for step in steps:
        if not kept or set(step.split(between)) - set(kept[-1].split(between)):
            kept.append(step)
    return kept


@pytest.mark.parametrize(("case", "rows"), CASES, ids=[case for case, _ in CASES])
def test_a_pathway_of_treatment_patterns_has_our_lines_wherever_it_brings_a_new_drug(case, rows):
    first = rows[0]
    lines = _derive_lines(
        rows,
        LineDefinition(
            among="events",
            combination=f"{first['window_days']} days",
            overlap=f"{first['window_days']} days",
            grace=f"{first['grace_days']} days",
            least=f"{first['least_days']} days",
        ),
    )
    unknown = ["+".join(sorted({*line.drugs, *line.continued})) for line in lines]
    known = _with_a_new_drug(first["pathway"].split("-"), "+")
    assert unknown == [*known, "C"] if case == ONE_LINE_MORE else known


def test_the_lines_that_ironer_prints_are_ours_once_the_returns_of_the_same_drugs_are_joined():
    rows = _read("lines_ironer.csv")
    lines = _derive_lines(rows, LineDefinition(among="treatments"))
    regimens = {
        number: " + ".join(sorted({row["drug"] for row in rows if row["line"] == number}))
        for number in sorted({row["line"] for row in rows})
    }
    known = _with_a_new_drug(regimens.values(), " + ")
    assert [line.regimen for line in lines] == known == ["Bicalutamide + Leuprolide", "Apalutamide", "Darolutamide"]
    assert [(str(line.start_date), str(line.end_date)) for line in lines] == [
        ("2006-12-15", "2019-01-30"),
        ("2019-10-01", "2020-01-22"),
        ("2020-02-11", "2020-02-11"),
    ]


def test_the_first_line_of_ironer_is_that_of_its_first_window():
    rows = _read("lines_ironer.csv")
    first = [row for row in rows if row["line"] == "2"]
    (line,) = _derive_lines(first, LineDefinition(among="treatments"))
    assert (line.regimen, str(line.start_date), str(line.end_date)) == (
        "Bicalutamide + Leuprolide",
        "2011-02-04",
        "2012-04-30",
    )
