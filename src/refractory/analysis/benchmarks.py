"""The response beside that of others: what a reader needs before believing that the treatment did it."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import tally
from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.estimates import Plan, estimate_share, primary_reading
from refractory.analysis.methods import estimate_share_difference
from refractory.analysis.results import Caution, NamedEstimate, ResultRow, ResultTable, Severity
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


def estimate_benchmarks(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Estimate each benchmark with its own uncertainty, and the difference from it.

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
        ]  # fmt: skip
    return estimates


def tabulate_benchmarks(patients: Sequence[Patient], plan: Plan) -> ResultTable:
    """Tabulate the response here, that of each benchmark, and the difference.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
    """
    here = estimate_share(*_counts_here(patients, plan), plan.analysis)
    rows = [ResultRow("This study", (here, None))]
    rows += [ResultRow(_capital(one.title), _compare(patients, plan, one)) for one in plan.benchmarks]
    footnotes = (
        f"Difference: this study minus the other, with {plan.analysis.words.difference}, in which the uncertainty of "
        "both counts. The persons differ in more than the treatment, and so may the outcome and the time: a difference "
        "is no effect of the treatment, and its absence no proof against one.",
        *(f"{_capital(one.title)}: {one.told}." for one in plan.benchmarks if one.told),
    )
    title = "The response beside that of others"
    return ResultTable("benchmarks", title, ("", plan.response.name, "Difference"), tuple(rows), footnotes)


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
        if difference.lower > 0 if is_benefit else difference.upper < 0:
            continue
        text = (
            f"{_capital(benchmark.title)}: {format_estimate(proportion)}. {plan.response.name} is not clearly "
            f"{'more' if is_benefit else 'less'} frequent here: the difference is {format_estimate(difference)}."
        )
        code, title = f"benchmark-{benchmark.title}", "Others fared as well"
        cautions.append(Caution(code, title, text, Severity.SERIOUS, proportion))
    return cautions
