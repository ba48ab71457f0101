"""The truth wanted of the invented hospital, said before any record exists."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from refractory.records.hospital.sequences import Moments

DEFAULT_SEED = 20180601
_CYCLES = Moments(1.82, 1.38, 2, 2)
_AGE = Moments(49.9, 20.42, 1, 2)
_DELAY = Moments(671.6, 1207.9, 1, 1)
_DRUGS = Moments(2.7, 1.2, 1, 1)


@dataclass(frozen=True)
class HospitalPlan:
    """Who is in the cohort and how they did, as numbers; the rest of each person is drawn from the seed.

    Args:
        seed: Source of everything that the numbers below leave open.
        is_exact: True when means and SDs must come out as printed; else they are those of random draws.
        skin_alone: Cohort members with skin disease alone.
        muscle: Members with skin and muscle disease.
        lung: Members with skin and lung disease.
        muscle_and_lung: Members with all three.
        responders_skin_alone: Responders among the members with skin disease alone.
        responders_with_organs: Responders among the others.
        not_evaluable: Members whose response nobody judged, or only outside the window.
        responses_known_to_month: Responders whose day of response is known to the month only.
        responses_known_to_year: Responders whose day of response is known to the year only.
        cycles: Cycles to response, over responders whose count can be decided.
        age_years: Age at day 0.
        delay_days: Days from the first evidence of disease to day 0.
        drugs_before: Systemic drugs before day 0.
        on_glucocorticoid: Members on a systemic glucocorticoid at baseline.
        glucocorticoid_stopped: Of these, those who are off it at follow-up.
        glucocorticoid_decreased: Of these, those on a lower dose at follow-up.
        glucocorticoid_increased: Of these, those on a higher dose at follow-up; the rest is unchanged.
        gaps_at_split: Members with a cycle whose infusion days lie exactly 7 days apart.
        gaps_beyond_split: Members with two cycles only 8 days apart.
        score_slope: Mean slope of the skin score in the year before day 0, in points per 28 days.
    """

    seed: int = DEFAULT_SEED
    is_exact: bool = True
    skin_alone: int = 15
    muscle: int = 25
    lung: int = 1
    muscle_and_lung: int = 1
    responders_skin_alone: int = 13
    responders_with_organs: int = 22
    not_evaluable: int = 0
    responses_known_to_month: int = 1
    responses_known_to_year: int = 1
    cycles: Moments = _CYCLES
    age_years: Moments = _AGE
    delay_days: Moments = _DELAY
    drugs_before: Moments = _DRUGS
    on_glucocorticoid: int = 40
    glucocorticoid_stopped: int = 12
    glucocorticoid_decreased: int = 20
    glucocorticoid_increased: int = 2
    gaps_at_split: int = 4
    gaps_beyond_split: int = 3
    score_slope: float = 0.5

    def __post_init__(self) -> None:
        if self.responders_skin_alone > self.skin_alone or self.responders_with_organs > self.with_organs:
            raise ValueError("a stratum cannot have more responders than members")
        if self.responders + self.not_evaluable > self.members or self.on_glucocorticoid > self.members:
            raise ValueError("the cohort is smaller than the groups planned inside it")
        changed = self.glucocorticoid_stopped + self.glucocorticoid_decreased + self.glucocorticoid_increased
        if changed > self.on_glucocorticoid:
            raise ValueError("more glucocorticoid doses change than there are members on one")

    @property
    def with_organs(self) -> int:
        """Members with muscle or lung disease."""
        return self.muscle + self.lung + self.muscle_and_lung

    @property
    def members(self) -> int:
        """All members of the cohort."""
        return self.skin_alone + self.with_organs

    @property
    def responders(self) -> int:
        """All responders."""
        return self.responders_skin_alone + self.responders_with_organs


PUBLISHED_PLAN = HospitalPlan()


def random_plan(seed: int) -> HospitalPlan:
    """Draw another truth: sizes, rates, delays and doses that nobody published.

    Example:
        >>> random_plan(7) == random_plan(7)
        True
        >>> random_plan(7) == random_plan(8)
        False
    """
    rng = Random(f"plan {seed}")
    skin_alone, muscle = rng.randint(8, 35), rng.randint(8, 35)
    lung, both = rng.randint(0, 5), rng.randint(0, 5)
    organs = muscle + lung + both
    members = skin_alone + organs
    not_evaluable = rng.randint(0, members // 8)
    by_skin, by_organs = round(skin_alone * rng.uniform(0.2, 0.85)), round(organs * rng.uniform(0.2, 0.85))
    not_evaluable = min(not_evaluable, members - by_skin - by_organs)
    on_glucocorticoid = rng.randint(members // 2, members)
    stopped = rng.randint(0, on_glucocorticoid // 2)
    decreased = rng.randint(0, on_glucocorticoid - stopped)
    return HospitalPlan(
        seed=seed,
        is_exact=False,
        skin_alone=skin_alone,
        muscle=muscle,
        lung=lung,
        muscle_and_lung=both,
        responders_skin_alone=by_skin,
        responders_with_organs=by_organs,
        not_evaluable=not_evaluable,
        responses_known_to_month=rng.randint(0, min(2, by_skin + by_organs)),
        responses_known_to_year=rng.randint(0, 1) if by_skin + by_organs > 3 else 0,
        cycles=Moments(rng.uniform(1.2, 3.0), rng.uniform(0.5, 1.5), 2, 2),
        age_years=Moments(rng.uniform(40, 60), rng.uniform(10, 20), 1, 2),
        delay_days=Moments(rng.uniform(300, 900), rng.uniform(250, 1200), 1, 1),
        drugs_before=Moments(rng.uniform(2.3, 3.6), rng.uniform(0.5, 1.3), 1, 1),
        on_glucocorticoid=on_glucocorticoid,
        glucocorticoid_stopped=stopped,
        glucocorticoid_decreased=decreased,
        glucocorticoid_increased=rng.randint(0, on_glucocorticoid - stopped - decreased),
        gaps_at_split=rng.randint(0, 5),
        gaps_beyond_split=rng.randint(0, 4),
        score_slope=rng.uniform(-2.0, 1.5),
    )


def plan_for(seed: int) -> HospitalPlan:
    """Return the plan of a seed: the published study for the default seed, a random truth for any other."""
    return PUBLISHED_PLAN if seed == DEFAULT_SEED else random_plan(seed)
