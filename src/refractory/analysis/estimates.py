"""The estimates of a study, each under the id of the one outcome that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from refractory.analysis.analysis_set import (
    Answer,
    Tally,
    of_stratum,
    of_subtype,
    primary_answer,
    supporting_answer,
    tally,
    with_status,
)
from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.detectable import find_least_difference
from refractory.analysis.methods import estimate_association, estimate_share_difference
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import NamedEstimate
from refractory.cohort.strata import UNDECIDED, GroupDefinition, StratumDefinition
from refractory.exposures.line_definition import LineDefinition
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import ResponseDefinition, ResponseStatus
from refractory.outcomes.safety_definition import SafetyDefinition
from refractory.outcomes.sparing import SparingDefinition
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.location import estimate_mean, estimate_median
from refractory.statistics.proportions import PROPORTION_METHODS


@dataclass(frozen=True)
class Plan:
    """What the estimates need to know of the protocol."""

    analysis: AnalysisDefinition
    response: ResponseDefinition
    sparing: SparingDefinition | None
    strata: tuple[StratumDefinition, ...]
    subtypes: tuple[GroupDefinition, ...]
    has_cycles: bool
    has_refractory_rule: bool
    lines: LineDefinition | None = None
    safety: SafetyDefinition | None = None
    follow_up: FollowUpDefinition = field(default_factory=FollowUpDefinition)
    benchmarks: tuple[BenchmarkDefinition, ...] = ()
    explanations: ExplanationsDefinition = field(default_factory=ExplanationsDefinition)
    active_at_least: float | None = None
    seed: int = 1


def count_of(persons: int, method: str = "count") -> Estimate:
    """Return a plain count as an estimate."""
    return Estimate(EstimateKind.COUNT, persons, persons, method)


def group_names(groups: Sequence[GroupDefinition], found: Sequence[str | None]) -> list[str]:
    """Name the groups of a protocol, and "Undecided" where somebody is."""
    names = [group.name for group in groups]
    return [*names, UNDECIDED] if UNDECIDED in found else names


def strata_of(plan: Plan, patients: Sequence[Patient]) -> list[str]:
    """Name the strata, "Undecided" among them where somebody is."""
    return group_names(plan.strata, [patient.member.stratum for patient in patients])


def subtypes_of(plan: Plan, patients: Sequence[Patient]) -> list[str]:
    """Name the subtypes, "Undecided" among them where somebody is."""
    return group_names(plan.subtypes, [patient.member.subtype for patient in patients])


def estimate_all(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    """Make every estimate of the study but the predictors.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.

    Returns:
        The estimates in the order of a report; their ids are what a protocol's published figures name.
    """
    estimates = [
        NamedEstimate(
            "cohort.persons", "Persons in the cohort", "Persons who meet every criterion", "overall", "persons",
            count_of(len(patients)),
        )
    ]  # fmt: skip
    estimates += _estimate_strata(patients, plan)
    estimates += _estimate_response(patients, plan)
    if plan.has_cycles:
        estimates += _estimate_cycles(patients, plan)
    return estimates


def _estimate_strata(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    estimates = []
    definitions = {stratum.name: stratum for stratum in plan.strata}
    for name in strata_of(plan, patients):
        persons = of_stratum(patients, name)
        estimates.append(
            NamedEstimate(
                f"stratum.{name}.persons", name, "Persons in the stratum", name, "persons", count_of(len(persons))
            )
        )
        parts = definitions[name].parts if name in definitions else ()
        for size in range(1, len(parts) + 1):
            for chosen in combinations(parts, size):
                others = [part for part in parts if part not in chosen]
                fitting = [
                    patient
                    for patient in persons
                    if all(patient.member.features[part] for part in chosen)
                    and not any(patient.member.features[part] for part in others)
                ]
                label = " and ".join(chosen) if size > 1 else f"{chosen[0]} only"
                rule = f"Persons of the stratum with {' and '.join(chosen)}"
                rule += f" and without {' or '.join(others)}" if others else ""
                estimates.append(
                    NamedEstimate(
                        f"stratum.{name}.{label}", f"{name}: {label}", rule, name, label, count_of(len(fitting))
                    )
                )
    for name in subtypes_of(plan, patients):
        persons = of_subtype(patients, name)
        estimates.append(
            NamedEstimate(
                f"subtype.{name}.persons", name, "Persons of the subtype", name, "persons", count_of(len(persons))
            )
        )
    return estimates


def _groups(patients: Sequence[Patient], plan: Plan) -> list[tuple[str, list[Patient]]]:
    """Return all patients as "overall", then each stratum."""
    return [("overall", list(patients)), *((name, of_stratum(patients, name)) for name in strata_of(plan, patients))]


def estimate_share(counted: int, among: int, analysis: AnalysisDefinition) -> Estimate:
    """Estimate a proportion by the method and at the level that the protocol names."""
    return PROPORTION_METHODS[analysis.proportion](counted, among, level=analysis.level)


READINGS = {
    "evaluable": "evaluable persons only",
    "as_non_response": "not evaluable counted as non-response",
    "worst": "worst bound: every person not evaluable counted against the treatment",
    "best": "best bound: every person not evaluable counted in favour of it",
}


def read_three_ways(counts: Tally, response: ResponseDefinition, analysis: AnalysisDefinition) -> dict[str, Estimate]:
    """Estimate a proportion of responders by every reading of the persons who are not evaluable.

    For a harm, worst means that every person not evaluable had it.
    """
    low, high = counts.responders, counts.responders + counts.not_evaluable
    worst, best = (low, high) if response.means == "benefit" else (high, low)
    return {
        "evaluable": estimate_share(counts.responders, counts.evaluable, analysis),
        "as_non_response": estimate_share(counts.responders, counts.persons, analysis),
        "worst": estimate_share(worst, counts.persons, analysis),
        "best": estimate_share(best, counts.persons, analysis),
    }


def primary_reading(response: ResponseDefinition) -> str:
    """Name the reading that the protocol chose as primary."""
    return "evaluable" if response.missing == "evaluable" else "as_non_response"


def _estimate_rule(
    patients: Sequence[Patient], plan: Plan, answer: Answer, prefix: str, label: str
) -> list[NamedEstimate]:
    estimates = []
    groups = _groups(patients, plan)
    groups += [(f"subtype.{name}", of_subtype(patients, name)) for name in subtypes_of(plan, patients)]
    for group, persons in groups:
        readings = read_three_ways(tally(persons, answer), plan.response, plan.analysis)
        shown = group.removeprefix("subtype.")
        of_group = "all persons" if shown == "overall" else shown.lower()
        primary = primary_reading(plan.response)
        said = f"{label}, {of_group}"
        estimates.append(
            NamedEstimate(f"{prefix}.{group}", said, f"{said}; {READINGS[primary]}", shown, label, readings[primary])
        )
        estimates += [
            NamedEstimate(f"{prefix}.{group}.{reading}", said, f"{said}; {READINGS[reading]}", shown, label, estimate)
            for reading, estimate in readings.items()
        ]
    return estimates


def _estimate_response(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    estimates = _estimate_rule(patients, plan, primary_answer, "response", plan.response.name)
    if len(plan.analysis.compare) == 2:
        first, second = plan.analysis.compare
        counts = [_read_primary(tally(of_stratum(patients, name)), plan.response) for name in (first, second)]
        rule, name = f"{plan.response.name}: {first} minus {second}", plan.response.name
        difference = estimate_share_difference(counts[0], counts[1], plan.analysis)
        test = estimate_association(counts, plan.analysis)
        (r1, n1), (r2, n2) = counts
        estimates += [
            NamedEstimate("response.difference", rule, rule, "overall", name, difference),
            NamedEstimate("response.difference.test", rule, rule, "overall", name, test),
            NamedEstimate(
                "response.detectable", rule, f"{rule}: {plan.analysis.words.detectable}", "overall", name,
                find_least_difference(n1, n2, (r1 + r2) / (n1 + n2) if n1 + n2 else 0.0, plan.analysis).estimate,
            ),
        ]  # fmt: skip
    for number, rule_definition in enumerate(plan.response.supporting):
        label = rule_definition.name or rule_definition.describe()
        estimates += _estimate_rule(patients, plan, supporting_answer(number), f"supporting.{label}", label)
    return estimates


def _read_primary(counts: Tally, response: ResponseDefinition) -> tuple[int, int]:
    among = counts.evaluable if response.missing == "evaluable" else counts.persons
    return counts.responders, among


def _estimate_cycles(patients: Sequence[Patient], plan: Plan) -> list[NamedEstimate]:
    estimates = []
    # Nobody responds to a harm.
    is_benefit = plan.response.means == "benefit"
    first, who = ("first response", "responders") if is_benefit else ("the outcome", "persons with it")
    rule = f"Cycles begun on or before the day of {first}, in {who} whose count is known"
    label = "Cycles to response" if is_benefit else "Cycles to the outcome"
    for group, persons in _groups(patients, plan):
        responders = with_status(persons, ResponseStatus.RESPONSE)
        counts = [float(one.cycles_to_response) for one in responders if one.cycles_to_response is not None]
        estimates.append(NamedEstimate(f"cycles_to_response.{group}", label, rule, group, label, estimate_mean(counts)))
        estimates.append(
            NamedEstimate(f"cycles_to_response.median.{group}", label, rule, group, label, estimate_median(counts))
        )
        given = [float(len(patient.cycles)) for patient in persons]
        estimates.append(
            NamedEstimate(
                f"cycles.{group}",
                "Cycles given",
                "Cycles on or after day 0",
                group,
                "Cycles given",
                estimate_median(given),
            )
        )
        doses = [
            cycle.grams_per_kg for patient in persons for cycle in patient.cycles if cycle.grams_per_kg is not None
        ]
        dose_rule = "Grams per kg of a cycle, over the cycles whose grams and weight are known"
        estimates.append(
            NamedEstimate(
                f"grams_per_kg.{group}", "Dose of a cycle, g/kg", dose_rule, group, "g/kg", estimate_median(doses)
            )
        )
    return estimates
