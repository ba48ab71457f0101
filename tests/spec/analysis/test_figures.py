"""What figures show is counted from the patients: lanes, bars, threads, streams."""

from __future__ import annotations

from dataclasses import replace

from refractory.analysis.course import analyse_course
from refractory.analysis.figure_series import derive_figures
from refractory.analysis.figures import AlluvialFigure, StepFigure, SwimmerFigure, WaterfallFigure
from refractory.analysis.person_figures import derive_person_figures
from refractory.dates import Window
from refractory.exposures.line_definition import LineBegins, LineDefinition
from refractory.exposures.lines_of_person import Course, Line
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass, SparingDefinition
from spec.analysis.test_course import COHORT, DAY_0, NO, PLAN, YES, _patient, _response


def _by_id(figures):
    return {one.id: one for one in figures}


def _figures(patients, plan):
    found = analyse_course(patients, plan, {})
    return _by_id(derive_figures(patients, plan, found.estimates, found.tables))


def test_the_steps_by_cycle_are_the_estimates_and_the_counts_those_of_the_table():
    figure = _figures(COHORT, PLAN)["by-cycle"]
    assert isinstance(figure, StepFigure)
    assert [round(one.value * 7) for _, one in figure.points] == [1, 3, 3]
    assert figure.below == (
        ("At risk", (7, 6, 3)), ("Responded", (1, 2, 0)), ("Stopped without", (0, 1, 2)),
    )  # fmt: skip


def test_a_lane_is_what_was_seen_of_the_person_in_days_from_day_0():
    figure = _by_id(derive_person_figures(COHORT, PLAN))["swimmer"]
    assert isinstance(figure, SwimmerFigure)
    lanes = {lane.number: lane for lane in figure.lanes}
    assert lanes.keys() == set(range(1, 9))
    assert (lanes[2].response, lanes[2].lost, lanes[2].stopped, lanes[2].cycles) == ((30, 30), 130, 56, (0, 28, 56))
    assert lanes[3].response == (20, 40)
    assert (lanes[6].response, lanes[6].seen_until, lanes[6].status) == (None, 70, "no response")


def test_the_best_change_has_the_sign_of_the_score_and_persons_who_only_got_worse_are_shown_too():
    plan = replace(PLAN, follow_up=FollowUpDefinition(days=[60], score="skin"))
    seen = [
        (20.0, ((30, 15.0), (60, 12.0), (90, 18.0)), True, -8.0),
        (20.0, ((30, 25.0), (60, 22.0)), True, 2.0),
        (50.0, ((30, 55.0), (60, 40.0)), False, 5.0),
        (50.0, ((30, 45.0),), False, -5.0),
    ]
    for baseline, visits, is_higher_worse, best in seen:
        cohort = [
            replace(
                one, followed=replace(one.followed, baseline=baseline, visits=visits, is_higher_worse=is_higher_worse)
            )
            for one in COHORT[:2]
        ]
        figure = _by_id(derive_person_figures(cohort, plan))["waterfall"]
        assert isinstance(figure, WaterfallFigure)
        assert [change for _, change, _ in figure.bars] == [best, best]
    # A person without baseline or without a visit has no bar.
    bare = [replace(one, followed=replace(one.followed, baseline=None, visits=((30, 1.0),))) for one in COHORT]
    assert "waterfall" not in _by_id(derive_person_figures(bare, plan))


def _dose(mg: float | None, covered: int = 30, unknown: int = 0) -> DoseInWindow:
    return DoseInWindow(covered_days=covered, unknown_days=unknown, mg_per_day=mg, pulse_days=0)


def test_each_person_is_one_thread_of_the_stream_from_the_dose_before_to_the_dose_after():
    definition = SparingDefinition(glucocorticoid="steroid", baseline=Window(-30, -1), follow_up_day=180)
    decreased, stopped = SparingClass.DECREASED, SparingClass.STOPPED
    pairs = [
        (_dose(25), _dose(12), decreased), (_dose(20), _dose(0, 0), stopped), (_dose(19.9), _dose(4.9), decreased),
        (_dose(0, 0), _dose(0, 0), SparingClass.NOT_EVALUABLE),
        (_dose(10), _dose(None, 30, 30), SparingClass.NOT_EVALUABLE),
    ]  # fmt: skip
    cohort = [
        replace(one, sparing=Sparing(before, after, found, {}))
        for one, (before, after, found) in zip(COHORT, pairs, strict=False)
    ]
    figure = _figures(cohort, replace(PLAN, sparing=definition))["doses"]
    assert isinstance(figure, AlluvialFigure)
    (_, before), (_, after) = figure.columns
    assert [(one.name, one.persons) for one in before] == [("20 or more", 2), ("10 to below 20", 2), ("none", 1)]
    assert [(one.name, one.persons) for one in after] == [
        ("10 to below 20", 1), ("above 0, below 5", 1), ("none", 2), ("not known", 1),
    ]  # fmt: skip
    assert sum(persons for *_, persons in figure.streams) == 5
    assert figure.is_ordered


def _line(number: int, drug: str) -> Line:
    return Line(number, (Course(drug, DAY_0, DAY_0, 1, True),), LineBegins.SWITCH, ())


def test_lines_of_treatment_flow_from_one_to_the_next_and_rare_ones_are_taken_together():
    drugs = ["a", "b", "c", "d", "e", "f"]
    cohort = [
        replace(_patient(n, _response(YES if n % 2 else NO, 10 if n % 2 else None)), lines=tuple(
            _line(place, drug) for place, drug in enumerate(["a", drugs[n % 6]][: 1 + n % 2], start=1)))
        for n in range(1, 13)
    ]  # fmt: skip
    plan = replace(PLAN, lines=LineDefinition(among="systemic"))
    figure = _figures(cohort, plan)["lines"]
    assert isinstance(figure, AlluvialFigure)
    assert [heading for heading, _ in figure.columns] == ["Line 1", "Line 2"]
    assert {one.name: one.persons for one in figure.columns[1][1]} == {"b": 2, "d": 2, "f": 2, "no further line": 6}
    assert all(sum(one.persons for one in bands) == 12 for _, bands in figure.columns)


def test_one_person_is_no_figure():
    assert derive_person_figures(COHORT[:1], PLAN) == ()
    assert _figures([], PLAN) == {}


def test_the_agreement_of_each_supporting_rule_is_a_row_and_there_is_no_whole():
    figure = _figures(COHORT, PLAN)["agreement"]
    assert [(row.label, row.alone.numerator, row.alone.denominator) for row in figure.rows] == [("by score", 4, 7)]
    assert not figure.has_whole
