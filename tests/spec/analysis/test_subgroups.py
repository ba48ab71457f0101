"""Subtypes alone and in the light of the others, and several predictors together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.multivariable import fit_together, tabulate_multivariable
from refractory.analysis.subgroups import find_subgroups, name_subgroups, tabulate_subgroups
from refractory.errors import ProtocolError
from refractory.numbers import format_estimate
from refractory.outcomes.explanations import Explanations
from spec.analysis.test_analysis import FACTS, PLAN, _patients


def _together(*names: str):
    return replace(PLAN, analysis=PLAN.analysis.model_copy(update={"together": names}))


def test_a_small_subtype_is_drawn_towards_the_others_and_keeps_its_raw_share_beside_it():
    # Even numbers are classic; 20 of 26 responded.
    patients = _patients(20, 6, 2)
    found = find_subgroups(patients, PLAN)
    assert found.names == ("Classic", "Other")
    assert [(one.numerator, one.denominator) for one in found.raw] == [(10, 13), (10, 13)]
    few = [one for one in patients if one.member.subtype == "Other"] + [patients[1]]
    drawn = find_subgroups(few, PLAN)
    assert drawn.raw[0].value == 1
    assert 0.75 < drawn.shrunken[0].value < 1
    assert format_estimate(drawn.shrunken[0]).startswith(f"{round(100 * drawn.shrunken[0].value)} % (95 % CI")
    ids = {one.id for one in name_subgroups(found, PLAN)}
    assert ids == {
        "subgroup.Classic.shrunken", "subgroup.Other.shrunken", "subgroup.further", "subgroup.heterogeneity",
        "subgroup.detectable", "subgroup.power",
    }  # fmt: skip
    assert [row.label for row in tabulate_subgroups(found, PLAN).rows] == ["Classic", "Other", "A subtype not yet seen"]


def test_one_subtype_alone_has_nothing_to_be_drawn_to():
    only_other = [one for one in _patients(4, 2, 1) if one.member.subtype == "Other"]
    assert find_subgroups(only_other, PLAN) is None
    assert find_subgroups([], PLAN) is None


def test_predictors_together_are_counted_against_the_rarer_answer():
    done = analyse(
        _patients(20, 6, 2), _together("Age at day 0, years", "Stratum", "Sex"), (), FACTS, None, Explanations()
    )
    (caution,) = [one for one in done.cautions if one.code == "too-many-predictors"]
    assert "6 persons of the rarer answer allow none" in caution.text
    assert caution.number == "3 predictors, 6 persons"
    table = next(table for table in done.tables if table.id == "together")
    assert [row.label for row in table.rows] == [
        "Age at day 0, years, per SD", "Stratum: Skin alone against With muscle", "Sex: female against male",
    ]  # fmt: skip


def test_a_person_of_whom_a_predictor_is_not_known_is_left_out_and_counted():
    patients = _patients(20, 6, 2)
    unknown = replace(patients[0], member=replace(patients[0].member, birth_earliest=None))
    found = fit_together([unknown, *patients[1:]], _together("Age at day 0, years"))
    assert (found.left_out, found.fit.n) == (1, 25)
    assert any("not known: 1" in footnote for footnote in tabulate_multivariable(found).footnotes)


def test_a_yes_or_no_alone_has_the_odds_ratio_with_a_half_added_to_each_cell():
    patients = _patients(20, 6, 0)
    found = fit_together(patients, _together("Sex"))
    cells = [[0.5, 0.5], [0.5, 0.5]]
    for one in patients:
        cells[one.member.sex == "female"][one.response.status == "RESPONSE"] += 1
    expected = cells[1][1] * cells[0][0] / (cells[1][0] * cells[0][1])
    (term,) = found.fit.terms
    ratio = term.odds_ratio.value
    assert ratio == pytest.approx(expected) or ratio == pytest.approx(1 / expected)


def test_a_predictor_that_the_study_does_not_have_is_named_with_those_that_it_has():
    with pytest.raises(ProtocolError, match='no predictor of this study is called "Height"'):
        fit_together(_patients(3, 3, 0), _together("Height"))
    assert fit_together(_patients(3, 3, 0), PLAN) is None
