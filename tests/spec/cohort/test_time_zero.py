"""Candidate days zero, washout, evidence of disease, observation and age."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.cohort.eligibility import AgeDefinition, require_age, require_observation
from refractory.cohort.time_zero import DiseaseDefinition, derive_candidates, require_disease, require_washout
from refractory.exposures.eras import derive_exposures

CANDIDATES = {"person_id": "int64", "day0_date": "date"}


def _candidates(engine, text: str):
    return fill(engine, "candidates", text, CANDIDATES)


def test_every_treatment_day_is_a_candidate_once(engine):
    drug = fill(
        engine,
        "drug",
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-01-01
        1         | 2020-01-02
    """,
    )
    same_rows(
        engine,
        derive_candidates(derive_exposures(drug)),
        """
        person_id | day0_date
        1         | 2020-01-01
        1         | 2020-01-02
    """,
    )


def test_day_0_opens_a_course_only_without_treatment_in_the_whole_washout_window(engine):
    """Day -180 is inside a washout of 180 days, day -181 is not."""
    drug = fill(
        engine,
        "drug",
        """
        person_id | start_date
        1         | 2020-01-01
        1         | 2020-06-29
        2         | 2020-01-01
        2         | 2020-06-30
    """,
    )
    treatment = engine.keep("treatment", derive_exposures(drug))
    same_rows(
        engine,
        require_washout(derive_candidates(treatment), treatment, 180),
        """
        person_id | day0_date
        1         | 2020-01-01
        2         | 2020-01-01
        2         | 2020-06-30
    """,
    )


def test_supply_that_reaches_into_the_washout_counts_and_not_only_its_first_day(engine):
    drug = fill(
        engine,
        "drug",
        """
        person_id | start_date | end_date
        1         | 2020-01-01 | 2020-03-31
        1         | 2020-05-01 | 2020-05-30
    """,
    )
    treatment = engine.keep("treatment", derive_exposures(drug))
    same_rows(
        engine,
        require_washout(derive_candidates(treatment), treatment, 60),
        """
        person_id | day0_date
        1         | 2020-01-01
    """,
    )


def _with_disease(engine, evidence: str, definition: DiseaseDefinition):
    candidates = _candidates(
        engine,
        """
        person_id | day0_date
        1         | 2020-06-01
        2         | 2020-06-01
        3         | 2020-06-01
    """,
    )
    event = fill(engine, "event", evidence)
    return require_disease(candidates, event, definition)


def test_codes_30_days_apart_are_evidence_and_29_days_apart_are_not(engine):
    kept = _with_disease(
        engine,
        """
        person_id | concept_set | start_date
        1         | disease     | 2020-01-01
        1         | disease     | 2020-01-31
        2         | disease     | 2020-01-01
        2         | disease     | 2020-01-30
        3         | disease     | 2020-01-01
    """,
        DiseaseDefinition(concept="disease", at_least=2, apart="30 days"),
    )
    same_rows(engine, kept, "person_id | diagnosis_date\n1 | 2020-01-01")


def test_a_code_on_day_0_counts_and_one_on_the_day_after_does_not(engine):
    kept = _with_disease(
        engine,
        """
        person_id | concept_set | start_date
        1         | disease     | 2020-03-01
        1         | disease     | 2020-06-01
        2         | disease     | 2020-03-01
        2         | disease     | 2020-06-02
    """,
        DiseaseDefinition(concept="disease", at_least=2, apart="30 days"),
    )
    same_rows(engine, kept, "person_id | diagnosis_date\n1 | 2020-03-01")


def test_three_codes_each_30_days_after_the_one_taken_before(engine):
    """Person 1 has them; person 2 has three codes of which no three are 30 days apart."""
    kept = _with_disease(
        engine,
        """
        person_id | concept_set | start_date
        1         | disease     | 2020-01-01
        1         | disease     | 2020-01-20
        1         | disease     | 2020-02-05
        1         | disease     | 2020-03-10
        2         | disease     | 2020-01-01
        2         | disease     | 2020-01-20
        2         | disease     | 2020-02-15
    """,
        DiseaseDefinition(concept="disease", at_least=3, apart="30 days"),
    )
    same_rows(engine, kept, "person_id | diagnosis_date\n1 | 2020-01-01")


def test_without_distance_two_codes_of_one_day_are_two_codes(engine):
    kept = _with_disease(
        engine,
        """
        person_id | concept_set | start_date
        1         | disease     | 2020-01-01
        1         | disease     | 2020-01-01
        2         | disease     | 2020-01-01
    """,
        DiseaseDefinition(concept="disease", at_least=2, apart="0 days"),
    )
    same_rows(engine, kept, "person_id | diagnosis_date\n1 | 2020-01-01")


def test_one_period_must_cover_the_whole_look_back_and_day_0(engine):
    candidates = _candidates(
        engine,
        """
        person_id | day0_date
        1         | 2020-06-29
        2         | 2020-06-29
        3         | 2020-06-29
        4         | 2020-06-29
    """,
    )
    periods = fill(
        engine,
        "observation_period",
        """
        person_id | start_date | end_date
        1         | 2020-01-01 | 2020-06-29
        2         | 2020-01-02 | 2021-01-01
        3         | 2019-01-01 | 2020-06-28
        4         | 2019-01-01 | 2020-03-01
        4         | 2020-04-01 | 2021-01-01
    """,
    )
    same_rows(engine, require_observation(candidates, periods, 180), "person_id\n1")


def test_age_is_in_completed_years_and_an_undecidable_age_is_not_kept(engine):
    candidates = _candidates(
        engine,
        """
        person_id | day0_date
        1         | 2020-06-01
        2         | 2020-06-01
        3         | 2020-06-01
        4         | 2020-06-01
        5         | 2021-02-28
    """,
    )
    person = fill(
        engine,
        "person",
        """
        person_id | birth_earliest | birth_latest
        1         | 2002-06-01     | 2002-06-01
        2         | 2002-06-02     | 2002-06-02
        3         | 2002-01-01     | 2002-12-31
        4         | 2001-01-01     | 2001-12-31
        5         | 2003-02-28     | 2003-02-28
    """,
    )
    same_rows(engine, require_age(candidates, person, AgeDefinition(at_least=18)), "person_id\n1\n4\n5")
    same_rows(engine, require_age(candidates, person, AgeDefinition(below=18)), "person_id\n2")
