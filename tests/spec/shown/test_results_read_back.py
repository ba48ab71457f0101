"""A summarised_result is read back as it was meant, whoever wrote it, and a wrong file is named for what it is."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.analysis.results import NamedEstimate, Results
from refractory.analysis.summarised_result import COLUMNS, derive_summarised_result
from refractory.errors import ResultsError
from refractory.numbers import format_estimate
from refractory.shown.comparing import compare_runs
from refractory.shown.files import read_run
from refractory.shown.reading import read_results
from refractory.shown.tables import find_like, tabulate_answer
from refractory.shown.values import say_value
from refractory.statistics.estimate import Estimate, EstimateKind
from spec.report.published_study import HEAD

HEADER = ",".join(COLUMNS)
# As a characterisation by another program comes: two result sets, strata that are joined, suppressed counts.
OTHER = """\
1,Site A,cohort_name,covid,overall,overall,number persons,NA,count,integer,1207,overall,overall
1,Site A,cohort_name,covid,age_group &&& sex,<50 &&& Female,number persons,NA,count,integer,<5,overall,overall
1,Site A,cohort_name,covid,overall,overall,Age,NA,median,integer,51,overall,overall
1,Site A,cohort_name,covid,overall,overall,Age,NA,q25,integer,33,overall,overall
1,Site A,cohort_name,covid,overall,overall,Age,NA,q75,integer,67.5,overall,overall
1,Site A,cohort_name,covid,overall,overall,Age,NA,min,integer,0,overall,overall
1,Site A,cohort_name,covid,overall,overall,Age,NA,max,integer,99,overall,overall
1,Site A,cohort_name,covid,overall,overall,Sex,Female,count,integer,700,overall,overall
1,Site A,cohort_name,covid,overall,overall,Sex,Female,percentage,percentage,57.99503,overall,overall
1,Site A,cohort_name,covid,overall,overall,Sex,None,count,integer,-,overall,overall
1,Site A,cohort_name,covid,overall,overall,Sex,None,percentage,percentage,-,overall,overall
1,Site A,cohort_name,covid,overall,overall,Diagnosis,First,min,date,2020-02-01,overall,overall
2,Site A,overall,overall,overall,overall,Prevalence,NA,mean,numeric,NA,analysis &&& outcome,point &&& flu
1,Site A,overall,overall,overall,overall,settings,NA,result_type,character,summarise_characteristics,overall,overall
1,Site A,overall,overall,overall,overall,settings,NA,package_name,character,CohortCharacteristics,overall,overall
1,Site A,overall,overall,overall,overall,settings,NA,package_version,character,1.0.0,overall,overall
1,Site A,overall,overall,overall,overall,settings,NA,min_cell_count,character,5,overall,overall
2,Site A,overall,overall,overall,overall,settings,NA,result_type,character,prevalence,overall,overall
"""


def write(folder: Path, text: str, header: str = HEADER, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_text(f"{header}\n{text}", encoding="utf-8")
    return path


def test_results_of_another_program_print_with_what_belongs_together(tmp_path):
    run = read_run(write(tmp_path, OTHER))
    said = [(one.place.variable, one.place.stratum, say_value(one)) for one in run.results.results]
    assert said == [
        ("number persons", "overall", "1,207"),
        ("number persons", "<50, Female", "<5 (not shared)"),
        ("Age", "overall", "51 (33 to 67.50); 0 to 99"),
        ("Sex: Female", "overall", "700 (58.0 %)"),
        ("Sex: None", "overall", "not shared (not shared)"),
        ("Diagnosis: First", "overall", "min 2020-02-01"),
        ("Prevalence", "overall", "mean not known"),
    ]
    assert run.results.settings["2"] == {"result_type": "prevalence"}
    assert run.results.settings_of("min_cell_count") == ("5",)
    assert [one.place.more for one in run.results.results][-1] == "analysis point, outcome flu"
    assert not run.results.is_ours
    (first, *_) = tabulate_answer(run)
    assert first.title == "Site A, covid"


def test_the_columns_may_stand_in_another_order_and_with_others_between(tmp_path):
    rows = list(csv.reader([HEADER, *OTHER.splitlines()]))
    turned = "\n".join(",".join(['"more, here"', *row[::-1]]) for row in rows) + "\n"
    (tmp_path / "turned.csv").write_text(turned, encoding="utf-8")
    assert read_run(tmp_path / "turned.csv").results == read_run(write(tmp_path, OTHER)).results


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_spreadsheet_may_have_saved_the_file_again(tmp_path, encoding, delimiter, line_end):
    rows = csv.reader([HEADER, *OTHER.splitlines()])
    with (tmp_path / "again.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    assert read_run(tmp_path / "again.csv").results == read_run(write(tmp_path, OTHER)).results


def test_the_same_number_twice_is_two_results_and_never_one(tmp_path):
    line = "1,A,overall,overall,overall,overall,persons,NA,count,integer,{},overall,overall\n"
    run = read_run(write(tmp_path, line.format(5) + line.format(7)))
    assert [say_value(one) for one in run.results.results] == ["5", "7"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "13 of the 13 columns"),
        (b"PK\x03\x04rest", "a zip file (such as .xlsx"),
        (b"PAR1rest", "a Parquet file"),
        (HEADER.replace("cdm_name", "cdm").encode(), "1 of the 13 columns"),
        (f"{HEADER}\n1,A\n".encode(), "a row has 2 cells where the head has 13"),
        (f'{HEADER}\n"1,A\n'.encode(), "it is no CSV"),
        (HEADER.encode() + b"\n\xff\xfe\xff", "it is not UTF-8"),
        (b"a,b\n" + b"\0" * 50, "13 of the 13 columns"),
        (f"{HEADER}\n1,{'x' * 1_500_000}\n".encode(), "it is no CSV"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_for_what_it_is(tmp_path, content, words):
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    with pytest.raises(ResultsError) as raised:
        read_run(path)
    assert words in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_folder_without_results_names_those_below_that_have_them(tmp_path):
    (tmp_path / "first").mkdir()
    write(tmp_path / "first", OTHER)
    with pytest.raises(ResultsError, match="1 folder in it has one: first"):
        read_run(tmp_path)
    with pytest.raises(ResultsError, match="no such file or folder"):
        read_run(tmp_path / "nowhere")


def test_a_manifest_that_cannot_be_read_takes_nothing_from_the_results(tmp_path):
    write(tmp_path, OTHER)
    for text in ("{", "[1]", "[" * 100_000):
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
        assert read_run(tmp_path).manifest is None


def test_a_word_finds_results_by_name_variable_and_group(tmp_path):
    results = read_run(write(tmp_path, OTHER)).results
    assert [one.place.variable for one in find_like(results, "FEMALE")] == ["number persons", "Sex: Female"]
    with pytest.raises(ResultsError, match='no result holds "dose"'):
        find_like(results, "dose")


def test_two_sites_differ_where_their_numbers_print_otherwise_and_the_settings_say_why(tmp_path):
    for site, text in (("a", OTHER), ("b", OTHER.replace("1207", "1208").replace("Site A", "Site B"))):
        (tmp_path / site).mkdir()
        write(tmp_path / site, text)
        manifest = {"protocol": {"response": {"missing": site}, "study": {"name": "s"}}, "labels": None}
        (tmp_path / site / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = compare_runs(read_run(tmp_path / "a"), read_run(tmp_path / "b"))
    assert (found.same, found.differing) == (6, 1)
    tables = {table.title: table.rows for table in found.tables}
    assert tables == {
        "Differs": (("number persons", "", "1,207", "1,208"),),
        "What could be behind it": (("Source", "Site A", "Site B"), ("Protocol: response.missing", "a", "b")),
    }


def results_of(*estimates: NamedEstimate) -> Results:
    return Results(HEAD, (), estimates, (), (), (), (), (), ())


numbers = st.decimals(-10_000, 10_000, places=4).map(float) | st.integers(-10_000, 10_000).map(float)
counts = st.integers(0, 100_000)


@st.composite
def estimates(draw) -> Estimate:
    kind = draw(st.sampled_from(list(EstimateKind)))
    n, note = draw(counts), draw(st.sampled_from(["", "too few"]))
    value = draw(st.none() | numbers)
    low, high = sorted((draw(numbers), draw(numbers)))
    ends = draw(st.sampled_from([(None, None), (low, high), (low, float("inf"))]))
    if kind is EstimateKind.COUNT:
        return Estimate(kind, n, n, "count", note=note)
    if kind is EstimateKind.PROPORTION:
        among = draw(st.integers(n, 200_000))
        share = n / among if among else None
        return Estimate(kind, share, among, "Wilson", 0.1, 0.25, 0.95, n, among, note=note)
    if kind is EstimateKind.MEAN:
        return Estimate(kind, value, n, "mean and SD", sd=draw(st.none() | numbers.map(abs)))
    if kind is EstimateKind.MEDIAN:
        return Estimate(kind, value, n, "median and quartiles", low, high)
    if kind is EstimateKind.TEST:
        p_value = draw(st.none() | st.decimals(0, 1, places=5).map(float))
        return Estimate(kind, p_value, n, "Fisher exact", p_value=p_value, note=note)
    smaller = draw(st.none() | counts) if kind is EstimateKind.DIFFERENCE else None
    level = draw(st.sampled_from([0.95, 0.9]))
    return Estimate(kind, value, n, "some method", *ends, level, denominator=smaller, note=note)


@given(estimates())
def test_an_estimate_that_is_read_back_prints_as_the_one_that_was_written(estimate):
    named = NamedEstimate("response.overall", "Improvement", "", "overall", "Improvement", estimate)
    told = read_results(derive_summarised_result(results_of(named))).estimates["response.overall"]
    assert format_estimate(told.estimate) == format_estimate(estimate)
    assert (told.estimate.method, told.estimate.note) == (estimate.method, estimate.note)


@given(st.lists(st.lists(st.text(max_size=8), min_size=13, max_size=13), max_size=20))
def test_whatever_the_rows_say_they_can_be_printed_and_none_is_lost(rows):
    told = read_results(rows)
    of_settings = sum(len(own) for own in told.settings.values())
    of_results = sum(len(one.numbers) for one in (*told.results, *told.attrition))
    assert of_results + of_settings <= told.rows == len(rows)
    assert of_results == sum(row[COLUMNS.index("variable_name")] != "settings" for row in rows)
    for one in (*told.results, *told.attrition):
        assert isinstance(say_value(one), str)


@pytest.mark.parametrize("kind", EstimateKind)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("name", ["estimate", "lower", "upper"])
def test_a_number_that_no_estimate_can_be_is_printed_as_it_stands_and_ends_nothing(kind, value, name):
    about = ("1", "site", "", "", "overall", "overall", "v", "")
    numbers = {"kind": kind.value, "decimals": "0", "estimate": "1.5", "lower": "1", "upper": "2", name: value}
    rows = [(*about, key, "numeric", text, "result", "r") for key, text in numbers.items()]
    (told,) = read_results(rows).results
    said = say_value(told)
    assert told.estimate is not None or value in said
