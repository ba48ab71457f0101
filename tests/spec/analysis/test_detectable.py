"""Nothing found stands beside what could have been: predictors, comparisons, subtypes, published figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.comparison import compare_published
from refractory.analysis.detectable import (
    NONE,
    ROUGH,
    find_least_difference,
    find_least_group,
    find_least_shift,
    say_least,
    say_least_difference,
)
from refractory.analysis.plan import AnalysisDefinition, PublishedFigure
from refractory.analysis.predictors import find_predictors, name_predictors, tabulate_predictors
from refractory.analysis.subgroups import find_subgroup_cautions, find_subgroups, tabulate_subgroups
from refractory.cohort.strata import GroupDefinition
from refractory.outcomes.explanations import Explanations
from spec.analysis.test_analysis import FACTS, PLAN, _patients

THREE = replace(
    PLAN,
    subtypes=(
        *(GroupDefinition(name=name, any=("muscle",)) for name in "AB"),
        GroupDefinition(name="C", otherwise=True),
    ),
)


def _of_three(yes: int, no: int):
    """Persons of three subtypes in turn."""
    return [
        replace(one, member=replace(one.member, subtype="ABC"[place % 3]))
        for place, one in enumerate(_patients(yes, no, 0))
    ]


def test_every_predictor_has_a_detectable_effect_also_one_of_three_groups():
    predictors = find_predictors(_of_three(30, 10), THREE)
    assert {one.name: one.detectable.words for one in predictors} == {
        "Diagnosis to day 0, days": "1.1 SD",
        "Drugs before day 0": "1.1 SD",
        "Sex": "75 v 27 %",
        "Stratum": "75 v 27 %",
        "Subtype": "75 v 25 % in A (w 0.48)",
    }
    ids = {one.id: one.estimate for one in name_predictors(predictors, PLAN.analysis)}
    for one in predictors:
        assert ids[f"predictor.{one.name}.detectable"].value > 0
        assert ids[f"predictor.{one.name}.detectable"].denominator <= 40


def test_a_predictor_that_nothing_could_have_found_says_none():
    least = find_least_difference(1, 5, 0.9, PLAN.analysis)
    assert (least.words, least.estimate.value) == (NONE, None)
    assert least.estimate.note == "No effect, however large, had that chance."
    assert find_least_group(["A", "B", "C"], [1, 1, 1], 0.5, PLAN.analysis).words == NONE
    assert find_least_shift(0, 5, PLAN.analysis).words == NONE
    assert find_least_difference(0, 5, 0.5, PLAN.analysis).words == NONE
    assert (
        say_least_difference(least, PLAN.analysis)
        == "Fisher's exact test had no 80 % chance of P < 0.05, whatever the difference."
    )
    assert say_least([least]).endswith("nothing between groups, however large.")
    assert say_least([]) == ""


def test_groups_too_many_for_all_tables_say_that_their_chance_is_rough():
    few = find_least_group(["A", "B", "C"], [9, 9, 9], 0.8, PLAN.analysis).estimate
    many = find_least_group(list("ABCDE"), [20] * 5, 0.8, PLAN.analysis).estimate
    assert ROUGH not in few.note
    assert many.note.endswith(ROUGH)


def test_a_rate_of_a_half_is_told_from_one_below_and_one_above():
    assert find_least_difference(40, 40, 0.5, PLAN.analysis).words == "50 v 19 % or 50 v 82 %"


def test_two_rates_print_with_the_decimals_that_tell_them_apart():
    assert find_least_difference(50_000, 50_000, 0.99992, PLAN.analysis).words == "100.0 v 99.9 %"
    assert find_least_difference(21, 21, 0.99, PLAN.analysis).words == "99 v 67 %"


def test_none_significant_is_never_printed_without_what_could_have_been_found():
    predictors = find_predictors(_patients(20, 6, 0), PLAN)
    figure = PublishedFigure(statement="Predictors", result="predictors.significant", value="none")
    (compared,) = compare_published([figure], name_predictors(predictors, PLAN.analysis))
    assert compared.reproduced == "none"
    assert compared.detail == (
        "0. By itself, each test had an 80 % chance to find no less than: 77 v 21 % between groups; 1.4 SD in a number."
    )


def test_a_predictor_that_is_not_known_of_somebody_says_of_how_many():
    patients = _patients(20, 6, 2)
    unknown = [replace(one, member=replace(one.member, sex=None)) for one in patients[:3]]
    predictors = find_predictors([*unknown, *patients[3:]], PLAN)
    assert {one.name: one.unknown for one in predictors}["Sex"] == 3
    labels = [row.label for row in tabulate_predictors(predictors, ("yes", "no"), PLAN.analysis).rows]
    assert "Sex (not known of 3)" in labels
    assert "Stratum" in labels


def test_the_compared_strata_stand_with_what_their_test_could_have_found():
    done = analyse(_patients(20, 6, 0), PLAN, (), FACTS, None, Explanations())
    table = next(table for table in done.tables if table.id == "comparison")
    assert (
        table.footnotes[1]
        == "Fisher's exact test had an 80 % chance of P < 0.05 only from a difference of 77 v 21 % on."
    )
    (least,) = [one.estimate for one in done.estimates if one.id == "response.detectable"]
    assert round(100 * least.value) == 56
    (few,) = [one for one in done.cautions if one.code == "few-events"]
    assert few.number == "6 of 26"
    assert few.text.endswith("only from a difference of 77 v 21 % on.")


def test_subtypes_that_respond_alike_stand_with_what_could_have_told_them_apart():
    found = find_subgroups(_of_three(30, 10), THREE)
    assert found.sizes == (14, 13, 13)
    assert found.largest == "A"
    footnote = tabulate_subgroups(found, THREE).footnotes[1]
    assert (
        "Had a, the largest, responded at 50 % and all others at 75 %, the test had a chance of 24 % to give"
        in footnote
    )
    assert footnote.endswith("It had 80 % from 75 v 25 % in A (w 0.48) on; a P value above 0.05 excludes nothing less.")
    assert find_subgroup_cautions(found, PLAN.analysis) == []


def test_subtypes_of_fewer_than_five_persons_are_a_caution_with_their_number():
    (caution,) = find_subgroup_cautions(find_subgroups(_of_three(9, 2), THREE), PLAN.analysis)
    assert (caution.code, caution.number) == ("sparse-subtypes", "3 of 3")
    assert caution.text.startswith("Of 3 subtypes 3 have fewer than 5 persons whose response counts.")
    (one_of_two,) = find_subgroup_cautions(find_subgroups(_patients(20, 6, 0)[:9], PLAN), PLAN.analysis)
    assert "1 has fewer than 5 persons" in one_of_two.text


def test_subtypes_of_one_subtype_have_no_caution():
    assert find_subgroup_cautions(None, PLAN.analysis) == []


@pytest.mark.parametrize(("yes", "no", "least"), [(12, 0, "100 v 5 %"), (0, 12, "0 v 95 %")])
def test_where_all_or_none_responded_the_imagined_rate_is_a_half(yes, no, least):
    found = find_subgroups(_of_three(yes, no), THREE)
    assert found.imagined == 0.5
    assert f"It had 80 % from {least} in A" in tabulate_subgroups(found, THREE).footnotes[1]


def test_three_persons_could_show_nothing_about_their_three_subtypes():
    found = find_subgroups(_of_three(2, 1), THREE)
    assert found.chance.value == 0
    assert "No rate of a single subtype, however far from the others" in tabulate_subgroups(found, THREE).footnotes[1]


def test_a_sharper_test_and_a_stricter_level_move_what_could_have_been_found():
    fisher, boschloo, strict = (
        AnalysisDefinition(),
        AnalysisDefinition(association="Boschloo"),
        AnalysisDefinition(level=0.99),
    )
    plain, sharper, stricter = (
        find_least_difference(27, 15, 0.8, one).estimate.value for one in (fisher, boschloo, strict)
    )
    assert sharper < plain < stricter
    by_group = [find_least_group(["A", "B"], [27, 15], 0.8, one).estimate.value for one in (fisher, boschloo, strict)]
    assert by_group[1] < by_group[0] < by_group[2]
    of_three = [find_least_group(["A", "B", "C"], [9, 9, 9], 0.8, one).estimate.value for one in (fisher, boschloo)]
    assert of_three[0] == of_three[1], "beyond two groups there is one test"
    shifts = [find_least_shift(7, 35, one).estimate.value for one in (fisher, strict)]
    assert shifts[0] < shifts[1]
    by_welch = find_least_shift(7, 35, AnalysisDefinition(two_samples="Welch")).estimate
    assert by_welch.method == "Welch's t test, 80 % power"
