"""Results as they may be sent to others: made of the counts that are shared, and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from refractory.analysis.disclosure.cohort_traits import KNOWN, derive_linked_cohort
from refractory.analysis.disclosure.limits import Limit, Mark
from refractory.analysis.disclosure.linked_counts import ALL, Place
from refractory.analysis.disclosure.requirements import Requirement, derive_requirements
from refractory.analysis.disclosure.shared_attrition import suppress_attrition
from refractory.analysis.disclosure.shared_tables import tabulate_shared
from refractory.analysis.disclosure.sharing import Sharing, may_add_up
from refractory.analysis.disclosure.suppress import SharedCounts, suppress_counts
from refractory.analysis.estimates import Plan
from refractory.analysis.plan import PublishedFigure
from refractory.analysis.report_definition import ReportDefinition
from refractory.analysis.results import Caution, Comparison, NamedEstimate, Results
from refractory.analysis.shared import NOT_SHARED, SharedResults, SuppressedEstimate
from refractory.numbers import choose_decimals, format_estimate
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate

NOT_NAMED = "records (their name is not shared)"
LINKED = "-"
# That a caution is there tells something of the counts behind it. These follow from the protocol and the source alone.
_CAUTIONS_OF_DESIGN = frozenset({
    "invented-data", "no-comparison-group", "no-vocabulary", "no-observation", "unresolved-codes", "doubtful-codes",
    "many-outcomes", "label-outcome", "recorded-events", "event-delays-treatment",
})  # fmt: skip
# These follow from shared estimates, where those are shared; every other caution is withheld.
_CAUTION_ESTIMATES: Mapping[str, tuple[str, ...]] = {
    "few-events": ("response.overall.evaluable",),
    "wide-interval": ("response.overall",),
}
# Tables that are not shared, by the beginning of their ids. What is named must not depend on what was found: that a
# table is there tells that somebody is in it.
WITHHELD_TABLES: Mapping[str, str] = {
    "baseline_by_response": "Persons at time zero, by response.",
    "lines": "Lines of treatment before day 0.",
    "earlier_drugs": "Drugs tried before day 0.",
    "drugs_after": "What became of the other drugs after day 0.",
    "readings": "Other readings of the refractory rule.",
    "comparison": "The comparison of strata.",
    "subgroups": "Subtypes in the light of each other.",
    "scores": "Where the scores come from.",
    "agreement": "Agreement of rules and of reviewers.",
    "course": "The response over time.",
    "duration": "How long the response lasted.",
    "trajectory": "Scores over time.",
    "cycles": "Cycles given, and cycles to response.",
    "by_cycle": "The response by cycle.",
    "explanation-": "What else could explain the response, but for how others fared.",
    "dose": "Doses over time.",
    "cumulative_dose": "Cumulative doses.",
    "taper": "How doses came down.",
    "safety_": "Rates of events, and events in risk windows.",
    "predictors": "Predictors of the response, one by one.",
    "together": "Predictors of the response together.",
}
_WITHHELD_ELSE = (
    "Every figure but the two of this page.",
    "Rows about single persons.",
    "What became of the rows of the source, and its problems.",
    "Cautions that rest on any of these, or on a count that is suppressed.",
    "Every number that gives a suppressed count away, or of which no rule says that it is safe.",
)
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_CONSTANTS = frozenset({"0.05", "95"})
_NUMBER_WORD = re.compile(r"\b(one person|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def suppress_small_counts(
    results: Results,
    patients: Sequence[Patient],
    plan: Plan,
    drugs: Mapping[str, Sequence[int]],
    *,
    published: Sequence[PublishedFigure],
    report: ReportDefinition,
) -> SharedResults:
    """Derive from the results of a run those that may be sent to others.

    Shared is what is known to be safe: an estimate when every count of persons that it gives away is shared, a table
    when it is built from such counts. Everything else is withheld, and named.

    Args:
        results: Everything that the run found.
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        drugs: Persons by each earlier drug whose course counts for the refractory rule.
        published: The protocol's published figures, one per comparison of the results.
        report: Which counts are small.

    Source:
        Hundepool et al., Statistical Disclosure Control (2012), chapter 4: primary and secondary cell suppression.
    """
    limit = Limit(report.smallest_count, zeros_shown=report.zeros == "shown")
    counts = suppress_counts(derive_linked_cohort(patients, plan, drugs), limit)
    required = derive_requirements(counts.cohort, plan, limit.smallest)
    estimates = {
        one.id: replace(one, estimate=_round_as_printed(one.estimate))
        for one in results.estimates
        if one.id in required and _is_shared(one, required[one.id], counts, drugs)
    }
    tables = tabulate_shared(Sharing(patients, plan, counts, estimates)) if counts.marks else ()
    return SharedResults(
        head=replace(results.head, source_name=NOT_NAMED),
        attrition=suppress_attrition(results.attrition, limit),
        estimates=tuple(estimates.values()),
        tables=tables,
        comparisons=_share_comparisons(results.comparisons, published, estimates),
        cautions=tuple(
            _share_caution(one, estimates) for one in results.cautions if _may_share(one, estimates, counts)
        ),
        methods=results.methods,
        accounts=(),
        problems=(),
        smallest_count=limit.smallest,
        suppressed=tuple(_name_suppressed(results.estimates, estimates, required, counts)),
        withheld=(*dict.fromkeys(WITHHELD_TABLES.values()), *_WITHHELD_ELSE),
    )


def _is_shared(
    named: NamedEstimate, required: Requirement, counts: SharedCounts, drugs: Mapping[str, Sequence[int]]
) -> bool:
    if not required.is_met(counts, named.estimate):
        return False
    known = [place for place in required.places if place[0].startswith("known.") and place[1] == KNOWN]
    return not drugs or all(may_add_up(counts, trait, group) for trait, _, group in known)


def _round_as_printed(estimate: Estimate) -> Estimate:
    """Round a mean or a median to the digits that a report prints: the rest would be single persons' own values."""
    decimals = choose_decimals([estimate])
    if decimals is None:
        return estimate

    def cut(number: float | None) -> float | None:
        return None if number is None else round(number, decimals)

    return replace(
        estimate,
        value=cut(estimate.value),
        lower=cut(estimate.lower),
        upper=cut(estimate.upper),
        sd=cut(estimate.sd),
    )


