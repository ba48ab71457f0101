"""The daily glucocorticoid dose of the same persons before day 0 and at the end of follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import of_stratum, with_status
from refractory.analysis.baseline_groups import with_and_without
from refractory.analysis.estimates import Plan, strata_of
from refractory.analysis.methods import estimate_change, estimate_change_test
from refractory.analysis.results import Findings, NamedEstimate, PrintedEstimate, ResultRow, ResultTable, TableCell
from refractory.numbers import format_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.sparing import SparingClass, SparingDefinition
from refractory.statistics.location import estimate_mean, estimate_median

UNIT = "mg prednisone equivalent a day"


@dataclass(frozen=True)
class DosePairs:
    """The daily dose of some persons twice, both known.

    Args:
        key: Their name in ids; empty for the persons of the primary question.
        name: In words.
        before: Mean daily dose over the baseline window, one per person.
        after: The same over the last days of follow-up, in the same order.
        left_out: Persons whose dose is not known in both, or who were not followed so long.
    """

    key: str
    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    left_out: int

    @property
    def changes(self) -> list[float]:
        """The later dose less the earlier one, one per person."""
        return [after - before for before, after in zip(self.before, self.after, strict=True)]


def analyse_dose_change(patients: Sequence[Patient], plan: Plan, definition: SparingDefinition) -> Findings:
    """Estimate how far the daily glucocorticoid dose changed within persons.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        definition: The windows of the two doses.
    """
    pairs = _find_pairs(patients, plan, definition)
    named = [one for own in pairs for one in _estimate_pairs(own, plan, definition)]
    return Findings(tuple(named), (_tabulate_pairs(pairs, plan, definition, named),))


def _find_pairs(patients: Sequence[Patient], plan: Plan, definition: SparingDefinition) -> list[DosePairs]:
    on_it = [one for one in patients if one.sparing and one.sparing.is_on_glucocorticoid]
    groups: list[tuple[str, str, Sequence[Patient]]] = [("", "Persons on it at baseline", on_it)]
    groups += [(f".{name}", name, of_stratum(on_it, name)) for name in strata_of(plan, patients)]
    answers = (ResponseStatus.RESPONSE, ResponseStatus.NO_RESPONSE)
    for status, name in zip(answers, with_and_without(plan.response), strict=True):
        groups.append((f".by_response.{status.value.lower()}", name, with_status(on_it, status)))
    groups.append((".everybody", "All persons, also those not on it at baseline", patients))
    return [_pair(key, name, persons, definition) for key, name, persons in groups]


def _pair(key: str, name: str, persons: Sequence[Patient], definition: SparingDefinition) -> DosePairs:
    doses = [_doses_of(one, definition) for one in persons]
    known = [pair for pair in doses if pair]
    before, after = tuple(pair[0] for pair in known), tuple(pair[1] for pair in known)
    return DosePairs(key, name, before, after, len(doses) - len(known))


def _doses_of(one: Patient, definition: SparingDefinition) -> tuple[float, float] | None:
    """Return the dose at baseline and at the end of follow-up; None where either is not known."""
    sparing = one.sparing
    if sparing is None or sparing.baseline.unknown_days or sparing.follow_up.unknown_days:
        return None
    is_judged = sparing.glucocorticoid is not SparingClass.NOT_EVALUABLE
    end = one.observed_until
    is_followed = end is None or (end - one.member.day0_date).days >= definition.follow_up_day
    return (sparing.baseline.mg_per_day, sparing.follow_up.mg_per_day) if is_judged or is_followed else None


def _estimate_pairs(pairs: DosePairs, plan: Plan, definition: SparingDefinition) -> list[NamedEstimate]:
    label = f"Daily dose of {definition.glucocorticoid}, {pairs.name[:1].lower()}{pairs.name[1:]}"
    among = "in persons whose dose is known in both windows"
    middle = estimate_median if plan.analysis.paired == "Wilcoxon" else estimate_mean
    told = [
        ("before", f"{UNIT}, mean over {definition.baseline}, {among}", middle(pairs.before)),
        ("after", f"{UNIT}, mean over {definition.follow_up}, {among}", middle(pairs.after)),
        ("change", f"{UNIT}, {definition.follow_up} less {definition.baseline}, {among}",
         estimate_change(pairs.changes, plan.analysis)),
    ]  # fmt: skip
    if not pairs.key:
        told.append(("test", f"no change, {among}", estimate_change_test(pairs.changes, plan.analysis)))
    return [
        NamedEstimate(f"sparing.dose.{key}{pairs.key}", label, f"{label}: {rule}", "overall", label, estimate)
        for key, rule, estimate in told
    ]


def _tabulate_pairs(
    pairs: Sequence[DosePairs], plan: Plan, definition: SparingDefinition, named: Sequence[NamedEstimate]
) -> ResultTable:
    by_id = {one.id: one.estimate for one in named}
    rows = []
    for own in pairs:
        keys = [key for key in ("before", "after", "change", "test") if f"sparing.dose.{key}{own.key}" in by_id]
        cells: list[TableCell] = [
            PrintedEstimate(by_id[f"sparing.dose.{key}{own.key}"], 1, has_level_in_head=True) for key in keys
        ]
        cells += [None] * (4 - len(keys))
        is_part = bool(own.key) and own.key != ".everybody"
        rows.append(ResultRow(own.name, (len(own.before), *cells), indent=1 if is_part else 0))
    shown = "median (quartiles)" if plan.analysis.paired == "Wilcoxon" else "mean ± SD"
    columns = (
        "", "Persons", f"D{str(definition.baseline)[1:]}, {shown}", f"D{str(definition.follow_up)[1:]}, {shown}",
        f"Change ({plan.analysis.percent} CI)", "Test of the change",
    )  # fmt: skip
    words = plan.analysis.words
    left_out = f"{format_count(pairs[0].left_out)} of those on it at baseline"
    footnotes = (
        f"Mean daily dose in {UNIT}, pulses apart. Change: the later less the earlier dose of the same person: "
        f"{words.change}, and {words.paired}. Left out, since a dose is not known or follow-up is too short: "
        f"{left_out}.",
        "Who was not on it at baseline could only rise: among persons who were, some of the fall is of that choice. "
        "The last row has everybody.",
    )
    title = "Daily glucocorticoid dose of the same persons, before and after"
    return ResultTable("dose_change", title, columns, tuple(rows), footnotes)
