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
from refractory.analysis.results import Caution, Comparison, NamedEstimate, Results, ResultTable
from refractory.analysis.shared import NOT_SHARED, SharedResults, SuppressedEstimate
from refractory.numbers import choose_decimals, format_estimate
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate

NOT_NAMED = "records (their name is not shared)"
LINKED = "-"
# What a caution may rest on; of every other one with a number only the title is shared.
_CAUTION_ESTIMATES: Mapping[str, tuple[str, ...]] = {"few-events": ("response.overall.evaluable",)}
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
        cautions=tuple(_share_caution(one, estimates) for one in results.cautions),
        methods=results.methods,
        accounts=(),
        problems=(),
        smallest_count=limit.smallest,
        suppressed=tuple(_name_suppressed(results.estimates, estimates, required, counts)),
        withheld=_name_withheld(results, tables, estimates),
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


def _share_caution(caution: Caution, estimates: Mapping[str, NamedEstimate]) -> Caution:
    """Share a caution with its numbers where they are those of shared estimates, else without."""
    ids = _CAUTION_ESTIMATES.get(caution.code, ())
    if caution.code.startswith("benchmark-"):
        own = caution.code.replace("benchmark-", "benchmark.", 1)
        ids = (own, f"{own}.difference")
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


def _name(stable: str, title: str) -> str:
    """Name what is withheld: by its title as far as that tells no number, else by its stable name."""
    for end in (len(title), title.find(": "), title.find(" (")):
        if end > 0 and _has_only(title[:end], set()):
            return title[:end]
    return _say_code(stable)


def _name_withheld(
    results: Results, tables: Sequence[ResultTable], estimates: Mapping[str, NamedEstimate]
) -> tuple[str, ...]:
    """Name in words what the team's report has and the shared one does not."""
    shared = {table.id for table in tables}
    named = [f"Table: {_name(table.id, table.title)}." for table in results.tables if table.id not in shared]
    named += [f"Figure: {_name(curve.id, curve.title)}." for curve in results.curves]
    named += [f"Figure: {_name(figure.id, figure.title)}." for figure in (*results.figures, *results.person_figures)]
    named += ["Rows about single persons."] if results.listings else []
    named += ["What became of the rows of the source, and its problems."] if results.accounts else []
    left_out = len(results.estimates) - len(estimates)
    return (*named, f"{left_out} of {len(results.estimates)} numbers of results.csv.")
