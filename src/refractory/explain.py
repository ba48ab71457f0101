"""The protocol as the methods section of a paper, in plain English."""

from __future__ import annotations

from refractory.analysis.results import MethodsSection
from refractory.dates import say_days
from refractory.dials import describe_dials
from refractory.exposures.treatment import say_unknown_route
from refractory.protocol import Protocol
from refractory.records.circe.words import describe_definition


def explain_protocol(protocol: Protocol) -> tuple[MethodsSection, ...]:
    """Say the whole protocol as methods text.

    Args:
        protocol: The study.

    Returns:
        One section per chapter of the methods, in the order of a paper.
    """
    sections = [
        ("Study", _study(protocol)),
        ("Treatment and day 0", _treatment(protocol)),
        ("Persons", _persons(protocol)),
        ("Refractory disease", _refractory(protocol)),
        ("Groups", _groups(protocol)),
        ("Instruments", _instruments(protocol)),
        ("Outcome", list(protocol.response.describe())),
        ("Course of the response", _course(protocol)),
        ("Cycles to response", _cycles_to_response(protocol)),
        ("Other drugs", list(protocol.sparing.describe()) if protocol.sparing else []),
        ("Lines of treatment", list(protocol.lines.describe()) if protocol.lines else []),
        ("Safety", _safety(protocol)),
        ("How others fared", [one.describe() for one in protocol.benchmark]),
        ("What else could explain it", list(protocol.explanations.describe())),
        ("Analysis", list(protocol.analysis.describe())),
        ("Privacy", list(protocol.report.describe())),
        ("Choices that could be otherwise", list(describe_dials(protocol.dials))),
        ("Concept sets", _concepts(protocol)),
        ("Cohort definitions", _definitions(protocol)),
    ]
    return tuple(MethodsSection(heading, tuple(said)) for heading, said in sections if said)


def _study(protocol: Protocol) -> list[str]:
    study = protocol.study
    said = [f"{study.title}."]
    if study.question:
        said.append(study.question)
    if study.citation:
        said.append(f"It follows {study.citation.rstrip('.')}.")
    said.append(
        "This is a retrospective cohort without a comparison group. Day 0 (time zero) is the first day of the studied "
        "treatment that meets every condition below; nothing after it decides who is in the cohort or in which group."
    )
    return said


def _treatment(protocol: Protocol) -> list[str]:
    said = list(protocol.treatment.describe())
    if protocol.treatment.washout:
        said.append(
            "Day 0 opens a course: there is no day of the treatment in the "
            f"{say_days(protocol.treatment.washout)} before."
        )
    return said


def _persons(protocol: Protocol) -> list[str]:
    eligibility = protocol.eligibility
    said = [f"{protocol.disease.describe()}; the first of them is the diagnosis."]
    if eligibility.observed_before:
        said.append(
            f"The source observes the person for at least {say_days(eligibility.observed_before)} before day 0."
        )
    if eligibility.age:
        said.append(f"The person is {eligibility.age.describe()} on day 0, in completed years.")
    if eligibility.data_at_diagnosis:
        said.append(f"Clinical data exist at diagnosis: {eligibility.data_at_diagnosis.describe()}.")
    said += [f"Left out: {one.name.lower()} ({one.describe()})." for one in protocol.exclude]
    return said


def _refractory(protocol: Protocol) -> list[str]:
    rule = protocol.refractory
    if rule is None:
        return []
    said = [
        f"{rule.describe()}.",
        f"Exposures of one drug join into a course across gaps of at most {say_days(rule.persistence)}.",
        *rule.describe_adequacy(),
    ]
    members = protocol.leaves[rule.among]
    if members != (rule.among,):
        said.append(f"{rule.among[0].upper()}{rule.among[1:]} is: {', '.join(members)}.")
    if rule.routes:
        said.append(f"Routes that count: {', '.join(rule.routes)} ({say_unknown_route(rule.unknown_route)}).")
    if rule.active:
        said.append(f"{rule.active.describe()}.")
    return said


def _groups(protocol: Protocol) -> list[str]:
    said = []
    if protocol.feature:
        said.append("Features at day 0, from records on or before it:")
        said += [f"{feature.describe()}." for feature in protocol.feature]
    if protocol.stratum:
        said.append("Strata, the first that fits:")
        said += [f"{stratum.describe()}." for stratum in protocol.stratum]
    if protocol.subtype:
        said.append("Subtypes, the first that fits:")
        said += [f"{subtype.describe()}." for subtype in protocol.subtype]
    return said


def _instruments(protocol: Protocol) -> list[str]:
    return [one.describe(name) for name, one in protocol.instrument.items()]


def _course(protocol: Protocol) -> list[str]:
    has_cycles = protocol.treatment.cycle is not None
    return list(protocol.follow_up.describe(has_cycles=has_cycles, is_benefit=protocol.response.means == "benefit"))


def _cycles_to_response(protocol: Protocol) -> list[str]:
    if protocol.treatment.cycle is None:
        return []
    return [
        "Cycles to response are the cycles begun on or before the day of first response, in responders whose day of "
        "response is known well enough to count them. A mean over responders leaves out those who never respond."
    ]


def _safety(protocol: Protocol) -> list[str]:
    if protocol.safety is None:
        return []
    return list(protocol.safety.describe(has_cycles=protocol.treatment.cycle is not None))


def _definitions(protocol: Protocol) -> list[str]:
    entered = protocol.cohort_definition.entered
    if not entered:
        return []
    said = [
        "Cohort definitions of ATLAS are asked anew for each day of the treatment, of the records that were known by "
        "then: what comes later decides nothing. The day of entry counts; the day of leaving only says which entries "
        "are one."
    ]
    return said + [" ".join(describe_definition(one)) for one in entered]


def _concepts(protocol: Protocol) -> list[str]:
    return [f"{name}: {definition.describe()}." for name, definition in protocol.concepts.items()]
