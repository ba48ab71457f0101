"""Hours of the day: at 8 am and 8 pm, 08:00."""

from __future__ import annotations

from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.elements import Parts
from refractory.exposures.sig.kinds import Kind

# What may join two hours, two parts of the day or two weekdays; "or" does not, for it is one of them.
JOINTS = (Kind.AND, Kind.COMMA, Kind.SLASH, Kind.PLUS, Kind.DASH)


def read_clocks(cursor: Cursor) -> Parts | None:
    """Read "at 8 am and 8 pm", "08:00, 20:00"."""
    names: set[str] = set()
    while True:
        mark = cursor.at
        if names and cursor.take(*JOINTS) is None:
            break
        cursor.take(Kind.ON)
        name = cursor.attempt(_read_clock)
        if name is None:
            cursor.at = mark
            break
        names.add(name)
    return Parts(frozenset(names)) if names else None


def _read_clock(cursor: Cursor) -> str | None:
    word = cursor.take(Kind.CLOCK, Kind.NUMBER)
    if word is None:
        return None
    half = cursor.take(Kind.PART) if cursor.word().text in ("am", "pm", "a m", "p m") else None
    if word.kind is Kind.NUMBER and (half is None or word.number != int(word.number) or not 1 <= word.number <= 12):
        return None
    hour = int(word.text.split(":")[0]) if word.kind is Kind.CLOCK else int(word.number)
    if half is not None:
        hour = hour % 12 + (12 if half.text in ("pm", "p m") else 0)
    return (
        "morning"
        if hour < 12
        else "noon"
        if hour < 14
        else "afternoon"
        if hour < 17
        else "evening"
        if hour < 21
        else "night"
    )
