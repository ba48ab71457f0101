"""Events as estimates, tables, cautions and a listing: who is counted among whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.cautions import find_cautions
from refractory.analysis.results import ResultTable
from refractory.analysis.safety_estimates import estimate_safety
from refractory.analysis.safety_tables import list_episodes, tabulate_safety
from refractory.exposures.time_at_risk import Span
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.safety import FollowedPerson, classify_events
from refractory.outcomes.safety_definition import SafetyDefinition
from refractory.report.tables import tabulate_results
from spec.analysis.test_analysis import FACTS, PLAN, _patient

HEADACHE, CLOT = "Headache", "Thromboembolism"
DEFINITION = SafetyDefinition(
    event=[
        {"name": HEADACHE, "concept": "headache", "risk": [0, 3]},
        {"name": CLOT, "concept": "thromboembolism"},
    ]
)
# Persons by the days of their headaches and clots, the last day of follow-up, and whether it is known.
# Everybody has two cycles of one infusion day: days 0 and 28.
FOUR = (
    ({HEADACHE: [1, 29, 100], CLOT: [50]}, 365, True),
    ({HEADACHE: [], CLOT: [5]}, 99, True),
    ({HEADACHE: [], CLOT: []}, 20, True),
    ({HEADACHE: [2], CLOT: []}, 365, False),
)


def _patients(persons=FOUR, definition: SafetyDefinition = DEFINITION) -> list[Patient]:
    given = (Span(0, 0), Span(28, 28))
    found = []
    for number, (record_days, last_day, is_evaluable) in enumerate(persons, start=1):
        safety = classify_events(record_days, FollowedPerson(given, given, last_day, is_evaluable), definition)
        found.append(replace(_patient(number, ResponseStatus.RESPONSE), safety=safety))
    return found


def _estimates(patients=None, definition: SafetyDefinition = DEFINITION):
    patients = patients or _patients()
    plan = replace(PLAN, safety=definition)
    return {one.id: one.estimate for one in estimate_safety(patients, plan, definition)}


def _tables(patients: list[Patient], definition: SafetyDefinition = DEFINITION) -> dict[str, ResultTable]:
    plan = replace(PLAN, safety=definition)
    named = estimate_safety(patients, plan, definition)
    return {table.id: table for table in tabulate_safety(patients, plan, definition, named)}


def test_persons_are_counted_among_all_and_episodes_among_the_evaluable():
    """The headaches of day 1 and 29 are one episode: 28 days apart. Person 4 has one and is not evaluable."""
    found = _estimates()
    assert (found["safety.Headache.persons"].numerator, found["safety.Headache.persons"].denominator) == (2, 4)
    assert (found["safety.Headache.events"].value, found["safety.Headache.events_at_risk"].value) == (2, 1)
    assert (found["safety.Thromboembolism.persons"].numerator, found["safety.Thromboembolism.events"].value) == (2, 2)
    assert (found["safety.Any event.persons"].numerator, found["safety.Any event.events"].value) == (3, 4)
    assert found["safety.not_evaluable"].value == 1
    assert found["safety.follow_up_days"].value == 366 + 100 + 21


def test_a_cycle_counts_once_it_has_begun_in_follow_up():
    """Person 3 is followed to day 20 and has one cycle; persons 1 and 2 have two; the second headache is no cycle's."""
    found = _estimates()
    assert (found["safety.Headache.per_cycle"].numerator, found["safety.Headache.per_cycle"].denominator) == (1, 5)
    assert found["safety.Thromboembolism.per_cycle"].numerator == 1


def test_a_rate_is_per_100_months_of_30_4375_days_with_the_interval_of_garwood():
    """Two episodes in 487 days are 2 in 16 months: 12.5 per 100, and Garwood's ends for 2 are 0.2422 and 7.2247."""
    rate = _estimates()["safety.Headache.per_100_person_months"]
    assert rate.value == pytest.approx(12.5)
    assert (rate.lower, rate.upper) == (pytest.approx(0.2422 / 0.16, abs=1e-3), pytest.approx(7.2247 / 0.16, abs=1e-3))
    # Windows of days 0 to 3 and 28 to 31 for persons 1 and 2, and of days 0 to 3 for person 3: 20 days.
    at_risk = _estimates()["safety.Headache.per_100_person_months_at_risk"]
    assert at_risk.value == pytest.approx(1 / (20 / 30.4375) * 100)


def test_only_persons_with_an_episode_speak_in_the_contrast():
    """Person 1: one headache in 8 days at risk and one in 358 others: the ratio is 358 to 8 whoever else there is."""
    ratio = _estimates()["safety.Headache.rate_ratio"]
    assert (ratio.n, ratio.value) == (1, pytest.approx(358 / 8))
    alone = _estimates(_patients(FOUR[:1]))["safety.Headache.rate_ratio"]
    assert (alone.value, alone.lower, alone.upper) == (ratio.value, ratio.lower, ratio.upper)


def test_a_person_whose_days_are_all_at_risk_says_nothing_in_the_contrast():
    tables = _tables(_patients((FOUR[0], ({HEADACHE: [1], CLOT: []}, 3, True))))
    cells = {row.label: row.cells for row in tables["safety_contrast"].rows}
    assert cells[HEADACHE][:3] == (1, "1 in 8 days", "1 in 358 days")


