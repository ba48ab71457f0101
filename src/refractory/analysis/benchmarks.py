"""The response beside that of others: what a reader needs before believing that the treatment did it."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import tally
from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.detectable import NONE, Detectable, find_least_against
from refractory.analysis.estimates import Plan, estimate_share, primary_reading
from refractory.analysis.methods import estimate_share_difference
from refractory.analysis.results import OTHERS_BETTER, Caution, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_estimate
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _counts_here(patients: Sequence[Patient], plan: Plan) -> tuple[int, int]:
    counts = tally(patients)
    is_evaluable = primary_reading(plan.response) == "evaluable"
    return counts.responders, counts.evaluable if is_evaluable else counts.persons


def _compare(patients: Sequence[Patient], plan: Plan, benchmark: BenchmarkDefinition) -> tuple[Estimate, Estimate]:
    """Estimate the proportion of a benchmark, and the response here less it."""
    events, among = benchmark.counts
    difference = estimate_share_difference(_counts_here(patients, plan), (events, among), plan.analysis)
    return estimate_share(events, among, plan.analysis), difference


def _find_least(patients: Sequence[Patient], plan: Plan, benchmark: BenchmarkDefinition) -> Detectable:
    events, among = benchmark.counts
    is_benefit = plan.response.means == "benefit"
    return find_least_against(_counts_here(patients, plan)[1], among, events / among, plan.analysis, upwards=is_benefit)


def estimate_benchmarks(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate each benchmark with its own uncertainty, the difference from it, and what could have been found.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
    """
    estimates = []
    for benchmark in plan.benchmarks:
        proportion, difference = _compare(patients, plan, benchmark)
        label = benchmark.title
        rule = f"{label}: {benchmark.told}" if benchmark.told else label
        estimates += [
            NamedEstimate(f"benchmark.{label}", label, rule, "overall", label, proportion),
            NamedEstimate(
                f"benchmark.{label}.difference", label, f"{plan.response.name} here minus {label}", "overall", label,
                difference,
            ),
            NamedEstimate(
                f"benchmark.{label}.detectable", label, f"{plan.response.name} here against {label}: "
                f"{plan.analysis.words.detectable}", "overall", label, _find_least(patients, plan, benchmark).estimate,
            ),
        ]  # fmt: skip
    return estimates


def tabulate_benchmarks(patients: Sequence[Patient], plan: Plan) -> ResultTable:
    """Tabulate the response here, that of each benchmark, the difference, and what could have been found.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
    """
    here = estimate_share(*_counts_here(patients, plan), plan.analysis)
    rows = [ResultRow("This study", (here, None, None))]
    rows += [
        ResultRow(_capital(one.title), (*_compare(patients, plan, one), _find_least(patients, plan, one).words))
        for one in plan.benchmarks
    ]
    worse = "higher" if plan.response.means == "benefit" else "lower"
    footnotes = (
        f"Difference: this study minus the other, with {plan.analysis.words.difference}, in which the uncertainty of "
        "both counts. The persons differ in more than the treatment, and so may the outcome and the time: a difference "
        "is no effect of the treatment, and its absence no proof against one.",
        f"Detectable: the {worse} rate here, against that of the others, from which on "
        f"{plan.analysis.words.association} had an 80 % chance of P < {plan.analysis.significance:g}; "
        f'"{NONE}" where no rate had it.',
        *(f"{_capital(one.title)}: {one.told}." for one in plan.benchmarks if one.told),
    )
    title = "The response beside that of others"
    columns = ("", plan.response.name, "Difference", "Detectable with 80 % power")
    return ResultTable("benchmarks", title, columns, tuple(rows), footnotes)


def find_benchmark_cautions(patients: Sequence[Patient], plan: Plan) -> list[Caution]:
    """Find the benchmarks without the treatment that the response is not clearly above; for a harm, clearly below."""
    cautions = []
    for benchmark in plan.benchmarks:
        if benchmark.is_treated:
            continue
        proportion, difference = _compare(patients, plan, benchmark)
        if difference.lower is None or difference.upper is None:
            continue
        is_benefit = plan.response.means == "benefit"
        better, worse = (difference.lower > 0, difference.upper < 0)
        if better if is_benefit else worse:
            continue
        there = f" ({benchmark.counted})" if benchmark.counted else ""
        text = f"{_capital(benchmark.title)}{there}: {format_estimate(proportion)}. {plan.response.name} is "
        if worse if is_benefit else better:
            title = OTHERS_BETTER
            text += (
                f"{'less' if is_benefit else 'more'} frequent here: the difference is {format_estimate(difference)}."
            )
        else:
            title = "Not told apart from others"
            least = _say_least(_find_least(patients, plan, benchmark), plan)
            text += (
                f"not clearly {'more' if is_benefit else 'less'} frequent here: the difference is "
                f"{format_estimate(difference)}, and {least}"
            )
        cautions.append(Caution(f"benchmark-{benchmark.title}", title, text, Severity.SERIOUS, proportion))
    return cautions


def _say_least(least: Detectable, plan: Plan) -> str:
    test, limit = plan.analysis.words.association, f"{plan.analysis.significance:g}"
    if least.words == NONE:
        far = "high" if plan.response.means == "benefit" else "low"
        return f"no rate here, however {far}, had an 80 % chance of P < {limit} by {test}."
    return f"{test} had an 80 % chance of P < {limit} only from {least.words} on."
