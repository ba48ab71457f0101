"""The linked counts of an analysis set: what the shared report asks of every person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from refractory.analysis.analysis_set import baseline_value, supporting_answer
from refractory.analysis.disclosure.linked_counts import RESPONSE, STRATUM, LinkedCohort, Trait
from refractory.analysis.estimates import Plan, strata_of, subtypes_of
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.sparing import LOWER, SparingClass

BOTH = (STRATUM, RESPONSE)
YES, NO = "yes", "no"
KNOWN, NOT_KNOWN = "known", "not known"
NOT_ON_IT = "NOT_ON_IT"
LOWERED = "LOWER"
OTHER_STRATA = "other strata"

Answer = Callable[[Patient], str]


def derive_linked_cohort(patients: Sequence[Patient], plan: Plan, drugs: Mapping[str, Sequence[int]]) -> LinkedCohort:
    """Derive the linked counts of an analysis set.

    Rules that are made of other rules are not among them: they would give away how those overlap.

    Args:
        patients: The analysis set, one patient per person.
        plan: What the protocol chose.
        drugs: Persons by each earlier drug whose course counts for the refractory rule.
    """
    statuses = [status.value for status in ResponseStatus]
    traits = []
    if plan.strata:
        traits.append(_trait(STRATUM, patients, lambda one: str(one.member.stratum), strata_of(plan, patients)))
    traits.append(_trait(RESPONSE, patients, lambda one: one.response.status.value, statuses, (STRATUM,)))
    if plan.subtypes:
        names = subtypes_of(plan, patients)
        traits.append(_trait("subtype", patients, lambda one: str(one.member.subtype), names, BOTH))
    traits += _ask_measures(patients, plan)
    traits.append(_trait("sex", patients, lambda one: _say(one.member.sex == "female"), (YES, NO), BOTH))
    if plan.sparing:
        traits += _ask_sparing(patients)
    for number, rule in enumerate(plan.response.supporting):
        if not rule.parts and rule.name not in plan.response.primary.parts:
            label = rule.name or rule.describe()
            traits.append(_trait(f"supporting.{label}", patients, _answer_by(number), statuses, (RESPONSE,)))
    traits += _ask_parts(patients, plan)
    if plan.safety:
        traits += _ask_safety(patients)
    taken = sorted(drugs.items(), key=lambda item: (-len(item[1]), item[0])) if plan.has_refractory_rule else []
    for drug, persons in taken:
        traits.append(_trait(f"drug.{drug}", patients, _is_among(frozenset(persons)), (YES, NO), BOTH))
    return LinkedCohort(len(patients), tuple(traits), tuple(f"drug.{drug}" for drug, _ in taken))


def _trait(
    name: str, patients: Sequence[Patient], answer: Answer, answers: Iterable[str], by: tuple[str, ...] = ()
) -> Trait:
    persons = dict.fromkeys(answers, 0)
    for place, patient in enumerate(patients):
        persons[answer(patient)] = persons.get(answer(patient), 0) | 1 << place
    return Trait(name, persons, by)


def _say(is_so: bool) -> str:
    return YES if is_so else NO


def _answer_by(number: int) -> Answer:
    answer = supporting_answer(number)
    return lambda one: answer(one).status.value


def _is_among(persons: frozenset[int]) -> Answer:
    return lambda one: _say(one.member.person_id in persons)


def measures_of(patients: Sequence[Patient], plan: Plan) -> dict[str, tuple[str, Callable[[Patient], float | None]]]:
    """Return the numbers that table 1 gives of each person, by the first part of their ids: label and number."""
    measures: dict[str, tuple[str, Callable[[Patient], float | None]]] = {
        "age": ("Age at day 0, years", lambda one: one.member.age_years),
        "days_from_diagnosis": ("Diagnosis to day 0, days", lambda one: one.member.days_from_diagnosis),
    }
    if plan.has_refractory_rule:
        measures["drugs_before"] = ("Drugs before day 0", lambda one: one.member.drugs_before)
    for name in patients[0].baseline if patients else ():
        measures[f"baseline.value.{name}"] = (name, baseline_value(name))
    return measures


def _ask_measures(patients: Sequence[Patient], plan: Plan) -> list[Trait]:
    """Ask of each number of table 1 whether it is known."""

    def ask(number: Callable[[Patient], float | None]) -> Answer:
        return lambda one: NOT_KNOWN if number(one) is None else KNOWN

    asked = measures_of(patients, plan)
    return [
        _trait(f"known.{key}", patients, ask(number), (KNOWN, NOT_KNOWN), BOTH) for key, (_, number) in asked.items()
    ]


def _ask_sparing(patients: Sequence[Patient]) -> list[Trait]:
    def classify(one: Patient) -> str:
        if one.sparing is None or not one.sparing.is_on_glucocorticoid:
            return NOT_ON_IT
        return LOWERED if one.sparing.glucocorticoid in LOWER else one.sparing.glucocorticoid.value

    def has_stopped(one: Patient) -> str:
        is_on_it = one.sparing is not None and one.sparing.is_on_glucocorticoid
        return _say(is_on_it and one.sparing is not None and one.sparing.glucocorticoid is SparingClass.STOPPED)

    classes = (LOWERED, "UNCHANGED", "INCREASED", "NOT_EVALUABLE", NOT_ON_IT)
    return [
        _trait("sparing", patients, classify, classes),
        _trait("sparing.stopped", patients, has_stopped, (YES, NO)),
        _trait("sparing.on_it", patients, lambda one: _say(classify(one) != NOT_ON_IT), (YES, NO), BOTH),
    ]


def _ask_parts(patients: Sequence[Patient], plan: Plan) -> list[Trait]:
    """Ask of each stratum with parts which of them its persons have."""
    traits = []
    for stratum in plan.strata:
        if stratum.parts:
            name, parts = stratum.name, stratum.parts

            def find_parts(one: Patient, name: str = name, parts: tuple[str, ...] = parts) -> str:
                has = [part for part in parts if one.member.features[part]]
                if one.member.stratum != name:
                    return OTHER_STRATA
                return " and ".join(has) if len(has) > 1 else f"{has[0]} only" if has else "none"

            traits.append(_trait(f"parts.{name}", patients, find_parts, (OTHER_STRATA,)))
    return traits


def _ask_safety(patients: Sequence[Patient]) -> list[Trait]:
    """Ask of each event whether the person had it, and why the treatment was stopped."""
    found = [one.safety for one in patients]
    if not found or any(one is None for one in found):
        return []
    names = list(found[0].events) if found[0] else []
    # All events together are made of the others, and would give away how they overlap.
    single = [name for name in names if name != "Any event"] or names

    def had(name: str) -> Answer:
        return lambda one: _say(one.safety is not None and bool(one.safety.events[name].episodes))

    def find_reason(one: Patient) -> str:
        return (one.safety.stop_reason if one.safety else None) or "not said"

    traits = [_trait(f"safety.{name}", patients, had(name), (YES, NO)) for name in single]
    return [*traits, _trait("safety.stop_reason", patients, find_reason, ("not said",))]
