"""The response of each subtype by itself and in the light of the others: with three persons, 100 % means little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractory.analysis.analysis_set import of_subtype, tally
from refractory.analysis.design_cautions import say_of
from refractory.analysis.detectable import NONE, Detectable, find_alpha, find_least_group
from refractory.analysis.estimates import Plan, estimate_share, primary_reading, subtypes_of
from refractory.analysis.methods import estimate_association
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.results import Caution, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.numbers import format_p_value
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.power_of_groups import find_power_of_groups, say_method

# Persons below which the share of a subtype by itself says next to nothing.
SPARSE = 5
# The rate at which the largest subtype is imagined to respond, and how near to it the others may not be.
_IMAGINED = 0.5
_TOO_NEAR = 0.25


@dataclass(frozen=True)
class Subgroups:
    """The subtypes that have somebody whose response counts.

    Args:
        names: One per subtype.
        raw: Proportion of each by itself.
        shrunken: The same drawn towards the others.
        further: What a subtype not yet seen would have.
        heterogeneity: Exact test that all respond alike.
        sizes: Persons of each who count.
        least: What that test had an 80 % chance to find: one subtype apart from all others.
        imagined: A rate of the largest subtype that is far from that of all others.
        chance: Chance that the test finds it responding at this rate.
    """

    names: tuple[str, ...]
    raw: tuple[Estimate, ...]
    shrunken: tuple[Estimate, ...]
    further: Estimate
    heterogeneity: Estimate
    sizes: tuple[int, ...]
    least: Detectable
    imagined: float
    chance: Estimate

    @property
    def rate(self) -> float:
        """The share of all their persons who responded."""
        return sum(one.numerator or 0 for one in self.raw) / sum(self.sizes)

    @property
    def largest(self) -> str:
        """The subtype with the most persons."""
        return self.names[self.sizes.index(max(self.sizes))]


def find_subgroups(patients: Sequence[Patient], plan: Plan) -> Subgroups | None:
    """Find the response by subtype, raw and shrunken; None where fewer than two subtypes have anybody."""
    counts = []
    for name in subtypes_of(plan, patients):
        found = tally(of_subtype(patients, name))
        among = found.evaluable if primary_reading(plan.response) == "evaluable" else found.persons
        counts += [(name, found.responders, among)] if among else []
    if len(counts) < 2:
        return None
    # Its model needs arrays, which a study without subtypes does not load.
    from refractory.statistics.shrinkage import derive_shrunken_proportions

    names, responders, evaluable = zip(*counts, strict=True)
    found_all = derive_shrunken_proportions(responders, evaluable, level=plan.analysis.level)
    groups = list(zip(responders, evaluable, strict=True))
    rate = sum(responders) / sum(evaluable)
    imagined = _IMAGINED if abs(rate - _IMAGINED) >= _TOO_NEAR else rate / 2
    largest = evaluable.index(max(evaluable))
    rates = [imagined if place == largest else rate for place in range(len(names))]
    power = find_power_of_groups(evaluable, rates, find_alpha(evaluable, plan.analysis))
    return Subgroups(
        names,
        tuple(estimate_share(counted, among, plan.analysis) for counted, among in groups),
        # What is drawn towards the others is no longer the share of its own counts.
        tuple(replace(one, numerator=None, denominator=None) for one in found_all.shrunken),
        found_all.further,
        # The same test for more than two subtypes; between two it is the one that the protocol chose.
        estimate_association(groups, plan.analysis) if len(groups) == 2 else found_all.heterogeneity,
        evaluable,
        find_least_group(names, evaluable, rate, plan.analysis),
        imagined,
        Estimate(EstimateKind.PROPORTION, power, sum(evaluable), say_method(evaluable)),
    )


def name_subgroups(subgroups: Subgroups, plan: Plan) -> list[NamedEstimate]:
    """Put the shrunken proportions, that of a further subtype and the test among the estimates."""
    label = plan.response.name
    named = [
        NamedEstimate(
            f"subgroup.{name}.shrunken", f"{label}, {name.lower()}",
            f"{label}, {name.lower()}: drawn towards the other subtypes, beta-binomial model", name, label, estimate,
        )
        for name, estimate in zip(subgroups.names, subgroups.shrunken, strict=True)
    ]  # fmt: skip
    further = f"{label} in a subtype not yet seen"
    alike = f"{label} is alike in all subtypes"
    return [
        *named,
        NamedEstimate(
            "subgroup.further", further, f"{further}: beta-binomial model", "overall", label, subgroups.further
        ),
        NamedEstimate(
            "subgroup.heterogeneity", alike, f"{alike}: exact test", "overall", label, subgroups.heterogeneity
        ),
        NamedEstimate(
            "subgroup.detectable",
            alike,
            f"{alike}: {plan.analysis.words.detectable}, one subtype against all others",
            "overall",
            label,
            subgroups.least.estimate,
        ),
        NamedEstimate(
            "subgroup.power",
            alike,
            f"{alike}: chance of P < {plan.analysis.significance:g} if {subgroups.largest.lower()} responded "
            f"at {100 * subgroups.imagined:.0f} % and all others at {100 * subgroups.rate:.0f} %",
            "overall",
            label,
            subgroups.chance,
        ),
    ]


def tabulate_subgroups(subgroups: Subgroups, plan: Plan) -> ResultTable:
    """Tabulate the response of each subtype by itself and drawn towards the others."""
    rows = [
        ResultRow(name, (raw, shrunken))
        for name, raw, shrunken in zip(subgroups.names, subgroups.raw, subgroups.shrunken, strict=True)
    ]
    rows.append(ResultRow("A subtype not yet seen", (None, subgroups.further)))
    p_value = format_p_value(subgroups.heterogeneity.p_value)
    footnotes = (
        f"By itself: {plan.analysis.proportion} interval. In the light of the others: the fewer persons a subtype has, "
        "the more it is drawn towards what all have in common (beta-binomial model of all subtypes; of such intervals "
        f"{plan.analysis.percent} hold the rate of their subtype). A subtype with few persons and a raw 100 % is the "
        "likeliest to be lucky.",
        f"All subtypes alike: P = {p_value}, {subgroups.heterogeneity.method}. {_say_power(subgroups, plan.analysis)}",
    )
    title = f"{plan.response.name} by subtype, alone and in the light of the others"
    columns = ("", "By itself", "In the light of the others")
    return ResultTable("subgroups", title, columns, tuple(rows), footnotes)


def _say_power(subgroups: Subgroups, analysis: AnalysisDefinition) -> str:
    """Say what the test of heterogeneity could have found: without it, its P value says nothing of likeness."""
    limit = f"{analysis.significance:g}"
    rate, imagined, chance = (
        f"{100 * one:.0f} %" for one in (subgroups.rate, subgroups.imagined, subgroups.chance.value or 0)
    )
    said = (
        f"Had {subgroups.largest.lower()}, the largest, responded at {imagined} and all others at {rate}, the test had "
        f"a chance of {chance} to give P < {limit}. "
    )
    if subgroups.least.words == NONE:
        return said + "No rate of a single subtype, however far from the others, had a chance of 80 %."
    return said + f"It had 80 % from {subgroups.least.words} on; a P value above {limit} excludes nothing less."


def find_subgroup_cautions(subgroups: Subgroups | None, analysis: AnalysisDefinition) -> list[Caution]:
    """Say when subtypes have too few persons for a statement about each, or about their likeness."""
    few = [size for size in subgroups.sizes if size < SPARSE] if subgroups else []
    if not subgroups or not few:
        return []
    text = (
        f"Of {len(subgroups.names)} subtypes {len(few)} {'has' if len(few) == 1 else 'have'} fewer than {SPARSE} "
        f"persons whose response counts. {_say_power(subgroups, analysis)}"
    )
    number = say_of(len(few), len(subgroups.names))
    return [Caution("sparse-subtypes", "Subtypes of few persons", text, Severity.SERIOUS, number)]
