"""What is known of each person after day 0: an end of observation that is not known is no observation."""

from __future__ import annotations

from tests.tables import empty, fill

from refractory.cohort.build import build_cohort
from refractory.outcomes.assess import assess_cohort
from refractory.protocol import parse_protocol
from refractory.records.store import Store

STUDY = parse_protocol("""
[study]
name  = "events"
title = "Events after a drug"
[concepts.disease]
ICD10CM = ["M33.1*"]
[concepts.drug]
RxNorm = ["5666+"]
[concepts.bleeding]
ICD10CM = ["K92.2"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "drug"
[response]
name    = "Bleeding"
means   = "harm"
primary = { event = "bleeding", window = [1, 365] }
""")


def _answers(periods: str | None) -> dict[int, str]:
    store = Store()
    empty(store, "measurement", "death", "label", "observation_period")
    fill(store, "person", "person_id\n1\n2\n3\n4")
    given = "\n".join(f"{n} | drug | 2020-01-01" for n in range(1, 5))
    fill(store, "drug", f"person_id | concept_set | start_date\n{given}")
    diagnoses = "\n".join(f"{n} | disease | 2019-01-01" for n in range(1, 5))
    fill(store, "event", f"person_id | concept_set | start_date\n{diagnoses}\n4 | bleeding | 2020-02-01")
    if periods:
        fill(store, "observation_period", periods)
    cohort = build_cohort(store, STUDY.leaves, STUDY.cohort_definition)
    patients = assess_cohort(store, STUDY.leaves, cohort, STUDY.outcome_definition)
    return {one.member.person_id: one.response.status.value for one in patients}


def test_a_person_whom_no_period_covers_on_day_0_is_not_evaluable_without_the_event():
    """Person 1 is seen through the window; 2 only before day 0; 3 and 4 have no period, and 4 has the event."""
    found = _answers("""
        person_id | start_date | end_date
        1         | 2019-01-01 | 2021-01-01
        2         | 2018-01-01 | 2019-12-31
    """)
    assert found == {1: "NO_RESPONSE", 2: "NOT_EVALUABLE", 3: "NOT_EVALUABLE", 4: "RESPONSE"}


def test_a_source_without_periods_leaves_everybody_evaluable():
    assert _answers(None) == {1: "NO_RESPONSE", 2: "NO_RESPONSE", 3: "NO_RESPONSE", 4: "RESPONSE"}
