"""Sheets as clinics have them: how columns are found, how cells are read, and what comes out beside them."""

from __future__ import annotations

import csv

import pytest

from refractory.errors import InstrumentError, OutputError
from refractory.score_sheets import find_columns, score_sheet
from refractory.sheets import read_sheet, write_sheet

HEADS = "q1,q2,q3,q4,q5,q6,q7,q8,q9,q10"


def sheet(tmp_path, text, name="visits.csv"):
    """Read a file with this text."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_sheet(path)


def scores(tmp_path, text, instrument="dlqi", **more):
    """Score a file with this text."""
    return score_sheet(instrument, sheet(tmp_path, text), **more)


@pytest.mark.parametrize("text", [
    f"{HEADS}\n1,1,1,1,1,1,1,1,1,1\n",
    "\ufeff" + f"{HEADS}\r\n1,1,1,1,1,1,1,1,1,1\r\n",
    f"{HEADS}\n1,1,1,1,1,1,1,1,1,1\n".replace(",", ";"),
    f"{HEADS}\n1,1,1,1,1,1,1,1,1,1\n".replace(",", "\t"),
    f"{HEADS}\n\n1,1,1,1,1,1,1,1,1,1\n,,,,,,,,,\n",
    f"{HEADS}\n1.0, 1,1 ,1,1,1,1,1,1,1,,,\n",
    f"{HEADS.upper()}\n1,1,1,1,1,1,1,1,1,1\n",
    ",".join(f"DLQI {key}" for key in HEADS.split(",")) + "\n1,1,1,1,1,1,1,1,1,1\n",
    ",".join(f'"dlqi-{key}"' for key in HEADS.split(",")) + "\n1,1,1,1,1,1,1,1,1,1",
])  # fmt: skip
def test_one_sheet_is_the_same_however_it_is_written(tmp_path, text):
    found = scores(tmp_path, text)
    assert found.added["dlqi_total"] == ["10"]
    assert found.not_found == ()


@pytest.mark.parametrize(("header", "key"), [
    ("cdasi_scalp_scale", "scalp_scale"), ("CDASI v2 scalp-scale", "scalp_scale"), ("Scalp  Scale", "scalp_scale"),
    ("cdasi2.scalp.scale", "scalp_scale"), ("other", None), ("my_scalp_scale", None),
])  # fmt: skip
def test_a_column_is_found_by_its_key_with_or_without_a_prefix(tmp_path, header, key):
    found = find_columns(sheet(tmp_path, f"id,{header}\n1,0\n"), ["scalp_scale"], "cdasi")
    assert found == ({key: 1} if key else {})


def test_two_columns_for_one_item_are_refused(tmp_path):
    with pytest.raises(InstrumentError, match='"q1" and "dlqi_q1" both stand for q1'):
        scores(tmp_path, "q1,dlqi_q1\n1,1\n")


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null", ".", " "])
def test_what_says_not_given_is_missing(tmp_path, cell):
    found = scores(tmp_path, f"{HEADS}\n{cell},1,1,1,1,1,1,1,1,1\n")
    assert (found.added["dlqi_total"], found.added["dlqi_total_missing"]) == (["9"], ["1"])
    assert (found.added["dlqi_total_lower"], found.added["dlqi_total_upper"]) == (["9"], ["12"])


@pytest.mark.parametrize("cell", ["4", "-1", "1.5", "a lot", "1 (worse)", "inf", "1e0"])
def test_what_is_not_allowed_is_a_problem_of_its_row_alone(tmp_path, cell):
    found = scores(tmp_path, f"{HEADS}\n1,1,1,1,1,1,1,1,1,1\n{cell},1,1,1,1,1,1,1,1,1\n")
    assert found.added["dlqi_total"] == ["10", ""]
    assert found.added["dlqi_total_lower"] == ["10", ""]
    assert found.added["problem"] == ["", "q1 is not 0, 1, 2 or 3"]
    assert found.totals[0].with_fault == 1


def test_a_decimal_comma_is_read_where_the_delimiter_is_no_comma(tmp_path):
    found = scores(tmp_path, "physician_global;x\n2,5;a\n3.5;b\n", "physician-global")
    assert found.added["physician_global_score"] == ["2.5", "3.5"]


def test_a_comma_in_a_cell_of_a_file_with_commas_is_no_decimal_comma(tmp_path):
    found = scores(tmp_path, 'physician_global\n"2,5"\n', "physician-global")
    assert found.added["problem"] == ["physician_global is not 0 to 10, decimals allowed"]


def test_an_instrument_of_ones_own_is_scored_from_its_file(tmp_path):
    (tmp_path / "mine.toml").write_text(
        """
        [instrument]
        key = "my-skin"
        name = "My skin"
        [items]
        red = { name = "Red", least = 0, most = 3 }
        area = { name = "Area", least = 0, most = 1, whole = false }
        [[total]]
        key = "extent"
        name = "Extent"
        least = 0
        most = 3
        higher_is = "worse"
        rule = "red * area"
        source = "invented"
        """,
        encoding="utf-8",
    )
    found = scores(tmp_path, "my skin red,MySkin_area\n3,0.1\n2,\n", str(tmp_path / "mine.toml"))
    assert (found.added["my_skin_extent"], found.added["my_skin_extent_upper"]) == (["0.3", ""], ["0.3", "2"])


def test_yes_and_no_are_1_and_0_where_the_answer_is_one_of_these_and_nowhere_else(tmp_path):
    found = scores(tmp_path, "scalp_erosion,scalp_scale\nYes,1\nno,yes\n", "cdasi")
    assert found.added["cdasi_activity_lower"] == ["2", ""]
    assert found.added["problem"] == ["", "scalp_scale is not 0, 1 or 2"]


def test_a_column_that_is_not_there_is_told_with_the_nearest_one(tmp_path):
    found = scores(tmp_path, HEADS.replace("q10", "qq10") + "\n1,1,1,1,1,1,1,1,1,1\n")
    assert found.not_found == ('q10 Is it "qq10"?',)


@pytest.mark.parametrize(("text", "said"), [
    ("", "is empty"), (HEADS, "has a header but no rows"), ("a,b\n1,2\n", "none of the 10 columns of dlqi"),
    (f"{HEADS}\n1,1,1,1,1,1,1,1,1,1,9\n", "a row has 11 cells, the header 10"),
    (f'{HEADS}\n"1,1\n', "is no CSV"), (f"{HEADS}\n1,\0\n", "zero byte"),
    (f"{HEADS},ö\n".encode("latin-1"), "not UTF-8"),
    ((HEADS + "\n1\n").encode("utf-16"), "not UTF-8"),
    (f"{HEADS},problem\n1,1,1,1,1,1,1,1,1,1,\n", 'has a column "problem" already'),
])  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused_with_one_message(tmp_path, text, said):
    with pytest.raises(InstrumentError, match=said):
        scores(tmp_path, text)


def test_a_short_row_has_its_last_answers_missing(tmp_path):
    found = scores(tmp_path, f"{HEADS}\n1,1,1\n")
    assert (found.added["dlqi_total"], found.added["dlqi_total_missing"]) == ([""], ["7"])


def test_every_other_cell_comes_through_as_it_was(tmp_path):
    text = '\ufeffnote;q1;note\n=1+1;1;@x\n"a;\nb";2;\n'
    read = sheet(tmp_path, text)
    out = tmp_path / "out.csv"
    write_sheet(out, read, {"total": ["1", "2"]})
    assert out.read_text(encoding="utf-8").startswith("\ufeffnote;q1;note;total\n")
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";"))[1:] == [["=1+1", "1", "@x", "1"], ["a;\nb", "2", "", "2"]]
    assert read.lines == (2, 3)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    read = sheet(tmp_path, "q1\n1\n")
    with pytest.raises(OutputError, match="cannot be written"):
        write_sheet(tmp_path / "nowhere" / "out.csv", read, {"total": ["1"]})
    assert [path.name for path in tmp_path.iterdir()] == ["visits.csv"]


def test_the_improvement_score_reads_two_visits_of_a_row(tmp_path):
    text = (
        "id,physician_global_baseline,physician_global_follow_up,CK baseline,ck_follow_up,ck_uln\n"
        "a,6,3,1500,300,100\nb,6,11,1500,300,100\n"
    )
    found = scores(tmp_path, text, "tis-adult")
    assert found.added["tis_points_physician_global"][0] == "17.5"
    assert found.added["tis_points_enzyme"] == ["7.5", "7.5"]
    assert found.added["tis_enzyme_used"] == ["ck", "ck"]
    assert (found.added["tis_total_lower"], found.added["tis_total_upper"]) == (["25", ""], ["97.5", ""])
    assert found.added["problem"] == ["", "physician_global_follow_up is not 0 to 10"]
    assert found.not_found == (
        "patient_global_baseline", "mmt_baseline", "haq_baseline", "extramuscular_baseline",
    )  # fmt: skip


def test_an_enzyme_without_its_upper_limit_is_refused(tmp_path):
    with pytest.raises(InstrumentError, match="ck has no column ck_uln"):
        scores(tmp_path, "ck_baseline,ck_follow_up\n3,1\n", "tis-adult")


def test_a_range_and_a_cut_are_for_those_instruments_that_have_them(tmp_path):
    text = "mmt_baseline,mmt_follow_up\n135,150\n"
    assert scores(tmp_path, text, "tis-adult", ranges={"mmt": 150}).added["tis_points_strength"] == ["10"]
    with pytest.raises(InstrumentError, match="dlqi has no ranges"):
        scores(tmp_path, f"{HEADS}\n1\n", ranges={"mmt": 150})
    with pytest.raises(InstrumentError, match="dlqi has no cut"):
        scores(tmp_path, f"{HEADS}\n1\n", cut="possible")


def test_the_classification_reads_a_person_a_row(tmp_path):
    findings = (
        "weak_proximal_arms,weak_proximal_legs,neck_flexors_weaker,legs_proximal_weaker,heliotrope,gottron_papules"
    )
    text = f"age at onset,{findings},gottron_sign,dysphagia,anti_jo_1,raised_enzyme,biopsy\n"
    text += "45,no,no,no,no,yes,no,yes,no,no,no,no\n45,0,0,0,0,0,0,1,0,0,0,0\n45,0,0,0,0,0,0,2,0,0,0,0\n"
    found = scores(tmp_path, text, "eular-acr-2017", cut="possible")
    assert found.added["iim_score_without_biopsy"] == ["8.5", "5.4", ""]
    assert found.added["iim_class"] == ["definite", "possible", ""]
    assert found.added["iim_subgroup"] == ["ADM", "ADM", ""]
    assert found.added["iim_is_myositis"] == ["yes", "yes", ""]
    assert found.added["iim_probability"][1] == "0.5175"
    assert found.totals[0].counts == (("definite", 1), ("possible", 1))
