"""What `refractory init` counts when it tries the two files that it wrote, and what it says where they fall short."""

from __future__ import annotations

import subprocess
import sys

import pytest

from refractory.start_counts import StartCounts, count_start
from refractory.start_store import find_start_files, read_start_sheets, write_start
from refractory.starting.expected import Expected
from refractory.starting.start import start_from_sheets

HEAD = "ID,Prior drugs,Dx date,IVIG date,Response,Response date\n"
GOOD = (
    "1,MTX; HCQ,2012-01-20,2015-01-20,yes,2015-06-01\n"
    "2,AZA; MMF,2012-02-20,2015-02-20,no,2015-07-01\n"
    "3,AZA; HCQ,2012-02-20,2015-03-20,yes,2015-08-01\n"
)


def count(folder, rows: str, head: str = HEAD) -> StartCounts:
    path = folder / "charts.csv"
    path.write_text(head + rows, encoding="utf-8")
    files = find_start_files([path], None, replace=True)
    started = start_from_sheets(
        read_start_sheets(files), lambda _: None, stem="charts", mapping_file=files.mapping.name, files=[path.name]
    )
    write_start(files, started.mapping, started.protocol)
    return count_start(started.protocol, files.mapping, started.expected)


def test_a_sheet_that_gives_all_that_it_holds_has_no_warning(tmp_path):
    said = "3 persons with immunoglobulin, 3 of them with the diagnosis by then, 3 in the cohort; of these 3 evaluable"
    assert count(tmp_path, GOOD) == StartCounts(f"{said}, 2 with a response", ())


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        (
            "4,MTX; AZA,2012-01-20,2015-01-20,yes,2014-06-01\n",
            "1 of 4 answers of the cohort has no day after the treatment began: of no use as they stand.",
        ),
        (
            "4,MTX; AZA,2012-01-20,2015-01-20,yes,2019-06-01\n",
            "1 of 4 answers of the cohort has a day later than day 365: of no use as they stand.",
        ),
        (
            "4,MTX; AZA,2016-01-20,2015-01-20,yes,2015-06-01\n",
            "1 of 4 treated persons without a diagnosis by the day of the treatment: not in the cohort.",
        ),
        (
            "4,MTX; AZA,2012-01-20,2015-01-20,yes,spring\n",
            "1 of 4 answers in the sheet not read: the day cannot be read, or their person did not have the treatment.",
        ),
        (
            "4,MTX; AZA,2012-01-20,winter?,yes,2015-06-01\n",
            "1 of 4 persons with a cell for a day of immunoglobulin not treated as these files have it: none was read.",
        ),
    ],
)
def test_what_falls_short_of_the_sheet_is_told(row, warning, tmp_path):
    assert warning in count(tmp_path, GOOD + row).warnings


def test_answers_that_all_lie_before_the_treatment_are_told_as_such(tmp_path):
    rows = GOOD.replace("2015-06-01", "2014-06-01").replace("2015-07-01", "2014-07-01")
    early = count(tmp_path, rows.replace("2015-08-01", "2014-08-01"))
    assert early.warnings[0].startswith("3 of 3 answers of the cohort have no day after the treatment began")
    assert "Only 0 of 3 persons of the cohort can be judged: look at the days of the answers." in early.warnings
    assert "of these 0 evaluable, 0 with a response" in early.said


def test_a_person_with_one_answer_in_the_window_needs_no_other(tmp_path):
    head = "ID,Prior drugs,Visit date,IVIG given,Response\n"
    rows = "".join(
        f"{one},MTX; HCQ,2015-01-20,yes,no\n{one},MTX; HCQ,2015-02-20,yes,\n{one},MTX; HCQ,2015-06-20,no,yes\n"
        for one in (1, 2)
    )
    counts = count(tmp_path, rows, head)
    assert "2 evaluable, 2 with a response" in counts.said
    assert not any("answers" in one for one in counts.warnings)


def test_a_criterion_that_takes_half_is_told(tmp_path):
    counts = count(tmp_path, GOOD.replace("MTX; HCQ", "MTX").replace("AZA; MMF", "AZA"))
    assert any(one.startswith("2 of 3 persons are lost at one criterion: ") for one in counts.warnings)


def test_files_that_cannot_be_run_are_told_and_not_raised(tmp_path):
    count(tmp_path, GOOD)
    counts = count_start("[study]\n", tmp_path / "charts.mapping.toml", Expected("IVIG", 3, 3))
    assert counts.said == ""
    assert counts.warnings[0].startswith("The two files could not be tried: ")


def test_the_counts_are_on_the_screen_and_at_the_head_of_both_files(tmp_path):
    (tmp_path / "charts.csv").write_text(
        HEAD + GOOD.replace("2015-06-01", "2014-06-01").replace("2015-07", "2014-07"), encoding="utf-8"
    )
    code = "from refractory.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "init", "charts.csv", "--yes"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    warning = "2 of 3 answers of the cohort have no day after the treatment began"
    assert warning in done.stdout
    for name in ("charts.mapping.toml", "charts.study.toml"):
        head = (tmp_path / name).read_text(encoding="utf-8").partition("\n\n")[0]
        assert "# TRIED: 3 persons with immunoglobulin, 3 of them" in head
        assert f"# BEWARE: {warning}" in head
