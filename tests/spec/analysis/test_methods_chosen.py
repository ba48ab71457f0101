"""The protocol chooses the method of each quantity, and every number, table and sentence follows it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from refractory.analysis.analyse import Analysis, analyse
from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.methods import (
    estimate_association,
    estimate_change,
    estimate_change_test,
    find_detectable_rates,
)
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import PrintedEstimate
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass
from refractory.statistics.association import estimate_boschloo, estimate_fisher_exact, estimate_freeman_halton
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_hodges_lehmann_shift, estimate_mann_whitney
from refractory.statistics.means import estimate_mean_difference, estimate_welch_test
from refractory.statistics.multiplicity import adjust_by_benjamini_hochberg
from refractory.statistics.proportions import estimate_difference
from refractory.statistics.score_difference import estimate_difference_by_score
from spec.analysis.test_analysis import FACTS, NO, PLAN, YES, _patients
from spec.analysis.test_course import COHORT
from spec.analysis.test_dose_analysis import PERSONS, SPARING

DEFAULT = {
    "difference": "Newcombe", "association": "Fisher", "two_samples": "Mann-Whitney", "paired": "Wilcoxon",
    "family": "Holm", "proportion": "Clopper-Pearson",
}  # fmt: skip
OTHER = {
    "difference": "Miettinen-Nurminen", "association": "Boschloo", "two_samples": "Welch", "paired": "paired t",
    "family": "Benjamini-Hochberg", "proportion": "Wilson",
}  # fmt: skip
# Words that belong to one choice only.
OF_DEFAULT = ("Newcombe", "Fisher", "Mann-Whitney", "Wilcoxon", "Holm", "Hodges", "Clopper", "igned rank", "95 %")
OF_OTHER = ("Miettinen", "Boschloo", "Welch", "paired t test", "Benjamini", "Student", "Wilson", "90 %")


def _plan(**chosen: object):
    analysis = AnalysisDefinition(compare=("Skin alone", "With muscle"), **chosen)
    benchmark = BenchmarkDefinition(name="others", events=19, among=24, source="a paper")
    follow_up = FollowUpDefinition(days=[60, 180], cycles=[2], score="skin")
    return replace(PLAN, analysis=analysis, sparing=SPARING, benchmarks=(benchmark,), follow_up=follow_up)


def _sparing(before: float, after: float) -> Sparing:
    covered = DoseInWindow(before, 30), DoseInWindow(after, 30)
    return Sparing(*covered, glucocorticoid=SparingClass.DECREASED, drugs={})


def _cohort():
    """Invent 24 persons with everything that a method is chosen for."""
    return [
        replace(
            one,
            doses=PERSONS[number % len(PERSONS)],
            sparing=_sparing(20.0 + number, 10.0 + number % 5),
            followed=replace(
                COHORT[number % len(COHORT)].followed, baseline=20.0 + number % 7, at_days={60: 10.0 + number % 3}
            ),
            baseline={"Score": float(number % 9)},
        )
        for number, one in enumerate(_patients(16, 8, 0))
    ]


@cache
def _analyse(**chosen: object) -> Analysis:
    return analyse(_cohort(), _plan(**chosen), (), FACTS, None, Explanations())


def _estimates(done: Analysis) -> dict[str, Estimate]:
    return {one.id: one.estimate for one in done.estimates}


def _texts(done: Analysis, plan) -> str:
    """Join every word of a run: tables, rules, methods of estimates, cautions, and the methods section."""
    said = [*plan.analysis.describe(), *(caution.text for caution in done.cautions)]
    for table in done.tables:
        said += [table.title, *table.columns, *table.footnotes]
        said += [cell for row in table.rows for cell in (row.label, *row.cells) if isinstance(cell, str)]
        cells = [cell for row in table.rows for cell in row.cells]
        said += [one.method for one in (cell.estimate if isinstance(cell, PrintedEstimate) else cell for cell in cells)
                 if isinstance(one, Estimate)]  # fmt: skip
    said += [word for one in done.estimates for word in (one.label, one.rule, one.estimate.method)]
    return "\n".join(said)


@pytest.mark.parametrize(
    ("chosen", "said", "not_said"),
    [(DEFAULT | {"level": 0.95}, OF_DEFAULT, OF_OTHER), (OTHER | {"level": 0.9}, OF_OTHER, OF_DEFAULT)],
)
def test_a_run_names_the_methods_that_were_chosen_and_no_other(chosen, said, not_said):
    text = _texts(_analyse(**chosen), _plan(**chosen))
    assert [word for word in said if word not in text] == []
    # The errors that are assumed of a label are shares of their own.
    told = [line for line in text.splitlines() if not line.startswith(("Sensitivity ", "Specificity "))]
    assert [line for line in told for word in not_said if word in line] == []


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_every_interval_has_the_level_of_the_protocol(level):
    levels = {one.estimate.level for one in _analyse(level=level).estimates} - {None}
    assert levels == {level}


def test_every_difference_of_two_proportions_is_by_the_chosen_interval():
    newcombe, score = _estimates(_analyse()), _estimates(_analyse(difference="Miettinen-Nurminen"))
    # What could have been found is a difference without an interval.
    found = {name: one for name, one in newcombe.items() if not name.endswith(".detectable")}
    differences = [name for name, one in found.items() if one.kind is EstimateKind.DIFFERENCE]
    assert {"response.difference", "benchmark.others.difference", "predictor.Sex.effect"} <= set(differences)
    assert {newcombe[name].method for name in differences} == {estimate_difference(1, 2, 1, 2).method}
    assert {score[name].method for name in differences} == {estimate_difference_by_score(1, 2, 1, 2).method}
    assert all(newcombe[name].value == pytest.approx(score[name].value) for name in differences)


def test_every_test_of_two_groups_is_the_chosen_one():
    found = _estimates(_analyse(association="Boschloo"))
    for name in ("response.difference.test", "predictor.Sex.test", "predictor.Stratum.test", "subgroup.heterogeneity"):
        assert found[name].method == "Boschloo's exact test", name


def test_beyond_two_groups_the_test_is_freeman_and_haltons_whatever_was_chosen():
    groups = [(3, 4), (1, 4), (0, 4)]
    table = [[hit, among - hit] for hit, among in groups]
    for name in ("Fisher", "Boschloo"):
        assert estimate_association(groups, AnalysisDefinition(association=name)) == estimate_freeman_halton(table)


def test_a_group_of_nobody_is_no_group():
    for name, test in (("Fisher", estimate_fisher_exact), ("Boschloo", estimate_boschloo)):
        analysis = AnalysisDefinition(association=name)
        assert estimate_association([(3, 4), (0, 0), (1, 4)], analysis) == test(3, 4, 1, 4)
        assert estimate_association([(3, 4), (0, 0)], analysis).p_value is None
        assert estimate_association([], analysis).p_value is None


def test_a_number_of_two_groups_is_compared_by_the_chosen_test():
    found = _estimates(_analyse(two_samples="Welch"))
    persons = _cohort()
    yes, no = ([float(one.baseline["Score"]) for one in persons if one.response.status is status]
               for status in (YES, NO))  # fmt: skip
    assert found["predictor.Score.effect"] == estimate_mean_difference(yes, no)
    assert found["predictor.Score.test"] == estimate_welch_test(yes, no)
    by_rank = _estimates(_analyse())
    assert by_rank["predictor.Score.effect"] == estimate_hodges_lehmann_shift(yes, no)
    assert by_rank["predictor.Score.test"] == estimate_mann_whitney(yes, no)


def test_every_change_within_persons_is_by_the_chosen_method():
    by_rank, by_mean = _estimates(_analyse()), _estimates(_analyse(paired="paired t"))
    changes = ("trajectory.day_60.shift", "sparing.dose.change", "dose.cumulative.change")
    tests = ("trajectory.day_60.test", "sparing.dose.test", "dose.cumulative.change.test")
    assert {by_rank[name].method for name in changes} == {"Hodges-Lehmann, paired"}
    assert {by_rank[name].method.partition(",")[0] for name in tests} == {"Wilcoxon signed rank"}
    assert {by_mean[name].method for name in changes} == {"mean of paired differences, Student's t interval"}
    assert {by_mean[name].method for name in tests} == {"paired t test"}


def test_nobody_has_no_change_by_any_method():
    for name in ("Wilcoxon", "paired t"):
        analysis = AnalysisDefinition(paired=name)
        assert estimate_change([], analysis).value is None
        assert estimate_change_test([], analysis).p_value is None


def test_the_family_is_adjusted_by_the_chosen_method():
    done = _analyse(family="Benjamini-Hochberg")
    table = next(table for table in done.tables if table.id == "predictors")
    assert "P, Benjamini-Hochberg" in table.columns
    tests = [
        one.estimate.p_value for one in done.estimates if one.id.startswith("predictor.") and one.id[-4:] == "test"
    ]
    shown = [row.cells[4] for row in table.rows if row.cells[4]]
    assert len(shown) == len(tests)
    smallest = min(adjust_by_benjamini_hochberg(tests))
    assert float(shown[tests.index(min(tests))].strip("< ")) == pytest.approx(smallest, abs=0.006)


def test_what_is_significant_is_what_the_intervals_leave_over():
    assert AnalysisDefinition(level=0.9).significance == 0.1
    assert AnalysisDefinition().significance == 0.05
    done = _analyse(level=0.99)
    rule = next(one.rule for one in done.estimates if one.id == "predictors.significant")
    assert "P < 0.01" in rule
    assert any("above 0.01 shows nothing" in caution.text for caution in done.cautions)


def test_the_detectable_rates_are_those_of_the_chosen_test_and_never_further_off_by_boschloos():
    fisher, boschloo = (AnalysisDefinition(association=name) for name in ("Fisher", "Boschloo"))
    for n1, n2 in ((12, 12), (35, 7), (27, 15)):
        (plain,), (sharper,) = (find_detectable_rates(n1, n2, 0.8, one)[:1] for one in (fisher, boschloo))
        assert sharper >= plain
    wider = find_detectable_rates(27, 15, 0.8, AnalysisDefinition(level=0.99))
    assert wider[0] < find_detectable_rates(27, 15, 0.8, fisher)[0]


def test_the_strata_that_are_compared_come_with_what_the_study_could_have_found():
    table = next(table for table in _analyse().tables if table.id == "comparison")
    assert any("80 % chance of P < 0.05 only from a difference of" in note for note in table.footnotes)
