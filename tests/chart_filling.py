"""Filling a chart form as a person would: cells by the names of sheets and columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from refractory.chart_form.fields import ChartForm
from refractory.chart_form.redcap_dictionary import RECORD, build_dictionary, name_instruments, name_variables
from refractory.outcomes.instruments.skin import CDASI

HEADER = 3
CDASI_ITEMS = tuple(item.name for item in CDASI.items if item.key in CDASI.total("activity").item_keys)

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def fill_workbook(path: Path, rows: Rows) -> None:
    """Write rows under the header of each sheet; days as the template asks for them."""
    book = openpyxl.load_workbook(path)
    for title, several in rows.items():
        sheet = book[title]
        columns = {cell.value: cell.column for cell in sheet[HEADER] if cell.value}
        for line, row in enumerate(several, start=HEADER + 1):
            for name, value in row.items():
                if value is not None:
                    sheet.cell(line, columns[name], value.isoformat() if type(value) is date else value)
    book.save(path)


def on(day0: date, days: int) -> date:
    """Return the day so many days after day 0."""
    return day0 + timedelta(days=days)


# The published study in small: who improved, who is in the stratum of skin alone, whose glucocorticoid was lowered.
IMPROVED = ("P01", "P02", "P03", "P04", "P05", "P06", "P07")
NOT_IMPROVED = ("P08", "P09")
SKIN_ALONE = ("P01", "P02", "P03", "P08")
LOWERED = ("P01", "P02", "P03", "P04")
# Left out: one drug only, one visit with the diagnosis only, immunodeficiency.
ONE_DRUG, ONE_VISIT, IMMUNODEFICIENT = "P10", "P11", "P12"
COHORT = (*IMPROVED, *NOT_IMPROVED)
EVERYBODY = (*COHORT, ONE_DRUG, ONE_VISIT, IMMUNODEFICIENT)


def day0_of(person: str) -> date:
    """Return a person's first infusion."""
    return date(2015, 1, 5) + timedelta(days=40 * int(person[1:]))


