"""The folder share/ of the shipped study: no person, no small count, and every table either shared or named."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from refractory.analysis.disclosure.shared_results import WITHHELD_TABLES, suppress_small_counts
from refractory.analysis.results import Listing
from refractory.records.hospital import DEFAULT_SEED
from refractory.report.document import build_report, build_shared_report
from refractory.run_store import write_run
from refractory.study import StudyRun, plan_of
from spec.report.page_reader import read_page, rows_of, text_of
from studies.hospital_truth import flagship, invent, run

FEWEST = 500


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, FEWEST)


@pytest.fixture(scope="module")
def done(hospital: Path) -> StudyRun:
    return run(hospital, flagship())


@pytest.fixture(scope="module")
def share(done: StudyRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "study"
    write_run(done, folder)
    return folder / "share"


def read_texts(folder: Path) -> dict[str, str]:
    """All text of the files that hold text, the parts of Word documents among them."""
    texts = {}
    for path in folder.rglob("*.*"):
        name = str(path.relative_to(folder))
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                for part in parts.namelist():
                    if part.endswith((".xml", ".rels")):
                        texts[f"{name}/{part}"] = parts.read(part).decode("utf-8")
        elif path.suffix in (".csv", ".html", ".svg"):
            texts[name] = path.read_text(encoding="utf-8")
    return texts


def test_share_holds_the_report_in_its_forms_and_tables_and_nothing_else(share):
    found = sorted({str(path.relative_to(share)).partition("/")[0] for path in share.rglob("*") if path.is_file()})
    assert found == [
        "cautions.csv", "checklists.docx", "figures", "report.docx", "report.html", "results.csv", "tables",
    ]  # fmt: skip
    figures = {path.name for path in (share / "figures").glob("*.svg")}
    assert {name.partition("-t")[0] for name in figures if "two" in name} == {"response", "flow-chart"}
    assert {"baseline.csv", "response.csv"} <= {path.name for path in (share / "tables").iterdir()}


def test_no_identifier_and_no_date_of_a_person_stands_in_share_or_in_the_name_of_a_file(share, hospital):
    planted: set[str] = set()
    for path in (hospital / "truth").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                planted |= {value for key, value in row.items() if value and ("date" in key or key == "person_id")}
    assert len(planted) > 500
    texts = read_texts(share)
    words = {word for name, text in texts.items() for word in re.findall(r"[\w-]+", f"{name} {text}")}
    assert planted & words == set()
    assert not [word for word in words if re.fullmatch(r"\d{4}-\d\d-\d\d", word)]


def test_every_table_of_the_study_is_shared_or_named_as_withheld(done, share):
    shared = {table.id for table in done.shared.tables}
    others = [table.id for table in done.results.tables if table.id not in shared]
    assert len(others) > 20
    assert [name for name in others if not name.startswith(tuple(WITHHELD_TABLES))] == []
    page = text_of(read_page((share / "report.html").read_text(encoding="utf-8")))
    assert all(table.title in page for table in done.shared.tables)
    assert all(said in page for said in done.shared.withheld)
    assert {"baseline", "response", "sparing", "safety"} <= shared
    assert {"predictors", "lines", "dose_over_time", "by_cycle"} & shared == set()


def test_what_is_named_as_withheld_tells_nothing_of_what_was_found(done):
    assert not re.search(r"\d", " ".join(done.shared.withheld).replace("day 0", ""))
    bare = replace(done.results, tables=(), listings=(), curves=(), figures=(), person_figures=(), cautions=())
    plan, protocol = plan_of(done.protocol), done.protocol
    shared = suppress_small_counts(bare, done.patients, plan, {}, published=protocol.published, report=protocol.report)
    assert shared.withheld == done.shared.withheld


def test_a_table_or_an_estimate_that_nobody_has_modelled_is_withheld(done):
    one = next(named for named in done.results.estimates if named.id == "response.overall")
    table = replace(done.results.table("strata"), id="new", title="Something new")
    results = replace(
        done.results,
        tables=(*done.results.tables, table),
        estimates=(*done.results.estimates, replace(one, id="new.overall")),
        curves=(*done.results.curves, replace(done.results.curves[0], id="new")),
    )
    plan, protocol = plan_of(done.protocol), done.protocol
    shared = suppress_small_counts(
        results, done.patients, plan, {}, published=protocol.published, report=protocol.report
    )
    assert "new" not in {each.id for each in shared.tables}
    assert "new.overall" not in {named.id for named in shared.estimates} | {each.id for each in shared.suppressed}
    assert shared.curves == ()


def test_an_estimate_that_is_another_than_its_name_says_is_withheld(done):
    named = {one.id: one for one in done.results.estimates}
    wrong = replace(named["response.overall"], estimate=named["response.Skin alone"].estimate)
    others = tuple(one for one in done.results.estimates if one.id != "response.overall")
    shared = suppress_small_counts(
        replace(done.results, estimates=(wrong, *others)),
        done.patients,
        plan_of(done.protocol),
        {},
        published=done.protocol.published,
        report=done.protocol.report,
    )
    assert "response.overall" not in {one.id for one in shared.estimates}


def test_the_published_study_shares_its_answer_and_hides_the_strata(done, share):
    numbers = {named.id: (named.estimate.numerator, named.estimate.denominator) for named in done.shared.estimates}
    assert numbers["response.overall"] == (35, 42)
    assert numbers["sparing.glucocorticoid_lower_of_cohort"] == (32, 42)
    # 13/15 would tell the 2 who did not respond, and 22/27 beside 35/42 would tell the 13.
    hidden = {one.id for one in done.shared.suppressed}
    assert {
        "response.Skin alone",
        "response.Skin and muscle or lung",
        "response.difference",
        "response.difference.test",
    } <= hidden
    # 32/40 would tell the 2 who took none.
    assert "sparing.glucocorticoid_lower" in hidden
    page = (share / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(13/15|22/27|32/40|40/42)\b", page)


def test_no_count_of_1_to_4_persons_stands_in_a_table_of_share(share):
    counts: list[int] = []
    for path in (share / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in list(csv.reader(file))[1:]:
                counts += [int(cell.partition("/")[0]) for cell in row[1:] if re.fullmatch(r"\d+(/\d+ .*)?", cell)]
    assert len(counts) > 50
    assert [count for count in counts if 1 <= count <= 4] == []


def test_the_tables_of_the_page_are_those_of_the_files(share):
    page = read_page((share / "report.html").read_text(encoding="utf-8"))
    cells = {cell for table in page.iter("table") for row in rows_of(table) for cell in row}
    for path in (share / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            written = [
                cell for row in csv.reader(file) for cell in row if re.fullmatch(r"<\d+|suppressed|[\d,]+", cell)
            ]
        assert set(written) <= cells


def test_results_say_what_is_suppressed_and_from_which_count_on(share):
    with (share / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_name = {row["estimate_name"]: row["estimate_value"] for row in rows if row["variable_name"] == "settings"}
    assert by_name["min_cell_count"] == "5"
    told = {row["additional_level"]: row["estimate_value"] for row in rows if row["estimate_name"] == "count"}
    assert told["stratum.Skin and muscle or lung.lung only"] == "<5"
    assert told["stratum.Skin and muscle or lung.muscle only"] == "-"
    assert told["response.Skin alone"] == "-"
    assert not [row for row in rows if row["variable_name"] in ("number_records", "excluded_records")]


def test_the_limit_of_the_protocol_is_that_of_the_report(hospital):
    done = run(hospital, flagship(("smallest_count = 5 ", "smallest_count = 11 "), ('= "shown"', '= "suppressed"')))
    assert done.shared.smallest_count == 11
    assert "&lt;11" in build_shared_report(done.shared)
    numbers = {named.id: named.estimate.numerator for named in done.shared.estimates}
    assert "response.overall.evaluable" not in numbers
    assert "Counts of fewer than 11 persons are suppressed" in text_of(read_page(build_shared_report(done.shared)))
    assert "counts of 0 to 10 persons are suppressed" in text_of(read_page(build_shared_report(done.shared)))


def test_shared_results_cannot_hold_a_person(done):
    with pytest.raises(ValueError, match="about a single person"):
        replace(done.shared, listings=(Listing("patients", "Persons", ("Person",), ((1,),)),))


def test_a_caution_is_shared_only_where_a_reader_could_tell_it_from_what_is_shared(done):
    cautions = {one.code: one for one in done.shared.cautions}
    assert "Of 42 evaluable persons 7 are non-responders" in cautions["few-events"].text
    assert {"no-comparison-group", "label-outcome", "many-outcomes"} <= cautions.keys()
    # That somebody's disease was taken for active because it was treated is told by no shared count.
    assert "active-by-indication" in {one.code for one in done.results.cautions}
    assert not {"active-by-indication", "response-not-kept", "left-out"} & cautions.keys()


def test_the_team_keeps_its_own_report(done):
    assert "13/15" in build_report(done.results)
    assert "for the study team only" in build_report(done.results)
    assert "for the study team only" not in build_shared_report(done.shared)
