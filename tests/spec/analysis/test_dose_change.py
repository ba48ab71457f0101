"""The daily glucocorticoid dose of the same persons before day 0 and at the end of follow-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from refractory.analysis.dose_change import analyse_dose_change
from refractory.analysis.plan import AnalysisDefinition
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass, SparingDefinition
from refractory.statistics.paired import estimate_paired_shift, estimate_signed_rank
from spec.analysis.test_analysis import DAY_0, NO, PLAN, YES, _patient

DEFINITION = SparingDefinition(glucocorticoid="steroid", follow_up_day=180)
LOWER, OPEN_CLASS = SparingClass.DECREASED, SparingClass.NOT_EVALUABLE


def _person(number: int, before: float, after: float, status=YES, *, until: int = 400, unknown: int = 0, muscle=False):
    """Invent a person by the dose before and after, days followed, and days of unknown dose at the end."""
    is_judged = before > 0 and until >= 180 and not unknown
    sparing = Sparing(
        DoseInWindow(before, 30 if before else 0),
        DoseInWindow(after, 30 if after or unknown else 0, unknown),
        LOWER if is_judged else OPEN_CLASS,
        {},
    )
    return replace(
        _patient(number, status, muscle=muscle), sparing=sparing, observed_until=DAY_0 + timedelta(days=until)
    )


COHORT = [
    _person(1, 20, 10, muscle=True),
    _person(2, 20, 5),
    _person(3, 10, 7.5, NO),
    _person(4, 10, 0, muscle=True),
    _person(5, 15, 9, unknown=3),  # the later dose is not known
    _person(6, 15, 0, until=179),  # one day too short
    _person(7, 0, 5),  # not on it before
    _person(8, 0, 0, until=180),  # never on it
]


def _found(patients=COHORT, plan=PLAN):
    return {one.id.removeprefix("sparing.dose."): one for one in _analyse(patients, plan).estimates}


def _analyse(patients=COHORT, plan=PLAN):
    return analyse_dose_change(patients, plan, DEFINITION)


def test_each_person_is_compared_with_himself_where_both_doses_are_known():
    found = _found()
    changes = [-10, -15, -2.5, -10]
    assert found["change"].estimate == estimate_paired_shift(changes)
    assert found["test"].estimate == estimate_signed_rank(changes)
    assert (found["before"].estimate.value, found["after"].estimate.value) == (15, 6.25)


def test_who_is_not_followed_so_long_or_has_an_unknown_dose_is_left_out_and_counted():
    (table,) = _analyse().tables
    assert table.rows[0].cells[0] == 4
    assert "too short: 2 of those on it at baseline" in table.footnotes[0]


def test_the_last_row_has_everybody_also_those_who_could_only_rise():
    found = _found()
    assert found["change.everybody"].estimate == estimate_paired_shift([-10, -15, -2.5, -10, 5, 0])
    assert "test.everybody" not in found


def test_strata_and_answers_add_up_to_the_persons_on_it():
    found = _found()
    for first, second in (
        ("With muscle", "Skin alone"),
        ("by_response.response", "by_response.no_response"),
    ):
        assert found[f"change.{first}"].estimate.n + found[f"change.{second}"].estimate.n == 4


def test_only_the_primary_question_is_tested():
    assert [name for name in _found() if name.startswith("test")] == ["test"]


def test_a_mean_change_stands_beside_means():
    plan = replace(PLAN, analysis=AnalysisDefinition(paired="paired t"))
    found, (table,) = _found(plan=plan), _analyse(plan=plan).tables
    assert (found["before"].estimate.value, found["change"].estimate.value) == (15, -9.375)
    assert all("mean ± SD" in head for head in table.columns[2:4])


def test_without_known_observation_everybody_counts_as_followed():
    patients = [replace(one, observed_until=None) for one in COHORT]
    assert _found(patients)["change.everybody"].estimate.n == 7


@pytest.mark.parametrize("patients", [[], COHORT[:1], COHORT[4:5], COHORT[6:], [COHORT[1]] * 2])
def test_the_smallest_cohorts_have_a_table_without_a_made_up_number(patients):
    for paired in ("Wilcoxon", "paired t"):
        plan = replace(PLAN, analysis=AnalysisDefinition(paired=paired))
        (table,) = _analyse(patients, plan).tables
        assert {len(row.cells) for row in table.rows} == {len(table.columns) - 1}
        for one in _analyse(patients, plan).estimates:
            assert (one.estimate.value is None) or one.estimate.n > 0


def test_every_id_is_given_once():
    ids = [one.id for one in _analyse().estimates]
    assert len(ids) == len(set(ids))