def _share_comparisons(
    comparisons: Iterable[Comparison], published: Iterable[PublishedFigure], estimates: Mapping[str, NamedEstimate]
) -> tuple[Comparison, ...]:
    return tuple(
        comparison for comparison, figure in zip(comparisons, published, strict=True) if figure.result in estimates
    )


def _find_behind(caution: Caution) -> tuple[str, ...]:
    """Name the estimates from which alone a caution follows."""
    if caution.code.startswith("benchmark-"):
        own = caution.code.replace("benchmark-", "benchmark.", 1)
        return own, f"{own}.difference", "response.overall"
    return _CAUTION_ESTIMATES.get(caution.code, ())


def _may_share(caution: Caution, estimates: Mapping[str, NamedEstimate], counts: SharedCounts) -> bool:
    """Say whether it may be told that there is a caution: a reader could tell it from what is shared."""
    if caution.code in _CAUTIONS_OF_DESIGN:
        # Most are only there where the cohort has persons.
        return counts.has_persons or caution.code == "invented-data"
    behind = _find_behind(caution)
    return bool(behind) and all(one in estimates for one in behind)


def _share_caution(caution: Caution, estimates: Mapping[str, NamedEstimate]) -> Caution:
    """Share a caution with its numbers where they are those of shared estimates, else without."""
    ids = _find_behind(caution)
    allowed: set[str] = set()
    for each in ids if all(each in estimates for each in ids) else ():
        estimate = estimates[each].estimate
        allowed |= set(_NUMBER.findall(format_estimate(estimate)))
        if estimate.numerator is not None and estimate.denominator is not None:
            allowed.add(str(estimate.denominator - estimate.numerator))
    title = caution.title if _has_only(caution.title, set()) else _say_code(caution.code)
    sentences = _SENTENCE_END.split(caution.text)
    kept = [said for said in sentences if _has_only(said, allowed)]
    is_told = bool(allowed) and any(not _has_only(said, set()) for said in kept)
    left_out = [] if kept == sentences and title == caution.title else [NOT_SHARED]
    return replace(caution, title=title, text=" ".join([*kept, *left_out]), number=caution.number if is_told else None)


def _say_code(code: str) -> str:
    """Say what a caution is about by its stable name."""
    said = re.sub(r"\d+", "", code.replace("-", " ").replace("_", " "))
    return f"{said[:1].upper()}{' '.join(said[1:].split())}"


def _has_only(text: str, allowed: set[str]) -> bool:
    """Say whether a text holds no numbers, in digits or in words, but constants of the methods and those allowed."""
    numbers = set(_NUMBER.findall(text.replace("day 0", "").replace("Day 0", "")))
    return numbers <= allowed | _CONSTANTS and not _NUMBER_WORD.search(text)


def _name_suppressed(
    all_estimates: Iterable[NamedEstimate],
    estimates: Mapping[str, NamedEstimate],
    required: Mapping[str, Requirement],
    counts: SharedCounts,
) -> Iterable[SuppressedEstimate]:
    for one in all_estimates:
        if one.id in required and one.id not in estimates:
            yield SuppressedEstimate(one.id, one.stratum, one.variable, _mark(one, required[one.id].places, counts))


def _mark(named: NamedEstimate, places: Sequence[Place], counts: SharedCounts) -> str:
    """Mark a count or a share by its own count where a table marks it so; all else is linked to others."""
    own = [place for place in places if counts.mark(*place) is Mark.FEW and place[2] == ALL]
    is_own = len(places) == 1 and own == list(places) and _counts_persons(named)
    return f"<{counts.limit.smallest}" if is_own else LINKED


def _counts_persons(named: NamedEstimate) -> bool:
    return named.estimate.numerator is not None or named.estimate.kind.value == "count"
