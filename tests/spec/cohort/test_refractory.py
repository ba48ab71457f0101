"""The refractory rule and its proof."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.cohort.activity import ActiveDefinition, classify_activity
from refractory.cohort.refractory import (
    DrugsTaken,
    RefractoryDefinition,
    derive_courses_before,
    require_failed_drugs,
)
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.records.adjudicated import derive_final_labels

CANDIDATES = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}
RULE = RefractoryDefinition(
    among="drugs", adequate={"methotrexate": "8 weeks", "*": "4 weeks"}, routes=["oral", "intravenous"]
)
DRUGS = ("methotrexate", "prednisone")


NO_WEIGHT = "person_id | date | value\n99 | 2020-01-01 | 70"
NO_LABEL = "person_id | item | value | earliest | latest\n99 | why stopped prednisone | x | 2020-01-01 | 2020-01-01"


def _courses(engine, drug: str, rule: RefractoryDefinition = RULE, measurement: str = NO_WEIGHT, label: str = NO_LABEL):
    candidates = fill(
        engine,
        "candidates",
        "person_id | day0_date | diagnosis_date\n" + "\n".join(f"{n} | 2020-06-01 | 2020-01-01" for n in range(1, 9)),
        CANDIDATES,
    )
    exposures = engine.keep("exposures", derive_exposures(fill(engine, "drug", drug)))
    weights = fill(engine, "measurement", measurement)
    labels = engine.keep("labels", derive_final_labels(fill(engine, "label", label)))
    dosed = engine.keep("dosed", derive_daily_doses(exposures))
    taken = DrugsTaken(exposures, dosed, weights, labels)
    return candidates, engine.keep("courses", derive_courses_before(candidates, taken, DRUGS, rule, engine.keep))


def _asking(**adequate) -> RefractoryDefinition:
    return RefractoryDefinition(among="drugs", adequate=adequate, unknown_counts=False, weight="body weight")


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


def test_a_course_is_adequate_when_enough_of_its_days_are_at_the_least_dose(engine):
    """15 mg a week is asked for over 8 weeks. Person 1 takes it for 56 days, person 2 for 55; both go on with less.

    Person 3 takes half of it; the two prescriptions of person 4 are enough together; the dose of person 5 is known for
    the first 28 days only, that of person 6 for none; person 7 takes it, but only for 7 weeks.
    """
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date   | quantity | mg_per_unit
        1         | methotrexate | 2020-01-01 | 2020-02-25 | 48       | 2.5
        1         | methotrexate | 2020-02-26 | 2020-04-20 | 8        | 2.5
        2         | methotrexate | 2020-01-01 | 2020-02-24 | 48       | 2.5
        2         | methotrexate | 2020-02-25 | 2020-04-20 | 8        | 2.5
        3         | methotrexate | 2020-01-01 | 2020-02-25 | 24       | 2.5
        4         | methotrexate | 2020-01-01 | 2020-02-25 | 24       | 2.5
        4         | methotrexate | 2020-01-01 | 2020-02-25 | 12       | 5
        5         | methotrexate | 2020-01-01 | 2020-01-28 | 24       | 2.5
        5         | methotrexate | 2020-01-29 | 2020-02-25 | -        | 2.5
        6         | methotrexate | 2020-01-01 | 2020-02-25 | -        | 2.5
        7         | methotrexate | 2020-01-01 | 2020-02-18 | 42       | 2.5
    """,
        _asking(methotrexate={"at_least": "8 weeks", "dose": "15 mg per week"}),
    )
    same_rows(
        engine,
        courses,
        """
        person_id | covered_days | unknown_dose_days | adequacy   | why            | counts
        1         | 111          | 0                 | ADEQUATE   | -              | yes
        2         | 111          | 0                 | INADEQUATE | dose too low   | no
        3         | 56           | 0                 | INADEQUATE | dose too low   | no
        4         | 56           | 0                 | ADEQUATE   | -              | yes
        5         | 56           | 28                | UNKNOWN    | dose not known | no
        6         | 56           | 56                | UNKNOWN    | dose not known | no
        7         | 49           | 0                 | INADEQUATE | too short      | no
    """,
    )


def test_tablets_of_which_only_the_start_is_known_tell_no_dose_but_an_injection_and_a_direction_do(engine):
    """Thirty tablets of 20 mg are not 600 mg on the day on which they were fetched."""
    _, courses = _courses(
        engine,
        """
        person_id | concept_set | start_date | end_date | quantity | mg_per_unit | route
        1         | prednisone  | 2020-01-01 | -        | 30       | 20          | oral
        2         | prednisone  | 2020-01-01 | -        | 1        | 1000        | intravenous
    """,
        _asking(prednisone={"at_least": "1 day", "dose": "500 mg per day"}),
    )
    same_rows(
        engine,
        courses,
        """
        person_id | mean_daily_mg | unknown_dose_days | adequacy
        1         | -             | 1                 | UNKNOWN
        2         | 1000          | 0                 | ADEQUATE
    """,
    )


