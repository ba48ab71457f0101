"""What a word of a direction can be, and the word itself once it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class Kind:
    """The part that a word or a phrase plays in a direction.

    One object for each part, told apart by identity: rules ask for it a hundred times a direction, and a member of an
    Enum is looked up several times more slowly.
    """

    NUMBER: ClassVar[Kind]
    FRACTION: ClassVar[Kind]
    RATIO: ClassVar[Kind]
    CLOCK: ClassVar[Kind]
    MEASURE: ClassVar[Kind]
    BODY: ClassVar[Kind]
    FORM: ClassVar[Kind]
    SPOON: ClassVar[Kind]
    INTAKES: ClassVar[Kind]
    X: ClassVar[Kind]
    SLASH: ClassVar[Kind]
    DASH: ClassVar[Kind]
    AND: ClassVar[Kind]
    PLUS: ClassVar[Kind]
    OR: ClassVar[Kind]
    COMMA: ClassVar[Kind]
    STOP_MARK: ClassVar[Kind]
    COLON: ClassVar[Kind]
    OPENING: ClassVar[Kind]
    CLOSING: ClassVar[Kind]
    EQUALS: ClassVar[Kind]
    HASH: ClassVar[Kind]
    OF: ClassVar[Kind]
    IN: ClassVar[Kind]
    ARTICLE: ClassVar[Kind]
    PERIOD: ClassVar[Kind]
    HOURLY: ClassVar[Kind]
    RATE: ClassVar[Kind]
    EVERY: ClassVar[Kind]
    PER: ClassVar[Kind]
    ORDINAL: ClassVar[Kind]
    OTHER: ClassVar[Kind]
    TIMES_OVER: ClassVar[Kind]
    TIMES: ClassVar[Kind]
    PART: ClassVar[Kind]
    WEEKDAY: ClassVar[Kind]
    THROUGH: ClassVar[Kind]
    EXCEPT: ClassVar[Kind]
    OTHER_DAYS: ClassVar[Kind]
    FOR: ClassVar[Kind]
    OVER: ClassVar[Kind]
    ON: ClassVar[Kind]
    FROM: ClassVar[Kind]
    ONWARD: ClassVar[Kind]
    FIRST: ClassVar[Kind]
    NEXT: ClassVar[Kind]
    MORE: ClassVar[Kind]
    AFTER: ClassVar[Kind]
    UNTIL: ClassVar[Kind]
    BY: ClassVar[Kind]
    TO: ClassVar[Kind]
    UP_TO: ClassVar[Kind]
    CHANGE: ClassVar[Kind]
    STOP: ClassVar[Kind]
    STAY: ClassVar[Kind]
    THEN: ClassVar[Kind]
    AS_NEEDED: ClassVar[Kind]
    FLARE: ClassVar[Kind]
    AS_DIRECTED: ClassVar[Kind]
    SEE_ELSEWHERE: ClassVar[Kind]
    MAX: ClassVar[Kind]
    DISPENSE: ClassVar[Kind]
    REFILL: ClassVar[Kind]
    SUPPLY: ClassVar[Kind]
    REPEAT: ClassVar[Kind]
    CYCLE: ClassVar[Kind]
    ALTERNATE: ClassVar[Kind]
    ONE_DAY: ClassVar[Kind]
    NEXT_DAY: ClassVar[Kind]
    DIVIDED: ClassVar[Kind]
    TOTAL: ClassVar[Kind]
    SIDES: ClassVar[Kind]
    SINGLE: ClassVar[Kind]
    VERB: ClassVar[Kind]
    APPLY: ClassVar[Kind]
    ROUTE: ClassVar[Kind]
    DRUG: ClassVar[Kind]
    PACK: ClassVar[Kind]
    NOT_DAILY: ClassVar[Kind]
    NOISE: ClassVar[Kind]
    PURPOSE: ClassVar[Kind]
    DOUBT: ClassVar[Kind]
    UNKNOWN: ClassVar[Kind]
    END: ClassVar[Kind]

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


KINDS = {name: Kind(name) for name in Kind.__annotations__}
for _name, _kind in KINDS.items():
    setattr(Kind, _name, _kind)


@dataclass(frozen=True)
class Word:
    """A word or phrase of a direction with the part that it plays.

    Args:
        kind: The part.
        value: What it means there: a number, a unit with its factor, a count of days, a name.
        text: How it is written, in lower case.
        is_spelled: Whether a number is written in letters.
    """

    kind: Kind
    value: object = None
    text: str = ""
    is_spelled: bool = False

    @property
    def number(self) -> float:
        """The value of a number, or the days of a period."""
        return float(self.value) if isinstance(self.value, float | int) else 0.0

    @property
    def pair(self) -> tuple[float, float]:
        """The two numbers of a ratio, or the times and the days of a rate."""
        first, second = self.value if isinstance(self.value, tuple) else (0.0, 0.0)
        return float(first), float(second)

    @property
    def unit(self) -> tuple[str, float]:
        """The unit of a measure and what one of it is in that unit."""
        name, factor = self.value if isinstance(self.value, tuple) else (self.value, 1.0)
        return str(name), float(factor)

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays that are named, Monday 0."""
        return self.value if isinstance(self.value, frozenset) else frozenset()


END = Word(Kind.END)
