"""What table 1 says of a person: each characteristic, how it is read, and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean

from refractory.analysis.analysis_set import baseline_value
from refractory.analysis.estimates import Plan, strata_of, subtypes_of
from refractory.outcomes.assess import Patient

Value = float | str | bool | None
# What a source writes where it knows no race.
_UNKNOWN_RACES = frozenset({"", "unknown", "no matching concept"})


class CharacteristicKind(StrEnum):
    """What a characteristic is made of."""

    NUMBER = "number"
    YES_OR_NO = "yes or no"
    GROUPS = "groups"


@dataclass(frozen=True)
class Characteristic:
    """One thing that table 1 says of a person.

    Args:
        key: Stable name of its estimates.
        name: In words.
        kind: What it is made of.
        read: The value of a person; None where it is not known.
        levels: Its groups in order, where it is made of groups.
        heading: What it stands under, if anything.
        is_asked: Of whom it is asked; None for everybody.
        is_baseline: It was known on day 0.
        is_in_strata: The strata are made of it: they differ in it by definition.
    """

    key: str
    name: str
    kind: CharacteristicKind
    read: Callable[[Patient], Value]
    levels: tuple[str, ...] = ()
    heading: str = ""
    is_asked: Callable[[Patient], bool] | None = None
    is_baseline: bool = True
    is_in_strata: bool = False

    def asked(self, persons: Sequence[Patient]) -> list[Patient]:
        """Return those of some persons of whom it is asked."""
        return [one for one in persons if self.is_asked is None or self.is_asked(one)]

    def known(self, persons: Sequence[Patient]) -> list[float | str | bool]:
        """Return its values where they are known."""
        values = map(self.read, self.asked(persons))
        return [value for value in values if value is not None]


def find_characteristics(
    patients: Sequence[Patient], plan: Plan, drugs: Mapping[str, Sequence[int]]
) -> tuple[Characteristic, ...]:
    """Find what table 1 of a study has to say: who the persons were, what they had, what they took.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        drugs: Persons by each earlier drug whose course counts for the refractory rule.

    Returns:
        One row per characteristic, in the order of the table.
    """
    found = [*_find_persons(patients), *_find_disease(patients, plan)]
    found += [*_find_earlier(patients, plan, drugs), *_find_measured(patients, plan), *_find_given(patients, plan)]
    return tuple(found)


def _number(key: str, name: str, read: Callable[[Patient], float | None]) -> Characteristic:
    return Characteristic(key, name, CharacteristicKind.NUMBER, read)


def _yes_or_no(
    key: str, name: str, read: Callable[[Patient], bool | None], heading: str = "", *, is_in_strata: bool = False
) -> Characteristic:
    kind = CharacteristicKind.YES_OR_NO
    return Characteristic(key, name, kind, read, heading=heading, is_in_strata=is_in_strata)


def _groups(
    key: str, name: str, levels: Sequence[str], read: Callable[[Patient], str | None], *, is_in_strata: bool = False
) -> Characteristic:
    return Characteristic(key, name, CharacteristicKind.GROUPS, read, tuple(levels), is_in_strata=is_in_strata)


def _find_persons(patients: Sequence[Patient]) -> Iterator[Characteristic]:
    yield _number("age", "Age at day 0, years", lambda one: one.member.age_years)
    yield _yes_or_no("baseline.female", "Female", _is_female)
    races = Counter(filter(None, map(_race, patients)))
    if len(races) > 1:
        yield _groups("baseline.race", "Race, as recorded", sorted(races, key=lambda one: (-races[one], one)), _race)


def _find_disease(patients: Sequence[Patient], plan: Plan) -> Iterator[Characteristic]:
    yield _number("days_from_diagnosis", "Diagnosis to day 0, days", lambda one: one.member.days_from_diagnosis)
    if plan.strata:
        levels = strata_of(plan, patients)
        yield _groups("baseline.stratum", "Stratum", levels, lambda one: one.member.stratum, is_in_strata=True)
    if plan.subtypes:
        yield _groups("baseline.subtype", "Subtype", subtypes_of(plan, patients), lambda one: one.member.subtype)
    in_strata = {name for one in plan.strata for name in (*one.any, *one.none, *one.parts)}
    for name in patients[0].member.features if patients else ():
        yield _yes_or_no(
            f"baseline.feature.{name}", _capital(name), _feature(name), "At day 0", is_in_strata=name in in_strata
        )
    known_by = Counter(filter(None, (one.member.active_by for one in patients)))
    if known_by:
        yield _groups(
            "baseline.active_by", "Disease known to be active by", sorted(known_by), lambda one: one.member.active_by
        )


def _find_earlier(
    patients: Sequence[Patient], plan: Plan, drugs: Mapping[str, Sequence[int]]
) -> Iterator[Characteristic]:
    if plan.has_refractory_rule:
        yield _number("drugs_before", "Drugs before day 0", lambda one: one.member.drugs_before)
    if plan.lines:
        yield _number("baseline.lines", "Lines of treatment before day 0", lambda one: len(one.lines))
    for drug, persons in sorted(drugs.items(), key=lambda item: (-len(item[1]), item[0])):
        heading = "Drugs that failed before day 0"
        yield _yes_or_no(f"baseline.drug.{drug}", _capital(drug), _is_among(frozenset(persons)), heading)
    if plan.sparing:
        yield _yes_or_no("baseline.glucocorticoid", "On a glucocorticoid at baseline", _is_on_glucocorticoid)
        dose = _number("baseline.dose", "Prednisone equivalent, mg/day, of those", _baseline_dose)
        yield replace(dose, is_asked=_is_on_glucocorticoid)


def _find_measured(patients: Sequence[Patient], plan: Plan) -> Iterator[Characteristic]:
    names = list(patients[0].baseline) if patients else []
    for name in names:
        yield _number(f"baseline.value.{name}", name, baseline_value(name))
    score = plan.follow_up.score
    # The score that is followed has its own baseline; one that stands there as a covariate is not said twice.
    if score and not any(score.lower() in name.lower() for name in names):
        yield _number(f"baseline.value.{score}", f"{score} at baseline", _followed_baseline)


def _find_given(patients: Sequence[Patient], plan: Plan) -> Iterator[Characteristic]:
    given = []
    if plan.has_cycles:
        given.append(_number("baseline.cycles", "Cycles given", lambda one: len(one.cycles)))
        given.append(_number("baseline.grams_per_kg", "Mean dose of a cycle, g/kg", _mean_dose_of_cycles))
    if any(one.observed_until for one in patients):
        given.append(_number("baseline.observed", "Observed, days", _observed_days))
    for one in given:
        yield replace(one, heading="From day 0 on", is_baseline=False)


def _is_female(one: Patient) -> bool | None:
    return one.member.sex == "female" if one.member.sex in ("female", "male") else None


def _race(one: Patient) -> str | None:
    race = (one.member.race or "").strip()
    return None if race.lower() in _UNKNOWN_RACES else race


def _feature(name: str) -> Callable[[Patient], bool | None]:
    return lambda one: one.member.features[name]


def _is_among(persons: frozenset[int]) -> Callable[[Patient], bool]:
    return lambda one: one.member.person_id in persons


def _is_on_glucocorticoid(one: Patient) -> bool:
    return bool(one.sparing and one.sparing.is_on_glucocorticoid)


def _baseline_dose(one: Patient) -> float | None:
    if one.sparing is None or one.sparing.baseline.unknown_days:
        return None
    return one.sparing.baseline.mg_per_day


def _followed_baseline(one: Patient) -> float | None:
    return one.followed.baseline if one.followed else None


def _mean_dose_of_cycles(one: Patient) -> float | None:
    doses = [cycle.grams_per_kg for cycle in one.cycles if cycle.grams_per_kg is not None]
    return fmean(doses) if doses else None


def _observed_days(one: Patient) -> int | None:
    return (one.observed_until - one.member.day0_date).days if one.observed_until else None


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
