"""The shipped code lists: what must be in them, what must not, and that no code is mistyped."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from refractory.codes import Vocabulary
from refractory.records.from_codelists import code_list_names, read_code_list
from refractory.records.schema import DRUG

STUDIES = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))
EVERY_LINE = [line for name in code_list_names() for line in read_code_list(name)]
ROUTES = {"intravenous", "subcutaneous", None}


def codes(name: str, vocabulary: str) -> set[str]:
    return {str(line.code) for line in read_code_list(name) if line.code.vocabulary == vocabulary}


def line(name: str, code: str):
    return next(line for line in read_code_list(name) if str(line.code) == code)


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_every_list_that_a_shipped_study_uses_exists(study):
    concepts = tomllib.loads(study.read_text(encoding="utf-8"))["concepts"]
    used = {name for concept in concepts.values() for name in concept.get("use", ())}
    assert used <= set(code_list_names())


def test_an_unknown_list_is_answered_with_the_nearest_name():
    with pytest.raises(ValueError, match=r'no code list "methotrexat" ships.*did you mean "methotrexate"'):
        read_code_list("methotrexat")


def test_every_line_has_a_name_a_source_and_one_of_three_confidences():
    assert all(line.name and line.source for line in EVERY_LINE)
    assert {line.confidence for line in EVERY_LINE} == {"S", "C", "G"}


def test_what_was_not_seen_in_a_source_says_so():
    unseen = [line for line in EVERY_LINE if line.confidence == "G"]
    assert len(unseen) > 100
    assert all("general knowledge, unverified" in line.source for line in unseen)


def test_no_list_names_a_code_twice():
    for name in code_list_names():
        written = [line.code for line in read_code_list(name)]
        assert len(written) == len(set(written)), name


def test_routes_are_the_words_of_the_drug_table():
    assert {line.attributes.route for line in EVERY_LINE} == ROUTES
    assert "route" in DRUG


def _dihedral(a: int, b: int) -> int:
    # The group of the ten symmetries of a pentagon, in which SNOMED's check digit is computed.
    if a < 5:
        return (a + b) % 5 + (5 if b >= 5 else 0)
    return (a - b) % 5 + (0 if b >= 5 else 5)


def _has_snomed_check_digit(code: str) -> bool:
    place = list(range(10))
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    total = 0
    for digit in reversed(code):
        total = _dihedral(total, place[int(digit)])
        place = [step[one] for one in place]
    return total == 0


def _has_loinc_check_digit(code: str) -> bool:
    number, check = code.split("-")
    doubled = str(int(number[::-1][::2][::-1]) * 2)
    total = sum(map(int, doubled)) + sum(map(int, number[::-1][1::2]))
    return -total % 10 == int(check)


def test_the_check_digits_notice_a_wrong_digit_and_a_swap():
    assert _has_snomed_check_digit("22298006")
    assert not _has_snomed_check_digit("22298007")
    assert not _has_snomed_check_digit("22289006")
    assert _has_loinc_check_digit("2951-2")
    assert not _has_loinc_check_digit("2952-2")


def test_every_snomed_code_has_its_check_digit():
    written = {line.code.text for line in EVERY_LINE if line.code.vocabulary is Vocabulary.SNOMED}
    assert len(written) > 25
    assert {code for code in written if not _has_snomed_check_digit(code)} == set()


def test_every_loinc_code_has_its_check_digit():
    written = {line.code.text for line in EVERY_LINE if line.code.vocabulary is Vocabulary.LOINC}
    assert len(written) > 10
    assert {code for code in written if not _has_loinc_check_digit(code)} == set()


@pytest.mark.parametrize(
    ("code", "route", "mg_per_unit"),
    [
        ("J1459", "intravenous", 500),
        ("J1553", "intravenous", 100),  # Yimmugo: the one intravenous product billed by 100 mg
        ("J1568", "intravenous", 500),
        ("J1569", None, 500),  # Gammagard Liquid goes into a vein, or under the skin with modifier JB
        ("J1561", None, 500),  # Gamunex-C likewise: the code alone does not say
        ("J1599", "intravenous", 500),
        ("J1559", "subcutaneous", 100),
        ("J1575", "subcutaneous", 100),  # HyQvia stands among the intravenous codes, but goes under the skin
        ("90283", "intravenous", None),
        ("90284", "subcutaneous", None),
        ("J06BA02", "intravenous", None),
        ("J06BA01", "subcutaneous", None),
        ("5666+", None, None),
    ],
)
def test_immunoglobulin_has_the_route_and_the_billing_unit_of_each_code(code, route, mg_per_unit):
    known = line("immunoglobulin", code).attributes
    assert (known.route, known.mg_per_unit) == (route, mg_per_unit)


def test_intramuscular_and_hyperimmune_products_are_no_immunoglobulin_of_the_list():
    listed = codes("immunoglobulin", "HCPCS") | codes("immunoglobulin", "CPT4")
    # intramuscular J1460, J1560, 90281; rhesus J2788-J2792; hepatitis B J1571, J1573, 90371; CMV J0850; tetanus J1670
    assert not listed & {"J1460", "J1560", "90281", "J2788", "J2790", "J2791", "J2792", "J1571", "J1573", "90371"}
    assert not listed & {"J0850", "J1670", "90291", "90384", "90389"}
    assert len(listed) == 23


@pytest.mark.parametrize(
    ("name", "new", "old"),
    [
        ("leflunomide", "L04AK01+", "L04AA13+"),
        ("tofacitinib", "L04AF01+", "L04AA29+"),
        ("baricitinib", "L04AF02+", "L04AA37+"),
        ("upadacitinib", "L04AF03+", "L04AA44+"),
        ("filgotinib", "L04AF04+", "L04AA45+"),
        ("sirolimus", "L04AH01+", "L04AA10+"),
        ("belimumab", "L04AG04+", "L04AA26+"),
        ("rituximab", "L01FA01+", "L01XC02+"),
    ],
)
def test_a_drug_keeps_its_old_atc_code_beside_the_new_one(name, new, old):
    assert codes(name, "ATC") == {new, old}


def test_mycophenolate_is_the_ester_and_the_acid():
    assert codes("mycophenolate", "RxNorm") == {"68149+", "7145+"}


@pytest.mark.parametrize(
    ("ingredient", "factor"),
    [
        ("8640+", 1),
        ("8638+", 1),
        ("6902+", 1.25),
        ("10759+", 1.25),
        ("5492+", 0.25),
        ("2878+", 0.2),
        ("3264+", 6.667),
        ("22396+", 0.833),
    ],
)
def test_a_glucocorticoid_has_its_factor_to_prednisone(ingredient, factor):
    assert line("systemic glucocorticoid", ingredient).attributes.prednisone_factor == factor


def test_the_factor_of_betamethasone_lies_where_its_sources_put_it():
    assert 6.667 <= line("systemic glucocorticoid", "1514+").attributes.prednisone_factor <= 8.333


def test_budesonide_is_no_systemic_glucocorticoid():
    assert not [one for one in read_code_list("systemic glucocorticoid") if "budesonide" in one.name]
    assert "H02AB16+" not in codes("systemic glucocorticoid", "ATC")
    assert len(codes("systemic glucocorticoid", "RxNorm")) == 9


def _is_in(code: str, listed: set[str]) -> bool:
    return any(code == one or (one.endswith("*") and code.startswith(one[:-1])) for one in listed)


@pytest.mark.parametrize(
    ("name", "vocabulary", "inside", "outside"),
    [
        ("cancer", "ICD10CM", "C00.1 C34.90 C43.9 C4A.9 C50.919 C80.1 C91.00 C96.9", "C44.01 C44.92 D03.9 D48.9 Z85.3"),
        ("cancer", "ICD9CM", "140.0 162.9 172.9 174.9 179 199.1 202.80 208.9 209.31", "173.0 173.99 209.6 210.1 239.9"),
        ("primary immunodeficiency", "ICD10CM", "D80.1 D83.9 D81.9 D84.1", "D84.81 D84.821 D84.9 D89.9 B20"),
        ("primary immunodeficiency", "ICD9CM", "279.06 279.12 279.2", "279.3 279.41 042"),
        ("interstitial lung disease", "ICD10CM", "J84.10 J84.112 J84.170 J84.178 J99", "J84.01 J80 J18.9"),
        ("interstitial lung disease", "ICD9CM", "515 516.31 517.8", "518.81 517.2"),
        ("other connective tissue disease", "ICD10CM", "M32.9 M34.0 M35.00 M35.1", "M06.9 M33.10 M35.3 M35.9"),
        ("inclusion body myositis", "ICD10CM", "G72.41", "G72.49 M33.20"),
        ("muscle weakness", "ICD10CM", "M62.81", "R53.1 M62.82"),
        ("dermatomyositis", "ICD10CM", "M33.00 M33.13 M33.99 M36.0", "M33.20 M33.29 M32.9"),
        ("polymyositis", "ICD10CM", "M33.20 M33.29", "M33.10 M33.90"),
        ("headache", "ICD10CM", "R51 R51.9 G44.1 G44.40", "G43.909 G44.209"),
        ("headache", "ICD9CM", "784.0 339.3", "346.90 784.1"),
        ("aseptic meningitis", "ICD10CM", "G03.0", "G00.9 G03.9 A87.9"),
        ("aseptic meningitis", "ICD9CM", "322.0 047.9", "320.9 322.9"),
        ("thromboembolism", "ICD10CM", "I26.99 I82.409 I21.9 I63.9 I74.3", "I82.509 I25.2 I69.30 I61.9 Z86.711"),
        ("thromboembolism", "ICD9CM", "415.19 453.40 410.91 434.91 444.22", "453.50 412 438.9 431 V12.51"),
        ("cerebral infarction", "ICD9CM", "434.01 434.11 434.91", "434.90 433.10"),
        ("haemolytic anaemia", "ICD10CM", "D59.0 D59.11 D59.9", "D55.0 D58.9 D60.9"),
        ("haemolytic anaemia", "ICD9CM", "283.0 283.9", "282.9 285.9"),
        ("acute renal failure", "ICD10CM", "N17.9", "N18.9 N19"),
        ("acute renal failure", "ICD9CM", "584.9", "585.9 586"),
    ],
)
def test_a_diagnosis_list_holds_these_codes_and_not_those(name, vocabulary, inside, outside):
    listed = codes(name, vocabulary)
    assert [code for code in inside.split() if not _is_in(code, listed)] == []
    assert [code for code in outside.split() if _is_in(code, listed)] == []


def test_an_ingredient_is_always_taken_with_its_products():
    ingredients = [line.code for line in EVERY_LINE if line.code.vocabulary is Vocabulary.RXNORM]
    assert len(ingredients) > 40
    assert all(code.with_descendants for code in ingredients)


def test_the_weekly_score_is_found_by_the_words_that_sources_use():
    assert "CDASIACTIVITY" in codes("CDASI activity", "source")
    assert not [one for one in read_code_list("CDASI activity") if re.search("damage|total score", one.name)]
