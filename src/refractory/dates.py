"""Days: durations written as "30 days", windows around day 0, and dates that are only partly known."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

DAYS_PER_UNIT = {"day": 1, "week": 7}
_DURATION = re.compile(r"^\s*(\d+)\s*(day|week)s?\s*$")
_PARTIAL_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")


def read_days(text: Any) -> int:
    """Read a duration such as "30 days" or "8 weeks" as a number of days.

    Raises:
        ValueError: When the text is anything else. A month is not a duration: its length is unknown.

    Example:
        >>> read_days("8 weeks")
        56
    """
    found = _DURATION.match(text) if isinstance(text, str) else None
    if not found:
        hint = " A month or a year has no fixed number of days." if "month" in str(text) or "year" in str(text) else ""
        raise ValueError(f'a duration is written like "30 days" or "8 weeks", not {text!r}.{hint}')
    return int(found[1]) * DAYS_PER_UNIT[found[2]]


Days = Annotated[
    int,
    BeforeValidator(read_days),
    Field(ge=0),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+\s*(day|week)s?\s*$", "examples": ["30 days", "8 weeks"]}),
]


def say_days(days: int) -> str:
    """Say a number of days: "1 day", "30 days"."""
    return f"{days} day" if days == 1 else f"{days} days"


@dataclass(frozen=True)
class Window:
    """Days relative to an anchor, both ends included; an end that is None is open."""

    first_day: int | None
    last_day: int | None

    def __str__(self) -> str:
        """Say the window in words.

        Example:
            >>> str(Window(-90, -1)), str(Window(None, 0)), str(Window(1, 365))
            ('days -90 to -1', 'any day up to day 0', 'days 1 to 365')
        """
        if self.first_day is None:
            return "any day" if self.last_day is None else f"any day up to day {self.last_day}"
        if self.last_day is None:
            return f"day {self.first_day} or later"
        return f"days {self.first_day} to {self.last_day}"


def _read_window(value: Any) -> Window:
    if isinstance(value, Window):
        return value
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"a window is two day numbers like [-90, -1], not {value!r}")
    ends: list[int | None] = []
    for end, word in zip(value, ("any day before", "any day after"), strict=True):
        if end == word:
            ends.append(None)
        elif isinstance(end, int) and not isinstance(end, bool):
            ends.append(end)
        else:
            raise ValueError(f'an end of a window is a whole number of days (or "{word}"), not {end!r}')
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        raise ValueError(f"the window {value!r} ends before it starts")
    return Window(ends[0], ends[1])


WindowDays = Annotated[
    Window,
    BeforeValidator(_read_window),
    WithJsonSchema(
        {
            "type": "array",
            "prefixItems": [
                {"anyOf": [{"type": "integer"}, {"const": "any day before"}]},
                {"anyOf": [{"type": "integer"}, {"const": "any day after"}]},
            ],
            "minItems": 2,
            "maxItems": 2,
            "examples": [[-90, -1], ["any day before", 0]],
        }
    ),
]


@dataclass(frozen=True)
class PartialDate:
    """A date known to the day, the month or the year: the interval that it is, never padded."""

    earliest: date
    latest: date

    @property
    def is_complete(self) -> bool:
        """True when the date is known to the day."""
        return self.earliest == self.latest


def read_partial_date(text: str) -> PartialDate:
    """Read "2015-03-02", "2015-03" or "2015" as the interval of days that it may mean.

    Raises:
        ValueError: When the text is no such date.

    Example:
        >>> read_partial_date("2016-02").latest
        datetime.date(2016, 2, 29)
    """
    found = _PARTIAL_DATE.match(text.strip())
    if not found:
        raise ValueError("a date is written 2015-03-02, 2015-03 (day unknown) or 2015 (day and month unknown)")
    year, month, day = int(found[1]), found[2], found[3]
    if day:
        known = date(year, int(str(month)), int(day))
        return PartialDate(known, known)
    if month:
        return PartialDate(date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1]))
    return PartialDate(date(year, 1, 1), date(year, 12, 31))
