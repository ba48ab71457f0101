"""The response of each subtype by itself and in the light of the others: with three persons, 100 % means little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractory.analysis.analysis_set import of_subtype, tally
from refractory.analysis.estimates import Plan, estimate_share, primary_reading, subtypes_of
from refractory.analysis.methods import estimate_association
from refractory.analysis.results import NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_p_value
from refractory.outcomes.assess import Patient
from refractory.statistics.estimate import Estimate


@dataclass(frozen=True)
class Subgroups:
    """The subtypes that have somebody whose response counts.

    Args:
        names: One per subtype.
        raw: Proportion of each by itself.
        shrunken: The same drawn towards the others.
        further: What a subtype not yet seen would have.
        heterogeneity: Exact test that all respond alike.
    """

    names: tuple[str, ...]
    raw: tuple[Estimate, ...]
    shrunken: tuple[Estimate, ...]
    further: Estimate
    heterogeneity: Estimate


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
    return Subgroups(
        names,
        tuple(estimate_share(counted, among, plan.analysis) for counted, among in groups),
        # What is drawn towards the others is no longer the share of its own counts.
        tuple(replace(one, numerator=None, denominator=None) for one in found_all.shrunken),
        found_all.further,
        # The same test for more than two subtypes; between two it is the one that the protocol chose.
        estimate_association(groups, plan.analysis) if len(groups) == 2 else found_all.heterogeneity,
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
        f"All subtypes alike: P = {p_value}, {subgroups.heterogeneity.method}. With so few persons it shows "
        "no likeness either.",
    )
    title = f"{plan.response.name} by subtype, alone and in the light of the others"
    columns = ("", "By itself", "In the light of the others")
    return ResultTable("subgroups", title, columns, tuple(rows), footnotes)
