"""The statements that a direction is made of, each read from a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """An amount in one unit, with bounds that are equal unless a range is written."""

    unit: str
    least: float
    most: float


@dataclass(frozen=True)
class Dose:
    """What is taken: one amount, perhaps said in several units.

    Args:
        measures: The amount in each unit that the text gives.
        over_days: Days that the amount is for, where it has them within ("mg/day", "a week").
        is_day_scheme: Whether it is the sum of a day's intakes ("1-0-1").
        pair: Two amounts that take turns ("10/5 mg"); the measures then hold the unit alone.
        agrees: Whether the units that the text gives say the same.
        is_bare: Whether it is a number without a unit.
    """

    measures: tuple[Measure, ...]
    over_days: float | None = None
    is_day_scheme: bool = False
    pair: tuple[float, float] | None = None
    agrees: bool = True
    is_bare: bool = False

    def find(self, unit: str) -> Measure | None:
        """Find the amount in one unit."""
        return next((one for one in self.measures if one.unit == unit), None)


@dataclass(frozen=True)
class Strength:
    """What one tablet or one millilitre holds: not a dose."""

    mg: float
    per: str


@dataclass(frozen=True)
class Times:
    """So many times in so many days."""

    least: float
    most: float
    days: float = 1.0


@dataclass(frozen=True)
class Parts:
    """Parts of the day, once in each."""

    names: frozenset[str]


@dataclass(frozen=True)
class Weekdays:
    """Days of the week, Monday 0."""

    days: frozenset[int]
    is_rest: bool = False


@dataclass(frozen=True)
class DaysOf:
    """So many days of each week or month."""

    least: float
    most: float
    period: float


@dataclass(frozen=True)
class Lasting:
    """For so many days.

    Args:
        least: Days at least.
        most: Days at most.
        is_each: Whether it is the length of each of several stretches.
        period: Days of what is counted: days, weeks or months.
        is_bare: Whether neither "for" nor "x" stands before it.
    """

    least: float
    most: float
    is_each: bool = False
    period: float = 1.0
    is_bare: bool = False


@dataclass(frozen=True)
class Count:
    """So many doses; `is_bare` where the text has the number alone ("x 3")."""

    number: float
    is_bare: bool = False


@dataclass(frozen=True)
class Over:
    """The amount is spread over so many days."""

    least: float
    most: float


@dataclass(frozen=True)
class Days:
    """Named days of the direction, counted from 0; the last is None for "day 6 onwards".

    Args:
        spans: First and last day of each stretch.
        is_points: Whether the drug is given on the first day of each stretch alone ("at weeks 0, 2 and 6").
        period: Days of what is counted: days, weeks or months.
    """

    spans: tuple[tuple[int, int | None], ...]
    is_points: bool = False
    period: float = 1.0


@dataclass(frozen=True)
class After:
    """What comes now begins so many days after what came before began."""

    days: float


@dataclass(frozen=True)
class Again:
    """The same again: once after so many days, or every so many days."""

    days: float
    is_forever: bool


@dataclass(frozen=True)
class Cap:
    """No more than so much in so many days; without a measure, no more than so many doses."""

    most: float
    unit: str | None
    days: float | None


@dataclass(frozen=True)
class Change:
    """The dose goes down or up by an amount every so many days until it reaches a target.

    Args:
        sign: -1 down, 1 up, 0 as the change before.
        by: The amount of one step.
        every_days: Days between two steps.
        target: The last amount; None when the text has none.
        target_timing: How often the last amount is taken, where the text says it again.
        is_to_nothing: Whether the drug ends.
    """

    sign: int
    by: Dose
    every_days: float
    target: Dose | None = None
    target_timing: Times | None = None
    is_to_nothing: bool = False


@dataclass(frozen=True)
class VagueChange:
    """The dose changes in a way that the text leaves open.

    Args:
        days: Days that the change takes, where the text has them.
        target: Where it ends.
        is_to_nothing: Whether the drug ends.
        is_name: Whether it may be the mere name of what follows ("taper: 60 mg for 3 days, 40 mg ...").
    """

    days: float | None = None
    target: Dose | None = None
    is_to_nothing: bool = False
    is_name: bool = False


@dataclass(frozen=True)
class Series:
    """Amounts that follow one another for equally many days each."""

    doses: tuple[Dose, ...]


@dataclass(frozen=True)
class Then:
    """What comes now follows what came before.

    Args:
        is_change: Whether the dose goes down or up to it.
        is_for_good: Whether it also means that a dose goes on ("thereafter").
    """

    is_change: bool = False
    is_for_good: bool = False


@dataclass(frozen=True)
class Joint:
    """A sign or word between two statements: "and", ",", "."."""

    sign: str


@dataclass(frozen=True)
class Open:
    """The text leaves the dose to somebody else; firm where it does so although it gives a dose."""

    is_firm: bool


@dataclass(frozen=True)
class Said:
    """A route; into each of so many sides."""

    route: str | None
    sides: int = 1


@dataclass(frozen=True)
class Named:
    """The name of a drug."""

    drug: str


@dataclass(frozen=True)
class Mark:
    """A statement without a number: "as needed", "once", "alternating", "then stop"."""

    says: str


@dataclass(frozen=True)
class Unread:
    """A word that means nothing here; a condition ("if", "unless") may concern all that is said."""

    is_condition: bool = False


@dataclass(frozen=True)
class Piece:
    """A statement with the words that it was read from."""

    element: Any
    text: str


AS_NEEDED = Mark("as needed")
SINGLE = Mark("single")
DIVIDED = Mark("divided")
ALTERNATING = Mark("alternating")
ALTERNATE_DAYS = Mark("alternate days")
ONE_DAY = Mark("one day")
NEXT_DAY = Mark("next day")
EXCEPT = Mark("except")
STOP = Mark("stop")
STAY = Mark("stay")
UNTIL = Mark("until")
PACK = Mark("pack")
NOT_DAILY = Mark("not daily")
APPLIED = Mark("applied")
VERB = Mark("verb")
REPEAT = Mark("repeat")
NOTHING = Mark("nothing")
