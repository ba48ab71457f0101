"""Codes: what each coding system allows, and which spellings are one code."""

from __future__ import annotations

import pytest

from refractory.codes import Vocabulary, normalise_code, read_code

ALLOWED = """
ICD10CM  M33.10 m3310 M33 C4A.0 U07.1 S72.001A ICD10CM:M33.10 M33.1* M* M33*
ICD9CM   710.3 7103 515 V10.3 E850.1 516* 7* V1* E85*
SNOMED   396230008 311671000119100 396230008+
RxNorm   6851 1357536+
ATC      L L04 L04A L04AX L04AX03 l04ax03 L04AX03+ H02AB* L04AX0*
HCPCS    J1569 J15* Q5115
CPT4     90283 0001F 9028*
LOINC    2157-6 LP7786-9 2157-6+
NDC      00069031001 0069-0310-01 00069-310-01 00069-0310-1 00069-0310-01 00069*
OMOP     80182 80182+ 0080182
"""
REFUSED = """
ICD10CM  M33-1 33.10 M3 M33.12345 M3*3 *M33 M33.10+ M33..1 M33.1.0 *
ICD9CM   71 7103.1 710.345 V1 E85 515+ A10 71O.3
SNOMED   12345 39623000A 396230008* 1234567890123456789
RxNorm   abc 6851* 685.1 123456789
ATC      L0 L04AX3 04AX03 L04AX031 LL4 L04AX03*+
HCPCS    1569 J156 W1569 J15690
CPT4     9028 902833 ABCDE
LOINC    2157 2157-66 2157-6* CK
NDC      0069031001 1-2-3 00069-0310-001 00069+
OMOP     abc 80182* -1 80.182
"""


def _cases(text: str) -> list[tuple[str, str]]:
    lines = [line.split() for line in text.split("\n") if line]
    return [(vocabulary, code) for vocabulary, *codes in lines for code in codes]


@pytest.mark.parametrize(("vocabulary", "written"), _cases(ALLOWED))
def test_a_code_of_the_coding_system_is_read(vocabulary, written):
    code = read_code(Vocabulary(vocabulary), written)
    assert (code.is_prefix, code.with_descendants) == (written.endswith("*"), written.endswith("+"))


@pytest.mark.parametrize(("vocabulary", "written"), _cases(REFUSED))
def test_anything_else_is_refused_with_the_code_and_the_rule(vocabulary, written):
    with pytest.raises(ValueError, match=r"codes?") as refusal:
        read_code(Vocabulary(vocabulary), written)
    assert repr(written) in str(refusal.value)


def test_the_refusal_says_what_the_coding_system_allows():
    with pytest.raises(ValueError, match=r"'abc' is no RxNorm code: 1 to 8 digits"):
        read_code(Vocabulary.RXNORM, "abc")


def test_an_icd_code_has_no_descendants_and_the_refusal_shows_the_prefix():
    with pytest.raises(ValueError, match=r"OMOP keeps no descendants of ICD-10-CM codes.*\* ends a prefix"):
        read_code(Vocabulary.ICD10CM, "M33.1+")


@pytest.mark.parametrize("written", ["M33.10", "m3310", " M33.10 ", "ICD10CM:M33.10", "icd10cm: m33.10"])
def test_all_spellings_of_a_code_are_one_code(written):
    assert read_code(Vocabulary.ICD10CM, written) == read_code(Vocabulary.ICD10CM, "M33.10")


@pytest.mark.parametrize(
    ("vocabulary", "written", "usual"),
    [
        ("ICD10CM", "m3310", "M33.10"),
        ("ICD10CM", "M33", "M33"),
        ("ICD10CM", "M331*", "M33.1*"),
        ("ICD9CM", "7103", "710.3"),
        ("ICD9CM", "V103", "V10.3"),
        ("ICD9CM", "E8501", "E850.1"),
        ("ATC", "l04ax03+", "L04AX03+"),
        ("OMOP", "0080182+", "80182+"),
    ],
)
def test_a_code_prints_as_its_coding_system_writes_it(vocabulary, written, usual):
    assert str(read_code(Vocabulary(vocabulary), written)) == usual


@pytest.mark.parametrize("written", ["00069-0310-01", "0069-0310-01", "00069-310-01", "00069-0310-1"])
def test_a_ten_digit_ndc_is_filled_up_in_its_short_part(written):
    assert read_code(Vocabulary.NDC, written).text == "00069031001"


def test_an_ndc_is_looked_for_in_every_spelling_that_a_label_may_print():
    assert read_code(Vocabulary.NDC, "00069031001").spellings == (
        *("00069031001", "00069-0310-01", "0069-0310-01", "00069-310-01", "00069-0310-1"),
    )


def test_the_words_of_a_source_are_a_code_whatever_their_case_dots_and_spaces():
    assert read_code(Vocabulary.SOURCE, "CDASI Activity").text == normalise_code("cdasi  activity.") == "CDASIACTIVITY"


def test_a_star_ends_a_source_text_and_stands_nowhere_else():
    assert read_code(Vocabulary.SOURCE, "skin exam*").is_prefix
    for written in ("skin * exam", "*", " "):
        with pytest.raises(ValueError, match="no source text"):
            read_code(Vocabulary.SOURCE, written)


def test_a_plus_in_a_source_text_is_a_letter_like_any_other():
    assert read_code(Vocabulary.SOURCE, "anti-Jo-1+").text == "ANTI-JO-1+"


def test_a_hyphen_tells_two_codes_apart():
    # Without it LOINC 8255-0 and CPT 82550 (creatine kinase) would be one text.
    assert normalise_code("8255-0") != normalise_code("82550")
