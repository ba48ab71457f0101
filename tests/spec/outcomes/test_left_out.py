"""Persons left out for lack of data, and what reviewers would have said alone."""

from __future__ import annotations

from datetime import date

from tests.tables import fill

from refractory.cohort.build import build_cohort
from refractory.outcomes.left_out import find_left_out, name_data_criteria
from refractory.outcomes.response import ResponseRule
from refractory.outcomes.reviewers import read_answers_by_reviewer
from refractory.protocol import parse_protocol
from refractory.records.store import Store

PROTOCOL = """
[study]
name  = "left-out"
title = "A study that asks for data"
[concepts.disease]
ICD10CM = ["M33.1*"]
[concepts.ivig]
RxNorm = ["5666+"]
[concepts.steroid]
RxNorm = ["8640+"]
[concepts.enzyme]
LOINC = ["2157-6"]
[concepts.drugs]
members = ["steroid"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "ivig"
[eligibility]
observed_before   = "100 days"
data_at_diagnosis = { concept = "enzyme", window = [-30, 30] }
[refractory]
failed   = 1
among    = "drugs"
adequate = { "*" = "2 weeks" }
active   = { label = "active", otherwise = "left out" }
[response]
name    = "Improvement"
primary = { label = "improved", positive = ["yes"], window = [1, 365] }
"""
STUDY = parse_protocol(PROTOCOL)


def _build(protocol=STUDY):
    """Person 1 is in; 2 is observed too late, 3 has no enzyme, 4 no chart of the disease, 5 is quiet by the chart.

    Person 6 is observed too late and had no drug before; 7 never had the disease.
    """
    store = Store()
    fill(store, "person", "person_id | sex\n" + "\n".join(f"{n} | female" for n in range(1, 8)))
    starts = {2: "2019-12-01", 6: "2019-12-01"}
    periods = "\n".join(f"{n} | {starts.get(n, '2018-01-01')} | 2022-01-01" for n in range(1, 8))
    fill(store, "observation_period", f"person_id | start_date | end_date\n{periods}")
    fill(store, "death", "person_id | death_date\n9 | 2022-01-01", {"person_id": "int64", "death_date": "date"})
    given = "\n".join(f"{n} | steroid | 2019-12-02 | 2019-12-20" for n in (1, 2, 3, 4, 5, 7))
    ivig = "\n".join(f"{n} | ivig | 2020-01-01 | 2020-01-01" for n in range(1, 8))
    fill(store, "drug", f"person_id | concept_set | start_date | end_date\n{given}\n{ivig}")
    codes = "\n".join(f"{n} | disease | 2019-12-01" for n in range(1, 7))
    fill(store, "event", f"person_id | concept_set | start_date\n{codes}")
    values = "\n".join(f"{n} | enzyme | 2019-12-10 | 200" for n in (1, 2, 4, 5, 6))
    fill(store, "measurement", f"person_id | concept_set | date | value\n{values}")
    rows = "\n".join(f"{n} | active | yes | 2019-12-20 | 2019-12-20 | a" for n in (1, 2, 3, 6))
    rows += "\n5 | active | no | 2019-12-20 | 2019-12-20 | a\n2 | improved | yes | 2020-02-01 | 2020-02-01 | a"
    rows += "\n3 | improved | no | 2020-02-01 | 2020-02-01 | a"
    fill(store, "label", f"person_id | item | value | earliest | latest | reviewer\n{rows}")
    cohort = build_cohort(store, protocol.leaves, protocol.cohort_definition)
    found = find_left_out(store, protocol.leaves, cohort, protocol.cohort_definition, protocol.outcome_definition)
    return store, cohort, found


