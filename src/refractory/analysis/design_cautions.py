"""Cautions of the design: what no record can mend, each with the number behind it."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import Tally, tally
from refractory.analysis.baseline_groups import with_and_without
from refractory.analysis.benchmarks import find_benchmark_cautions
from refractory.analysis.detectable import find_least_difference, say_least_difference
from refractory.analysis.estimates import Plan, primary_reading, read_three_ways
from refractory.analysis.results import Caution, Severity
from refractory.numbers import format_count, format_estimate, say_count
from refractory.outcomes.assess import Patient

# An interval wider than this leaves open whether most persons respond or few.
WIDE = 0.4
_NOBODY_UNTREATED = {
    "benefit": "Everybody was treated. Improvement may also be the natural course of the disease, regression to the "
    "mean, or another drug begun near day 0; this study cannot tell them apart.",
    "harm": "Everybody was treated. How often the outcome would have come without the treatment is not known: what was "
    "seen is not shown to be its doing, and what was not seen is not shown to be absent.",
}
# Over so many years diagnosis, care and the other drugs change.
_YEARS = 5


def say_of(count: int, among: int) -> str:
    """Say a count among others: "7 of 42"."""
    return f"{format_count(count)} of {format_count(among)}"


def find_design_cautions(patients: Sequence[Patient], plan: Plan, *, is_invented: bool) -> list[Caution]:
    """Find what the design of the study itself leaves open, whatever its records say.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        is_invented: The source says that its data are invented.
    """
    cautions = []
    if is_invented:
        text = (
            "The source says that all of its persons and records are invented. Nothing here is evidence about patients."
        )
        cautions.append(Caution("invented-data", "Invented data", text, Severity.SERIOUS))
    if not patients:
        text = "No person met every criterion; the flow chart shows where the last of them was lost."
        return [*cautions, Caution("empty-cohort", "Empty cohort", text, Severity.SERIOUS, 0)]
    text = _NOBODY_UNTREATED[plan.response.means]
    cautions.append(Caution("no-comparison-group", "No comparison group", text, Severity.SERIOUS))
    counts = tally(patients)
    fewer = min(counts.responders, counts.non_responders)
    if counts.evaluable and fewer < 10:
        which = _name_the_few(counts, plan)
        text = _say_few(counts, fewer, which, plan)
        number = say_of(fewer, counts.evaluable)
        cautions.append(Caution("few-events", f"Few {which}", text, Severity.SERIOUS, number))
    cautions += _of_precision(counts, plan)
    cautions += [*find_benchmark_cautions(patients, plan), *_of_calendar(patients)]
    return [*cautions, *_of_many_outcomes(plan)]


def _say_few(counts: Tally, fewer: int, which: str, plan: Plan) -> str:
    """Say what so few persons on one side leave of predictors and comparisons: nothing, where there are none."""
    among = f"Of {say_count(counts.evaluable, 'evaluable person')}"
    if not fewer:
        return (
            f"{among} none is among the {which}: there is nobody to compare with, and no predictor can be tested. That "
            "none is named shows nothing."
        )
    verb = "is among the" if fewer == 1 else "are"
    half = counts.evaluable // 2
    rate = counts.responders / counts.evaluable
    least = find_least_difference(half, counts.evaluable - half, rate, plan.analysis)
    return (
        f"{among} {fewer} {verb} {which}. Predictors and comparisons rest on them: only very large differences could "
        f"have been found, and a P value above {plan.analysis.significance:g} shows nothing. With two halves of these "
        f"persons, {say_least_difference(least, plan.analysis)}"
    )


def _name_the_few(counts: Tally, plan: Plan) -> str:
    named = with_and_without(plan.response)[counts.non_responders <= counts.responders].lower()
    return named if plan.response.means == "benefit" else f"persons {named}"


def _of_precision(counts: Tally, plan: Plan) -> list[Caution]:
    """Say when the interval of the response leaves nearly everything open."""
    estimate = read_three_ways(counts, plan.response, plan.analysis)[primary_reading(plan.response)]
    if estimate.lower is None or estimate.upper is None or estimate.upper - estimate.lower <= WIDE:
        return []
    text = (
        f"{plan.response.name}: {format_estimate(estimate)}. The interval spans "
        f"{100 * (estimate.upper - estimate.lower):.0f} percentage points; the percentage alone should not be quoted."
    )
    return [Caution("wide-interval", "Too few persons for a precise proportion", text, Severity.SERIOUS, estimate)]


def _of_calendar(patients: Sequence[Patient]) -> list[Caution]:
    """Say over how many years the persons were first treated: other care changes meanwhile."""
    days = [one.member.day0_date for one in patients]
    years = (max(days) - min(days)).days / 365.25
    if years < _YEARS:
        return []
    text = (
        f"The first and the last day 0 lie {years:.0f} years apart. Diagnosis, the other drugs and the reasons for "
        "choosing this treatment change over such a time, and the persons are taken together as if they had not."
    )
    return [Caution("calendar-time", "Persons treated over many years", text, number=f"{years:.0f} years")]


def _of_many_outcomes(plan: Plan) -> list[Caution]:
    """Say how many rules the response is read by: the most favourable of several is no finding."""
    rules = len(plan.response.rules)
    if rules < 3:
        return []
    text = (
        f"The response is read by {rules} rules. One of them is the primary outcome that the protocol names before the "
        "records are read; the highest of several proportions, quoted alone, would flatter the treatment."
    )
    return [Caution("many-outcomes", "Several rules for the response", text, number=f"{rules} rules")]
