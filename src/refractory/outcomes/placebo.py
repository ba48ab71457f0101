"""The rules of a study asked at an earlier day 0, when nobody was treated yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from refractory.cohort.build import Cohort
from refractory.dates import Window, say_days
from refractory.exposures.days import days_later
from refractory.outcomes.answers import Evidence, classify_rules
from refractory.outcomes.assess import OutcomeDefinition
from refractory.outcomes.response import Response, ResponseRule, ResponseStatus
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Why a person cannot be asked at the earlier day 0, in the order in which it is looked for.
NOT_ILL = "the disease was not yet recorded"
NOT_OBSERVED = "not observed then"
TREATED = "the treatment was given then, or shortly before"


@dataclass(frozen=True)
class PlaceboAnswer:
    """One rule asked at an earlier day 0, and at the true one over as many days.

    Args:
        name: The rule in words.
        earlier: By person the answer at the earlier day 0; empty where the rule cannot be asked.
        true: The answer at the true day 0, its window cut off after as many days.
        window: Days in which the rule looks, from either day 0; None where nothing is left of its window.
        why: Why the rule cannot be asked at all; empty otherwise.
    """

    name: str
    earlier: Mapping[int, Response]
    true: Mapping[int, Response]
    window: Window | None
    why: str = ""


@dataclass(frozen=True)
class Placebo:
    """Everything that is asked at one earlier day 0.

    Args:
        days: How far time zero is moved back.
        persons: The persons who can be asked.
        lost: How many cannot, by reason.
        answers: One per rule of the study, in its order.
    """

    days: int
    persons: tuple[int, ...]
    lost: Mapping[str, int] = field(default_factory=dict)
    answers: tuple[PlaceboAnswer, ...] = ()


@later
def derive_days_before(treatment: ir.Table, periods: ir.Table, cohort: ir.Table) -> ir.Table:
    """Find the last treated day before day 0, and the first day of the observation that holds day 0.

    Args:
        treatment: One row per drug record of the studied treatment.
        periods: One row per period of observation.
        cohort: One row per person: person_id, day0_date.

    Returns:
        One row per person: person_id, treated_date and observed_date, null where there is none.
    """
    import ibis

    persons = cohort.select("person_id", "day0_date")
    given = treatment.join(persons, "person_id")
    given = given.filter(given.start_date < given.day0_date)
    given = given.mutate(last_day=ibis.least(given.last_covered_date, days_later(given.day0_date, -1)))
    treated = given.group_by("person_id").aggregate(treated_date=given.last_day.max())
    held = persons.join(periods.select("person_id", "start_date", "end_date"), "person_id")
    held = held.filter((held.start_date <= held.day0_date) & (held.end_date >= held.day0_date))
    observed = held.group_by("person_id").aggregate(observed_date=held.start_date.min())
    found = persons.left_join(treated, "person_id").drop("person_id_right")
    return found.left_join(observed, "person_id").select("person_id", "treated_date", "observed_date")


def read_placebos(
    evidence: Evidence, cohort: Cohort, definition: OutcomeDefinition, placebo: Sequence[int]
) -> tuple[Placebo, ...]:
    """Ask every rule of the study at each earlier day 0.

    Args:
        evidence: Where the answers come from; its store holds the cohort and its treatment.
        cohort: The persons at time zero.
        definition: What is looked at after day 0.
        placebo: How many days time zero is moved back, each time.
    """
    store = evidence.store
    found = derive_days_before(store.table("treatment"), store.table("observation_period"), store.table("cohort"))
    before = {person: (treated, observed) for person, treated, observed in store.rows(found)}
    return tuple(_read_placebo(evidence, cohort, definition, before, days) for days in placebo)


def _read_placebo(
    evidence: Evidence,
    cohort: Cohort,
    definition: OutcomeDefinition,
    before: Mapping[int, tuple[date | None, date | None]],
    days: int,
) -> Placebo:
    day0: dict[int, date] = {}
    lost: dict[str, int] = {}
    for member in cohort.members:
        earlier = member.day0_date - timedelta(days=days)
        treated, observed = before[member.person_id]
        why = ""
        if member.diagnosis_date > earlier:
            why = NOT_ILL
        elif cohort.is_observation_known and (observed is None or observed > earlier):
            why = NOT_OBSERVED
        elif treated is not None and treated >= earlier - timedelta(days=definition.treatment.washout):
            why = TREATED
        if why:
            lost[why] = lost.get(why, 0) + 1
        else:
            day0[member.person_id] = member.day0_date
    return Placebo(days, tuple(day0), lost, _ask_rules(evidence, day0, definition.response.rules, days))


def cut_rule(rule: ResponseRule, days: int) -> ResponseRule | None:
    """Cut the window of a rule off so that it ends before the true day 0, so many days after the earlier one.

    Returns:
        The rule; None where its window begins too late for anything to be left of it.
    """
    first, last = rule.window.first_day or 0, rule.window.last_day
    end = days - 1 if last is None else min(last, days - 1)
    return None if first > end else rule.model_copy(update={"window": Window(rule.window.first_day, end)})


def _ask_rules(
    evidence: Evidence, day0: Mapping[int, date], rules: Sequence[ResponseRule], days: int
) -> tuple[PlaceboAnswer, ...]:
    """Ask each rule at the earlier day 0 and at the true one, over as many days."""
    cut = [cut_rule(rule, days) for rule in rules]
    left = {rule.name for rule in cut if rule is not None and not rule.parts}
    cut = [rule if rule is None or set(rule.parts) <= left else None for rule in cut]
    asked = [rule for rule in cut if rule is not None]
    zero = {person: day - timedelta(days=days) for person, day in day0.items()}
    earlier, true = classify_rules(evidence, zero, asked), classify_rules(evidence, day0, asked)
    found = iter(zip(earlier, true, strict=True))
    answers: list[PlaceboAnswer] = []
    for rule, own in zip(rules, cut, strict=True):
        name = rule.name or rule.describe()
        if own is None:
            why = f"its window begins on day {rule.window.first_day}, and day 0 was moved by {say_days(days)}"
            answers.append(PlaceboAnswer(name, {}, {}, None, why))
            continue
        before, after = next(found)
        window = None if own.parts else own.window
        answers.append(PlaceboAnswer(name, before, after, window, _say_why(own, before)))
    return tuple(_refuse_wholes(rules, answers))


def _refuse_wholes(rules: Sequence[ResponseRule], answers: Sequence[PlaceboAnswer]) -> list[PlaceboAnswer]:
    """Leave unasked whatever takes up a rule that cannot be asked.

    One part without response decides the whole, so that of the persons whom nobody judged by one part only those
    without response by another would count.
    """
    why = {answer.name: answer.why for answer in answers if answer.why}
    found = []
    for rule, answer in zip(rules, answers, strict=True):
        missing = [part for part in rule.parts if part in why]
        if missing:
            said = f"it takes up a rule that cannot be asked ({why[missing[0]]})"
            found.append(replace(answer, earlier={}, true={}, why=said))
        else:
            found.append(answer)
    return found


def _say_why(rule: ResponseRule, answers: Mapping[int, Response]) -> str:
    """Say why nobody could be judged; empty where somebody could, and where there is nobody to judge."""
    reasons = [one.why for one in answers.values() if one.status is ResponseStatus.NOT_EVALUABLE]
    if not answers or len(reasons) < len(answers):
        return ""
    if rule.label:
        return "no reviewer judged these days"
    return max(sorted(set(reasons)), key=reasons.count)
