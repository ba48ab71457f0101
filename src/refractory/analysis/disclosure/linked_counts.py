"""Counts of persons that hang together: each question puts every person of the cohort under one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALL = "all"
STRATUM = "stratum"
RESPONSE = "response"
RESPONDED = "response:RESPONSE"

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Trait:
    """One question of which every person has one answer; persons are the bits of a whole number.

    Args:
        name: What is asked ("sex").
        answers: The persons with each answer, in the order in which they matter; together the cohort, no one twice.
        by: The traits by whose answers the report counts this one as well: strata, response.
    """

    name: str
    answers: Mapping[str, int]
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkedCohort:
    """The counts of a cohort that a report may hold, and how they hang together.

    Args:
        persons: Persons of the cohort.
        traits: What is asked of them, in the order in which it matters; the strata and the response by these names.
        added_up: Traits whose first answers a printed mean adds up to, in every group of persons.
    """

    persons: int
    traits: tuple[Trait, ...]
    added_up: tuple[str, ...] = ()

    def trait(self, name: str) -> Trait | None:
        """Return the trait of that name; None where the study does not ask."""
        return next((one for one in self.traits if one.name == name), None)

    def groups(self, by: str) -> dict[str, int]:
        """Return the persons of each group of a breakdown: one group per answer."""
        trait = self.trait(by)
        return {f"{by}:{answer}": persons for answer, persons in trait.answers.items()} if trait else {}

    def everybody(self) -> int:
        """Return the whole cohort."""
        return (1 << self.persons) - 1

    def persons_in(self, group: str) -> int:
        """Return the persons of a group; ALL is everybody."""
        if group == ALL:
            return self.everybody()
        by, _, answer = group.partition(":")
        trait = self.trait(by)
        return trait.answers.get(answer, 0) if trait else 0

    def persons_at(self, place: Place) -> int:
        """Return the persons with an answer within a group."""
        name, answer, group = place
        trait = self.trait(name)
        return trait.answers.get(answer, 0) & self.persons_in(group) if trait else 0

    def count(self, place: Place) -> int:
        """Return the number of persons with an answer within a group."""
        return self.persons_at(place).bit_count()
