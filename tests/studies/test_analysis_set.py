"""The analysis set alone gives the numbers of the run, worked out by other programs; its codebook tells all of it."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from statistics import mean, stdev

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from refractory.codebook.build import build_columns
from refractory.codebook.facts import read_facts
from refractory.records.hospital import DEFAULT_SEED
from refractory.run_store import write_run
from studies.hospital_truth import flagship, invent, run

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, str]]


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("hospital"), DEFAULT_SEED, 500)


@pytest.fixture(scope="module")
def folder(hospital: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("run") / "ivig"
    write_run(run(hospital, flagship()), written, ())
    return written


@pytest.fixture(scope="module")
def persons(folder: Path) -> Rows:
    return read_rows(folder / "private" / "analysis_set.csv")


@pytest.fixture(scope="module")
def codebook(folder: Path) -> Rows:
    return read_rows(folder / "private" / "codebook.csv")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[tuple[str, str], str]:
    rows = read_rows(folder / "results.csv")
    return {(row["additional_level"], row["estimate_name"]): row["estimate_value"] for row in rows}


def assert_share(told, result: str, answers: list[str]) -> None:
    """Compare a proportion with Clopper and Pearson's interval of the answers 1 and 0 as statsmodels gives it."""
    known = [int(one) for one in answers if one]
    lower, upper = proportion_confint(sum(known), len(known), method="beta")
    assert int(told[result, "count"]) == sum(known)
    assert int(told[result, "denominator"]) == len(known)
    assert float(told[result, "lower"]) == pytest.approx(100 * lower, abs=1e-6)
    assert float(told[result, "upper"]) == pytest.approx(100 * upper, abs=1e-6)


def test_the_response_of_all_and_of_each_stratum_and_subtype(persons, told):
    assert_share(told, "response.overall", [one["responded"] for one in persons])
    for kind, prefix in (("stratum", "response."), ("subtype", "response.subtype.")):
        groups = {one[kind] for one in persons}
        assert len(groups) > 1
        for group in groups:
            assert_share(told, prefix + group, [one["responded"] for one in persons if one[kind] == group])


def test_each_supporting_rule(persons, told):
    names = [rule.name for rule in flagship().response.supporting]
    assert len(names) == 5
    for number, name in enumerate(names, start=1):
        assert_share(told, f"supporting.{name}.overall", [one[f"supporting{number}_responded"] for one in persons])


def test_the_cycles_to_response_of_the_responders_whose_count_is_known(persons, told):
    cycles = [int(one["cycles_to_response"]) for one in persons if one["cycles_to_response"]]
    assert int(told["cycles_to_response.overall", "count"]) == len(cycles) == 33
    assert float(told["cycles_to_response.overall", "mean"]) == pytest.approx(mean(cycles), abs=1e-8)
    assert float(told["cycles_to_response.overall", "sd"]) == pytest.approx(stdev(cycles), abs=1e-8)
    assert {one["response"] for one in persons if one["cycles_to_response"]} == {"RESPONSE"}


def test_the_sparing_of_glucocorticoids(persons, told):
    assert_share(told, "sparing.glucocorticoid_lower", [one["glucocorticoid_lower"] for one in persons])
    judged = [one for one in persons if one["glucocorticoid_lower"]]
    stopped = [str(int(one["glucocorticoid"] == "STOPPED")) for one in judged]
    assert_share(told, "sparing.glucocorticoid_stopped", stopped)
    lower = {"STOPPED", "DECREASED"}
    both = [str(int(one["glucocorticoid_lower"] == "1" and one["sparing_best"] in lower)) for one in judged]
    assert_share(told, "sparing.glucocorticoid_and_drug_lower", both)
    of_all = [str(int(one["glucocorticoid"] in lower or one["sparing_best"] in lower)) for one in persons]
    assert_share(told, "sparing.any_lower_of_cohort", of_all)


def test_age_days_and_drugs_before(persons, told):
    for result, column in (
        ("age.overall", "age_years"),
        ("days_from_diagnosis.overall", "days_from_diagnosis"),
        ("drugs_before.overall", "drugs_before"),
        ("trajectory.day_180.mean", "score_day180"),
    ):
        values = [float(one[column]) for one in persons if one[column]]
        assert int(told[result, "count"]) == len(values), result
        assert float(told[result, "mean"]) == pytest.approx(mean(values), abs=1e-6), result
        assert float(told[result, "sd"]) == pytest.approx(stdev(values), abs=1e-6), result


def test_the_readings_of_the_refractory_rule(persons, told):
    assert sum(one["refractory_as_written"] == "1" for one in persons) == len(persons)
    strictly = sum(one["refractory_strictly"] == "1" for one in persons)
    assert strictly == int(told["refractory.strictly.persons", "count"])