def test_two_events_in_one_cycle_are_one_cycle_with_an_event():
    found = _estimates(_patients((({HEADACHE: [1], CLOT: [2]}, 365, True),)))
    assert (found["safety.Any event.per_cycle"].numerator, found["safety.Any event.per_cycle"].denominator) == (1, 2)
    assert found["safety.Any event.events_at_risk"].value == 2


def test_the_tables_say_what_the_estimates_say():
    tables = _tables(_patients())
    assert list(tables) == ["safety", "safety_contrast"]
    events, contrast = ({row.label: row.cells for row in table.rows} for table in tables.values())
    assert list(events) == list(contrast) == ["Any event", HEADACHE, CLOT]
    assert events[CLOT][1:3] == (2, 1)
    assert contrast[HEADACHE][:3] == (1, "1 in 8 days", "1 in 358 days")
    assert contrast[CLOT][:3] == (2, "1 in 56 days", "1 in 410 days")
    assert "1 of 4 persons are not evaluable" in " ".join(tables["safety"].footnotes)
    assert "The disease itself raises the risk" in " ".join(tables["safety_contrast"].footnotes)


def test_a_ratio_that_has_one_bound_says_so_under_the_table():
    tables = _tables(_patients((({HEADACHE: [1], CLOT: []}, 365, True),)))
    printed = tabulate_results(tables["safety_contrast"])
    texts = {note.sign: note.text for note in printed.notes if note.sign}
    said = {row.label: texts[row.cells[-1].sign] for group in printed.groups for row in group}
    assert said["Any event"] == said[HEADACHE]
    assert "a lower bound and no upper one" in said[HEADACHE]
    assert said[CLOT].startswith("No person has both kinds of time")


def test_without_a_contrast_there_is_no_ratio_and_no_table_of_it():
    plain = DEFINITION.model_copy(update={"contrast": False})
    assert list(_tables(_patients(), plain)) == ["safety"]
    assert not [name for name in _estimates(definition=plain) if "ratio" in name]


def test_reasons_for_stopping_add_up_to_all_persons():
    asked = DEFINITION.model_copy(update={"stop_reason": "reason stopped"})
    patients = _patients()
    said = [replace(one, safety=replace(one.safety, stop_reason=why))
            for one, why in zip(patients, ("harm", "harm", "effect", None), strict=True)]  # fmt: skip
    rows = {row.label: row.cells for row in _tables(said, asked)["stop_reasons"].rows}
    assert rows == {"Harm": ("2/4 (50 %)",), "Effect": ("1/4 (25 %)",), "Not said": ("1/4 (25 %)",)}
    assert _estimates(said, asked)["safety.stop_reason.harm"].numerator == 2


def test_the_listing_has_each_episode_once():
    listed = [row[:4] for row in list_episodes(_patients()).rows]
    assert listed == [
        (1, HEADACHE, 1, "yes"),
        (1, CLOT, 50, "no"),
        (1, HEADACHE, 100, "no"),
        (2, CLOT, 5, "yes"),
        (4, HEADACHE, 2, "yes"),
    ]


def test_an_analysis_with_events_has_their_estimates_tables_listing_and_cautions():
    found = analyse(_patients(), replace(PLAN, safety=DEFINITION), (), FACTS, None, Explanations())
    assert {"safety", "safety_contrast"} <= {table.id for table in found.tables}
    assert "episodes" in {listing.id for listing in found.listings}
    codes = {caution.code for caution in found.cautions}
    assert {"safety-not-evaluable", "safety-short-follow-up", "event-delays-treatment", "few-episodes"} <= codes
    plain = analyse(_patients(), PLAN, (), FACTS, None, Explanations())
    assert not [one.id for one in plain.estimates if one.id.startswith("safety")]
    assert not {caution.code for caution in plain.cautions} & {"recorded-events", "safety-not-evaluable"}


def test_follow_up_is_cut_short_when_it_ends_before_the_day_that_is_asked_for():
    for last_day, said in ((365, False), (364, True)):
        patients = _patients((({HEADACHE: [], CLOT: []}, last_day, True),))
        codes = {caution.code for caution in find_cautions(patients, replace(PLAN, safety=DEFINITION), FACTS)}
        assert ("safety-short-follow-up" in codes) is said


def test_days_before_an_infusion_that_are_left_out_end_the_caution_about_them():
    careful = DEFINITION.model_copy(update={"before": 7})
    codes = {one.code for one in find_cautions(_patients(), replace(PLAN, safety=careful), FACTS)}
    assert "event-delays-treatment" not in codes


def test_without_a_known_follow_up_persons_are_counted_and_nothing_else():
    found = _estimates(_patients((({HEADACHE: [2], CLOT: []}, 365, False),)))
    assert (found["safety.Headache.persons"].numerator, found["safety.Headache.persons"].denominator) == (1, 1)
    for name in (
        "events",
        "events_at_risk",
        "per_cycle",
        "per_100_person_months",
        "per_100_person_months_at_risk",
        "rate_ratio",
    ):
        assert found[f"safety.Headache.{name}"].value is None


def test_where_nobody_is_evaluable_the_tables_say_so_and_print_no_zero():
    tables = _tables(_patients((({HEADACHE: [2], CLOT: []}, 365, False),)))
    for row in tables["safety"].rows:
        assert set(row.cells[1:]) == {"not evaluable"}
    assert {cell for row in tables["safety_contrast"].rows for cell in row.cells} == {"not evaluable"}
    assert "1 of 1 persons are not evaluable" in tables["safety"].footnotes[-1]
