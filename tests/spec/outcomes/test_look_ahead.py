"""The self-check of a run: what came after day 0 is deleted, and everything decided at day 0 decided again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.tables import fill

from refractory.analysis.explanations.look_ahead import analyse_look_ahead
from refractory.cohort import build
from refractory.cohort.build import build_cohort
from refractory.cohort.criteria import derive_findings
from refractory.dates import PartialDate
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import FollowUp
from refractory.outcomes.followed import Followed
from refractory.outcomes.look_ahead import find_early_days, find_look_ahead
from refractory.outcomes.response import Response, ResponseStatus
from refractory.protocol import parse_protocol
from refractory.records.later import later
from refractory.records.store import Store

STUDY = parse_protocol("""
[study]
name  = "look-ahead"
title = "A study that could look ahead"
[concepts.disease]
ICD10CM = ["M33.1*"]
[concepts.ivig]
RxNorm = ["5666+"]
[concepts.steroid]
RxNorm = ["8640+"]
[concepts.cancer]
ICD10CM = ["C50*"]
[concepts.weakness]
ICD10CM = ["M62.81"]
[concepts.score]
source = ["score"]
[concepts.drugs]
members = ["steroid"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "ivig"
cycle   = { split = "7 days" }
[refractory]
failed   = 1
among    = "drugs"
adequate = { "*" = "2 weeks" }
active   = { label = "active", otherwise = "left out" }
[[exclude]]
name    = "Cancer"
concept = "cancer"
window  = ["any day before", 0]
[[feature]]
name = "muscle"
any  = [{ concept = "weakness", window = [-100, 0] }]
[[stratum]]
name = "With muscle"
any  = ["muscle"]
[[stratum]]
name      = "Skin alone"
otherwise = true
[[covariate]]
name    = "Score at baseline"
concept = "score"
window  = [-90, 0]
[response]
name    = "Improvement"
primary = { label = "improved", window = [1, 365] }
""")


def _store() -> Store:
    """Persons 1 and 2 are in the cohort; 3 has cancer before and 4 on day 0; 5 has cancer only afterwards."""
    store = Store()
    fill(store, "person", "person_id | sex\n" + "\n".join(f"{n} | female" for n in range(1, 6)))
    fill(
        store,
        "observation_period",
        "person_id | start_date | end_date\n" + "\n".join(f"{n} | 2018-01-01 | 2022-01-01" for n in range(1, 6)),
    )
    fill(store, "death", "person_id | death_date\n1 | 2022-01-01", {"person_id": "int64", "death_date": "date"})
    given = "\n".join(f"{n} | steroid | 2019-02-01 | 2020-06-01" for n in range(1, 6))
    ivig = "\n".join(f"{n} | ivig | 2020-01-0{day} | 2020-01-0{day}" for n in range(1, 6) for day in (1, 2))
    fill(store, "drug", f"person_id | concept_set | start_date | end_date\n{given}\n{ivig}")
    diagnoses = "\n".join(f"{n} | disease | 2019-01-01" for n in range(1, 6))
    fill(
        store,
        "event",
        f"person_id | concept_set | start_date\n{diagnoses}\n1 | weakness | 2019-12-01\n2 | weakness | 2020-01-02\n"
        "3 | cancer | 2019-06-01\n4 | cancer | 2020-01-01\n5 | cancer | 2020-06-01",
    )
    fill(
        store,
        "measurement",
        "person_id | concept_set | date | value\n1 | score | 2019-12-31 | 20\n1 | score | 2020-01-02 | 5",
    )
    labels = "\n".join(f"{n} | active | yes | 2019-12-01 | 2019-12-01 | a" for n in range(1, 6))
    labels += "\n" + "\n".join(f"{n} | active | no | 2020-02-01 | 2020-02-01 | a" for n in range(1, 6))
    fill(store, "label", f"person_id | item | value | earliest | latest | reviewer\n{labels}")
    return store


def _check(store: Store):
    cohort = build_cohort(store, STUDY.leaves, STUDY.cohort_definition)
    checks = find_look_ahead(store, STUDY.leaves, cohort, STUDY.cohort_definition, STUDY.outcome_definition)
    return cohort, {one.what: one for one in checks}


def test_a_study_that_looks_at_nothing_later_differs_in_nothing():
    cohort, checks = _check(_store())
    assert [one.person_id for one in cohort.members] == [1, 2, 5]
    assert [one.stratum for one in cohort.members] == ["With muscle", "Skin alone", "Skin alone"]
    assert {what: (one.persons, one.differences) for what, one in checks.items()} == {
        "Who is in the cohort": (5, 0),
        "Where the others were lost": (2, 0),
        "Day 0": (3, 0),
        "Diagnosis": (3, 0),
        "Active disease": (3, 0),
        "Features": (3, 0),
        "Stratum": (3, 0),
        "Drugs before day 0 and their adequacy": (3, 0),
        "Baseline values": (3, 0),
    }


def test_the_check_leaves_the_store_of_the_run_as_it_was():
    store = _store()
    build_cohort(store, STUDY.leaves, STUDY.cohort_definition)
    before = {name: store.tally(name) for name in ("event", "drug", "measurement", "label", "cohort", "losses")}
    _check(store)
    assert {name: store.tally(name) for name in before} == before
    assert store.rows(store.table("cohort").select("person_id").order_by("person_id")) == [(1,), (2,), (5,)]


@later
def _derive_findings_of_all_time(candidates, facts, criteria, leaves, _entries):
    """A rule with a fault: it moves every later fact to day 0 and so looks at all of them."""
    import ibis

    known = facts.join(candidates.select("person_id", "day0_date").distinct(), "person_id")
    early = ibis.least(known.date, known.day0_date)
    moved = known.mutate(date=early).select(*facts.columns)
    return derive_findings(candidates, moved, criteria, leaves)


def test_a_rule_that_sees_later_records_turns_its_rows_red(monkeypatch: pytest.MonkeyPatch):
    """The rule lets cancer on day 152 exclude person 5, and weakness on day 1 put person 2 among those with muscle."""
    monkeypatch.setattr(build, "derive_findings", _derive_findings_of_all_time)
    cohort, checks = _check(_store())
    assert [one.person_id for one in cohort.members] == [1, 2]
    assert checks["Who is in the cohort"].differences == 1
    assert checks["Who is in the cohort"].where == ("Cancer",)
    assert (checks["Features"].differences, checks["Features"].where) == (1, ("muscle",))
    assert checks["Stratum"].differences == 1
    assert checks["Diagnosis"].differences == 0
    findings = analyse_look_ahead(tuple(checks.values()))
    (caution,) = findings.cautions
    assert (caution.severity, caution.number) == ("serious", 3)
    assert "Cancer" in caution.text
    assert "differences found: 3" in findings.tables[0].title


def test_a_criterion_that_asks_for_a_later_record_is_named(monkeypatch: pytest.MonkeyPatch):
    """Only who is seen again after day 0 counts: the time until then is immortal."""

    def require_seen_again(candidates, codes, definition):
        found = build_disease(candidates, codes, definition)
        seen = found.join(codes.select("person_id", "start_date"), "person_id")
        return found.semi_join(seen.filter(seen.start_date > seen.day0_date), ["person_id", "day0_date"])

    build_disease = build.require_disease
    monkeypatch.setattr(build, "require_disease", require_seen_again)
    store = _store()
    more = "\n".join(f"{n} | disease | 2019-01-01" for n in range(1, 6)) + "\n1 | disease | 2020-05-01"
    fill(store, "event", f"person_id | concept_set | start_date\n{more}")
    _, checks = _check(store)
    assert checks["Who is in the cohort"].differences == 1
    assert checks["Who is in the cohort"].where == ("Disease",)


def test_a_label_whose_date_may_lie_after_day_0_is_taken_for_a_later_one():
    """The month of the label holds day 0: the rule may not use it, and does not."""
    store = _store()
    fill(
        store,
        "label",
        "person_id | item | value | earliest | latest | reviewer\n1 | active | yes | 2020-01-01 | 2020-01-31 | a\n"
        "2 | active | yes | 2019-12-01 | 2019-12-31 | a",
    )
    cohort, checks = _check(store)
    assert [one.person_id for one in cohort.members] == [2]
    assert sum(one.differences for one in checks.values()) == 0


def _patient(response_day: int | None, cycle_day: int = 0, **seen: int) -> Patient:
    cohort, _ = _check(_store())
    member = cohort.members[0]
    status = ResponseStatus.NO_RESPONSE if response_day is None else ResponseStatus.RESPONSE
    when = None
    if response_day is not None:
        day = member.day0_date + timedelta(days=response_day)
        when = PartialDate(day, day)
    from refractory.outcomes.assess import CycleRow

    first = member.day0_date + timedelta(days=cycle_day)
    cycle = CycleRow(1, first, first, 1, None, None, None, 1, True, 0, False, False, False, False)
    followed = Followed(FollowUp(**({"seen_until_day": 400} | seen)), None, {})
    return Patient(member, (cycle,), Response(status, when), (), None, None, {}, None, followed=followed)


def test_outcomes_dated_before_they_may_be_are_counted():
    outcomes = STUDY.outcome_definition

    def found(one: Patient) -> list[int]:
        return [check.differences for check in find_early_days([one], outcomes)]

    assert found(_patient(1)) == [0, 0, 0]
    assert found(_patient(None)) == [0, 0, 0]
    # The window opens on day 1: a response on day 0 is early.
    assert found(_patient(0)) == [1, 0, 0]
    assert found(_patient(5, cycle_day=1)) == [0, 1, 0]
    assert found(_patient(5, stop_day=-1)) == [0, 0, 1]
    assert found(_patient(5, seen_until_day=0)) == [0, 0, 0]
    assert found(replace(_patient(5), cycles=())) == [0, 1, 0]


def test_without_checks_there_is_no_table():
    assert analyse_look_ahead(()).tables == ()


def test_a_day_0_is_the_day_of_the_first_infusion():
    cohort, _ = _check(_store())
    assert {one.day0_date for one in cohort.members} == {date(2020, 1, 1)}
