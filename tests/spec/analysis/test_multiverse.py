"""What the universes of a study say: which dial moves the answer, what comes to the same, and what is no evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractory.analysis.multiverse_effects import derive_curve, derive_effects, find_alike
from refractory.analysis.results import DialHead, Severity, UniverseRow
from spec.analysis.universe_rows import DIALS, USUAL_CARE, analyse, build_row, build_rows, respond

ROWS = build_rows()


def _table(results, name):
    return next(table for table in results.tables if table.id == name)


def _caution(results, code):
    return next((one for one in results.cautions if one.code == code), None)


def test_the_effects_are_those_that_one_can_work_out_by_hand():
    """18/24, 18/30; 15/20, 15/25; 5/10, 5/15, each twice: 75, 60; 75, 60; 50, 33.3 %."""
    failed, missing, split = derive_effects(ROWS, DIALS, "response.overall", is_sample=False)
    assert failed.medians == pytest.approx((67.5, 67.5, 41.6667), abs=1e-3)
    assert missing.medians == pytest.approx((75, 60))
    values = [75, 60, 75, 60, 50, 100 / 3]
    mean = sum(values) / 6
    whole = sum((value - mean) ** 2 for value in values)
    between = 4 * (67.5 - mean) ** 2 + 2 * (41.66667 - mean) ** 2
    assert failed.main.value == pytest.approx(between / whole, abs=1e-6)
    left = 2 * (7.5**2) * 2 + 2 * (25 / 3) ** 2
    assert missing.total.value == pytest.approx(left / whole, abs=1e-6)
    assert (split.main.value, split.total.value) == (0, 0)


def test_the_largest_change_alone_is_from_what_is_written_and_names_its_alternative():
    failed, missing, split = derive_effects(ROWS, DIALS, "response.overall", is_sample=False)
    assert (failed.alone, failed.alone_choice) == (pytest.approx(-25), 2)
    assert (missing.alone, missing.alone_choice) == (pytest.approx(-15), 1)
    assert (split.alone, split.alone_choice) == (0, 0)


def test_a_sample_has_no_total_effects_and_says_so():
    results = analyse(ROWS[:9], combinations=12)
    assert [effect.total for effect in results.effects] == [None] * 3
    assert "Total effect" not in _table(results, "effects-response.overall").columns
    assert "9 of 12 combinations were run" in _caution(results, "universes-sample").text
    assert results.answer[0].startswith("The alternatives of 3 dials make 9 of 12 universes;")


def test_a_dial_that_moves_nothing_is_named_and_alternatives_that_come_to_the_same_too():
    results = analyse(ROWS)
    assert results.answer[-1] == "Nothing that is followed is moved by treatment.cycle.split."
    said = {row.label: row.cells[-1] for row in _table(results, "dials").rows}
    assert said["treatment.cycle.split"] == "all: it moves nothing"
    assert said["refractory.failed"] == "none"
    assert results.answer[0].endswith("make 12 universes; they hold 6 different sets of numbers.")


def test_two_alternatives_are_alike_only_when_every_pair_is():
    rows = build_rows(lambda choices: respond((min(choices[0], 1), *choices[1:])))
    assert find_alike(rows, 0, 3) == ((1, 2),)
    other = replace(rows[-1], estimates=rows[0].estimates)
    assert find_alike((*rows[:-1], other), 0, 3) == ()


def test_without_a_pair_to_compare_nothing_is_alike():
    assert find_alike((build_row(1, (0, 0, 0)), build_row(2, (1, 1, 0))), 0, 3) == ()


def test_the_answer_gives_the_range_the_dials_that_move_it_and_the_benchmark_with_numbers():
    said = " ".join(analyse(ROWS).answer)
    assert "Improvement, all persons: 15/20 (75 %; 95 % CI 51 to 91) as written;" in said
    assert "over 12 universes the median is 60 %, nine tenths of them lie from 33 % to 75 %" in said
    assert "is moved by refractory.failed (" in said
    # 18/24 has the lower limit 53 %, 15/20 51 %, all others less; none is clear of 10/20 by the difference.
    assert "The lower limit of the response lies above usual care (10/20) in 4/12 (33 %) universes" in said
    assert "the difference is clear of 0 in 0/12 (0 %)" in said
    assert "robust" not in said


def test_a_harm_lies_below_a_benchmark_by_its_upper_limit():
    said = " ".join(analyse(build_rows(lambda _: (1, 20)), is_benefit=False).answer)
    assert "The upper limit of the response lies below usual care (10/20) in 12/12 (100 %) universes" in said


def test_that_universes_are_no_independent_evidence_is_said_first_and_gravely():
    caution = analyse(ROWS).cautions[0]
    assert (caution.severity, caution.number) == (Severity.SERIOUS, 12)
    assert "no P value" in caution.text


def test_a_dial_for_the_outcome_is_said_to_change_the_question():
    dials = (replace(DIALS[0], name="response.primary"), *DIALS[1:])
    assert _caution(analyse(ROWS, dials), "universes-other-outcomes")
    assert _caution(analyse(ROWS), "universes-other-outcomes") is None


def test_combinations_that_were_not_run_are_counted_by_their_reason_and_stand_in_no_range():
    refused = [replace(row, estimates={}, why_not="sparing: too short") if row.choices[0] == 2 else row for row in ROWS]
    results = analyse(refused)
    assert "of which 4 could not be run" in results.answer[0]
    (row,) = _table(results, "not_run").rows
    assert (row.label, row.cells) == ("sparing: too short", (4,))
    assert _caution(results, "universes-not-run").number == 4
    assert len(results.curves[0].points) == 8


def test_universes_with_nobody_to_judge_have_no_number_and_are_counted():
    rows = build_rows(lambda choices: (0, 0) if choices[0] == 2 else respond(choices))
    results = analyse(rows)
    assert _caution(results, "universes-without-response.overall").number == 4
    assert _caution(results, "universes-few-persons").number == 4
    assert len(results.curves[0].points) == 8
    failed = results.effects[0]
    assert failed.medians[2] is None
    told = {row.label: row.cells[-1] for row in _table(results, "effects-response.overall").rows}
    assert told["refractory.failed"].endswith("3: not estimable")


def test_when_nobody_can_be_judged_in_any_universe_that_is_the_answer():
    results = analyse(build_rows(lambda _: (0, 0)))
    assert "Improvement, all persons has no number in any universe." in results.answer
    assert "Improvement, all persons: no dial moves it." in results.answer
    assert results.curves[0].points == ()
    assert "benchmarks" not in [table.id for table in results.tables]


def test_a_study_that_has_no_number_as_written_has_changes_from_nothing():
    rows = build_rows(lambda choices: (0, 0) if choices == (1, 0, 1) else respond(choices))
    results = analyse(rows)
    assert [effect.alone for effect in results.effects] == [None] * 3
    assert _table(results, "effects-response.overall").rows[0].cells[2] == "no other number"


def test_all_universes_alike_move_nothing_and_have_one_number():
    results = analyse(build_rows(lambda _: (15, 20)))
    assert "and the same number in all 12 universes that have it." in " ".join(results.answer)
    assert "Improvement, all persons: no dial moves it." in results.answer
    assert results.answer[0].endswith("they hold 1 different set of numbers.")


def test_one_universe_says_that_nothing_was_varied():
    dials = (DialHead("refractory.failed", "", ("2",), 0),)
    results = analyse([UniverseRow(1, (0,), ROWS[4].estimates)], dials)
    assert results.answer[0] == "There is one universe, the study as it is written: no choice was varied."
    assert [table.id for table in results.tables] == ["ranges", "benchmarks", "dials"]
    assert _table(results, "dials").rows[0].cells[-1] == "it has one alternative"


def test_a_curve_goes_from_the_least_to_the_largest_and_marks_what_is_written():
    curve = derive_curve(ROWS, DIALS, "response.overall", "Improvement", "Improvement, %")
    values = [point.value for point in curve.points]
    assert values == sorted(values)
    (written,) = [point for point in curve.points if point.is_as_written]
    assert (written.value, written.choices) == (75, (1, 0, 1))
    assert all(point.lower < point.value < point.upper for point in curve.points)


def test_the_benchmark_is_a_line_of_the_curve_unless_it_was_treated():
    assert analyse(ROWS).curves[0].marks == (("usual care", 50.0),)
    treated = USUAL_CARE.model_copy(update={"treated": True})
    results = analyse(ROWS, benchmarks=(treated,))
    assert results.curves[0].marks == ()
    assert "benchmarks" not in [table.id for table in results.tables]