def invent_charts() -> dict[str, list[dict[str, Any]]]:
    """Invent the charts of twelve persons for the study that ships, by sheet and column."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "Persons", "Diagnoses", "Other drugs", "Glucocorticoid doses", "Infusions", "CDASI", "Measurements",
            "Examinations", "Events", "Review",
        )
    }  # fmt: skip
    for person in EVERYBODY:
        for title, row in _invent_chart(person, day0_of(person)):
            rows[title].append({"Person": person, **row})
    return rows


def _invent_chart(person: str, day0: date) -> Iterable[tuple[str, dict[str, Any]]]:
    number = int(person[1:])
    yield (
        "Persons",
        {
            "Date of birth": f"{1950 + number}" if number % 2 else date(1950 + number, 3, 4),
            "Sex": "female" if number % 3 else "male",
            "Observed from": on(day0, -900),
            "Observed to": on(day0, 500),
        },
    )
    for day in (-700,) if person == ONE_VISIT else (-700, -600):
        yield "Diagnoses", {"Diagnosis": "dermatomyositis", "Date": on(day0, day)}
    if person == IMMUNODEFICIENT:
        yield "Diagnoses", {"Diagnosis": "primary immunodeficiency", "Date": on(day0, -100)}
    if person not in SKIN_ALONE:
        yield "Diagnoses", {"Diagnosis": "muscle weakness", "Date": on(day0, -50)}
    yield "Examinations", {"Examination": "skin examination", "Date": on(day0, -700)}
    yield "Measurements", {
        "Test": "creatine kinase", "Date": on(day0, -20), "Value": 90, "Unit": "U/L", "Upper limit of normal": 170,
    }  # fmt: skip
    yield from _invent_drugs(person, day0)
    for day in (0, 1, 28, 56):
        yield "Infusions", {
            "Date": on(day0, day), "Dose in grams": 70, "Route": "intravenous", "Weight in kg": 70,
        }  # fmt: skip
    yield from _invent_outcome(person, day0)


def _invent_drugs(person: str, day0: date) -> Iterable[tuple[str, dict[str, Any]]]:
    yield "Other drugs", {
        "Drug": "methotrexate", "Start": on(day0, -500), "Stop": on(day0, -300), "Dose and how often": "15 mg weekly",
        "Route": "oral", "Why stopped": "did not work",
    }  # fmt: skip
    if person == ONE_DRUG:
        return
    yield "Other drugs", {
        "Drug": "mycophenolate", "Start": on(day0, -290), "Stop": on(day0, -100),
        "Dose and how often": "1000 mg twice daily", "Route": "oral", "Why stopped": "did not work",
    }  # fmt: skip
    later = 5 if person in LOWERED else 20
    for first, last, mg in ((-60, 59, 20), (60, 400, later)):
        yield "Glucocorticoid doses", {
            "Drug": "prednisone", "From": on(day0, first), "To": on(day0, last), "Dose": mg, "Route": "oral",
        }  # fmt: skip


def _invent_outcome(person: str, day0: date) -> Iterable[tuple[str, dict[str, Any]]]:
    improved = person in IMPROVED
    for day, erythema in ((-7, 3), (90, 0 if improved else 3)):
        yield "CDASI", {
            **dict.fromkeys(CDASI_ITEMS, 0), "Date": on(day0, day), "Scalp: erythema": erythema,
            "Malar area: erythema": erythema, "Arm: erythema": erythema,
        }  # fmt: skip
    if person in ("P01", "P08"):
        yield "Events", {"Event": "headache", "Date": on(day0, 2)}
    yield "Review", {
        "Cutaneous improvement": "yes" if improved else "no", "Cutaneous improvement: date": on(day0, 90),
        "Active disease": "yes", "Active disease: date": on(day0, -7), "Reviewer": "consensus",
        "Relapse": "yes" if person == "P01" else None,
        "Relapse: date": on(day0, 200) if person == "P01" else None,
        "Stop reason": "did not work" if person in NOT_IMPROVED else None,
        "Stop reason: date": on(day0, 60) if person in NOT_IMPROVED else None,
    }  # fmt: skip


def write_redcap_export(path: Path, form: ChartForm, rows: Rows) -> None:
    """Write charts as REDCap exports them: raw codes, one line per record and one per instance of what repeats."""
    variables, instruments = name_variables(form), name_instruments(form)
    dictionary = {row["Variable / Field Name"]: row for row in build_dictionary(form)}
    fields = [name for name in dictionary if name != RECORD]
    done = [f"{name}_complete" for name in instruments.values()]
    lines: list[dict[str, str]] = []
    for one in form.forms:
        counted: Counter[str] = Counter()
        names = {field.name: variables[one.key, field.key] for field in one.fields}
        for row in rows.get(one.title, ()):
            values = {names[name]: _write_raw(dictionary[names[name]], value) for name, value in row.items()}
            counted[values[RECORD]] += 1
            if one.is_repeated:
                values["redcap_repeat_instrument"] = instruments[one.key]
                values["redcap_repeat_instance"] = str(counted[values[RECORD]])
            lines.append(values | {f"{instruments[one.key]}_complete": "2"})
    with path.open("w", encoding="utf-8", newline="") as file:
        header = [RECORD, "redcap_repeat_instrument", "redcap_repeat_instance", *fields, *done]
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(sorted(lines, key=lambda line: line[RECORD]))


def _write_raw(row: Mapping[str, str], value: Any) -> str:
    """Write an answer as REDCap keeps it: the code of a choice, 1 and 0 for yes and no."""
    if value is None:
        return ""
    if row["Field Type"] == "yesno":
        return {"yes": "1", "no": "0"}[value]
    choices = [one.partition(", ") for one in row["Choices, Calculations, OR Slider Labels"].split(" | ")]
    codes = {label: code for code, _, label in choices}
    return codes[str(value)] if row["Field Type"] in ("radio", "dropdown") else str(value)
