"""The answer in one paragraph, made from estimates and saying no more than they do."""

from __future__ import annotations

import re

from refractory.analysis.results import Caution, NamedEstimate, Results
from refractory.analysis.shared import NOT_SHARED, SharedResults
from refractory.numbers import format_count, format_estimate, say_count
from refractory.report.phrases import lower_first
from refractory.statistics.estimate import Estimate, EstimateKind

PERSONS_ID = "cohort.persons"
RESPONSE_ID = "response.overall"
EVALUABLE_ID = "response.overall.evaluable"
_STILL = re.compile(r"course\.on_day_\d+")
# What follows the response in the paragraph, each in the words of its own label, where the study has it.
FURTHER_IDS = ("cycles_to_response.overall", "sparing.glucocorticoid_lower")


def find_estimate(results: Results, estimate_id: str) -> NamedEstimate | None:
    """Return the estimate of that name, or None where the study has none."""
    return next((named for named in results.estimates if named.id == estimate_id), None)


def find_strata(results: Results) -> tuple[tuple[str, int], ...]:
    """Return name and persons of each stratum, in the order of the results.

    Returns:
        One pair per estimate named `stratum.<name>.persons`; none where the study has no strata.
    """
    return tuple(
        (named.stratum, int(named.estimate.value))
        for named in results.estimates
        if named.id == f"stratum.{named.stratum}.persons"
        and named.estimate.kind == EstimateKind.COUNT
        and named.estimate.value is not None
    )


def _bracket(estimate: Estimate) -> str:
    """Return what the printed estimate says in brackets behind its figure: percentage and interval."""
    return format_estimate(estimate).partition(" (")[2].removesuffix(")")


def _is_of_evaluable_persons(results: Results, response: Estimate) -> bool:
    """Say whether the primary reading is that of evaluable persons: only then may the answer call them so."""
    reading = find_estimate(results, EVALUABLE_ID)
    counts = (response.numerator, response.denominator)
    return reading is not None and (reading.estimate.numerator, reading.estimate.denominator) == counts


def _say_response(results: Results, named: NamedEstimate) -> str:
    response = named.estimate
    persons = find_estimate(results, PERSONS_ID)
    outcome = lower_first(results.head.outcome)
    among = ""
    if persons is not None and persons.estimate.value is not None:
        among = f"Of {say_count(round(persons.estimate.value), 'person')}, "
    if response.numerator is None or not response.denominator:
        return f"{among or 'In this study '}none could be evaluated for {outcome}."
    counted = f"{format_count(response.numerator)} of {format_count(response.denominator)}"
    if _is_of_evaluable_persons(results, response):
        return f"{among}{counted} evaluable ({_bracket(response)}) had {outcome}."
    return f"{among}{counted} ({_bracket(response)}) had {outcome}. Counted: {lower_first(named.rule)}."


def find_responses(results: Results) -> tuple[tuple[str, Estimate], ...]:
    """Return the response over all persons and then in each stratum, as far as the study estimated them.

    Returns:
        One pair per group: its name and its proportion; none where the study names no response.
    """
    groups = (("All persons", RESPONSE_ID), *((name, f"response.{name}") for name, _ in find_strata(results)))
    found = ((name, find_estimate(results, estimate_id)) for name, estimate_id in groups)
    return tuple(
        (name, named.estimate)
        for name, named in found
        if named is not None and named.estimate.kind == EstimateKind.PROPORTION
    )


def _say_strata(results: Results) -> str:
    strata = {name for name, _ in find_strata(results)}
    parts = [
        f"{lower_first(name)}, {format_estimate(estimate)}"
        for name, estimate in find_responses(results)
        if name in strata
    ]
    return f"By stratum: {'; '.join(parts)}." if parts else ""


def _say_with_rule(named: NamedEstimate) -> str:
    """Say an estimate with its rule: a figure without numerator, denominator and rule is not a result."""
    figure = format_estimate(named.estimate)
    if named.estimate.kind == EstimateKind.MEAN and named.estimate.sd is not None:
        figure = f"{figure} (mean ± SD; n = {format_count(named.estimate.n)})"
    rule = named.rule.removeprefix(f"{named.label}: ")
    return f"{named.label}: {figure}; {lower_first(rule)}."


def _say_still(results: Results) -> str:
    """Say how many were still in response on the last day asked for: ever is not still."""
    found = [named for named in results.estimates if _STILL.fullmatch(named.id)]
    if not found:
        return ""
    last = max(found, key=lambda named: int(named.id.rpartition("_")[2]))
    return f"{last.label}: {format_estimate(last.estimate)}." if last.estimate.denominator else ""


def _say_how_others_fared(results: Results) -> tuple[str, ...]:
    """Say what happens without the treatment, where the response is not clearly above it."""
    return tuple(one.text for one in results.cautions if one.code.startswith("benchmark-"))


def find_placebo(results: Results, rule: str) -> Caution | None:
    """Return the doubt of the nearest placebo time zero at which a rule was met about as often as at the true one.

    Args:
        results: Everything that the run found.
        rule: "primary" or "sparing".
    """
    found = [one for one in results.cautions if re.fullmatch(rf"explanation-placebo-\d+-{rule}", one.code)]
    return min(found, key=lambda one: int(one.code.split("-")[2]), default=None)


def _say_placebo(results: Results, rule: str) -> str:
    """Say how often a rule was met before anybody was treated, where that is not clearly less."""
    found = find_placebo(results, rule)
    return found.text if found else ""


def build_answer(results: Results) -> tuple[str, ...]:
    """Say what the study found, from its estimates alone.

    The first sentence is the response over all evaluable persons; then come what was left of it on the last day asked
    for, and what happens without the treatment, in others or in the same persons at an earlier day 0, where the
    response is not clearly above it; each further sentence stands for one estimate, and the glucocorticoid dose for
    what had become of it without the treatment too. What the study did not estimate is not mentioned.

    Args:
        results: Everything that the run found.

    Returns:
        One string per sentence; the first is the answer to the study's question.
    """
    response = find_estimate(results, RESPONSE_ID)
    if response is None:
        if isinstance(results, SharedResults):
            return ("The response is not shared: too few persons stand behind it.",)
        return ("The study names no response to estimate.",)
    further = (find_estimate(results, estimate_id) for estimate_id in FURTHER_IDS)
    sentences = (
        _say_response(results, response),
        _say_still(results),
        _say_placebo(results, "primary"),
        *_say_how_others_fared(results),
        _say_strata(results),
        *(_say_with_rule(named) for named in further if named is not None),
        _say_placebo(results, "sparing"),
    )
    return tuple(sentence for sentence in sentences if sentence and sentence != NOT_SHARED)
