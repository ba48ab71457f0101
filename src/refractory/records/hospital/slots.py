"""The members of the cohort as the plan wants them, before their records are thought of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from refractory.records.hospital.plan import HospitalPlan
from refractory.records.hospital.sequences import Moments, skewed_quantiles, solve_integers

SKIN_ALONE, WITH_ORGANS = "Skin alone", "Skin and muscle or lung"
LEAST_DELAY_DAYS, LONGEST_DELAY_DAYS = 75, 7300
_YEAR = 365.25

# Weights of the subtypes where the skin is affected alone or with the lung, and where muscle is affected.
_SUBTYPES = {
    False: (("Clinically amyopathic", 5), ("Juvenile", 3), ("Cancer-associated", 2), ("Overlap", 2),
            ("Classic", 2), ("Hypomyopathic", 2)),
    True: (("Classic", 10), ("Juvenile", 4), ("Cancer-associated", 3), ("Overlap", 4), ("Hypomyopathic", 4)),
}  # fmt: skip


@dataclass
class Slot:
    """One member of the cohort while the plan is being dealt out."""

    key: str
    involvement: str
    subtype: str
    sex: str = "female"
    response: str = "NO_RESPONSE"
    date_known_to: str = "day"
    cycles: int | None = None
    age_days: int = 0
    delay_days: int = 0
    drugs: int = 2
    glucocorticoid: str = "NOT_EVALUABLE"
    day0_date: date = date(2015, 1, 1)
    specials: set[str] = field(default_factory=set)

    @property
    def has_organs(self) -> bool:
        """True when muscle or lung is affected."""
        return self.involvement != "none"

    @property
    def has_muscle(self) -> bool:
        """True when muscle is affected at day 0."""
        return self.involvement in ("muscle", "both")

    @property
    def diagnosis_date(self) -> date:
        """Date of the first evidence of disease."""
        return self.day0_date - timedelta(days=self.delay_days)


def draw_slots(plan: HospitalPlan) -> list[Slot]:
    """Deal the plan out: one slot per member of the cohort."""
    rng = Random(f"slots {plan.seed}")
    slots = _draw_groups(plan, rng)
    _deal_ages_and_delays(slots, plan, rng)
    _deal_drugs(slots, plan, rng)
    _deal_glucocorticoid(slots, plan, rng)
    _deal_responses(slots, plan, rng)
    _deal_dates(slots, plan, rng)
    return slots


def _draw_groups(plan: HospitalPlan, rng: Random) -> list[Slot]:
    involvements = ["none"] * plan.skin_alone + ["muscle"] * plan.muscle + ["lung"] * plan.lung
    involvements += ["both"] * plan.muscle_and_lung
    slots: list[Slot] = []
    for has_muscle in (False, True):
        here = [each for each in involvements if (each in ("muscle", "both")) == has_muscle]
        deck: list[str] = []
        while len(deck) < len(here):
            deck += [name for name, weight in _SUBTYPES[has_muscle] for _ in range(weight)]
        # The first of each kind are dealt in order, so that a small group has several kinds.
        chosen = deck[: len(here)]
        rng.shuffle(chosen)
        slots += [
            Slot(f"member {len(slots) + place}", each, subtype)
            for place, (each, subtype) in enumerate(zip(here, chosen, strict=True))
        ]
    for slot in slots:
        if slot.involvement == "lung" and slot.subtype in ("Classic", "Hypomyopathic"):
            slot.subtype = "Clinically amyopathic"
        slot.sex = "female" if rng.random() < 0.68 else "male"
    return slots


def _deal_ages_and_delays(slots: list[Slot], plan: HospitalPlan, rng: Random) -> None:
    delays = _delays(plan, rng)
    juveniles = [slot for slot in slots if slot.subtype == "Juvenile"]
    adults = [slot for slot in slots if slot.subtype != "Juvenile"]
    young = [round(_YEAR * rng.uniform(8.5, 16.8)) for _ in juveniles]
    grown = _adult_ages(plan, young, len(adults), rng)
    for slot, age in zip([*juveniles, *adults], [*young, *grown], strict=True):
        slot.age_days = age
    waiting = list(slots)
    rng.shuffle(waiting)
    for delay in sorted(delays, reverse=True):
        slot = next(slot for slot in waiting if _may_wait(slot, delay))
        slot.delay_days = delay
        waiting.remove(slot)


def _may_wait(slot: Slot, delay: int) -> bool:
    onset = (slot.age_days - delay) / _YEAR
    return 2.5 <= onset <= 17.3 if slot.subtype == "Juvenile" else onset >= 18.7


def _delays(plan: HospitalPlan, rng: Random) -> list[int]:
    wanted = plan.delay_days
    quantiles = skewed_quantiles(plan.members, wanted.mean, wanted.sd, LEAST_DELAY_DAYS)
    drawn = [min(LONGEST_DELAY_DAYS, max(LEAST_DELAY_DAYS, round(day * rng.uniform(0.93, 1.07)))) for day in quantiles]
    if not plan.is_exact:
        return drawn
    return solve_integers(drawn, wanted, minimum=LEAST_DELAY_DAYS, maximum=LONGEST_DELAY_DAYS, rng=rng)


def _adult_ages(plan: HospitalPlan, young: Sequence[int], adults: int, rng: Random) -> list[int]:
    """Draw adults' ages; the longest delays need adults old enough to have been ill as adults."""
    oldest = round(_YEAR * 89)
    drawn = [min(oldest, max(round(_YEAR * 21), round(_YEAR * rng.gauss(57, 13)))) for _ in range(adults)]
    if not plan.is_exact:
        return drawn
    return solve_integers(
        drawn, plan.age_years, minimum=round(_YEAR * 21), maximum=oldest, rng=rng, fixed=young, scale=_YEAR
    )


