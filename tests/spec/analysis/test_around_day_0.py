"""Chance, an earlier trend and a placebo time zero, over cohorts that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.explanations.around_day0 import analyse_around
from refractory.analysis.explanations.chance import find_premises
from refractory.analysis.explanations.placebo import CANNOT
from refractory.analysis.explanations.trend import derive_score_curve_around
from refractory.analysis.results import Severity
from refractory.dates import Window
from refractory.numbers import format_estimate
from refractory.outcomes.around import Around, ScoreAround
from refractory.outcomes.around_definition import RegressionToMeanDefinition, TrendDefinition
from refractory.outcomes.around_doses import DosesAround, PlaceboSparing
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.placebo import NOT_ILL, Placebo, PlaceboAnswer
from refractory.outcomes.response import Response, ResponseStatus
from refractory.outcomes.sparing import SparingClass, SparingDefinition
from spec.analysis.test_analysis import PLAN

YES, NO, OPEN = ResponseStatus
STEPS = (3, -1, 2, -3, 1, -2, 0, 2, -2, 0, 1, -1)


def _plan(**asked):
    return replace(
        PLAN,
        follow_up=FollowUpDefinition(days=[112, 180], score="skin"),
        explanations=ExplanationsDefinition(**asked),
    )


def _score(persons, higher_is="worse", best=0.0) -> ScoreAround:
    visits = {number: tuple(points) for number, points in enumerate(persons)}
    return ScoreAround("skin", higher_is, best, Window(-90, 0), 28, visits)


def _by_id(found):
    return {one.id: one.estimate for one in found.estimates}


def _codes(found) -> dict[str, Severity]:
    return {one.code: one.severity for one in found.cautions}


# Twelve persons with scores from 20 to 31 on day 0, nine points better at day 112 and, six of them, at day 180; five of
# six points of which they had worsened from the visit before.
CHOSEN = [
    [(-60, 14.0 + number + step), (0, 20.0 + number), (112, 11.0 + number)] + [(180, 11.0 + number)] * (number < 6)
    for number, step in enumerate(STEPS)
]
RTM = {"regression_to_mean": RegressionToMeanDefinition()}


def test_what_was_worse_at_baseline_than_before_is_what_chance_gives_back():
    found = analyse_around(Around(_score(CHOSEN)), _plan(**RTM))
    told = _by_id(found)
    observed, expected, rest = (
        told[f"explanation.chance.visits.day_112.{part}"].value for part in ("observed", "expected", "rest")
    )
    assert (observed, expected, rest) == pytest.approx((9, 6, 3))
    table = found.tables[0]
    assert table.id == "explanation-regression-to-mean"
    assert [(row.label, row.cells[0]) for row in table.rows[1:]] == [("Day 112", 12), ("Day 180", 6)]
    # A share of one mean in another would have no interval: the three means with theirs say it all.
    assert table.columns == ("", "Persons", "Improvement", "Expected by chance", "The rest")
    assert _codes(found) == {}


def test_the_rest_that_may_be_nothing_is_a_serious_caution_with_its_number():
    little = [[*points[:2], (112, points[0][1] + step)] for points, step in zip(CHOSEN, STEPS[::-1], strict=True)]
    found = analyse_around(Around(_score(little)), _plan(**RTM))
    (caution,) = found.cautions
    assert (caution.code, caution.severity) == ("explanation-chance-visits", Severity.SERIOUS)
    assert caution.number.lower <= 0 <= caution.number.upper
    assert "expected to improve by" in caution.text
    assert "by day 112" in caution.text


def test_nobody_who_improved_is_nothing_that_chance_could_explain():
    worse = [[*points[:2], (112, points[1][1] + 5)] for points in CHOSEN]
    found = analyse_around(Around(_score(worse)), _plan(**RTM))
    assert found.cautions == ()
    assert found.tables[0].rows[1].cells[1].upper < 0


def test_nine_pairs_tell_no_reliability_and_the_number_that_is_missing_is_said():
    few = [points if number < 9 else points[1:] for number, points in enumerate(CHOSEN)]
    found = analyse_around(Around(_score(few)), _plan(**RTM))
    (caution,) = found.cautions
    assert (caution.code, caution.number) == ("explanation-chance-unknown", 9)
    assert "Of 12 persons 9 have a skin" in caution.text
    assert [table.id for table in found.tables] == ["explanation-reliability"]


def test_a_visit_less_than_a_fortnight_before_the_baseline_is_no_earlier_visit():
    near = [[(-13, points[0][1]), *points[1:]] for points in CHOSEN]
    premises = find_premises(_score(near), RegressionToMeanDefinition(), 0.95)
    assert premises.pairs == []
    a_fortnight = [[(-14, points[0][1]), *points[1:]] for points in CHOSEN]
    assert len(find_premises(_score(a_fortnight), RegressionToMeanDefinition(), 0.95).pairs) == 12


STATED = RegressionToMeanDefinition(
    reliability=0.75, reliability_source="a paper", mean=15.5, sd=8, population_source="a registry", chosen_at_least=20
)


def test_by_reliability_and_the_mean_before_the_choice_each_person_comes_back_a_part_of_the_way():
    alone = [points[1:] for points in CHOSEN]
    found = analyse_around(Around(_score(alone)), _plan(regression_to_mean=STATED))
    told = _by_id(found)
    # The mean of 20 to 31 is 25.5: a quarter of ten points.
    assert told["explanation.chance.population.day_112.expected"].value == pytest.approx(2.5)
    assert told["explanation.chance.population.day_112.rest"].value == pytest.approx(6.5)
    premises = {row.label: row.cells for row in found.tables[1].rows}
    assert premises["Reliability as stated (a paper)"][1].value == 0.75
    assert premises["Before the choice (a registry)"] == (None, "15.5 ± 8")
    assert premises["Chosen at or above"] == (None, "20")
    # Davis: (1 - 0.75) times the distance of those above 20 from the mean.
    assert premises["Expected improvement by that choice alone"][1].value == pytest.approx(2.40, abs=0.05)


def test_the_reliability_of_the_run_itself_goes_before_the_stated_one():
    found = find_premises(_score(CHOSEN), STATED, 0.95)
    assert found.taken.value == found.reliability.value != 0.75
    assert found.taken_from == "12 persons with two visits before day 0"


def test_a_score_of_which_more_is_better_gives_the_same_improvement_and_rest():
    turned = [[(day, 100 - value) for day, value in points] for points in CHOSEN]
    asked = _plan(**RTM, trend=TrendDefinition())
    one = _by_id(analyse_around(Around(_score(CHOSEN)), asked))
    other = _by_id(analyse_around(Around(_score(turned, "better", 100.0)), asked))
    assert one.keys() == other.keys()
    for key in (key for key in one if ".chance." in key):
        assert other[key].value == pytest.approx(one[key].value)
    for key in (key for key in one if key.endswith(("difference", "slope_before", "level_change"))):
        assert (one[key].value is None) == (other[key].value is None)
        assert one[key].value is None or other[key].value == pytest.approx(-one[key].value, abs=1e-6)


def test_a_study_without_a_score_says_that_chance_is_not_known():
    found = analyse_around(Around(), _plan(**RTM, trend=TrendDefinition()))
    assert _codes(found) == {"explanation-chance-unknown": Severity.NOTE}
    assert found.tables == ()


def _falling(slope: float, after: float, persons: int = 8):
    """Persons whose score moves by so much every 28 days before day 0, and stands so much lower at day 112."""
    return [
        [
            *((day, 20.0 + number + slope * day / 28 + (step if day else 0) / 4) for day in (-112, -56, 0)),
            *((day, 20.0 + number + after - step / 8) for day in (112, 140)),
        ]
        for number, step in enumerate(STEPS[:persons])
    ]


TREND = {"trend": TrendDefinition()}


def test_a_score_that_fell_already_is_a_serious_caution_and_so_is_a_projection_that_reaches_as_far():
    found = analyse_around(Around(_score(_falling(-1.5, -6))), _plan(**TREND))
    assert _codes(found) == {
        "explanation-trend-score": Severity.SERIOUS, "explanation-projection-score": Severity.SERIOUS,
    }  # fmt: skip
    slope, projected = found.cautions
    assert slope.title == "Skin: better already before day 0"
    assert slope.number.value == pytest.approx(-1.5, abs=0.2)
    assert "At day 112" in projected.text


def test_a_steady_score_that_falls_after_day_0_is_no_caution():
    found = analyse_around(Around(_score(_falling(0, -9))), _plan(**TREND))
    assert _codes(found) == {}
    told = _by_id(found)
    assert told["explanation.trend.score.day_112.difference"].value == pytest.approx(-9, abs=0.5)
    assert [table.id for table in found.tables] == ["explanation-trend", "explanation-projection"]


def test_four_persons_with_two_visits_before_leave_the_trend_unknown_with_their_number():
    found = analyse_around(Around(_score(_falling(-1, -9, persons=4))), _plan(**TREND))
    (caution,) = found.cautions
    assert (caution.code, caution.severity, caution.number) == ("explanation-trend-score-unknown", Severity.NOTE, 4)
    assert [table.id for table in found.tables] == ["explanation-trend"]
    assert [row.cells for row in found.tables[0].rows[:2]] == [(4,), (4,)]


@pytest.mark.parametrize("persons", [[], [[]], [[(0, 20.0)]]])
def test_nobody_and_one_person_are_told_as_unknown_and_never_as_an_error(persons):
    asked = _plan(**RTM, **TREND, placebo=["90 days"])
    found = analyse_around(
        Around(_score(persons), DosesAround(), (Placebo(90, (), {}, (_answer("By score", ""),)),)), asked
    )
    assert "explanation-trend-score-unknown" in _codes(found)
    assert "explanation-chance-unknown" in _codes(found)


def _doses(before: float, after: float) -> DosesAround:
    days = range(-126, 127, 28)
    points = {
        number: tuple(
            (day, max(0.0, 30.0 + number + (before * day / 28 if day < 0 else after) + step / 4)) for day in days
        )
        for number, step in enumerate(STEPS)
    }
    at_days = {112: {number: (99, own[-1][1]) for number, own in points.items()}}
    return DosesAround(points, at_days)


def test_a_dose_that_came_down_before_day_0_is_told_as_lower_and_not_as_better():
    plan = replace(_plan(**TREND), sparing=SparingDefinition(glucocorticoid="steroid"))
    found = analyse_around(Around(doses=_doses(-3, -10)), plan)
    assert _codes(found)["explanation-trend-dose"] is Severity.SERIOUS
    assert found.cautions[0].title == "The glucocorticoid dose: lower already before day 0"
    steep = analyse_around(Around(doses=_doses(-12, -20)), plan)
    told = _by_id(steep)["explanation.trend.dose.day_112.projected"]
    assert (told.value, told.lower) == (0, 0)
    assert "held there" in steep.tables[1].footnotes[-1]


def _hump() -> DosesAround:
    """The dose rises to day -112, then falls by three mg in 28 days, and goes on falling after day 0."""
    days = [-224, -196, -168, -140, -112, -84, -56, -28, 0, 28, 56, 84, 112]
    points = {
        number: tuple((day, 60.0 + number + step / 4 + (8 if day < -112 else -3) * (day + 112) / 28) for day in days)
        for number, step in enumerate(STEPS)
    }
    return DosesAround(points, {112: {number: own[-1] for number, own in points.items()}})


def test_a_hump_before_day_0_is_a_serious_caution_and_marks_the_jump_that_it_makes():
    plan = replace(_plan(**TREND), sparing=SparingDefinition(glucocorticoid="steroid"))
    found = analyse_around(Around(doses=_hump()), plan)
    told, codes = _by_id(found), _codes(found)
    assert codes["explanation-bend-dose"] is Severity.SERIOUS
    (caution,) = [one for one in found.cautions if one.code == "explanation-bend-dose"]
    assert caution.number == told["explanation.trend.dose.bend"]
    assert caution.text.endswith("may be that later half going on.")
    # Nothing happened on day 0.
    jump = told["explanation.trend.dose.level_change"]
    assert jump.upper < 0
    assert "straight line" in jump.note
    projected = [row.cells for row in found.tables[1].rows if row.indent]
    assert all("straight line" in cells[1].note and "straight line" in cells[3].note for cells in projected)
    assert all(not cells[2].note for cells in projected)


def test_values_along_a_straight_line_are_marked_nowhere():
    plan = replace(_plan(**TREND), sparing=SparingDefinition(glucocorticoid="steroid"))
    found = analyse_around(Around(doses=_doses(-3, -10)), plan)
    assert "explanation-bend-dose" not in _codes(found)
    assert all("straight" not in one.estimate.note for one in found.estimates)


def test_the_curve_draws_no_visit_before_day_0_after_it_and_no_median_of_four():
    curve = derive_score_curve_around(_score(_falling(0, -9)))
    days = [day for day, _ in curve.points]
    assert days == [-112, -56, 0, 112, 168]
    assert curve.points[2][1].value > curve.points[3][1].value + 5
    assert derive_score_curve_around(_score(_falling(0, -9, persons=4))) is None
    after_alone = [[point for point in points if point[0] >= 0] for points in _falling(0, -9)]
    assert derive_score_curve_around(_score(after_alone)) is None


def _answer(name: str, pairs: str, why: str = "") -> PlaceboAnswer:
    """Each letter pair is one person: y, n or o at the earlier day 0 and at the true one."""
    said = {"y": YES, "n": NO, "o": OPEN}
    people = enumerate(pairs.split())
    earlier, true = {}, {}
    for number, pair in people:
        earlier[number], true[number] = Response(said[pair[0]]), Response(said[pair[1]])
    return PlaceboAnswer(name, {} if why else earlier, {} if why else true, None if why else Window(28, 89), why)


def _placebo(*answers: PlaceboAnswer, persons: int = 12) -> Around:
    return Around(placebos=(Placebo(90, tuple(range(persons)), {NOT_ILL: 2}, answers),))


def test_only_who_was_judged_at_both_is_compared():
    around = _placebo(_answer("By score", "ny ny ny ny ny ny yy nn on no oo"))
    found = analyse_around(around, _plan(placebo=["90 days"]))
    told = _by_id(found)
    assert format_estimate(told["explanation.placebo.90.primary.earlier"]).startswith("1/8 (13 %")
    assert format_estimate(told["explanation.placebo.90.primary.true"]).startswith("7/8 (88 %")
    assert told["explanation.placebo.90.primary.difference"].value == pytest.approx(0.75)
    # Six for and none against.
    assert told["explanation.placebo.90.primary.mcnemar"].p_value == pytest.approx(2 / 64)
    assert found.cautions == ()
    (table,) = found.tables
    assert table.rows[0].cells[0] == 12
    assert "12 of 14 persons could be asked; not the others (2: the disease was not yet recorded)" in table.footnotes[1]


def test_what_is_met_as_often_without_the_treatment_is_a_serious_caution():
    found = analyse_around(_placebo(_answer("By score", "ny yn yy yy nn ny")), _plan(placebo=["90 days"]))
    (caution,) = found.cautions
    assert (caution.code, caution.severity) == ("explanation-placebo-90-primary", Severity.SERIOUS)
    assert caution.number.value == pytest.approx(1 / 6)


def test_a_rule_that_cannot_be_asked_is_never_0_per_cent():
    around = _placebo(_answer("By review", "", "no reviewer judged these days"), _answer("By score", "ny " * 9))
    found = analyse_around(around, _plan(placebo=["90 days"]))
    review, score = found.tables[0].rows[1:]
    assert review.cells == (0, CANNOT, None, None, None)
    assert score.cells[0] == 9
    assert _by_id(found)["explanation.placebo.90.primary.earlier"].value is None
    (caution,) = found.cautions
    assert (caution.code, caution.severity) == ("explanation-placebo-90-not-primary", Severity.NOTE)
    assert "no reviewer judged these days" in caution.text


def test_nobody_to_ask_leaves_the_placebo_unknown():
    found = analyse_around(_placebo(_answer("By score", ""), persons=0), _plan(placebo=["90 days"]))
    (caution,) = found.cautions
    assert (caution.code, caution.number) == ("explanation-placebo-90-unknown", 0)
    assert found.tables[0].rows[1].cells[1] == CANNOT


def test_a_harm_is_tabulated_and_never_doubted_for_being_as_frequent_before():
    plan = _plan(placebo=["90 days"])
    harm = replace(plan, response=plan.response.model_copy(update={"means": "harm"}))
    found = analyse_around(_placebo(_answer("Bleeding", "nn nn ny yn")), harm)
    assert found.cautions == ()
    assert found.tables[0].rows[1].cells[0] == 4


def test_sparing_is_compared_in_the_persons_who_can_be_asked():
    lower, same, open_ = SparingClass.STOPPED, SparingClass.UNCHANGED, SparingClass.NOT_EVALUABLE
    earlier = {0: lower, 1: lower, 2: same, 3: open_, 4: lower, 99: lower}
    true = {0: SparingClass.DECREASED, 1: same, 2: lower, 3: lower, 4: lower, 99: lower}
    around = replace(
        _placebo(_answer("By score", "ny " * 9)), doses=DosesAround(placebos=(PlaceboSparing(90, earlier, true, 60),))
    )
    found = analyse_around(around, _plan(placebo=["90 days"]))
    told = _by_id(found)["explanation.placebo.90.sparing.earlier"]
    # Person 3 cannot be judged, and person 99 was not yet ill.
    assert (told.numerator, told.denominator) == (3, 4)
    assert _codes(found) == {"explanation-placebo-90-sparing": Severity.SERIOUS}
