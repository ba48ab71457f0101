"""Explanations in who was counted and how they were judged, over a cohort that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.counted import explain_who_was_counted
from refractory.analysis.explanations.label_errors import analyse_label
from refractory.analysis.explanations.lost_to_follow_up import analyse_loss, find_last_window_day
from refractory.analysis.explanations.other_drugs import analyse_other_drugs
from refractory.analysis.explanations.reviewer_answers import analyse_reviewers
from refractory.analysis.explanations.selection import analyse_selection
from refractory.analysis.explanations.tipping import analyse_tipping
from refractory.analysis.plan import AnalysisDefinition
from refractory.cohort.strata import Member, StratumDefinition
from refractory.dates import Window
from refractory.outcomes.assess import Patient
from refractory.outcomes.counted import Counted
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.left_out import LeftOut
from refractory.outcomes.other_drugs import Change, DrugNearDay0, Watched
from refractory.outcomes.response import Response, ResponseDefinition, ResponseRule, ResponseStatus
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass, SparingDefinition
from refractory.statistics.label_validity import estimate_true_proportion
from refractory.statistics.proportions import estimate_difference, estimate_proportion
from refractory.statistics.score_difference import estimate_difference_by_score

YES, NO, OPEN = ResponseStatus
DAY_0 = date(2020, 1, 1)
PLAN = Plan(
    analysis=AnalysisDefinition(),
    response=ResponseDefinition(name="Improvement", primary=ResponseRule(label="improved")),
    sparing=None,
    strata=(StratumDefinition(name="Mild", any=["mild"]), StratumDefinition(name="Severe", otherwise=True)),
    subtypes=(),
    has_cycles=False,
    has_refractory_rule=False,
)
WATCHED = Watched("drugs", ("dapsone",), (), "counts", ())


def _member(number: int, stratum: str = "Severe", **known: object) -> Member:
    told = {"birth_earliest": None, "birth_latest": None, "sex": "female", "race": None, "drugs_before": None}
    return Member(
        person_id=number, day0_date=DAY_0, diagnosis_date=DAY_0 - timedelta(days=10 * number), active_by=None,
        features={}, stratum=stratum, subtype=None, **(told | known),
    )  # fmt: skip


def _patient(number: int, status: ResponseStatus, until: int | None = 400, **more: object) -> Patient:
    seen = None if until is None else DAY_0 + timedelta(days=until)
    member = _member(number, "Mild" if number % 2 else "Severe")
    return replace(Patient(member, (), Response(status), (), None, None, {}, seen), **more)


# Five responded, two failed, one could not be judged.
COHORT = [_patient(n, status) for n, status in enumerate([YES, YES, YES, YES, YES, NO, NO, OPEN], start=1)]


def _plan(means: str = "benefit", benchmarks: tuple[dict, ...] = (), **chosen: object) -> Plan:
    response = PLAN.response.model_copy(update={"means": means})
    return replace(
        PLAN,
        response=response,
        benchmarks=tuple(BenchmarkDefinition(**one) for one in benchmarks),
        explanations=ExplanationsDefinition(**chosen),
    )


def _shares(findings) -> dict[str, tuple[int | None, int | None]]:
    return {one.id: (one.estimate.numerator, one.estimate.denominator) for one in findings.estimates}


# ---------------------------------------------------------------- other drugs


def _near(*persons: int) -> Counted:
    return Counted(WATCHED, {n: (DrugNearDay0("dapsone", Change.BEGUN, n - 3),) for n in persons})


def test_the_response_is_told_with_and_without_persons_who_began_another_drug():
    findings = analyse_other_drugs(COHORT, _plan(), _near(1, 2, 8))
    shares = _shares(findings)
    assert shares["explanation.other_drugs.persons"] == (3, 8)
    assert shares["explanation.other_drugs.with"] == (2, 2)
    assert shares["explanation.other_drugs.with.as_non_response"] == (2, 3)
    assert shares["explanation.other_drugs.without"] == (3, 5)
    named = {one.id: one.estimate for one in findings.estimates}
    assert named["explanation.other_drugs.difference"] == estimate_difference(2, 2, 3, 5)
    drugs = findings.tables[0]
    # Persons 1 and 2 began before day 0, person 8 after it.
    assert [(row.label, row.cells) for row in drugs.rows] == [("Any of them", (3, 2, 1)), ("Dapsone begun", (3, 2, 1))]
    assert findings.listings[0].rows == (
        (1, "dapsone", "begun", -2),
        (2, "dapsone", "begun", -1),
        (8, "dapsone", "begun", 5),
    )


def test_another_drug_in_half_of_the_responders_is_a_serious_caution():
    (few,) = analyse_other_drugs(COHORT, _plan(), _near(1, 2)).cautions
    (many,) = analyse_other_drugs(COHORT, _plan(), _near(1, 2, 3)).cautions
    assert (few.severity, many.severity) == ("note", "serious")
    assert (few.number.numerator, few.number.denominator) == (2, 8)
    assert "of the others: 3/5 (60 %" in few.text
    (harm,) = analyse_other_drugs(COHORT, _plan("harm"), _near(1, 2, 3)).cautions
    assert harm.severity == "note"


def test_where_everybody_or_nobody_began_another_drug_the_other_group_is_empty():
    everybody = analyse_other_drugs(COHORT, _plan(), _near(*range(1, 9)))
    assert _shares(everybody)["explanation.other_drugs.without"] == (0, 0)
    assert "nobody is left" in everybody.cautions[0].text
    nobody = analyse_other_drugs(COHORT, _plan(), _near())
    assert _shares(nobody)["explanation.other_drugs.persons"] == (0, 8)
    assert nobody.cautions == ()
    assert nobody.tables[0].rows[0].cells == (0, 0, 0)
    assert analyse_other_drugs(COHORT, _plan(), Counted()).tables == ()


def test_sparing_is_told_with_and_without_these_persons():
    def sparing(of: SparingClass, covered: int = 30) -> Sparing:
        return Sparing(DoseInWindow(10.0, covered), DoseInWindow(5.0, 30), of, {})

    kinds = [SparingClass.DECREASED, SparingClass.STOPPED, SparingClass.UNCHANGED, SparingClass.NOT_EVALUABLE]
    persons = [replace(one, sparing=sparing(kind)) for one, kind in zip(COHORT, kinds, strict=False)]
    persons.append(replace(COHORT[4], sparing=sparing(SparingClass.DECREASED, covered=0)))
    plan = replace(_plan(), sparing=SparingDefinition(glucocorticoid="steroid"))
    shares = _shares(analyse_other_drugs(persons, plan, _near(1)))
    assert shares["explanation.other_drugs.sparing.with"] == (1, 1)
    # Of the others one is not evaluable, and one was on no glucocorticoid at baseline.
    assert shares["explanation.other_drugs.sparing.without"] == (1, 2)


# ---------------------------------------------------------------- selection


def _left_out(*statuses: ResponseStatus) -> LeftOut:
    members = tuple(_member(100 + n) for n in range(len(statuses)))
    told = {member.person_id: status for member, status in zip(members, statuses, strict=True)}
    return LeftOut(("Observation",), {"Observation": 7}, members, told)


def test_bounds_count_the_persons_left_out_against_the_treatment_and_in_favour_of_it():
    shares = _shares(analyse_selection(COHORT, _plan(), _left_out(YES, NO, OPEN)))
    assert shares["explanation.selection.kept"] == (5, 7)
    assert shares["explanation.selection.against"] == (5, 10)
    assert shares["explanation.selection.favour"] == (8, 10)
    assert shares["explanation.selection.known"] == (6, 9)
    harm = _shares(analyse_selection(COHORT, _plan("harm"), _left_out(OPEN)))
    assert (harm["explanation.selection.against"], harm["explanation.selection.favour"]) == ((6, 8), (5, 8))
    assert "explanation.selection.known" not in harm


def test_many_left_out_are_a_serious_caution_that_says_where_they_differ():
    findings = analyse_selection(COHORT[:7] * 3, _plan(), _left_out(YES, YES, YES))
    (caution,) = findings.cautions
    assert (caution.severity, caution.number) == ("serious", 3)
    assert "diagnosis to day 0, days" in caution.text
    (few,) = analyse_selection(COHORT[:7] * 3, _plan(), _left_out(YES)).cautions
    assert few.severity == "note"
    assert "1 person who met every other criterion was left out" in few.text


def test_nobody_left_out_is_said_and_no_criterion_of_data_is_not():
    (table,) = analyse_selection(COHORT[:7], _plan(), LeftOut(("Observation",))).tables
    assert table.rows[0].cells == (None, 0, None)
    assert analyse_selection(COHORT[:7], _plan(), None).tables == ()


def test_persons_who_could_not_be_judged_stand_beside_the_others():
    (table,) = analyse_selection(COHORT, _plan(), None).tables
    assert table.columns[1:3] == ("Evaluable (n = 7)", "Not evaluable (n = 1)")
    assert {row.label: row.cells[:2] for row in table.rows}["Severe"] == ("3/7 (43 %)", "1/1 (100 %)")
    everybody_open = analyse_selection(COHORT[7:], _plan(), None).tables[0]
    assert everybody_open.columns[1] == "Evaluable (n = 0)"


# ---------------------------------------------------------------- loss to follow-up


def test_persons_not_observed_to_the_last_day_of_the_window_are_bounded():
    persons = [
        _patient(1, YES, 365),
        _patient(2, NO, 365),
        _patient(3, YES, 364),
        _patient(4, NO, 364),
        _patient(5, OPEN, 10),
    ]
    findings = analyse_loss(persons, _plan())
    shares = _shares(findings)
    assert shares["explanation.follow_up.persons"] == (2, 5)
    assert shares["explanation.follow_up.followed"] == (1, 2)
    assert shares["explanation.follow_up.worst"] == (2, 5)
    assert shares["explanation.follow_up.best"] == (4, 5)
    (caution,) = findings.cautions
    assert (caution.number, caution.severity) == (2, "serious")
    harm = _shares(analyse_loss(persons, _plan("harm")))
    assert (harm["explanation.follow_up.worst"], harm["explanation.follow_up.best"]) == ((4, 5), (2, 5))


def test_a_response_that_was_seen_is_lost_to_nobody():
    findings = analyse_loss([_patient(1, YES, 10), _patient(2, NO, 365)], _plan())
    assert _shares(findings)["explanation.follow_up.worst"] == (1, 2)
    assert findings.cautions == ()


def test_everybody_followed_is_two_rows_and_unknown_observation_none():
    (table,) = analyse_loss([_patient(1, YES)], _plan()).tables
    assert [row.cells for row in table.rows] == [("1/1 (100 %)",), ("0/1 (0 %)",)]
    assert analyse_loss([_patient(1, YES, None)], _plan()).tables == ()


def test_the_window_of_rules_taken_together_is_the_longest_of_theirs():
    parts = [
        ResponseRule(name="a", label="a", window=Window(1, 100)),
        ResponseRule(name="b", label="b", window=Window(1, 200)),
    ]
    both = ResponseDefinition(name="x", primary=ResponseRule(all_of=["a", "b"]), supporting=parts)
    assert find_last_window_day(both) == 200
    assert find_last_window_day(PLAN.response) == 365
    forever = ResponseDefinition(name="x", primary=ResponseRule(label="a", window=Window(1, None)))
    assert find_last_window_day(forever) is None
    assert analyse_loss(COHORT, replace(_plan(), response=forever)).tables == ()


# ---------------------------------------------------------------- the label


def test_a_validation_corrects_the_response_overall_and_by_stratum():
    counts = {"said_yes": 45, "truly_yes": 50, "said_no": 40, "truly_no": 50, "source": "a sample"}
    findings = analyse_label(COHORT, _plan(label=counts))
    counts.pop("source")
    named = {one.id: one.estimate for one in findings.estimates}
    assert named["explanation.label.overall"] == estimate_true_proportion(5, 7, **counts)
    assert named["explanation.label.Mild"] == estimate_true_proportion(3, 4, **counts)
    assert [row.label for row in findings.tables[0].rows] == ["All persons", "Mild", "Severe"]
    assert "a sample" in findings.tables[0].footnotes[0]
    assert findings.cautions == ()


def test_ranges_give_the_response_in_their_two_corners():
    findings = analyse_label(COHORT, _plan(label={"sensitivity": [0.8, 0.9], "specificity": [0.9, 1]}))
    named = {one.id: one.estimate for one in findings.estimates}
    least, most = named["explanation.label.overall.least"], named["explanation.label.overall.most"]
    assert least.value == pytest.approx((5 / 7 - 0.1) / 0.8)
    assert most.value == pytest.approx(5 / 7 / 0.8)
    observed = estimate_proportion(5, 7)
    assert least.lower == pytest.approx((observed.lower - 0.1) / 0.8)
    assert most.upper == 1.0


def test_without_a_validation_a_grid_is_marked_as_an_assumption():
    findings = analyse_label(COHORT, _plan())
    (table,) = findings.tables
    assert "Assumptions, not findings" in table.footnotes[0]
    assert "assumed" in table.title
    assert table.rows[0].cells[0].value == pytest.approx(5 / 7)
    assert table.rows[0].cells[2].value == pytest.approx((5 / 7 - 0.2) / 0.8)
    (caution,) = findings.cautions
    assert (caution.code, caution.severity) == ("label-not-validated", "note")
    assert caution.number.value == pytest.approx((5 / 7 - 0.2) / 0.8)


def test_of_a_rare_answer_the_missed_ones_are_the_error_that_is_assumed():
    rare = [_patient(n, status) for n, status in enumerate([YES, NO, NO, NO, NO, NO], start=1)]
    (caution,) = analyse_label(rare, _plan()).cautions
    assert "4 in 5 persons in whom it is true" in caution.text
    assert caution.number.value == pytest.approx(1 / 6 / 0.8)
    (nobody,) = analyse_label(rare[1:], _plan()).cautions
    assert nobody.number.value == 0
    assert nobody.number.upper > estimate_proportion(0, 5).upper


def test_a_note_of_an_estimate_stands_under_its_table_once():
    counts = {"said_yes": 5, "truly_yes": 10, "said_no": 4, "truly_no": 10}
    table = analyse_label(COHORT, _plan(label=counts)).tables[0]
    note = table.rows[0].cells[1].note
    assert "no more than a coin" in note
    assert note not in table.footnotes


def test_a_label_that_errs_in_one_stratum_alone_can_make_a_difference():
    plan = replace(_plan(), analysis=AnalysisDefinition(compare=["Mild", "Severe"]))
    # Of the mild 3 of 4 responded, of the severe 2 of 3: 8 points; (0.75 - 0.1) / 0.9 is 72 %, 6 points.
    (said,) = [one for one in analyse_label(COHORT, plan).tables[0].footnotes if "1 in 10" in one]
    assert "the difference of 8 would truly be 6 percentage points" in said


def test_a_score_has_no_label_and_nobody_evaluable_has_nothing_to_correct():
    by_score = ResponseDefinition(name="x", primary=ResponseRule(score="s", fall="4 points"))
    assert analyse_label(COHORT, replace(_plan(), response=by_score)).tables == ()
    assert analyse_label(COHORT[7:], _plan()).tables == ()
    by_event = ResponseDefinition(name="x", primary=ResponseRule(event="bleeding"))
    assert "a code of bleeding" in analyse_label(COHORT, replace(_plan(), response=by_event)).cautions[0].text


# ---------------------------------------------------------------- reviewers


def test_two_reviewers_are_compared_over_the_persons_whom_both_judged():
    answers = {
        "ann": {1: YES, 2: YES, 3: NO, 4: YES, 5: OPEN, 6: NO},
        "bob": {1: YES, 2: NO, 3: NO, 4: YES, 5: YES},
    }
    findings = analyse_reviewers(_plan(), answers)
    named = {one.id: one.estimate for one in findings.estimates}
    agreement = named["explanation.reviewers.agreement"]
    assert (agreement.numerator, agreement.denominator) == (3, 4)
    # Observed 0.75, by chance 0.75 * 0.5 + 0.25 * 0.5.
    assert named["explanation.reviewers.kappa"].value == pytest.approx((0.75 - 0.5) / 0.5)
    said = [row.label for row in findings.tables[0].rows]
    assert said[1:3] == ["Reviewer 1: improvement", "Reviewer 2: improvement"]
    assert "ann" not in str(findings)
    (caution,) = findings.cautions
    assert (caution.number.numerator, caution.number.denominator) == (1, 4)
    assert "Of 4 persons judged by at least two reviewers 1 was judged differently" in caution.text
    assert analyse_reviewers(_plan(), {name: {1: YES, 2: NO} for name in answers}).cautions == ()


def test_three_reviewers_are_compared_by_alpha_and_one_by_nothing():
    answers = {"a": {1: YES, 2: YES}, "b": {1: YES, 3: NO}, "c": {2: NO, 3: NO}}
    found = _shares(analyse_reviewers(_plan(), answers))
    assert found["explanation.reviewers.agreement"] == (2, 3)
    assert "explanation.reviewers.alpha" in found
    assert analyse_reviewers(_plan(), {"a": {1: YES}}).tables == ()
    assert analyse_reviewers(_plan(), {}).tables == ()


# ---------------------------------------------------------------- tipping points

FEW = {"name": "others", "events": 1, "among": 60}


def test_the_tipping_point_counts_failures_among_the_unjudged_and_then_among_the_responders():
    persons = [_patient(n, YES) for n in range(30)] + [_patient(n, NO) for n in range(5)]
    persons += [_patient(n, OPEN) for n in range(6)]
    findings = analyse_tipping(persons, _plan(benchmarks=(FEW,), threshold=[0.7]))
    (others, threshold) = findings.tables[0].rows
    assert others.label == "Others"
    assert others.cells[1] == "never"
    # With k failures: lower limits of (36 - k) of 41.
    limits = [estimate_proportion(36 - k, 41).lower for k in range(7)]
    assert threshold.cells[1] == next((k for k, limit in enumerate(limits) if limit < 0.7), "never")
    below = [k for k in range(31) if estimate_proportion(30 - k, 35).lower < 0.7]
    assert threshold.cells[2] == below[0]
    assert threshold.cells[3] is None
    assert threshold.cells[4] == next(k for k in range(36) if estimate_proportion(k, 35).lower >= 0.7)
    told_apart = [k for k in range(31) if estimate_difference(30 - k, 35, 1, 60).lower <= 0]
    assert others.cells[3] == told_apart[0]


def test_the_difference_that_must_fall_is_by_the_method_that_the_study_chose():
    persons = [_patient(n, YES) for n in range(30)] + [_patient(n, NO) for n in range(5)]
    others = {"name": "others", "events": 20, "among": 60}
    by_score = replace(_plan(benchmarks=(others,)), analysis=AnalysisDefinition(difference="Miettinen-Nurminen"))
    table = analyse_tipping(persons, by_score).tables[0]
    told_apart = [k for k in range(31) if estimate_difference_by_score(30 - k, 35, 20, 60).lower <= 0]
    assert table.rows[0].cells[3] == told_apart[0]
    assert "Miettinen and Nurminen" in table.footnotes[1]


def test_what_is_below_the_benchmark_already_needs_nobody_more_to_fail():
    high = {"name": "others", "events": 59, "among": 60}
    (row,) = analyse_tipping(COHORT[:7], _plan(benchmarks=(high,))).tables[0].rows
    assert row.cells[1:] == ("nobody", 0, 0, "not even all")


def test_a_harm_is_turned_round():
    persons = [_patient(n, YES) for n in range(2)] + [_patient(n, NO) for n in range(38)]
    often = {"name": "others", "events": 30, "among": 60}
    (row,) = analyse_tipping(persons, _plan("harm", (often,))).tables[0].rows
    above = [k for k in range(39) if estimate_proportion(2 + k, 40).upper > 0.5]
    assert row.cells[2] == above[0]
    told_apart = [k for k in range(39) if estimate_difference(2 + k, 40, 30, 60).upper >= 0]
    assert row.cells[3] == told_apart[0]


def test_a_conclusion_that_one_person_undoes_is_a_caution():
    persons = [_patient(n, YES) for n in range(20)] + [_patient(n, NO) for n in range(5)]
    first = next(events for events in range(30) if estimate_difference(19, 25, events, 30).lower <= 0)
    assert estimate_difference(20, 25, first, 30).lower > 0
    (caution,) = analyse_tipping(
        persons, _plan(benchmarks=({"name": "others", "events": first, "among": 30},))
    ).cautions
    assert caution.number == 1
    assert "If 1 person" in caution.text
    assert analyse_tipping(persons, _plan(benchmarks=(FEW,))).cautions == ()


def test_without_a_benchmark_or_anybody_evaluable_there_is_no_tipping_point():
    assert analyse_tipping(COHORT, _plan()).tables == ()
    assert analyse_tipping(COHORT[7:], _plan(benchmarks=(FEW,))).tables == ()
    treated = {**FEW, "treated": True}
    assert analyse_tipping(COHORT, _plan(benchmarks=(treated,))).tables == ()


def test_every_estimate_has_an_id_of_its_own_and_every_caution_a_number():
    counted = replace(_near(1, 2), left_out=_left_out(YES, OPEN), by_reviewer={"a": {1: YES}, "b": {1: NO}})
    findings = explain_who_was_counted(COHORT, _plan(benchmarks=(FEW,), threshold=[0.5]), counted)
    ids = [one.id for one in findings.estimates]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("explanation.") for one in ids)
    assert all(one.id.startswith("explanation-") for one in findings.tables)
    assert all(caution.number is not None for caution in findings.cautions)


@pytest.mark.parametrize("status", [YES, NO, OPEN])
@pytest.mark.parametrize("means", ["benefit", "harm"])
def test_a_cohort_of_one_is_told_without_a_fault(status, means):
    counted = replace(_near(1), left_out=_left_out(status), by_reviewer={"a": {1: status}, "b": {1: status}})
    findings = explain_who_was_counted([_patient(1, status, 100)], _plan(means, (FEW,), threshold=[0.5]), counted)
    assert findings.tables
