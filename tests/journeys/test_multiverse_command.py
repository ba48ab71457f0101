"""`refractory multiverse` as a person uses it, and its page as a reader sees it."""

from __future__ import annotations

import csv
import filecmp
import json
from pathlib import Path

import pytest

from journeys.browsing import DESK, OUTSIDE, PHONE, SMALL_PHONE, Reader
from journeys.test_command_line import STUDY, refractory
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital

FLAGSHIP = STUDY.read_text(encoding="utf-8")
# The shipped study without its dials, and what it holds after them.
PUBLISHED = FLAGSHIP[FLAGSHIP.index("[[published]]") :]
BARE = FLAGSHIP[: FLAGSHIP.index("[dials]")] + PUBLISHED
DIALS = """[dials]
"refractory.failed"      = [1, 2, 9]
"response.missing"       = ["evaluable", "non-response"]
"sparing.last"           = ["30 days", "120 days"]
"sparing.follow_up_day"  = [90, 180]
"treatment.cycle.split"  = ["6 days", "7 days"]

"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    write_hospital(folder, persons=500, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED))
    return folder / "records" / "hospital.duckdb"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "ivig.toml"
    before, after = FLAGSHIP.split("[dials]")
    path.write_text(before + DIALS + after[after.index("[multiverse]") :], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def finished(records: Path, study: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("multiverse") / "ivig"
    return folder, refractory("multiverse", study, "--records", records, "--out", folder)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_says_what_moves_the_answer_and_how_far_it_is(finished):
    folder, done = finished
    assert done.returncode == 0, done.stderr
    assert "The alternatives of 5 dials make 48 universes, of which 12 could not be run" in done.stdout
    assert "35/42 (83 %; 95 % CI 69 to 93) as written" in done.stdout
    assert "read them first" in done.stdout
    assert f"Report: {folder / 'report.html'}" in done.stdout
    assert "Universe 48 of 48, 0 s left" in done.stderr


def test_the_folder_is_whole_and_holds_no_person(finished):
    folder, _ = finished
    assert sorted(path.name for path in folder.iterdir()) == [
        "dials.csv", "manifest.json", "multiverse.csv", "report.html",
    ]  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_each_universe_has_a_row_with_its_choices_its_numbers_or_why_it_has_none(finished):
    rows = _rows(finished[0] / "multiverse.csv")
    assert [row["universe"] for row in rows] == [str(number) for number in range(1, 49)]
    (written,) = [row for row in rows if row["as_written"] == "yes"]
    assert [written[name] for name in ("refractory.failed", "response.missing", "persons")] == ["2", "evaluable", "42"]
    assert (written["responders"], written["evaluable"]) == ("35", "42")
    assert float(written["response.overall"]) == pytest.approx(35 / 42)
    assert float(written["response.overall lower"]) == pytest.approx(0.6863591331, abs=1e-6)
    refused = [row for row in rows if row["why_not"]]
    assert {(row["sparing.last"], row["sparing.follow_up_day"]) for row in refused} == {("120 days", "90")}
    assert {row["persons"] for row in refused} == {""}


def test_a_cohort_of_nobody_is_a_universe_without_a_number(finished):
    empty = [row for row in _rows(finished[0] / "multiverse.csv") if row["refractory.failed"] == "9"]
    run = [row for row in empty if not row["why_not"]]
    assert len(run) == 12
    assert {(row["persons"], row["evaluable"], row["response.overall"]) for row in run} == {("0", "0", "")}
    assert "nobody" in (finished[0] / "report.html").read_text(encoding="utf-8")


def test_each_dial_and_result_has_a_row_with_what_it_does(finished):
    rows = _rows(finished[0] / "dials.csv")
    assert len(rows) == 5 * 4
    own = {row["dial"]: row for row in rows if row["result"] == "response.overall"}
    assert float(own["treatment.cycle.split"]["total_effect"]) == 0
    # In the unit of multiverse.csv: a share is a fraction.
    assert float(own["response.missing"]["largest_median"]) == pytest.approx(35 / 42, abs=0.1)
    assert own["refractory.failed"]["alternatives"] == "1 | 2 | 9"
    assert own["sparing.last"]["as_written"] == "30 days"


def test_the_manifest_says_what_was_run_under_the_fingerprint_of_the_study(finished, tmp_path, records):
    manifest = json.loads((finished[0] / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["universes"], manifest["combinations"], manifest["not_run"]) == (48, 48, 12)
    bare = tmp_path / "bare.toml"
    bare.write_text(BARE, encoding="utf-8")
    assert refractory("run", bare, "--records", records, "--out", tmp_path / "run").returncode == 0
    alone = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert alone["protocol_hash"] == manifest["protocol_hash"]


def test_dials_move_no_number_of_a_run(tmp_path, records):
    bare = tmp_path / "bare.toml"
    bare.write_text(BARE, encoding="utf-8")
    (tmp_path / "with.toml").write_text(BARE + DIALS, encoding="utf-8")
    for name in ("bare", "with"):
        done = refractory("run", tmp_path / f"{name}.toml", "--records", records, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    assert filecmp.cmp(tmp_path / "bare" / "results.csv", tmp_path / "with" / "results.csv", shallow=False)


def test_the_same_universes_write_the_same_bytes(finished, records, study, tmp_path):
    done = refractory("multiverse", study, "--records", records, "--out", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    for path in finished[0].iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("response.overal", 'the study has no result "response.overal". Did you mean "response.overall"?'),
        (
            "response.difference.test",
            '"response.difference.test" is a P value, and P values are not followed over universes',
        ),
    ],
)
def test_a_result_that_cannot_be_followed_is_refused_before_the_universes_are_run(
    records, study, tmp_path, result, said
):
    done = refractory("multiverse", study, "--records", records, "--out", tmp_path / "out", "--results", result)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Where: --results" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_result_can_be_followed_instead(records, tmp_path):
    path = tmp_path / "one.toml"
    dial = '[dials]\n"refractory.failed" = [2]\n'
    path.write_text(BARE + dial, encoding="utf-8")
    words = ["multiverse", path, "--records", records, "--out", tmp_path / "out", "--results", "age.overall"]
    done = refractory(*words, "--timings")
    assert done.returncode == 0, done.stderr
    assert "There is one universe, the study as it is written: no choice was varied." in done.stdout
    assert list(_rows(tmp_path / "out" / "multiverse.csv")[0])[-4] == "age.overall"


def test_a_study_without_dials_is_told_how_to_write_one(records, tmp_path):
    bare = tmp_path / "bare.toml"
    bare.write_text(BARE, encoding="utf-8")
    done = refractory("multiverse", bare, "--records", records, cwd=tmp_path)
    assert done.returncode == 1
    assert "the study has no dials" in done.stderr


@pytest.mark.parametrize(
    ("width", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (SMALL_PHONE, "dark")]
)
def test_the_page_fits_the_window_asks_for_nothing_and_complains_of_nothing(browser, finished, width, scheme):
    report = finished[0] / "report.html"
    reader = Reader(browser, report, width, scheme)
    with reader as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = {face: page.evaluate(OUTSIDE, face) for face in ("", "DejaVu Sans")}
    assert outside == {"": [], "DejaVu Sans": []}
    assert (reader.requests, reader.complaints) == ([report.as_uri()], [])
