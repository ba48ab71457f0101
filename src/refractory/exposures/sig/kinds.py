"""What a word of a direction can be, and the word itself once it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """The part that a word or a phrase plays in a direction."""

    NUMBER = auto()
    FRACTION = auto()
    RATIO = auto()
    CLOCK = auto()
    MEASURE = auto()
    BODY = auto()
    FORM = auto()
    SPOON = auto()
    INTAKES = auto()
    X = auto()
    SLASH = auto()
    DASH = auto()
    AND = auto()
    PLUS = auto()
    OR = auto()
    COMMA = auto()
    STOP_MARK = auto()
    COLON = auto()
    OPENING = auto()
    CLOSING = auto()
    EQUALS = auto()
    HASH = auto()
    OF = auto()
    IN = auto()
    ARTICLE = auto()
    PERIOD = auto()
    HOURLY = auto()
    RATE = auto()
    EVERY = auto()
    PER = auto()
    ORDINAL = auto()
    OTHER = auto()
    TIMES_OVER = auto()
    TIMES = auto()
    PART = auto()
    WEEKDAY = auto()
    THROUGH = auto()
    EXCEPT = auto()
    OTHER_DAYS = auto()
    FOR = auto()
    OVER = auto()
    ON = auto()
    FROM = auto()
    ONWARD = auto()
    FIRST = auto()
    NEXT = auto()
    MORE = auto()
    AFTER = auto()
    UNTIL = auto()
    BY = auto()
    TO = auto()
    UP_TO = auto()
    CHANGE = auto()
    STOP = auto()
    STAY = auto()
    THEN = auto()
    AS_NEEDED = auto()
    FLARE = auto()
    AS_DIRECTED = auto()
    SEE_ELSEWHERE = auto()
    MAX = auto()
    DISPENSE = auto()
    REFILL = auto()
    SUPPLY = auto()
    REPEAT = auto()
    CYCLE = auto()
    ALTERNATE = auto()
    ONE_DAY = auto()
    NEXT_DAY = auto()
    DIVIDED = auto()
    TOTAL = auto()
    SIDES = auto()
    SINGLE = auto()
    VERB = auto()
    APPLY = auto()
    ROUTE = auto()
    DRUG = auto()
    PACK = auto()
    NOT_DAILY = auto()
    NOISE = auto()
    PURPOSE = auto()
    DOUBT = auto()
    UNKNOWN = auto()
    END = auto()


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
