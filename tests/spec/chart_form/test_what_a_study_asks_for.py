"""A chart form asks for what its protocol needs, says why, and asks for nothing more."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from refractory.chart_form.building import build_chart_form
from refractory.chart_form.fields import PERSON, ChartForm
from refractory.chart_form.mapping_text import write_sheet_mapping
from refractory.chart_form.terms import build_terms
from refractory.chart_form.workbook import build_workbook
from refractory.codes import Vocabulary
from refractory.protocol import parse_protocol
from refractory.records.concept_sets import ConceptSetDefinition
from refractory.records.mapping import SourceMapping

STUDIES = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))
SMALL = """
[study]
name  = "small"
title = "Small"

[concepts."disease"]
ICD10CM = ["M05*"]
[concepts."drug"]
RxNorm = ["612865+"]
[concepts."fever"]
ICD10CM = ["R50*"]
{concepts}
[disease]
concept = "disease"
at_least = 1
[treatment]
concept = "drug"
{treatment}
{more}
[response]
name = "Fever"
means = "harm"
primary = {{ event = "fever", window = [1, 30] }}
"""


def _form(more: str = "", concepts: str = "", treatment: str = "") -> ChartForm:
    return build_chart_form(parse_protocol(SMALL.format(more=more, concepts=concepts, treatment=treatment)))


def _names(form: ChartForm) -> dict[str, list[str]]:
    return {one.title: [field.name for field in one.fields if field.key != PERSON] for one in form.forms}


def test_a_small_study_asks_for_little():
    assert _names(_form()) == {
        "Persons": ["Date of birth", "Sex", "Race", "Observed from", "Observed to", "Date of death"],
        "Diagnoses": ["Diagnosis", "Date"],
        "Treatment": ["Start", "Stop"],
        "Events": ["Event", "Date"],
    }


METHOTREXATE = '[concepts."methotrexate"]\nuse = ["methotrexate"]\n'


@pytest.mark.parametrize(
    ("more", "concepts", "treatment", "sheet", "columns"),
    [
        ("", "", 'routes = ["intravenous"]', "Treatment", ["Start", "Stop", "Route"]),
        ("", "", "cycle = {}", "Infusions", ["Date", "Dose in grams"]),
        (
            "", '[concepts."weight"]\nuse = ["body weight"]\n', 'cycle = { weight = "weight" }', "Infusions",
            ["Date", "Dose in grams", "Weight in kg"],
        ),
        (
            '[refractory]\namong = "methotrexate"\nfailed = 1\n', METHOTREXATE, "", "Other drugs",
            ["Drug", "Start", "Stop", "Why stopped"],
        ),
        (
            '[refractory]\namong = "methotrexate"\nfailed = 1\n'
            'adequate = { "*" = { at_least = "8 weeks", dose = "15 mg per week" } }\n',
            METHOTREXATE, "", "Other drugs", ["Drug", "Start", "Stop", "Dose and how often", "Why stopped"],
        ),
        (
            '[[exclude]]\nname = "Raised enzyme"\nconcept = "ck"\nabove = 500\n',
            '[concepts."ck"]\nuse = ["creatine kinase"]\n', "", "Measurements", ["Test", "Date", "Value", "Unit"],
        ),
        (
            '[[exclude]]\nname = "Raised enzyme"\nconcept = "ck"\nabove = "upper limit of normal"\n',
            '[concepts."ck"]\nuse = ["creatine kinase"]\n', "", "Measurements",
            ["Test", "Date", "Value", "Unit", "Upper limit of normal"],
        ),
        (
            '[[exclude]]\nname = "Any enzyme"\nconcept = "ck"\n', '[concepts."ck"]\nuse = ["creatine kinase"]\n', "",
            "Examinations", ["Examination", "Date"],
        ),
        (
            '[follow_up]\nrelapse = { label = "relapse", positive = ["yes", "partly"] }\n', "", "", "Review",
            ["Relapse", "Relapse: date", "Reviewer"],
        ),
    ],
)  # fmt: skip
def test_a_key_of_the_protocol_brings_the_columns_that_it_needs(more, concepts, treatment, sheet, columns):
    assert _names(_form(more, concepts, treatment))[sheet] == columns


def test_the_reasons_of_the_protocol_are_the_ones_to_choose_from():
    form = _form('[refractory]\namong = "methotrexate"\nfailed = 1\nreasons = ["no effect", "relapse"]\n', METHOTREXATE)
    drugs = next(one for one in form.forms if one.title == "Other drugs")
    assert drugs.find_field("why_stopped").choices == ("no effect", "relapse", "other")
    assert not drugs.find_field("why_stopped").is_open


def test_the_answers_of_a_label_are_those_that_the_protocol_knows():
    form = _form('[follow_up]\nrelapse = { label = "relapse", positive = ["yes", "partly"] }\n')
    review = next(one for one in form.forms if one.title == "Review")
    assert review.find_field("item1").choices == ("yes", "partly", "no")


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_question_says_which_part_of_the_protocol_needs_it(path):
    text = path.read_text(encoding="utf-8")
    for one in build_chart_form(parse_protocol(text, path.name, path.parent)).forms:
        for field in one.fields:
            reasons = [re.split(r'[ ."]', reason)[0] for reason in field.why.split(", ")]
            told = {"table", "recorded", "study", "follow_up", *tomllib.loads(text)}
            assert field.question
            assert reasons
            assert set(reasons) <= told


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_concept_set_of_a_study_that_ships_can_be_answered(path):
    protocol = parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent)
    form = build_chart_form(protocol)
    asked = {choice for one in form.forms for field in one.fields for choice in field.choices}
    asked |= {said for one in form.forms for goes in one.destinations for said in goes.text.values()}
    needed = {name for name, one in protocol.concept_sets.items() if not one.members}
    assert {
        leaf for leaf in needed if not any(term.text in asked for term in build_terms(leaf, protocol.concept_sets))
    } == set()
    assert form.shared == {}


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_mapping_is_one_and_sends_every_column_somewhere(path):
    form = build_chart_form(parse_protocol(path.read_text(encoding="utf-8"), path.name, path.parent))
    mapping = SourceMapping.model_validate(tomllib.loads(write_sheet_mapping(form, "charts.xlsx")))
    for one, table in zip(form.forms, mapping.table, strict=True):
        used = {table.person, *(column for record in table.record for column in record.column.values())}
        assert used == {field.name for field in one.fields}


SETS = {
    "disease": ConceptSetDefinition(ICD10CM=("M33.1*",)),
    "weakness": ConceptSetDefinition(ICD10CM=("M33.12", "M62.81")),
    "lung": ConceptSetDefinition(ICD10CM=("M33.11",)),
    "enzyme": ConceptSetDefinition(LOINC=("2157-6",), CPT4=("82550",)),
    "drug": ConceptSetDefinition(HCPCS=("J1569",), ATC=("J06BA02",), RxNorm=("5666+",)),
    "score": ConceptSetDefinition(source=("PhGA", "score*")),
    "glucocorticoid": ConceptSetDefinition(use=("prednisone", "dexamethasone")),
    "without": ConceptSetDefinition(
        SNOMED=("396230008+", "26544005+"), exclude=ConceptSetDefinition(SNOMED=("396230008+",))
    ),
}


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("disease", [("disease", "ICD10CM:M33.1")]),
        ("weakness", [("weakness", "ICD10CM:M62.81")]),  # M33.12 is the disease too
        ("enzyme", [("enzyme", "LOINC:2157-6")]),
        ("drug", [("drug", "RxNorm:5666")]),  # a billing code would say mg too
        ("score", [("score", "")]),
        ("glucocorticoid", [("prednisone", "RxNorm:8640"), ("dexamethasone", "RxNorm:3264")]),  # 6.667 times as strong
        ("without", [("without", "SNOMED:26544005")]),
    ],
)
def test_an_answer_stands_for_the_code_that_means_this_set_and_no_other(name, answers):
    assert [(term.text, term.coding) for term in build_terms(name, SETS)] == answers


def test_an_answer_that_cannot_be_told_apart_says_so():
    (term,) = build_terms("lung", SETS)
    assert (term.coding, term.also, term.vocabulary) == ("ICD10CM:M33.11", ("disease",), Vocabulary.ICD10CM)


def test_a_billing_code_that_says_mg_of_every_unit_is_not_chosen_where_another_is_there():
    sets = {"drug": ConceptSetDefinition(use=("immunoglobulin",), exclude=ConceptSetDefinition(RxNorm=("5666+",)))}
    (term,) = build_terms("drug", sets)
    assert term.coding.partition(":")[0] == "OMOP"


CLASHING = (
    '[instrument."Review"]\nuse = "cdasi"\ntotal = "activity"\nitems = "cdasi_*"\n'
    '[instrument."history: [1/2]"]\nuse = "cdasi"\ntotal = "damage"\nitems = "other_*"\n'
    '[follow_up]\nrelapse = { label = "relapse" }\n'
    '[[response.supporting]]\nname = "one"\nlabel = "Improved"\n'
    '[[response.supporting]]\nname = "two"\nlabel = "Improved: date"\n'
)


def test_sheets_and_columns_that_would_be_called_alike_are_told_apart():
    text = SMALL.format(more="", concepts="", treatment="") + CLASHING
    form = build_chart_form(parse_protocol(text))
    titles = [one.title for one in form.forms]
    assert titles == ["Persons", "Diagnoses", "Treatment", "Review", "history 1 2", "Events", "Review, 2"]
    assert _names(form)["Review, 2"] == [
        "Improved", "Improved: date", "Improved: date, 2", "Improved: date: date", "Relapse", "Relapse: date",
        "Reviewer",
    ]  # fmt: skip
    SourceMapping.model_validate(tomllib.loads(write_sheet_mapping(form, "charts.xlsx")))
    assert build_workbook(form)


def test_a_weight_of_earlier_courses_has_a_day_of_its_own():
    concepts = f'{METHOTREXATE}[concepts."weight"]\nuse = ["body weight"]\n'
    rule = '[refractory]\namong = "methotrexate"\nfailed = 1\nweight = "weight"\n'
    form = _form(rule, concepts, 'cycle = { weight = "weight" }')
    assert _names(form)["Measurements"] == ["Test", "Date", "Value", "Unit"]
    assert _names(form)["Infusions"] == ["Date", "Dose in grams", "Weight in kg"]
