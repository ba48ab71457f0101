"""Features, strata and subtypes: what is fixed about a person at time zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from refractory.cohort.criteria import Criterion, one_of
from refractory.cohort.eligibility import AgeDefinition
from refractory.definition import Definition

UNDECIDED = "Undecided"


class FeatureDefinition(Definition):
    """A yes-or-no fact about a person at day 0; strata, subtypes and predictors are made of features."""

    name: str = Field(min_length=1, description="The fact, in words.")
    any: tuple[Criterion, ...] = Field((), description="At least one of these is found.")
    none: tuple[Criterion, ...] = Field((), description="None of these is found.")
    sex: Literal["female", "male"] | None = Field(None, description="Recorded sex.")
    age: AgeDefinition | None = Field(None, description="Age at day 0.")
    age_at_diagnosis: AgeDefinition | None = Field(None, description="Age at the first evidence of the disease.")

    @model_validator(mode="after")
    def _asks_something(self) -> FeatureDefinition:
        if not (self.any or self.none or self.sex or self.age or self.age_at_diagnosis):
            raise ValueError("a feature needs any, none, sex, age or age_at_diagnosis")
        return self

    def describe(self) -> str:
        """Say the feature as one sentence."""
        parts = []
        if self.any:
            parts.append(one_of([criterion.describe() for criterion in self.any]))
        if self.none:
            parts.append("no " + one_of([criterion.describe() for criterion in self.none]))
        if self.sex:
            parts.append(f"{self.sex} sex")
        if self.age:
            parts.append(f"aged {self.age.describe()} at day 0")
        if self.age_at_diagnosis:
            parts.append(f"aged {self.age_at_diagnosis.describe()} at diagnosis")
        return f"{self.name}: {'; '.join(parts)}"


class GroupDefinition(Definition):
    """A group of persons by their features; of several groups the first that fits is taken."""

    name: str = Field(min_length=1, description="Name of the group, as it is printed.")
    any: tuple[str, ...] = Field((), description="Features of which the person has at least one.")
    none: tuple[str, ...] = Field((), description="Features of which the person has none.")
    otherwise: bool = Field(False, description="Takes everybody whom no earlier group took.")

    @model_validator(mode="after")
    def _asks_something(self) -> GroupDefinition:
        if self.otherwise == bool(self.any or self.none):
            raise ValueError("a group has features (any, none), or otherwise = true")
        return self

    def describe(self) -> str:
        """Say the group as one sentence."""
        if self.otherwise:
            return f"{self.name}: all others"
        parts = [f"with {one_of(self.any)}"] if self.any else []
        if self.none:
            parts.append(f"without {one_of(self.none)}")
        return f"{self.name}: {' and '.join(parts)}"


class StratumDefinition(GroupDefinition):
    """A stratum: the groups that the results are shown for."""

    parts: tuple[str, ...] = Field((), description="Features whose combinations are counted within the stratum.")


@dataclass(frozen=True)
class Member:
    """One person of the cohort at time zero.

    Args:
        person_id: The person.
        day0_date: Time zero.
        diagnosis_date: First evidence of the disease.
        birth_earliest: First day that may be the birthday; None when birth is unknown.
        birth_latest: Last such day.
        sex: female, male or unknown.
        race: As the source has it.
        drugs_before: Different drugs whose courses count for the refractory rule; None without such a rule.
        active_by: How disease still active is known: chart, score, treatment; None without such a rule.
        features: Each feature of the protocol; None where it cannot be decided.
        stratum: Name of the stratum; None without strata.
        subtype: Name of the subtype; None without subtypes.
    """

    person_id: int
    day0_date: date
    diagnosis_date: date
    birth_earliest: date | None
    birth_latest: date | None
    sex: str
    race: str | None
    drugs_before: int | None
    active_by: str | None
    features: Mapping[str, bool | None]
    stratum: str | None
    subtype: str | None

    @property
    def days_from_diagnosis(self) -> int:
        """Days from the first evidence of the disease to time zero."""
        return (self.day0_date - self.diagnosis_date).days

    @property
    def age_years(self) -> float | None:
        """Age at time zero in years; the middle where birth is an interval."""
        if self.birth_earliest is None or self.birth_latest is None:
            return None
        days = (self.day0_date - self.birth_earliest).days + (self.day0_date - self.birth_latest).days
        return days / 2 / 365.25

    @property
    def has_exact_birth(self) -> bool:
        """True when birth is known to the day."""
        return self.birth_earliest is not None and self.birth_earliest == self.birth_latest


def completed_years_on(born: date, on: date) -> int:
    """Return the age in completed years."""
    return on.year - born.year - (0 if (on.month, on.day) >= (born.month, born.day) else 1)


def is_aged(born: tuple[date | None, date | None], on: date, definition: AgeDefinition) -> bool | None:
    """Say whether an age lies within the bounds; None where an incomplete birth date leaves it open."""
    earliest, latest = born
    if earliest is None or latest is None:
        return None

    def fits(years: int) -> bool:
        old_enough = definition.at_least is None or years >= definition.at_least
        return old_enough and (definition.below is None or years < definition.below)

    answers = {fits(completed_years_on(earliest, on)), fits(completed_years_on(latest, on))}
    return answers.pop() if len(answers) == 1 else None


def classify_group(features: Mapping[str, bool | None], groups: Sequence[GroupDefinition]) -> str | None:
    """Name the first group that fits; None without groups, "Undecided" where an open feature decides.

    Example:
        >>> skin = GroupDefinition(name="Skin alone", otherwise=True)
        >>> muscle = GroupDefinition(name="With muscle", any=["muscle"])
        >>> classify_group({"muscle": False}, [muscle, skin]), classify_group({"muscle": None}, [muscle, skin])
        ('Skin alone', 'Undecided')
    """
    for group in groups:
        wanted = [features[name] for name in group.any]
        unwanted = [features[name] for name in group.none]
        if group.otherwise:
            return group.name
        has_any = not wanted or (True if True in wanted else None if None in wanted else False)
        has_none = False if True in unwanted else None if None in unwanted else True
        if has_any and has_none:
            return group.name
        if has_any is not False and has_none is not False:
            return UNDECIDED
    return UNDECIDED if groups else None
