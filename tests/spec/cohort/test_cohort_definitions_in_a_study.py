"""A study takes a cohort definition of ATLAS for its disease, an exclusion, data at diagnosis or a feature."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from circe_notation import DISEASE, INFUSION, OTHER, RASH, SETS, Clinic, days, define, event, found, group
from refractory.chart_form.building import build_chart_form
from refractory.errors import ProtocolError
from refractory.explain import explain_protocol
from refractory.protocol import parse_protocol
from refractory.records.from_omop import open_source
from refractory.study import run_study

STUDY = """
[study]
name = "small"
title = "Small"
[concepts.drug]
OMOP = ["300+"]
[concepts.response]
OMOP = [500]
[disease]
circe = "disease.json"
{disease}
[treatment]
concept = "drug"
[response]
name = "Response"
primary = {{ event = "response" }}
{more}
"""
TWICE = define(
    event("ConditionOccurrence"),
    sets=SETS,
    limits=("All", "All", "First"),
    rules=(group(found(event("ConditionOccurrence"), ">=1", days((30, 1), (None, 1)))),),
    Title="Rash, twice",
)
OTHER_DISEASE = define(event("ConditionOccurrence", 12), sets=SETS)


def protocol_in(folder: Path, more: str = "", disease: str = "", definition=TWICE):
    (folder / "disease.json").write_text(json.dumps(definition))
    (folder / "other.json").write_text(json.dumps(OTHER_DISEASE))
    return parse_protocol(STUDY.format(more=more, disease=disease), "small.toml", folder)


def clinic_in(folder: Path, persons: dict[int, dict[str, list[date]]]) -> str:
    clinic = Clinic()
    concepts = {"rash": RASH, "disease": DISEASE, "other": OTHER}
    for person, told in persons.items():
        clinic.add("person", person_id=person, gender_concept_id=8532, year_of_birth=1970)
        clinic.add(
            "observation_period", person_id=person, observation_period_start_date=date(2010, 1, 1),
            observation_period_end_date=date(2020, 12, 31),
        )  # fmt: skip
        for name, all_days in told.items():
            for day in all_days:
                if name == "drug":
                    clinic.add(
                        "drug_exposure", person_id=person, drug_concept_id=INFUSION, drug_exposure_start_date=day
                    )
                else:
                    clinic.add(
                        "condition_occurrence", person_id=person, condition_concept_id=concepts[name],
                        condition_start_date=day,
                    )  # fmt: skip
    return str(clinic.write(folder / "clinic.duckdb"))


def run(folder: Path, persons, **told):
    source = open_source(clinic_in(folder, persons))
    done = run_study(protocol_in(folder, **told), source)
    source.close()
    return done


JANUARY, MARCH, JUNE, LATER = date(2015, 1, 1), date(2015, 3, 1), date(2015, 6, 1), date(2016, 1, 1)
PERSONS = {
    # two diagnoses before the first dose
    1: {"rash": [JANUARY, MARCH], "drug": [JUNE]},
    # the second diagnosis comes between two doses: the later dose is day 0
    2: {"rash": [JANUARY, JUNE], "drug": [MARCH, LATER]},
    # the second diagnosis comes after the only dose
    3: {"rash": [JANUARY, LATER], "drug": [JUNE]},
    # one diagnosis
    4: {"rash": [JANUARY], "drug": [JUNE]},
    # two diagnoses, and another disease before day 0
    5: {"disease": [JANUARY], "rash": [MARCH], "other": [MARCH], "drug": [JUNE]},
    # two diagnoses, and another disease after day 0
    6: {"rash": [JANUARY, MARCH], "other": [LATER], "drug": [JUNE]},
}


def days_zero(done):
    return {one.member.person_id: (one.member.day0_date, one.member.diagnosis_date) for one in done.patients}


def test_the_disease_is_there_from_the_entry_as_it_was_known_by_day_0(tmp_path):
    done = run(tmp_path, PERSONS)
    assert days_zero(done) == {
        1: (JUNE, JANUARY),
        2: (LATER, JANUARY),
        5: (JUNE, JANUARY),
        6: (JUNE, JANUARY),
    }
    (step,) = [one for one in done.results.attrition if one.criterion == "Disease"]
    assert (step.persons_before, step.persons_after) == (6, 4)
    assert "Rash, twice (disease.json)" in step.sentence
    assert done.results.head.disease == "Rash, twice"


def test_an_entry_before_day_0_excludes_and_one_after_it_does_not(tmp_path):
    done = run(tmp_path, PERSONS, more='[[exclude]]\nname = "Other disease"\ncirce = "other.json"\n')
    assert days_zero(done).keys() == {1, 2, 6}
    (step,) = [one for one in done.results.attrition if one.criterion == "Other disease"]
    assert step.persons_before - step.persons_after == 1
    assert "entry into the cohort definition other.json on" in step.sentence


def test_an_exclusion_has_a_window(tmp_path):
    more = '[[exclude]]\nname = "Other disease"\ncirce = "other.json"\nwindow = [-30, 0]\n'
    assert days_zero(run(tmp_path, PERSONS, more=more)).keys() == {1, 2, 5, 6}


def test_data_at_diagnosis_and_a_feature_are_looked_for_by_entries_too(tmp_path):
    at_diagnosis = '[eligibility.data_at_diagnosis]\ncirce = "other.json"\nwindow = [0, 90]\n'
    feature = '[[feature]]\nname = "other"\nany = [{ circe = "other.json" }]\n'
    assert days_zero(run(tmp_path, PERSONS, more=at_diagnosis)).keys() == {5}
    (tmp_path / "clinic.duckdb").unlink()
    done = run(tmp_path, PERSONS, more=feature)
    assert {one.member.person_id: one.member.features["other"] for one in done.patients} == {
        1: False, 2: False, 5: True, 6: False,
    }  # fmt: skip


def test_several_entries_can_be_asked_for(tmp_path):
    """Each diagnosis is an entry of its own when a stay lasts a day; two of them 60 days apart are wanted."""
    each = define(
        event("ConditionOccurrence"), sets=SETS, EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 0}}
    )
    done = run(tmp_path, PERSONS, definition=each, disease='at_least = 2\napart = "60 days"')
    assert days_zero(done).keys() == {2}
    (tmp_path / "clinic.duckdb").unlink()
    done = run(tmp_path, PERSONS, definition=each)
    assert days_zero(done).keys() == {1, 2, 3, 4, 5, 6}


def test_what_the_records_cannot_answer_is_a_serious_caution(tmp_path):
    asked = define(event("ConditionOccurrence"), event("DoseEra", 4), sets=SETS)
    done = run(tmp_path, PERSONS, definition=asked)
    (caution,) = [one for one in done.results.cautions if one.code == "definition-disease.json"]
    assert "the table dose_era, which is not there" in caution.text


def test_the_methods_say_the_definition_in_words_once(tmp_path):
    more = '[[exclude]]\nname = "Other"\ncirce = "other.json"\n[[exclude]]\nname = "More"\ncirce = "other.json"\n'
    sections = {one.heading: one.sentences for one in explain_protocol(protocol_in(tmp_path, more))}
    _, first, second = sections["Cohort definitions"]
    assert first.startswith('The cohort definition "Rash, twice" (disease.json) is entered on each of: a diagnosis of')
    assert second.startswith('The cohort definition "other" (other.json)')


def test_the_fingerprint_of_a_study_holds_what_its_files_say(tmp_path):
    one = protocol_in(tmp_path).hash
    assert protocol_in(tmp_path).hash == one
    assert protocol_in(tmp_path, definition={**TWICE, "Title": "Other words"}).hash == one
    assert protocol_in(tmp_path, definition={**TWICE, "ExpressionLimit": {"Type": "Last"}}).hash != one


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"disease": 'concept = "drug"'}, "a disease is a concept set (concept) or a cohort definition (circe)"),
        ({"more": '[[exclude]]\nname = "x"\n'}, "a criterion looks for a concept set (concept) or a cohort definition"),
        ({"more": '[[exclude]]\nname = "x"\ncirce = "none.json"\n'}, "there is no file none.json beside the protocol"),
        ({"more": '[[exclude]]\nname = "x"\ncirce = "../x.json"\n'}, "lies outside the folder of the protocol"),
        ({"more": '[[exclude]]\nname = "x"\ncirce = "other.json"\nabove = 3\n'}, "above and below are for values"),
        ({"definition": {"PrimaryCriteria": {"CriteriaList": [{"Episode": {}}]}}}, "Episode: is not supported"),
        ({"more": '[concepts.x]\ncirce = "other.json#none"\n'}, "the concept set is not there"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, told, said):
    with pytest.raises(ProtocolError) as refused:
        protocol_in(tmp_path, **told)
    assert said in str(refused.value)
    assert "line " in str(refused.value)


def test_a_dial_can_be_another_definition(tmp_path):
    dials = '[dials]\n"disease.circe" = ["disease.json", "other.json"]\n'
    assert protocol_in(tmp_path, dials).dials
    with pytest.raises(ProtocolError, match=r"no file gone\.json"):
        protocol_in(tmp_path, dials.replace("other.json", "gone.json"))


def test_a_concept_set_of_a_file_serves_as_any_other(tmp_path):
    more = '[concepts.rash]\ncirce = "disease.json#rash"\n[[exclude]]\nname = "Rash"\nconcept = "rash"\n'
    assert days_zero(run(tmp_path, PERSONS, more=more)) == {}
    (tmp_path / "clinic.duckdb").unlink()
    more = more.replace("#rash", "#other disease")
    assert days_zero(run(tmp_path, PERSONS, more=more)).keys() == {1, 2, 6}


def test_a_form_for_charts_does_not_leave_out_what_a_definition_decides_in_silence(tmp_path):
    more = '[[exclude]]\nname = "Other disease"\ncirce = "other.json"\n'
    with pytest.raises(ProtocolError, match=r"what 2 cohort definitions of ATLAS decide: disease\.json, other\.json"):
        build_chart_form(protocol_in(tmp_path, more=more))
