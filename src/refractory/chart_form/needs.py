"""What a study asks of each concept set: which form holds it, and which keys of the protocol need it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.cohort.criteria import UPPER_LIMIT, Criterion

if TYPE_CHECKING:
    from refractory.protocol import Protocol


class Place(StrEnum):
    """The form that a concept set belongs on; the first that fits is taken."""

    TREATMENT = "treatment"
    GLUCOCORTICOID = "glucocorticoid"
    DRUG = "drug"
    SCORE = "score"
    WEIGHT = "weight"
    MEASUREMENT = "measurement"
    DIAGNOSIS = "diagnosis"
    EXAMINATION = "examination"
    EVENT = "event"


_OF_DRUGS = {"RxNorm", "ATC", "NDC"}
_OF_DIAGNOSES = {"ICD10CM", "ICD9CM", "SNOMED"}


def find_reasons(protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """Find the keys of the protocol that need each leaf concept set, in the order of the protocol."""
    found: dict[str, list[str]] = {}
    for name, why in _name_uses(protocol):
        for leaf in protocol.leaves[name]:
            reasons = found.setdefault(leaf, [])
            if why not in reasons:
                reasons.append(why)
    return {leaf: tuple(reasons) for leaf, reasons in found.items()}


def find_places(protocol: Protocol) -> dict[str, Place]:
    """Find the form of each leaf concept set that the study needs."""
    leaves = protocol.leaves
    of_treatment = leaves[protocol.treatment.concept]
    of_glucocorticoid = leaves[protocol.sparing.glucocorticoid] if protocol.sparing else ()
    weight = _weight_of_cycle(protocol)
    # Written beside each infusion; a weight of earlier courses has a date of its own.
    is_beside = weight is not None and not (protocol.refractory and protocol.refractory.weight)
    scores = {
        leaf for name, one in protocol.instrument.items() for own in one.name_sources(name) for leaf in leaves[own]
    }
    measured = {leaf for _, one in list_criteria(protocol) if _is_measured(one) for leaf in leaves[one.concept]}
    measured |= protocol.measurement_units.keys()
    events = {leaf for name in list_events(protocol) for leaf in leaves[name]}
    places = {}
    for leaf in find_reasons(protocol):
        systems = {str(one.code.vocabulary) for one in protocol.concept_sets[leaf].named_codes()}
        tests = (
            (Place.TREATMENT, leaf in of_treatment),
            (Place.GLUCOCORTICOID, leaf in of_glucocorticoid),
            (Place.DRUG, leaf in protocol.drug_sets or bool(systems & _OF_DRUGS)),
            (Place.SCORE, leaf in scores),
            (Place.WEIGHT, is_beside and leaf in leaves[weight or ""]),
            (Place.MEASUREMENT, leaf in measured),
            (Place.EVENT, leaf in events),
            (Place.DIAGNOSIS, bool(systems & _OF_DIAGNOSES)),
        )
        places[leaf] = next((place for place, fits in tests if fits), Place.EXAMINATION)
    for _, criterion in list_criteria(protocol):
        for leaf in leaves.get(criterion.concept, ()):
            if places[leaf] is Place.EVENT:
                places[leaf] = Place.DIAGNOSIS  # what came before the treatment is asked for too
    return places


def list_criteria(protocol: Protocol) -> list[tuple[str, Criterion]]:
    """List every criterion that asks for something in the record, with the key that asks."""
    found: list[tuple[str, Criterion]] = []
    if protocol.eligibility.data_at_diagnosis:
        found.append(("eligibility.data_at_diagnosis", protocol.eligibility.data_at_diagnosis))
    found += [(f'exclude "{one.name}"', one) for one in protocol.exclude]
    for feature in protocol.feature:
        found += [(f'feature "{feature.name}"', one) for one in (*feature.any, *feature.none)]
    return found


def list_events(protocol: Protocol) -> list[str]:
    """List the concept sets that are looked for after day 0."""
    named = [rule.event for rule in protocol.response.rules if rule.event]
    relapse = protocol.follow_up.relapse
    named += [relapse.event] if relapse and relapse.event else []
    named += [event.concept for event in protocol.safety.event] if protocol.safety else []
    return named


def asks_for_upper_limit(protocol: Protocol) -> bool:
    """Say whether any criterion compares with the laboratory's own upper limit of normal."""
    return any(one.above == UPPER_LIMIT for _, one in list_criteria(protocol))


def _is_measured(criterion: Criterion) -> bool:
    return criterion.above is not None or criterion.below is not None


def _weight_of_cycle(protocol: Protocol) -> str | None:
    return protocol.treatment.cycle.weight if protocol.treatment.cycle else None


def _name_uses(protocol: Protocol) -> Iterator[tuple[str, str]]:
    if protocol.disease.concept:
        yield protocol.disease.concept, "disease"
    yield protocol.treatment.concept, "treatment"
    weight = _weight_of_cycle(protocol)
    if weight:
        yield weight, "treatment.cycle.weight"
    if protocol.refractory:
        yield protocol.refractory.among, "refractory.among"
        if protocol.refractory.weight:
            yield protocol.refractory.weight, "refractory.weight"
        active = protocol.refractory.active
        if active and active.score and active.score not in protocol.instrument:
            yield active.score, "refractory.active.score"
    for why, criterion in list_criteria(protocol):
        if criterion.concept:
            yield criterion.concept, why
    for covariate in protocol.covariate:
        if covariate.concept:
            yield covariate.concept, f'covariate "{covariate.name}"'
    for name, one in protocol.instrument.items():
        for own in one.name_sources(name):
            yield own, f'instrument "{name}"'
    yield from _name_outcomes(protocol)


def _name_outcomes(protocol: Protocol) -> Iterator[tuple[str, str]]:
    scores = [(rule.score, "response") for rule in protocol.response.rules] + [(protocol.follow_up.score, "follow_up")]
    for score, why in scores:
        if score and score not in protocol.instrument:
            yield score, f"{why}.score"
    for rule in protocol.response.rules:
        if rule.event:
            yield rule.event, "response.event"
    relapse = protocol.follow_up.relapse
    if relapse and relapse.event:
        yield relapse.event, "follow_up.relapse"
    if protocol.sparing:
        yield protocol.sparing.glucocorticoid, "sparing.glucocorticoid"
        if protocol.sparing.steroid_sparing:
            yield protocol.sparing.steroid_sparing, "sparing.steroid_sparing"
    if protocol.lines:
        yield protocol.lines.among, "lines.among"
    if protocol.explanations.among:
        yield protocol.explanations.among, "explanations.among"
    for event in protocol.safety.event if protocol.safety else ():
        yield event.concept, f'safety.event "{event.name}"'
