"""Other drugs begun or raised near day 0: who had them, and the response with and without these persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from refractory.analysis.analysis_set import tally
from refractory.analysis.estimates import READINGS, Plan, estimate_share, primary_reading, read_three_ways
from refractory.analysis.explanations.bounds import count_primary, estimate_primary
from refractory.analysis.methods import estimate_share_difference
from refractory.analysis.results import (
    Caution,
    Findings,
    Listing,
    NamedEstimate,
    ResultRow,
    ResultTable,
    Severity,
)
from refractory.analysis.tables import THREE_WAYS, row_three_ways
from refractory.dates import say_days
from refractory.numbers import format_estimate, format_share, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.counted import Counted
from refractory.outcomes.other_drugs import Change, DrugNearDay0
from refractory.outcomes.sparing import LOWER, SparingClass
from refractory.statistics.estimate import Estimate

_ID = "explanation.other_drugs"
_WITH = "With another drug begun or raised near day 0"
_WITHOUT = "Without any"


def analyse_other_drugs(patients: Sequence[Patient], plan: Plan, counted: Counted) -> Findings:
    """Say who had another drug begun or raised near day 0, and how the others did.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.
        counted: What was begun or raised near day 0.

    Returns:
        Nothing where the study names no other drugs.
    """
    if counted.watched is None:
        return Findings()
    having = [one for one in patients if one.member.person_id in counted.near_day_0]
    others = [one for one in patients if one.member.person_id not in counted.near_day_0]
    named = _estimate(patients, having, others, plan)
    tables = (
        _tabulate_drugs(patients, plan, counted),
        _tabulate_response(patients, having, others, plan),
    )
    caution = _find_caution(patients, having, others, plan, counted) if having else ()
    return Findings(tuple(named), tables, caution, (_list_drugs(patients, counted),))


def _estimate(
    patients: Sequence[Patient], having: Sequence[Patient], others: Sequence[Patient], plan: Plan
) -> list[NamedEstimate]:
    window = plan.explanations.near_day_0
    label = "Another drug begun or raised near day 0"

    def name(key: str, rule: str, estimate: Estimate, variable: str = plan.response.name) -> NamedEstimate:
        return NamedEstimate(f"{_ID}.{key}", label, f"{label}: {rule}", "overall", variable, estimate)

    share = estimate_share(len(having), len(patients), plan.analysis)
    found = [name("persons", f"persons with one on {window}, among all persons", share, label)]
    for key, persons, said in (("with", having, "persons with one"), ("without", others, "persons without any")):
        readings = read_three_ways(tally(persons), plan.response, plan.analysis)
        own = f"{plan.response.name} of {said}"
        found.append(name(key, own, readings[primary_reading(plan.response)]))
        found += [name(f"{key}.{one}", f"{own}; {READINGS[one]}", readings[one]) for one in readings]
    difference = estimate_share_difference(count_primary(having, plan), count_primary(others, plan), plan.analysis)
    found.append(name("difference", f"{plan.response.name} of persons with one minus that of the others", difference))
    if plan.sparing:
        rule = f"lower {plan.sparing.glucocorticoid}, among persons on it at baseline who are evaluable"
        for key, persons, said in (("with", having, "persons with one"), ("without", others, "persons without any")):
            estimate = _estimate_sparing(persons, plan)
            found.append(name(f"sparing.{key}", f"{rule}, of {said}", estimate, f"Lower {plan.sparing.glucocorticoid}"))
    return found


def _estimate_sparing(persons: Sequence[Patient], plan: Plan) -> Estimate:
    judged = [
        one.sparing.glucocorticoid
        for one in persons
        if one.sparing
        and one.sparing.is_on_glucocorticoid
        and one.sparing.glucocorticoid is not SparingClass.NOT_EVALUABLE
    ]
    return estimate_share(sum(one in LOWER for one in judged), len(judged), plan.analysis)


def _tabulate_drugs(patients: Sequence[Patient], plan: Plan, counted: Counted) -> ResultTable:
    """Tabulate persons by what was begun or raised; a person with two drugs stands in both rows."""
    explanations = plan.explanations
    having = [one for one in patients if one.member.person_id in counted.near_day_0]
    rows = [ResultRow("Any of them", _count_sides([counted.near_day_0[one.member.person_id] for one in having]))]
    kinds = sorted(
        {(near.drug, near.change) for own in counted.near_day_0.values() for near in own},
        key=lambda kind: (kind[0], list(Change).index(kind[1])),
    )
    for drug, change in kinds:
        own = [
            [near for near in found if (near.drug, near.change) == (drug, change)]
            for found in (counted.near_day_0[one.member.person_id] for one in having)
        ]
        label = f"{drug[:1].upper()}{drug[1:]} {_say_change(change)}"
        rows.append(ResultRow(label, _count_sides([found for found in own if found]), indent=1))
    among = counted.watched.among if counted.watched else ""
    doses = (
        f"A glucocorticoid dose is raised when a level of at least {say_days(explanations.raised_for)} is at least "
        f"{explanations.raised:g} % higher than the level before."
        if plan.sparing
        else "The study names no glucocorticoid: raised doses and pulses were not looked for."
    )
    footnotes = (
        f"Drugs of {among}, on {explanations.near_day_0}; begun: not covered for more than "
        f"{say_days(explanations.persistence)} before. A person may stand in several rows and on both sides of day 0.",
        doses,
        "What was begun after day 0 may be an answer to a treatment that did not work, and not a cause of its result.",
    )
    columns = ("", "Persons", "Before day 0", "On day 0 or after")
    title = f"Other drugs begun or raised near day 0 ({len(having)} of {say_count(len(patients), 'person')})"
    return ResultTable("explanation-other-drugs", title, columns, tuple(rows), footnotes)


def _say_change(change: Change) -> str:
    return "given as a pulse" if change is Change.PULSE else change.value


def _count_sides(found: Sequence[Sequence[DrugNearDay0]]) -> tuple[int, int, int]:
    days = [[near.day for near in own] for own in found]
    return (
        len(days),
        sum(any(day < 0 for day in own) for own in days),
        sum(any(day >= 0 for day in own) for own in days),
    )


def _tabulate_response(
    patients: Sequence[Patient], having: Sequence[Patient], others: Sequence[Patient], plan: Plan
) -> ResultTable:
    rows = [
        row_three_ways(label, tally(persons), plan, indent)
        for label, persons, indent in (("All persons", patients, 0), (_WITH, having, 1), (_WITHOUT, others, 1))
    ]
    difference = estimate_share_difference(count_primary(having, plan), count_primary(others, plan), plan.analysis)
    rows.append(
        ResultRow("Difference, with one less without any, in the primary reading", (None, None, difference, None, None))
    )
    if plan.sparing:
        rows.append(ResultRow(f"Lower {plan.sparing.glucocorticoid}", (None,) * 5))
        for label, persons in (("All persons", patients), (_WITH, having), (_WITHOUT, others)):
            rows.append(ResultRow(label, (len(persons), None, _estimate_sparing(persons, plan), None, None), indent=1))
    footnotes = (
        "The response of the persons without any is free of these drugs, and may differ from the other in more than "
        "them: who was given another drug was not chosen by lot.",
        *(["Of those on a glucocorticoid at baseline whose doses are evaluable."] if plan.sparing else []),
    )
    title = f"{plan.response.name} with and without these persons"
    columns = (plan.response.name, *THREE_WAYS)
    return ResultTable("explanation-without-other-drugs", title, columns, tuple(rows), footnotes)


def _find_caution(
    patients: Sequence[Patient],
    having: Sequence[Patient],
    others: Sequence[Patient],
    plan: Plan,
    counted: Counted,
) -> tuple[Caution, ...]:
    share = estimate_share(len(having), len(patients), plan.analysis)
    drugs = Counter(drug for own in counted.near_day_0.values() for drug in {near.drug for near in own})
    most = ", ".join(f"{drug} {count}" for drug, count in sorted(drugs.items(), key=lambda one: (-one[1], one[0]))[:3])
    without = format_estimate(estimate_primary(others, plan)) if others else "nobody is left"
    text = (
        f"In {format_share(len(having), len(patients))} of the persons another drug was begun or raised on "
        f"{plan.explanations.near_day_0} (most often: {most}). {plan.response.name} of the others: {without}."
    )
    responders, among = count_primary(patients, plan)
    own = count_primary(having, plan)[0]
    is_serious = plan.response.means == "benefit" and bool(among) and 2 * own >= max(responders, 1)
    severity = Severity.SERIOUS if is_serious else Severity.NOTE
    return (Caution("other-drugs-near-day-0", "Other drugs begun near day 0", text, severity, share),)


def _list_drugs(patients: Sequence[Patient], counted: Counted) -> Listing:
    rows = [
        (number, near.drug, near.change.value, near.day)
        for number, one in enumerate(patients, start=1)
        for near in counted.near_day_0.get(one.member.person_id, ())
    ]
    return Listing(
        "other-drugs-near-day-0",
        "Other drugs begun or raised near day 0",
        ("Person", "Drug", "What happened", "Day"),
        tuple(rows),
    )