def test_a_person_whom_only_the_lax_reading_takes_is_told_from_the_others(hospital):
    """Of the 15 persons with three drugs that failed, one would not be refractory if only what is known counted."""
    done = run(hospital, flagship(("failed         = 2", "failed         = 3")))
    columns = {column.name: column for column in build_columns(done.protocol, read_facts(done))}
    assert len(done.patients) == 15
    assert sum(columns["refractory_strictly"].value_of(one) for one in done.patients) == 14
    assert [columns["refractory_strictly_day"].value_of(one) for one in done.patients].count(None) == 1


def test_the_events_and_the_drugs_after_day_0(persons, told):
    for name, column in (
        ("Headache", "event_headache_episodes"),
        ("Thromboembolism", "event_thromboembolism_episodes"),
    ):
        assert int(told[f"safety.{name}.events", "count"]) == sum(int(one[column]) for one in persons)
    for drug in ("methotrexate", "azathioprine"):
        on = [one for one in persons if one[f"on_{drug}_day0"] == "1"]
        stopped = [one for one in on if one[f"after_{drug}"] == "discontinued"]
        assert int(told[f"drugs_after.{drug}.on", "count"]) == len(on)
        assert int(told[f"drugs_after.{drug}.discontinued", "count"]) == len(stopped)


def test_no_value_is_of_another_type_than_its_column_says(persons, codebook):
    kinds = {row["column"]: row for row in codebook if row["table"] == "analysis_set"}
    assert list(kinds) == list(persons[0])
    looks = {"whole number": r"-?\d+", "number": r"-?\d+(\.\d+)?(e[+-]\d+)?", "yes or no": "[01]", "text": r"(?s).+"}
    for column, about in kinds.items():
        values = [one[column] for one in persons if one[column]]
        if about["type"] == "date":
            assert [str(date.fromisoformat(value)) for value in values] == values
        else:
            assert [value for value in values if not re.fullmatch(looks[about["type"]], value)] == [], column
        # A missing value is an empty cell and no word.
        assert not {"NA", "None", "nan", "NaN", "null"} & set(values)


def test_the_codebook_counts_what_is_missing_and_says_why(persons, codebook):
    for row in codebook:
        if row["table"] == "analysis_set":
            missing = sum(not one[row["column"]] for one in persons)
            assert int(row["missing"]) == missing, row["column"]
            assert sum(map(int, re.findall(r": (\d+)(?:;|$)", row["why_missing"]))) == missing, row["column"]
            assert row["label"], row["column"]


def test_the_codebook_knows_every_value_that_a_column_with_named_values_has(persons, codebook):
    named = {row["column"]: row["values"] for row in codebook if row["table"] == "analysis_set" and row["values"]}
    assert len(named) > 50
    for column, values in named.items():
        for value in {one[column] for one in persons} - {""}:
            assert f"; {value} = " in f"; {values}", column


def test_every_column_of_every_table_of_single_persons_is_in_the_codebook(folder, codebook):
    """Whoever adds a table to private/ says in codebook/longer_tables.py what one row is, and what each column."""
    known = {(row["table"], row["column"]): row for row in codebook}
    with duckdb.connect() as connection:
        for path in sorted((folder / "private").iterdir()):
            if path.stem in ("codebook", "analysis_set") or path.suffix not in (".csv", ".parquet"):
                continue
            if path.suffix == ".csv":
                with path.open(encoding="utf-8", newline="") as file:
                    columns = next(csv.reader(file))
            else:
                found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
                columns = [column[0] for column in found]
            for column in columns:
                about = known[path.stem, column]
                assert about["label"], (path.stem, column)
                assert about["type"], (path.stem, column)
    page = (folder / "private" / "codebook.html").read_text(encoding="utf-8")
    assert page.count("<section ") == len({table for table, _ in known})
    assert "Invented data" in page


def test_parquet_holds_the_same_as_csv_with_types(folder, persons):
    path = str(folder / "private" / "analysis_set.parquet")
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?) ORDER BY person_id", [path])
        columns = [one[0] for one in found.description]
        rows = found.fetchall()
    assert columns == list(persons[0])
    as_text = [["" if value is None else str(value) for value in row] for row in rows]
    assert as_text == [list(one.values()) for one in persons]


def test_every_protocol_key_of_the_codebook_is_one(codebook):
    protocol = flagship().model_dump()
    for key in {row["protocol_key"] for row in codebook} - {""}:
        place = protocol
        for part in re.sub(r"\[\d+\]", "", key).split("."):
            place = place[0] if isinstance(place, list | tuple) else place
            assert part in place, key
            place = place[part]


@pytest.mark.parametrize(
    "script",
    re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "analysis-set.md").read_text(encoding="utf-8"), re.M | re.S),
)
def test_the_script_of_the_documents_runs_and_prints_the_answer(script, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    exec(compile(script, "docs/analysis-set.md", "exec"), {})
    assert "35/42 (83.3%; 68.6% to 93.0%)" in capsys.readouterr().out
