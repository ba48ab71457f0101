"""A template that is filled in gives the answer that was planted in it, for each study that ships."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from chart_filling import (
    COHORT,
    EVERYBODY,
    IMPROVED,
    LOWERED,
    NOT_IMPROVED,
    SKIN_ALONE,
    Rows,
    day0_of,
    fill_workbook,
    invent_charts,
    on,
    write_redcap_export,
)  # fmt: skip
from refractory.chart_form.building import build_chart_form
from refractory.chart_form.writing import write_redcap_form, write_workbook
from refractory.outcomes.response import ResponseStatus
from refractory.protocol import Protocol, parse_protocol
from refractory.records.from_anywhere import open_records
from refractory.study import StudyRun, run_study

STUDIES = Path(__file__).parents[2] / "studies"
DAY_0 = date(2018, 6, 4)


def _read(name: str) -> Protocol:
    path = STUDIES / f"{name}.toml"
    return parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent)


def _run(name: str, rows: Rows, folder: Path) -> tuple[StudyRun, dict[str, int]]:
    """Write the template, fill it in, run the study on it; give the ids of the persons too."""
    protocol = _read(name)
    written = write_workbook(build_chart_form(protocol), folder / f"{name}.xlsx")
    fill_workbook(written.main, rows)
    source = open_records(str(written.main))
    try:
        return run_study(protocol, source), dict(source.person_ids())  # type: ignore[attr-defined]
    finally:
        source.close()


def _run_redcap(name: str, rows: Rows, folder: Path) -> tuple[StudyRun, dict[str, int]]:
    """Write the dictionary, an export of a project made of it, and run the study on the export."""
    protocol = _read(name)
    form = build_chart_form(protocol)
    write_redcap_form(form, folder / "dictionary.csv")
    export = folder / f"{name}-export.csv"
    write_redcap_export(export, form, rows)
    source = open_records(str(export))
    try:
        return run_study(protocol, source), dict(source.person_ids())  # type: ignore[attr-defined]
    finally:
        source.close()


_READS_REDCAP = find_spec("refractory.records.redcap_grids") is not None
WAYS = (
    pytest.param(_run, id="workbook"),
    pytest.param(
        _run_redcap, id="REDCap", marks=pytest.mark.skipif(not _READS_REDCAP, reason="REDCap is not read yet")
    ),
)


@pytest.fixture(scope="module", params=WAYS)
def myositis(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StudyRun, dict[str, int]]:
    return request.param("ivig-cutaneous-dm", invent_charts(), tmp_path_factory.mktemp("charts"))


def _named(run: StudyRun, ids: dict[str, int]) -> dict[str, Any]:
    names = {number: key for key, number in ids.items()}
    return {names[one.member.person_id]: one for one in run.patients}


def test_the_cohort_of_the_filled_template_is_the_one_that_was_planted(myositis):
    run, ids = myositis
    found = _named(run, ids)
    assert set(ids) == set(EVERYBODY)
    assert set(found) == set(COHORT)
    assert {key: one.member.day0_date for key, one in found.items()} == {key: day0_of(key) for key in COHORT}
    assert {key for key, one in found.items() if one.member.stratum == "Skin alone"} == set(SKIN_ALONE)
    assert {one.member.drugs_before for one in found.values()} == {3}


def test_who_was_left_out_is_left_out_for_the_planted_reason(myositis):
    run, _ = myositis
    lost = {step.criterion: step.persons_before - step.persons_after for step in run.results.attrition}
    assert {name: count for name, count in lost.items() if count} == {
        "Disease": 1, "Refractory": 1, "Immunodeficiency": 1,
    }  # fmt: skip


def test_labels_scores_doses_and_cycles_of_the_filled_template_are_read(myositis):
    run, ids = myositis
    found = _named(run, ids)
    improved = {key for key, one in found.items() if one.response.status is ResponseStatus.RESPONSE}
    assert improved == set(IMPROVED)
    by_items = {key for key, one in found.items() if one.supporting[0].status is ResponseStatus.RESPONSE}
    assert by_items == set(IMPROVED)
    assert {one.supporting[0].status for key, one in found.items() if key in NOT_IMPROVED} == {
        ResponseStatus.NO_RESPONSE
    }
    assert {key for key, one in found.items() if one.sparing.glucocorticoid == "DECREASED"} == set(LOWERED)
    assert {one.sparing.baseline.mg_per_day for one in found.values()} == {20.0}
    assert {len(one.cycles) for one in found.values()} == {3}
    assert {one.cycles[0].grams_per_kg for one in found.values()} == {2.0}


def test_harms_and_reasons_of_stopping_are_counted(myositis):
    run, _ = myositis
    counted = {one.id: one.estimate.numerator for one in run.results.estimates if one.id.startswith("safety.")}
    assert counted["safety.Headache.persons"] == 2
    assert counted["safety.stop_reason.did not work"] == len(NOT_IMPROVED)


def test_nothing_of_a_template_filled_in_as_it_says_is_a_problem(myositis):
    run, _ = myositis
    assert [(one.table, one.rule) for one in run.records.problems] == []


def _scribble(title: str, row: dict[str, Any]) -> dict[str, Any]:
    """Fill a row in as somebody in a hurry does who pastes: days as days, other spellings, NA for what is not known."""
    hurried: dict[str, Any] = {}
    for name, value in row.items():
        said = datetime(value.year, value.month, value.day) if isinstance(value, date) else value
        said = {"methotrexate": "MTX", "mycophenolate": "CellCept", "prednisone": "Prednison"}.get(str(said), said)
        said = {"yes": " Yes", "no": "NO", "female": "F", "male": "m", "intravenous": "IV"}.get(str(said), said)
        hurried[name] = "NA" if said is None else said
    if title == "Glucocorticoid doses":
        hurried["Dose"] = f"{row['Dose']} mg"
    return hurried


def test_a_template_filled_in_in_a_hurry_gives_the_same_answer(myositis, tmp_path):
    neat, ids = myositis
    rows = {title: [_scribble(title, row) for row in several] for title, several in invent_charts().items()}
    hurried, others = _run("ivig-cutaneous-dm", rows, tmp_path)
    assert _facts(_named(hurried, others)) == _facts(_named(neat, ids))


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    return {
        key: (
            one.member.day0_date, one.member.sex, one.member.stratum, one.member.drugs_before, one.response.status,
            one.supporting[0].status, one.sparing.glucocorticoid, one.sparing.baseline.mg_per_day,
            one.cycles[0].grams_per_kg,
        )
        for key, one in found.items()
    }  # fmt: skip


def _invent_children() -> Iterator[tuple[str, dict[str, Any]]]:
    # The first three reach a moderate improvement, the fourth stays as it was.
    for number in range(1, 5):
        person = {"Person": f"child {number}"}
        yield "Persons", person | {
            "Date of birth": date(2008 + number, 1, 1), "Sex": "female", "Observed from": on(DAY_0, -700),
            "Observed to": on(DAY_0, 400),
        }  # fmt: skip
        for day in (-500, -450):
            yield "Diagnoses", person | {"Diagnosis": "juvenile dermatomyositis", "Date": on(DAY_0, day)}
        for drug, first, last in (("prednisone", -480, -200), ("methotrexate", -400, -100)):
            yield "Other drugs", person | {"Drug": drug, "Start": on(DAY_0, first), "Stop": on(DAY_0, last)}
        yield "Infusions", person | {"Date": DAY_0, "Dose in grams": 60, "Route": "intravenous", "Weight in kg": 30}
        for day, share in ((-3, 1.0), (100, 0.1 if number < 4 else 1.0)):
            yield "TIS", person | {
                "Date": on(DAY_0, day), "Physician global activity, cm": 8 * share,
                "Patient or parent global activity, cm": 8 * share, "CMAS": 52 - 32 * share,
                "CHAQ disability index": 2 * share, "Creatine kinase": 1500 * share,
                "Creatine kinase, upper limit": 150, "Extramuscular activity (MDAAT), cm": 7 * share,
            }  # fmt: skip


def _invent_arthrosis() -> Iterator[tuple[str, dict[str, Any]]]:
    # Two women of whom one bleeds, two men, and one with an ulcer before.
    for number in range(1, 6):
        person = {"Person": number}
        yield "Persons", person | {
            "Date of birth": "1950", "Sex": "female" if number < 3 else "male", "Observed from": on(DAY_0, -800),
            "Observed to": on(DAY_0, 400),
        }  # fmt: skip
        yield "Diagnoses", person | {"Diagnosis": "osteoarthritis", "Date": on(DAY_0, -300)}
        yield "Other drugs", person | {"Drug": "ibuprofen", "Start": on(DAY_0, -200), "Stop": on(DAY_0, -100)}
        yield "Treatment", person | {"Start": DAY_0, "Stop": on(DAY_0, 30)}
        if number == 1:
            yield "Events", person | {"Event": "gastrointestinal haemorrhage", "Date": on(DAY_0, 90)}
        if number == 5:
            yield "Diagnoses", person | {"Diagnosis": "peptic ulcer", "Date": on(DAY_0, -400)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "charts", "persons", "responders"),
    [
        ("ivig-juvenile-dm", _invent_children, 4, ["child 1", "child 2", "child 3"]),
        ("celecoxib-after-nsaid", _invent_arthrosis, 4, ["1"]),
    ],
)
def test_the_other_studies_that_ship_run_on_their_filled_template(name, charts, persons, responders, way, tmp_path):
    rows: dict[str, list[dict[str, Any]]] = {}
    for title, row in charts():
        rows.setdefault(title, []).append(row)
    run, ids = way(name, rows, tmp_path)
    found = _named(run, ids)
    assert len(found) == persons
    assert sorted(key for key, one in found.items() if one.response.status is ResponseStatus.RESPONSE) == responders
    assert [(one.table, one.rule) for one in run.records.problems] == []
