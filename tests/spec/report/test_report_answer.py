"""The answer at the top says what the estimates say, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from refractory.analysis.results import Caution, NamedEstimate, Results, Severity
from refractory.analysis.shared import NOT_SHARED
from refractory.numbers import format_estimate
from refractory.report.answer import build_answer
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_mean
from refractory.statistics.proportions import estimate_proportion
from spec.report.published_study import count, published_results, share


def with_estimates(results: Results, **estimates: Estimate) -> Results:
    """Put other numbers under names of estimates; a double underscore stands for the point."""
    by_id = {name.replace("__", "."): estimate for name, estimate in estimates.items()}
    return replace(
        results,
        estimates=tuple(replace(named, estimate=by_id.get(named.id, named.estimate)) for named in results.estimates),
    )


def without(results: Results, *ids: str) -> Results:
    return replace(results, estimates=tuple(named for named in results.estimates if named.id not in ids))


def test_the_answer_to_the_published_study():
    assert build_answer(published_results()) == (
        "Of 42 persons, 35 of 42 evaluable (83 %; 95 % CI 69 to 93) had cutaneous improvement.",
        "By stratum: skin alone, 13/15 (87 %; 95 % CI 60 to 98); "
        "skin and muscle or lung, 22/27 (81 %; 95 % CI 62 to 94).",
        "Cycles to response: 1.8 ± 1.4 (mean ± SD; n = 33); "
        "cycles begun on or before the day of first response, in responders whose count is known.",
        "Lower systemic glucocorticoid: 28/35 (80 %; 95 % CI 63 to 92); "
        "stopped or at least 25 % lower, among persons on it at baseline who are evaluable.",
    )


def test_persons_and_evaluable_persons_are_told_apart():
    responded = share(33, 39, 0.6947, 0.9414)
    results = with_estimates(published_results(), response__overall=responded, response__overall__evaluable=responded)
    assert build_answer(results)[0].startswith("Of 42 persons, 33 of 39 evaluable (85 %; 95 % CI 69 to 94) had")


def test_a_reading_over_all_persons_is_not_called_evaluable():
    over_all = share(33, 42, 0.6319, 0.8970)
    results = with_estimates(
        published_results(), response__overall=over_all, response__overall__evaluable=share(33, 39, 0.6947, 0.9414)
    )
    rule = "Cutaneous improvement, all persons; not evaluable counted as non-response"
    estimates = tuple(replace(one, rule=rule) if one.id == "response.overall" else one for one in results.estimates)
    assert build_answer(replace(results, estimates=estimates))[0] == (
        "Of 42 persons, 33 of 42 (79 %; 95 % CI 63 to 90) had cutaneous improvement. "
        "Counted: cutaneous improvement, all persons; not evaluable counted as non-response."
    )


def test_where_nobody_is_evaluable_there_is_no_percentage():
    results = with_estimates(
        published_results(), response__overall=share(0, 0), response__overall__evaluable=share(0, 0)
    )
    assert build_answer(results)[0] == "Of 42 persons, none could be evaluated for cutaneous improvement."


def test_one_person_is_a_person():
    results = with_estimates(published_results(), cohort__persons=count(1))
    assert build_answer(results)[0].startswith("Of 1 person, ")


def test_without_a_response_there_is_no_answer():
    assert build_answer(without(published_results(), "response.overall")) == (
        "The study names no response to estimate.",
    )


@pytest.mark.parametrize(
    ("missing", "word"),
    [("sparing.glucocorticoid_lower", "glucocorticoid"), ("cycles_to_response.overall", "Cycles")],
)
def test_what_was_not_estimated_is_not_mentioned(missing, word):
    assert word in " ".join(build_answer(published_results()))
    assert word not in " ".join(build_answer(without(published_results(), missing)))


def test_an_outcome_that_is_an_abbreviation_keeps_its_capitals():
    results = published_results()
    results = replace(results, head=replace(results.head, outcome="CDASI activity lower by 4 points"))
    assert build_answer(results)[0].endswith(" had CDASI activity lower by 4 points.")


def test_every_number_of_the_answer_stands_in_an_estimate_or_its_rule():
    results = published_results()
    said = " ".join(f"{format_estimate(named.estimate)} {named.estimate.n} {named.rule}" for named in results.estimates)
    known = set(re.findall(r"\d+(?:\.\d+)?", said))
    assert set(re.findall(r"\d+(?:\.\d+)?", " ".join(build_answer(results)))) <= known


def test_the_answer_says_who_was_still_in_response_on_the_last_day_right_after_who_ever_was():
    results = published_results()
    early, late = (
        NamedEstimate(
            f"course.on_day_{day}", f"In response on day {day}", "", "overall", "", estimate_proportion(k, 42)
        )
        for day, k in ((365, 13), (112, 26))
    )
    said = build_answer(replace(results, estimates=(*results.estimates, early, late)))
    assert said[1] == "In response on day 365: 13/42 (31 %; 95 % CI 18 to 47)."


def test_the_answer_says_how_others_fared_where_a_caution_says_that_they_fared_as_well():
    results = published_results()
    caution = Caution("benchmark-usual care", "Not told apart from others", "Usual care: 19/24.", Severity.SERIOUS)
    assert "Usual care: 19/24." in build_answer(replace(results, cautions=(caution,)))
    assert "Usual care: 19/24." not in build_answer(replace(results, cautions=()))


def test_a_rule_that_was_met_as_often_before_the_treatment_says_so_in_the_answer():
    def doubt(days: int, rule: str) -> Caution:
        text = f"As often {days} days earlier ({rule})."
        return Caution(f"explanation-placebo-{days}-{rule}", "Not clearly more often", text, Severity.SERIOUS)

    results = published_results()
    cautions = (*results.cautions, doubt(180, "sparing"), doubt(90, "sparing"), doubt(90, "primary"))
    answer = build_answer(replace(results, cautions=cautions))
    # The nearest of the earlier days speaks, behind the figure that it belongs to.
    assert answer[-1] == "As often 90 days earlier (sparing)."
    assert "lower systemic glucocorticoid" in answer[-2].lower()
    assert answer.index("As often 90 days earlier (primary).") < len(answer) - 2
    assert not any("180 days earlier" in sentence for sentence in answer)


def test_a_mean_of_nobody_has_no_bracket_that_speaks_of_mean_and_sd():
    empty = NamedEstimate(
        "cycles_to_response.overall", "Cycles to response", "Cycles.", "overall", "", estimate_mean([])
    )
    results = published_results()
    kept = tuple(one for one in results.estimates if one.id != empty.id)
    (said,) = [one for one in build_answer(replace(results, estimates=(*kept, empty))) if one.startswith("Cycles to")]
    assert "not estimable (n = 0);" in said
    assert "mean ± SD" not in said


def test_a_caution_without_its_words_is_no_sentence_of_the_answer():
    caution = Caution("benchmark-usual care", "Others fared as well", NOT_SHARED, Severity.SERIOUS)
    assert NOT_SHARED not in build_answer(replace(published_results(), cautions=(caution,)))