def _deal_drugs(slots: list[Slot], plan: HospitalPlan, rng: Random) -> None:
    wanted = plan.drugs_before
    drawn = [min(7, 2 + int(rng.expovariate(1 / max(0.3, wanted.mean - 1.6)))) for _ in slots]
    if plan.is_exact:
        drawn = solve_integers(drawn, wanted, minimum=2, maximum=8, rng=rng)
    # Many drugs need time: longer delays tend to have more, without being a rule.
    by_time = sorted(slots, key=lambda slot: slot.delay_days * rng.uniform(0.3, 3.0))
    for slot, drugs in zip(by_time, sorted(drawn), strict=True):
        slot.drugs = drugs


def _deal_glucocorticoid(slots: list[Slot], plan: HospitalPlan, rng: Random) -> None:
    unchanged = (
        plan.on_glucocorticoid
        - plan.glucocorticoid_stopped
        - plan.glucocorticoid_decreased
        - plan.glucocorticoid_increased
    )
    classes = ["STOPPED"] * plan.glucocorticoid_stopped + ["DECREASED"] * plan.glucocorticoid_decreased
    classes += ["INCREASED"] * plan.glucocorticoid_increased + ["UNCHANGED"] * unchanged
    classes += ["NOT_EVALUABLE"] * (len(slots) - len(classes))
    rng.shuffle(classes)
    for slot, change in zip(slots, classes, strict=True):
        slot.glucocorticoid = change


def _deal_responses(slots: list[Slot], plan: HospitalPlan, rng: Random) -> None:
    groups = [[slot for slot in slots if slot.has_organs == has_organs] for has_organs in (False, True)]
    wanted = (plan.responders_skin_alone, plan.responders_with_organs)
    for _ in range(5000):
        responders = [slot for group, count in zip(groups, wanted, strict=True) for slot in rng.sample(group, count)]
        if not plan.is_exact or _is_balanced(slots, responders):
            break
    others = [slot for slot in slots if slot not in responders]
    for slot in rng.sample(others, plan.not_evaluable):
        slot.response = "NOT_EVALUABLE"
    vague = rng.sample(responders, min(len(responders), plan.responses_known_to_month + plan.responses_known_to_year))
    for place, slot in enumerate(vague):
        slot.date_known_to = "month" if place < plan.responses_known_to_month else "year"
    known = [slot for slot in responders if slot not in vague]
    for slot in responders:
        slot.response = "RESPONSE"
    for slot, cycles in zip(known, _cycles(plan.cycles, len(known), plan.is_exact, rng), strict=True):
        slot.cycles = cycles


def _cycles(wanted: Moments, responders: int, is_exact: bool, rng: Random) -> list[int]:
    drawn = [min(7, 1 + int(rng.expovariate(1 / max(0.2, wanted.mean - 0.6)))) for _ in range(responders)]
    if not is_exact:
        return drawn
    found = solve_integers(drawn, wanted, minimum=1, maximum=8, rng=rng)
    rng.shuffle(found)
    return found


def _is_balanced(slots: Sequence[Slot], responders: Sequence[Slot]) -> bool:
    """Say whether those without response are spread evenly, so that nothing predicts response."""
    others = [slot for slot in slots if slot not in responders]
    measures: tuple[Callable[[Slot], float], ...] = (
        lambda slot: slot.age_days, lambda slot: slot.delay_days, lambda slot: slot.drugs,
    )  # fmt: skip
    for measure in measures:
        ranks = [
            sum(measure(other) < measure(slot) for other in slots) + sum(measure(o) == measure(slot) for o in slots) / 2
            for slot in others
        ]
        if abs(sum(ranks) / len(ranks) / len(slots) - 0.5) > 0.06:
            return False
    men = sum(slot.sex == "male" for slot in others)
    most = max(sum(slot.subtype == subtype for slot in others) for subtype in {slot.subtype for slot in others})
    return 1 <= men <= len(others) - 3 and most <= 2


def _deal_dates(slots: list[Slot], plan: HospitalPlan, rng: Random) -> None:
    for slot in slots:
        first, last = max(date(2009, 1, 1), date(2001, 3, 1) + timedelta(days=slot.delay_days)), date(2024, 11, 30)
        slot.day0_date = first + timedelta(days=rng.randrange((last - first).days))
        if slot.date_known_to == "year":
            # Days 1 to 365 are a whole calendar year when day 0 is New Year's Eve before a year of 365 days.
            years = [year for year in range(first.year, 2024) if (year + 1) % 4]
            slot.day0_date = date(rng.choice(years), 12, 31)
    recent = [slot for slot in slots if slot.date_known_to == "day" and slot.delay_days < 900]
    for slot in recent[: min(2, len(recent))]:
        slot.day0_date = date(2025, 1, 6) + timedelta(days=rng.randrange(60))
        slot.specials.add("100 mg units")
