"""The refractory rule and its proof."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.cohort.refractory import (
    ActiveDefinition,
    RefractoryDefinition,
    classify_activity,
    derive_courses_before,
    require_failed_drugs,
)
from refractory.exposures.eras import derive_exposures
from refractory.records.adjudicated import derive_final_labels

CANDIDATES = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}
RULE = RefractoryDefinition(
    among="drugs", adequate={"methotrexate": "8 weeks", "*": "4 weeks"}, routes=["oral", "intravenous"]
)
DRUGS = ("methotrexate", "prednisone")


def _courses(engine, drug: str, rule: RefractoryDefinition = RULE):
    candidates = fill(
        engine,
        "candidates",
        "person_id | day0_date | diagnosis_date\n" + "\n".join(f"{n} | 2020-06-01 | 2020-01-01" for n in range(1, 9)),
        CANDIDATES,
    )
    exposures = engine.keep("exposures", derive_exposures(fill(engine, "drug", drug)))
    courses = engine.keep("courses", derive_courses_before(candidates, exposures, DRUGS, rule))
    return candidates, courses


def test_a_course_is_adequate_from_its_least_days_on_drug_by_drug(engine):
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        1         | methotrexate | 2020-01-01 | 2020-02-25
        2         | methotrexate | 2020-01-01 | 2020-02-24
        3         | prednisone   | 2020-01-01 | 2020-01-28
        4         | prednisone   | 2020-01-01 | 2020-01-27
        5         | prednisone   | 2020-01-01 | -
    """,
    )
    same_rows(
        engine,
        courses,
        """
        person_id | covered_days | least_days | adequacy   | counts
        1         | 56           | 56         | ADEQUATE   | yes
        2         | 55           | 56         | INADEQUATE | no
        3         | 28           | 28         | ADEQUATE   | yes
        4         | 27           | 28         | INADEQUATE | no
        5         | 1            | 28         | UNKNOWN    | yes
    """,
    )


def test_a_course_of_unknown_length_does_not_count_where_the_study_says_so(engine):
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        5         | prednisone   | 2020-01-01 | -
    """,
        RULE.model_copy(update={"unknown_counts": False}),
    )
    same_rows(engine, courses, "adequacy | counts\nUNKNOWN | no")


def test_a_course_begun_before_the_diagnosis_does_not_count_though_it_goes_on_after(engine):
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        1         | prednisone   | 2019-12-31 | 2020-01-29
        1         | prednisone   | 2020-01-30 | 2020-05-01
        2         | prednisone   | 2020-01-01 | 2020-05-01
    """,
    )
    same_rows(engine, courses, "person_id | counts\n1 | no\n2 | yes")


def test_nothing_on_or_after_day_0_makes_a_course_longer(engine):
    """Person 1's supply runs over day 0: only 27 of its days are before. Person 2 begins on day 0: no course."""
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        1         | prednisone   | 2020-05-05 | 2020-07-01
        2         | prednisone   | 2020-06-01 | 2020-08-01
    """,
    )
    same_rows(engine, courses, "person_id | covered_days | end_date\n1 | 27 | 2020-05-31")


def test_a_topical_drug_is_not_systemic_and_an_unknown_route_counts_where_the_study_says_so(engine):
    drug = """
        person_id | concept_set  | start_date | end_date   | route
        1         | prednisone   | 2020-01-01 | 2020-05-01 | topical
        2         | prednisone   | 2020-01-01 | 2020-05-01 | unknown
        3         | prednisone   | 2020-01-01 | 2020-05-01 | oral
    """
    _, courses = _courses(engine, drug)
    same_rows(engine, courses, "person_id\n2\n3")
    _, courses = _courses(engine, drug, RULE.model_copy(update={"unknown_route": "left out"}))
    same_rows(engine, courses, "person_id\n3")


def test_two_courses_of_one_drug_are_one_drug(engine):
    candidates, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date
        1         | prednisone   | 2020-01-01 | 2020-01-30
        1         | prednisone   | 2020-04-01 | 2020-04-30
        2         | prednisone   | 2020-01-01 | 2020-01-30
        2         | methotrexate | 2020-02-01 | 2020-04-30
    """,
    )
    same_rows(engine, require_failed_drugs(candidates, courses, 2), "person_id | drugs_before\n2 | 2")
    assert engine.count(require_failed_drugs(candidates, courses, 1)) == 2


def _activity(engine, label: str, measurement: str, rule: ActiveDefinition):
    candidates = fill(
        engine,
        "candidates",
        "person_id | day0_date | diagnosis_date\n" + "\n".join(f"{n} | 2020-06-01 | 2020-01-01" for n in range(1, 6)),
        CANDIDATES,
    )
    labels = derive_final_labels(fill(engine, "label", label))
    return classify_activity(candidates, labels, fill(engine, "measurement", measurement), rule)


def test_the_chart_says_whether_the_disease_is_active_else_the_score_else_the_treatment(engine):
    activity = _activity(
        engine,
        """
        person_id | item           | value | earliest   | latest     | reviewer
        1         | active disease | no    | 2020-05-01 | 2020-05-01 | A
        1         | active disease | Yes   | 2020-05-20 | 2020-05-20 | A
        2         | Active disease | no    | 2020-05-20 | 2020-05-20 | A
        3         | active disease | yes   | 2020-06-02 | 2020-06-02 | A
        4         | active disease | yes   | 2020-05-20 | 2020-05-20 | A
        4         | active disease | no    | 2020-05-20 | 2020-05-20 | B
    """,
        """
        person_id | date       | value
        2         | 2020-05-25 | 20
        3         | 2020-05-25 | 0
        4         | 2020-05-25 | 12
        4         | 2020-06-02 | 0
    """,
        ActiveDefinition(label="active disease", score="score", at_least=1),
    )
    same_rows(
        engine,
        activity,
        """
        person_id | is_active | known_by
        1         | yes       | chart
        2         | no        | chart
        3         | no        | score
        4         | yes       | score
        5         | yes       | treatment
    """,
    )


def test_without_chart_and_score_a_person_is_out_where_the_study_says_so(engine):
    activity = _activity(
        engine,
        "person_id | item | value | earliest | latest\n9 | active disease | yes | 2020-05-01 | 2020-05-01",
        "person_id | date | value\n9 | 2020-05-01 | 1",
        ActiveDefinition(label="active disease", otherwise="left out"),
    )
    same_rows(engine, activity, "\n".join(["person_id | is_active", *(f"{n} | no" for n in range(1, 6))]))
