"""What a model of several predictors rests on: the evaluable persons, and what is known of their predictors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import mean, stdev

from refractory.analysis.analysis_set import with_status
from refractory.analysis.estimates import Plan
from refractory.analysis.predictors import list_groupings, list_numbers
from refractory.errors import ProtocolError
from refractory.outcomes.assess import Patient
from refractory.outcomes.response import ResponseStatus

# Steps of a standard deviation to which an exact model rounds a number that is not a small whole one.
STEPS_OF_SD = 5
_SMALL = 25


@dataclass(frozen=True)
class ModelPersons:
    """The predictors of one model, one value per evaluable person, None where it is not known.

    Args:
        responded: One per person.
        names: The predictors in the order of the protocol.
        numbers: Those that are numbers.
        groupings: Those that are groups.
    """

    responded: tuple[bool, ...]
    names: tuple[str, ...]
    numbers: Mapping[str, tuple[float | None, ...]]
    groupings: Mapping[str, tuple[str | None, ...]]

    @property
    def unknown(self) -> dict[str, int]:
        """Persons of whom a predictor is not known, for each that has any."""
        counts = {name: sum(value is None for value in self.read(name)) for name in self.names}
        return {name: count for name, count in counts.items() if count}

    @property
    def rarer(self) -> int:
        """Persons of the rarer answer."""
        return min(sum(self.responded), len(self.responded) - sum(self.responded))

    def read(self, name: str) -> Sequence[float | str | None]:
        """Return the values of a predictor."""
        return self.numbers[name] if name in self.numbers else self.groupings[name]

    def keep_complete(self) -> ModelPersons:
        """Return the persons of whom every predictor is known."""
        places = [
            place
            for place in range(len(self.responded))
            if all(self.read(name)[place] is not None for name in self.names)
        ]
        return ModelPersons(
            tuple(self.responded[place] for place in places),
            self.names,
            {name: tuple(values[place] for place in places) for name, values in self.numbers.items()},
            {name: tuple(values[place] for place in places) for name, values in self.groupings.items()},
        )


@dataclass(frozen=True)
class Coding:
    """How predictors become columns: numbers per standard deviation, groups against the most frequent one.

    It is that of the values that are known, so that a person with a gap changes the unit of nobody's odds ratio.

    Args:
        means: Mean of each number.
        spreads: Standard deviation of each; 0 where it does not vary.
        references: The most frequent group of each grouping.
        groups: Its other groups, in order.
    """

    means: Mapping[str, float]
    spreads: Mapping[str, float]
    references: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]

    @staticmethod
    def build(persons: ModelPersons) -> Coding:
        """Build the coding of the values that are known."""
        means, spreads, references, groups = {}, {}, {}, {}
        for name in persons.names:
            if name in persons.numbers:
                known = [value for value in persons.numbers[name] if value is not None]
                means[name] = mean(known) if known else 0.0
                spreads[name] = stdev(known) if len(known) > 1 else 0.0
            else:
                counts = Counter(value for value in persons.groupings[name] if value is not None)
                reference = max(counts, key=lambda group: (counts[group], group), default="")
                references[name] = reference
                groups[name] = tuple(group for group in sorted(counts) if group != reference)
        return Coding(means, spreads, references, groups)

    def name_terms(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Name the terms of a model: the predictor, and what a reader sees."""
        for name in names:
            if name in self.means:
                yield name, f"{name}, per SD"
            else:
                yield from ((name, f"{name}: {group} against {self.references[name]}") for group in self.groups[name])

    def code(self, names: Sequence[str], read: Callable[[str], Sequence[float | str | None]]) -> dict[str, list[float]]:
        """Return the columns of a model, by term; nothing may be missing.

        Args:
            names: The predictors.
            read: The values of each.
        """
        columns: dict[str, list[float]] = {}
        for name in names:
            values = read(name)
            if name in self.means:
                spread = self.spreads[name]
                columns[f"{name}, per SD"] = [
                    (float(value or 0) - self.means[name]) / spread if spread else 0.0 for value in values
                ]
                continue
            for group in self.groups[name]:
                columns[f"{name}: {group} against {self.references[name]}"] = [float(one == group) for one in values]
        return columns

    def code_in_steps(self, persons: ModelPersons) -> tuple[dict[str, list[int]], dict[str, float]]:
        """Return whole-number columns for an exact model, by term, and how many steps make the unit of each.

        Whole numbers that span no more than 25 stay as they are; other numbers are rounded to a fifth of their standard
        deviation.
        """
        steps, units = {}, {}
        for name in persons.names:
            if name in self.groups:
                continue
            values = [float(value or 0) for value in persons.numbers[name]]
            spread, term = self.spreads[name], f"{name}, per SD"
            is_small = all(value == int(value) for value in values) and max(values) - min(values) <= _SMALL
            size = 1.0 if is_small or not spread else spread / STEPS_OF_SD
            steps[term] = [round((value - self.means[name] * (not is_small)) / size) for value in values]
            units[term] = spread / size
        columns = {
            name: [int(one) for one in values]
            for name, values in self.code([one for one in persons.names if one in self.groups], persons.read).items()
        }
        ordered = [term for _, term in self.name_terms(persons.names)]
        every = {**steps, **columns}
        return {term: every[term] for term in ordered}, {term: units.get(term, 1.0) for term in ordered}


def find_model_persons(patients: Sequence[Patient], plan: Plan) -> ModelPersons:
    """Read the predictors that the protocol names together, of the persons with RESPONSE or NO_RESPONSE.

    Raises:
        ProtocolError: When the protocol names a predictor that the study does not have.
    """
    judged = [
        *with_status(patients, ResponseStatus.RESPONSE),
        *with_status(patients, ResponseStatus.NO_RESPONSE),
    ]
    numbers = dict(list_numbers(patients, plan))
    groupings = {name: of for name, _, of in list_groupings(patients, plan)}
    for name in plan.analysis.together:
        if name not in numbers and name not in groupings:
            raise ProtocolError(
                f'no predictor of this study is called "{name}".',
                where="[analysis] together",
                remedy=f"the predictors are: {', '.join([*numbers, *groupings])}.",
            )
    names = tuple(dict.fromkeys(plan.analysis.together))
    return ModelPersons(
        tuple(one.response.status is ResponseStatus.RESPONSE for one in judged),
        names,
        {name: tuple(_as_number(numbers[name](one)) for one in judged) for name in names if name in numbers},
        {name: tuple(groupings[name](one) for one in judged) for name in names if name in groupings},
    )


def _as_number(value: float | int | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)