def test_who_meets_all_but_the_criteria_that_ask_for_data_is_left_out_for_lack_of_it():
    _, cohort, found = _build()
    assert [one.person_id for one in cohort.members] == [1]
    assert found.criteria == ("Observation", "Data at diagnosis", "Active disease")
    assert found.lost == {"Observation": 2, "Data at diagnosis": 1, "Active disease": 2}
    # Person 5 has a quiet disease and is not left out for lack of data; 6 had tried no drug.
    assert [one.person_id for one in found.members] == [2, 3, 4]
    assert {person: status.value for person, status in found.statuses.items()} == {
        2: "RESPONSE",
        3: "NO_RESPONSE",
        4: "NOT_EVALUABLE",
    }
    assert [one.drugs_before for one in found.members] == [1, 1, 1]


def test_the_store_of_the_run_stays_as_it_was():
    store, cohort, _ = _build()
    assert store.rows(store.table("cohort").select("person_id", "day0_date")) == [(1, date(2020, 1, 1))]
    assert len(cohort.attrition) - 1 == sum(store.has(f"candidates_{n}") for n in range(20))


def test_without_a_criterion_of_data_nothing_is_compared():
    text = PROTOCOL.replace('observed_before   = "100 days"\n', "").replace(
        'otherwise = "left out"', 'otherwise = "counts"'
    )
    text = text.replace('data_at_diagnosis = { concept = "enzyme", window = [-30, 30] }\n', "")
    protocol = parse_protocol(text)
    assert name_data_criteria(protocol.cohort_definition, is_observation_known=True) == ()
    assert _build(protocol)[2] is None
    assert name_data_criteria(STUDY.cohort_definition, is_observation_known=False) == (
        "Data at diagnosis",
        "Active disease",
    )


def test_nobody_is_left_out_where_nobody_is_lost_to_data():
    """Whoever comes so far has a code of the disease near the diagnosis, which is the first of them."""
    text = PROTOCOL.replace('"100 days"', '"1 day"').replace('otherwise = "left out"', 'otherwise = "counts"')
    text = text.replace('{ concept = "enzyme", window', '{ concept = "disease", window')
    protocol = parse_protocol(text)
    _, _, found = _build(protocol)
    assert found is not None
    assert (found.members, found.lost) == ((), {})


def _answers(rows: str):
    store = Store()
    fill(
        store,
        "cohort",
        "person_id | day0_date\n1 | 2020-01-01\n2 | 2020-01-01",
        {"person_id": "int64", "day0_date": "date"},
    )
    fill(store, "label", f"person_id | item | value | earliest | latest | reviewer\n{rows}")
    rule = ResponseRule(label="Improved", positive=["yes"])
    answers = read_answers_by_reviewer(store, dict.fromkeys((1, 2), date(2020, 1, 1)), rule)
    return {name: {person: status.value for person, status in own.items()} for name, own in answers.items()}


def test_each_reviewer_is_judged_alone_and_the_consensus_is_none_of_them():
    assert _answers("""
        1 | improved  | yes | 2020-02-01 | 2020-02-01 | Ann
        1 | improved  | No  | 2020-02-01 | 2020-02-01 | bob
        1 | improved  | yes | 2020-02-01 | 2020-02-01 | consensus
        2 | IMPROVED  | yes | 2020-02-01 | 2020-02-01 | ann
        2 | improved  | yes | 2020-02-01 | 2020-02-01 | Bob
        2 | something | no  | 2020-02-01 | 2020-02-01 | Bob
        7 | improved  | yes | 2020-02-01 | 2020-02-01 | Bob
    """) == {"ann": {1: "RESPONSE", 2: "RESPONSE"}, "bob": {1: "NO_RESPONSE", 2: "RESPONSE"}}


def test_what_two_reviewers_wrote_about_different_dates_is_no_disagreement():
    assert (
        _answers("""
        1 | improved | yes | 2020-03-01 | 2020-03-01 | ann
        1 | improved | no  | 2020-02-01 | 2020-02-01 | bob
        2 | improved | no  | 2020-02-01 | 2020-02-01 | -
    """)
        == {}
    )
