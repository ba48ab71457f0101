"""Events after day 0: what is an episode, what is at risk, who is evaluable; the boundary days."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tables import empty, fill, same_rows

from refractory.cohort.build import build_cohort
from refractory.outcomes.assess import assess_cohort
from refractory.outcomes.safety import PersonSafety, derive_episode_days
from refractory.outcomes.safety_records import derive_given
from refractory.protocol import Protocol, parse_protocol
from refractory.records.store import Store

STUDY = """
[study]
name  = "events"
title = "Events after an infusion"
[concepts.disease]
ICD10CM = ["M33.1*"]
[concepts.drug]
RxNorm = ["5666+"]
[concepts.headache]
ICD10CM = ["R51*"]
[concepts."deep vein thrombosis"]
ICD10CM = ["I82*"]
[concepts."pulmonary embolism"]
ICD10CM = ["I26*"]
[concepts.thromboembolism]
members = ["deep vein thrombosis", "pulmonary embolism"]
[disease]
concept  = "disease"
at_least = 1
apart    = "0 days"
[treatment]
concept = "drug"
cycle   = { split = "7 days" }
[response]
name    = "Improvement"
primary = { label = "improved" }
[safety]
[[safety.event]]
name    = "Headache"
concept = "headache"
risk    = [0, 3]
[[safety.event]]
name    = "Thromboembolism"
concept = "thromboembolism"
"""
EVERYBODY = "person_id | start_date | end_date\n1 | 2019-01-01 | 2022-01-01"
# Cycle 1 is 1 and 2 January, cycle 2 is 29 and 30 January: days 0, 1, 28 and 29.
TWO_CYCLES = "1 | drug | 2020-01-01\n1 | drug | 2020-01-02\n1 | drug | 2020-01-29\n1 | drug | 2020-01-30"


def _protocol(text: str = STUDY, **chosen: str) -> Protocol:
    return parse_protocol(
        text.replace("[safety]", "\n".join(["[safety]", *(f"{key} = {value}" for key, value in chosen.items())]))
    )


def _assess(
    events: str, *, given: str = TWO_CYCLES, periods: str | None = EVERYBODY, deaths: str = "", labels: str = "",
    protocol: Protocol | None = None,
) -> dict[int, PersonSafety]:  # fmt: skip
    """Assess the persons who are given anything; the lines of each table stand without their heads."""
    study = protocol or _protocol()
    store = Store()
    empty(store, "measurement", "death", "label", "observation_period")
    persons = sorted({line.split("|")[0].strip() for line in given.splitlines() if line.strip()})
    fill(store, "person", "person_id\n" + "\n".join(persons))
    fill(store, "drug", f"person_id | concept_set | start_date\n{given}")
    diagnoses = "\n".join(f"{person} | disease | 2019-06-01" for person in persons)
    fill(store, "event", f"person_id | concept_set | start_date\n{diagnoses}\n{events}")
    if periods:
        fill(store, "observation_period", periods)
    if deaths:
        fill(store, "death", f"person_id | death_date\n{deaths}")
    if labels:
        fill(store, "label", f"person_id | item | value | earliest | latest | reviewer\n{labels}")
    cohort = build_cohort(store, study.leaves, study.cohort_definition)
    patients = assess_cohort(store, study.leaves, cohort, study.outcome_definition)
    return {one.member.person_id: one.safety for one in patients}


def _episodes(safety: PersonSafety, event: str) -> list[tuple[Any, ...]]:
    return [(one.day, one.is_at_risk, one.is_control, one.cycles) for one in safety.events[event].episodes]


@pytest.mark.parametrize(
    ("record_days", "opened"),
    [
        ([5, 34], [5]),  # 29 days later: the same episode
        ([5, 35], [5, 35]),  # 30 days later: another one
        ([5, 30, 40], [5, 40]),  # counted from the first day, not from the last record
        ([5, 5, 5], [5]),
        ([-1, 28], []),  # goes on from before day 0
        ([-1, 29], [29]),
        ([-1, 10, 35], [35]),  # what only continues carries nothing on
        ([-40, -12, 10], []),  # 22 days after the last record before day 0
        ([0], [0]),
        ([], []),
    ],
)
def test_a_record_nearer_than_30_days_to_the_first_day_of_an_episode_belongs_to_it(record_days, opened):
    assert derive_episode_days(reversed(record_days), 30) == opened


def test_the_last_day_of_the_risk_window_is_at_risk_and_the_next_is_a_day_to_compare_with():
    """The infusion days 0 and 1 have the windows 0 to 3 and 1 to 4."""
    for day, date, is_at_risk in ((4, "2020-01-05", True), (5, "2020-01-06", False)):
        (safety,) = _assess(f"1 | headache | {date}").values()
        assert _episodes(safety, "Headache") == [(day, is_at_risk, not is_at_risk, (1,) if is_at_risk else ())]


def test_risk_days_and_other_days_add_up_to_the_follow_up_when_nothing_is_left_out():
    (safety,) = _assess("").values()
    headache, clot = safety.events["Headache"], safety.events["Thromboembolism"]
    assert safety.follow_up_days == 366  # day 0 to day 365
    assert (headache.risk_days, headache.control_days) == (10, 356)
    assert (clot.risk_days, clot.control_days) == (30, 336)
    assert safety.cycles == 2


def test_what_is_left_out_is_in_follow_up_but_neither_at_risk_nor_compared_with():
    """Windows 0 to 4 and 28 to 32; left out are 5 and 6, 33 and 34, and 21 to 27."""
    chosen = _protocol(washout='"2 days"', before='"7 days"')
    days = "\n".join(f"1 | headache | {date}" for date in ("2020-01-07", "2020-02-20"))
    (safety,) = _assess(days, protocol=chosen).values()
    assert _episodes(safety, "Headache") == [(6, False, False, ()), (50, False, True, ())]
    headache = safety.events["Headache"]
    assert (headache.risk_days, headache.control_days) == (10, 366 - 10 - 4 - 7)


def test_an_event_in_the_windows_of_two_cycles_counts_once_at_risk_and_for_both_cycles():
    chosen = _protocol(risk="[0, 28]")
    (safety,) = _assess("1 | pulmonary embolism | 2020-01-30", protocol=chosen).values()
    assert _episodes(safety, "Thromboembolism") == [(29, True, False, (1, 2))]


def test_the_members_of_a_concept_set_are_one_event_and_the_events_together_are_the_episodes_of_each():
    """An embolism ten days after a thrombosis is the same episode; a headache beside it is one of its own."""
    found = "1 | deep vein thrombosis | 2020-02-20\n1 | pulmonary embolism | 2020-03-01\n1 | headache | 2020-02-21"
    (safety,) = _assess(found).values()
    assert [day for day, *_ in _episodes(safety, "Thromboembolism")] == [50]
    assert [(one.day, one.event) for one in safety.events["Any event"].episodes] == [
        (50, "Thromboembolism"),
        (51, "Headache"),
    ]


def test_all_events_together_are_judged_by_the_window_that_no_event_changes():
    (safety,) = _assess("1 | headache | 2020-01-06").values()
    assert _episodes(safety, "Headache") == [(5, False, True, ())]
    assert _episodes(safety, "Any event") == [(5, True, False, (1,))]
    assert safety.events["Any event"].risk_days == 30


def test_a_single_event_has_no_row_of_all_events():
    text = STUDY[: STUDY.rindex("[[safety.event]]")]
    (safety,) = _assess("", protocol=_protocol(text)).values()
    assert list(safety.events) == ["Headache"]


@pytest.mark.parametrize(
    ("last", "found"),
    [("2020-12-31", [365]), ("2021-01-01", [])],
)
def test_day_365_is_the_last_day_of_follow_up(last, found):
    (safety,) = _assess(f"1 | headache | {last}").values()
    assert [day for day, *_ in _episodes(safety, "Headache")] == found


def test_follow_up_ends_with_observation_and_a_cycle_that_begins_after_it_does_not_count():
    """Observed until day 27; cycle 2 begins on day 28, and the headache of day 28 is not in follow-up."""
    until = "person_id | start_date | end_date\n1 | 2019-01-01 | 2020-01-28"
    (safety,) = _assess("1 | headache | 2020-01-29", periods=until).values()
    assert (safety.follow_up_days, safety.cycles) == (28, 1)
    assert _episodes(safety, "Headache") == []
    assert (safety.events["Headache"].risk_days, safety.events["Headache"].control_days) == (5, 23)


def test_a_cycle_that_begins_on_the_last_day_of_follow_up_counts():
    until = "person_id | start_date | end_date\n1 | 2019-01-01 | 2020-01-29"
    (safety,) = _assess("", periods=until).values()
    assert (safety.follow_up_days, safety.cycles) == (29, 2)


def test_a_person_who_is_observed_on_day_0_alone_is_evaluable():
    until = "person_id | start_date | end_date\n1 | 2019-01-01 | 2020-01-01"
    (safety,) = _assess("1 | headache | 2020-01-01", periods=until).values()
    assert (safety.follow_up_days, safety.cycles) == (1, 1)
    assert (safety.events["Headache"].risk_days, safety.events["Headache"].control_days) == (1, 0)


def test_death_ends_follow_up_and_its_day_is_the_last():
    found = "1 | headache | 2020-02-10\n1 | pulmonary embolism | 2020-02-11"
    (safety,) = _assess(found, deaths="1 | 2020-02-10").values()
    assert safety.follow_up_days == 41
    assert [day for day, *_ in _episodes(safety, "Headache")] == [40]
    assert _episodes(safety, "Thromboembolism") == []


def test_a_person_whom_no_period_holds_on_day_0_is_not_evaluable_and_keeps_the_events():
    given = TWO_CYCLES + "\n2 | drug | 2020-01-01"
    found = _assess("2 | headache | 2020-01-02", given=given)
    assert found[1].follow_up_days == 366
    assert (found[2].follow_up_days, found[2].cycles, found[2].why) == (None, 0, "no observation is known on day 0")
    assert _episodes(found[2], "Headache") == [(1, True, False, (1,))]
    assert (found[2].events["Headache"].risk_days, found[2].events["Headache"].control_days) == (0, 0)


def test_without_observation_periods_nobody_is_evaluable_and_death_still_ends_what_is_looked_at():
    found = "1 | headache | 2020-01-02\n1 | pulmonary embolism | 2020-06-01"
    (safety,) = _assess(found, periods=None, deaths="1 | 2020-05-01").values()
    assert safety.follow_up_days is None
    assert [len(event.episodes) for event in safety.events.values()] == [1, 1, 0]


def test_infusions_before_day_0_open_no_window():
    """The washout makes 1 March day 0; the infusion of 1 January lies 60 days before it."""
    text = STUDY.replace('concept = "drug"\ncycle', 'concept = "drug"\nwashout = "30 days"\ncycle')
    text = text.replace("[response]", '[eligibility]\nobserved_before = "400 days"\n[response]')
    given = "1 | drug | 2020-01-01\n1 | drug | 2020-03-01"
    periods = "person_id | start_date | end_date\n1 | 2019-01-10 | 2022-01-01"
    (safety,) = _assess("1 | headache | 2020-03-01", given=given, periods=periods, protocol=_protocol(text)).values()
    assert safety.cycles == 1
    assert safety.events["Headache"].risk_days == 4
    assert _episodes(safety, "Headache") == [(0, True, False, (1,))]


def test_a_drug_that_is_taken_is_at_risk_on_its_covered_days_and_has_no_cycles():
    text = STUDY.replace('cycle   = { split = "7 days" }\n', "")
    (safety,) = _assess("1 | headache | 2020-01-05", given="1 | drug | 2020-01-01", protocol=_protocol(text)).values()
    assert safety.cycles == 0
    assert safety.events["Thromboembolism"].risk_days == 14
    assert _episodes(safety, "Headache") == [(4, False, True, ())]


def test_an_exposure_that_covers_day_0_counts_from_day_0_and_one_that_ended_the_day_before_does_not():
    """Person 1: ended on day -1. 2: ended on day 0. 3: began on day -10. 4: began on day 0."""
    store = Store()
    columns = {"person_id": "int64", "start_date": "date", "last_covered_date": "date"}
    given = fill(
        store,
        "treatment",
        """
        person_id | start_date | last_covered_date
        1         | 2019-12-20 | 2019-12-31
        2         | 2019-12-20 | 2020-01-01
        3         | 2019-12-22 | 2020-01-03
        4         | 2020-01-01 | 2020-01-03
        4         | 2020-01-01 | 2020-01-03
    """,
        columns,
    )
    days = "\n".join(f"{person} | 2020-01-01" for person in range(1, 5))
    cohort = fill(store, "cohort", f"person_id | day0_date\n{days}", {"person_id": "int64", "day0_date": "date"})
    same_rows(
        store,
        derive_given(given, cohort),
        """
        person_id | first_day | last_day
        2         | 0         | 0
        3         | 0         | 2
        4         | 0         | 2
    """,
    )


def test_a_reason_given_for_day_0_itself_counts():
    chosen = _protocol(stop_reason='"reason stopped"')
    (safety,) = _assess(
        "", labels="1 | reason stopped | harm | 2020-01-01 | 2020-01-01 | consensus", protocol=chosen
    ).values()
    assert safety.stop_reason == "harm"


def test_the_last_reason_for_stopping_on_or_after_day_0_counts():
    chosen = _protocol(stop_reason='"reason stopped"')
    said = """
        1 | reason stopped | other  | 2019-12-31 | 2019-12-31 | consensus
        1 | reason stopped | effect | 2020-05-01 | 2020-05-01 | consensus
        1 | reason stopped | harm   | 2020-06-01 | 2020-06-30 | consensus
        2 | reason stopped | other  | 2019-12-31 | 2019-12-31 | consensus
    """
    found = _assess("", given=TWO_CYCLES + "\n2 | drug | 2020-01-01", labels=said, protocol=chosen)
    assert {person: one.stop_reason for person, one in found.items()} == {1: "harm", 2: None}


def test_a_protocol_without_safety_has_no_events():
    (safety,) = _assess("1 | headache | 2020-01-05", protocol=parse_protocol(STUDY[: STUDY.index("[safety]")])).values()
    assert safety is None
