"""A protocol narrowed to what some of its results depend on: everything else is as if the study said nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.analysis.plan import AnalysisDefinition
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.response import ResponseDefinition, ResponseRule
from refractory.protocol import Protocol
from refractory.universes import with_parts, without_choices

# Stands where a response is not looked at.
_NO_RESPONSE = ResponseDefinition(name="none", primary=ResponseRule(label="none"))


@dataclass(frozen=True)
class Family:
    """Results that depend on the same parts of a protocol.

    Args:
        name: What they are about.
        begins: How their ids begin, up to a dot.
        has_response: Whether they depend on the primary rule of response, and on the reading of the not evaluable.
        has_supporting: Whether they depend on the supporting rules.
        has_cycles: Whether they depend on cycles.
        has_sparing: Whether they depend on the rule of sparing.
        is_everything: Whether they may depend on any part.
    """

    name: str
    begins: tuple[str, ...]
    has_response: bool = False
    has_supporting: bool = False
    has_cycles: bool = False
    has_sparing: bool = False
    is_everything: bool = False


FAMILIES = (
    Family("persons", ("cohort", "stratum", "subtype", "age", "days_from_diagnosis", "drugs_before")),
    Family("response", ("response",), has_response=True),
    Family("supporting rules", ("supporting",), has_response=True, has_supporting=True),
    Family("cycles", ("cycles", "cycles_to_response", "grams_per_kg"), has_response=True, has_cycles=True),
    Family(
        "sparing in responders", ("sparing.glucocorticoid_lower_of_responders",), has_response=True, has_sparing=True
    ),
    Family("sparing", ("sparing",), has_sparing=True),
)
EVERYTHING = Family("everything", (), is_everything=True)


def family_of(result: str) -> Family:
    """Find the family that a result belongs to, by its id."""
    for family in FAMILIES:
        if any(result == one or result.startswith(f"{one}.") for one in family.begins):
            return family
    return EVERYTHING


def narrow_to_cohort(protocol: Protocol) -> Protocol:
    """Narrow a protocol to what decides who is in the cohort, since when and in which group."""
    treatment = protocol.treatment.model_copy(update={"cycle": None})
    return with_parts(
        without_choices(protocol),
        study=protocol.study.model_copy(update={"name": "none", "title": "none", "question": "", "citation": ""}),
        treatment=treatment,
        covariate=(),
        instrument={},
        response=_NO_RESPONSE,
        follow_up=FollowUpDefinition(),
        sparing=None,
        lines=None,
        safety=None,
        benchmark=(),
        explanations=ExplanationsDefinition(),
        analysis=AnalysisDefinition(),
        published=(),
    )


def narrow_to_family(protocol: Protocol, family: Family) -> Protocol:
    """Narrow a protocol to what a family of results depends on."""
    if family.is_everything:
        return without_choices(protocol)
    narrow = narrow_to_cohort(protocol)
    parts: dict[str, object] = {"analysis": protocol.analysis}
    if family.has_cycles:
        parts["treatment"] = protocol.treatment
    if family.has_sparing and protocol.sparing:
        parts["sparing"] = protocol.sparing.model_copy(update={"over_time": None})
    if family.has_response:
        response = protocol.response
        named = response.primary.parts
        kept = [one for one in response.supporting if family.has_supporting or one.name in named]
        parts["response"] = response.model_copy(update={"supporting": tuple(kept)})
        scores = {rule.score for rule in (response.primary, *kept)}
        parts["instrument"] = {name: one for name, one in protocol.instrument.items() if name in scores}
    return with_parts(narrow, **parts)