def test_a_least_dose_per_kg_takes_the_weight_nearest_to_the_start_and_none_after_day_0(engine):
    """1.5 mg/kg a day of 60 kg is 90 mg. Person 4's only weight is of the day after day 0."""
    _, courses = _courses(
        engine,
        "person_id | concept_set | start_date | end_date | quantity | mg_per_unit\n"
        + "\n".join(f"{n} | prednisone | 2020-03-01 | 2020-03-30 | {60 if n < 3 else 54} | 50" for n in (1, 2, 3, 4)),
        _asking(prednisone={"at_least": "4 weeks", "dose": "1.5 mg/kg per day"}),
        measurement="""
        person_id | date       | value
        1         | 2020-02-20 | 60
        1         | 2020-03-15 | 90
        2         | 2020-02-20 | 90
        2         | 2020-03-05 | 60
        3         | 2020-02-01 | 60
        4         | 2020-06-02 | 60
    """,
    )
    same_rows(
        engine,
        courses,
        """
        person_id | least_daily_mg | mean_daily_mg | adequacy
        1         | 90             | 100           | ADEQUATE
        2         | 90             | 100           | ADEQUATE
        3         | 90             | 90            | ADEQUATE
        4         | -              | 90            | UNKNOWN
    """,
    )


def test_the_reason_for_stopping_is_that_of_the_last_record_that_gives_one_else_that_of_the_charts(engine):
    """Person 2's chart speaks of methotrexate, person 3's of a day after day 0, person 4's of prednisone."""
    rule = RULE.model_copy(update={"stopped": "why stopped", "reasons": ("lack of efficacy",)})
    drug = """
        person_id | concept_set | start_date | end_date   | stop_reason
        1         | prednisone  | 2020-01-01 | 2020-01-20 | lack of efficacy
        1         | prednisone  | 2020-01-21 | 2020-02-20 | Adverse event
        1         | prednisone  | 2020-02-21 | 2020-03-20 | -
        2         | prednisone  | 2020-01-01 | 2020-03-20 | -
        3         | prednisone  | 2020-01-01 | 2020-03-20 | -
        4         | prednisone  | 2020-01-01 | 2020-03-20 | -
    """
    label = """
        person_id | item                     | value            | earliest   | latest
        2         | why stopped methotrexate | adverse event    | 2020-03-25 | 2020-03-25
        3         | why stopped prednisone   | adverse event    | 2020-06-02 | 2020-06-02
        4         | Why stopped prednisone   | Lack of efficacy | 2020-03    | 2020-03
    """.replace("2020-03    | 2020-03\n", "2020-03-01 | 2020-03-31\n")
    _, courses = _courses(engine, drug, rule, label=label)
    same_rows(
        engine,
        courses,
        """
        person_id | stop_reason      | counts | counts_strictly | counts_laxly
        1         | Adverse event    | no     | no              | yes
        2         | -                | yes    | no              | yes
        3         | -                | yes    | no              | yes
        4         | lack of efficacy | yes    | yes             | yes
    """,
    )
    _, courses = _courses(engine, drug, rule.model_copy(update={"unknown_reason": "left out"}), label=label)
    same_rows(engine, courses, "person_id | counts\n1 | no\n2 | no\n3 | no\n4 | yes")


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


def test_the_rule_in_words_says_whose_weight_and_whose_reasons_count():
    said = RefractoryDefinition(
        among="systemic drugs",
        adequate={"azathioprine": {"at_least": "8 weeks", "dose": "1.5 mg/kg per day"}},
        reasons=("lack of effect",),
        unknown_reason="left out",
        stopped="why stopped",
        weight="body weight",
    ).describe_adequacy()
    assert said == (
        "A course is adequate when it covers at least: azathioprine 56 days at 1.5 mg/kg per day or more, "
        "any other drug 28 days.",
        "Days count towards it when their dose is known and high enough.",
        "A dose per kg is by the body weight nearest to the start of the course, and none after day 0.",
        "A course failed when it was stopped for lack of effect; without a reason it does not count.",
        'Where the source gives no reason, the reviewers\' label "why stopped" of the drug does, if it is '
        "dated between the start of the course and day 0.",
    )


def test_why_a_drug_was_stopped_after_day_0_is_not_known_on_it(engine):
    """Day 0 is 2020-06-01. Supply that ends on it may have failed; what goes on beyond it gives no reason yet."""
    rule = RULE.model_copy(update={"reasons": ("lack of efficacy",), "unknown_reason": "left out"})
    _, courses = _courses(
        engine,
        """
        person_id | concept_set  | start_date | end_date   | stop_reason
        1         | methotrexate | 2020-02-01 | 2020-05-31 | lack of efficacy
        2         | methotrexate | 2020-02-01 | 2020-06-01 | lack of efficacy
        3         | methotrexate | 2020-02-01 | 2020-06-02 | lack of efficacy
        4         | methotrexate | 2020-02-01 | 2020-03-31 | lack of efficacy
        4         | methotrexate | 2020-04-01 | 2020-07-31 | adverse event
    """,
        rule,
    )
    same_rows(
        engine,
        courses,
        """
        person_id | stop_reason      | counts
        1         | lack of efficacy | yes
        2         | lack of efficacy | yes
        3         | -                | no
        4         | lack of efficacy | yes
    """,
    )
