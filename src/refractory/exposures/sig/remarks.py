"""What stands beside a dose: as needed for what, at most how much, how many to dispense."""

from __future__ import annotations

from collections.abc import Callable

from refractory.exposures.sig.amounts import read_dose
from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.elements import AS_NEEDED, NOTHING, STAY, STOP, UNTIL, Cap, Mark, Open
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.quantities import read_one_number, read_quantity
from refractory.exposures.sig.words_of_time import DAY

# What an indication may hold: unknown words, names of drugs and places, and what joins them.
_SWALLOWED = (Kind.UNKNOWN, Kind.FLARE, Kind.NOISE)
_INNER = (Kind.AND, Kind.OR, Kind.COMMA, Kind.SLASH, Kind.DASH, Kind.ARTICLE, Kind.OF, Kind.IN, Kind.TO, Kind.OPENING)
_LONGEST = 12
_PRODUCTS = ("cream", "ointment", "lotion", "solution", "gel", "foam", "shampoo")


def read_remark(cursor: Cursor) -> Cap | Mark | Open | None:
    """Read one remark that is no dose, no timing and no duration."""
    rules: tuple[Callable[[Cursor], Cap | Mark | Open | None], ...] = (
        _read_cap,
        _read_dispense,
        _read_as_needed,
        _read_until,
        _read_indication,
        _read_by_whom,
        _read_percent,
        _read_open,
    )
    return cursor.attempt_first(rules)


def _swallow(cursor: Cursor) -> list[Kind]:
    """Read over plain words that carry no dose; returns the kinds of those that say something."""
    said: list[Kind] = []
    for _ in range(_LONGEST):
        mark = cursor.at
        cursor.skip(*_INNER)
        word = cursor.take(*_SWALLOWED)
        if word is None:
            cursor.at = mark
            break
        said.append(word.kind)
    return [kind for kind in said if kind is not Kind.NOISE]


def _read_indication(cursor: Cursor) -> Mark | None:
    """Read "for pain", "for rheumatoid arthritis", "to prevent pneumonia"; "for flares" is as needed."""
    if cursor.take(Kind.FOR, Kind.PURPOSE) is None:
        return None
    cursor.skip(Kind.COLON, Kind.FOR)
    said = _swallow(cursor)
    if not said:
        return None
    return AS_NEEDED if Kind.FLARE in said else NOTHING


def _read_as_needed(cursor: Cursor) -> Mark | None:
    if cursor.take(Kind.AS_NEEDED) is None:
        return None
    cursor.skip(Kind.COLON, Kind.FOR, Kind.PURPOSE)
    if cursor.kind() in _SWALLOWED or cursor.kind() in (Kind.OPENING, Kind.ARTICLE):
        mark = cursor.at
        if not _swallow(cursor):
            cursor.at = mark
    return AS_NEEDED


def _read_until(cursor: Cursor) -> Mark | None:
    """Read "until gone", "until symptoms resolve": until when nobody can say from the text."""
    if cursor.take(Kind.UNTIL) is None:
        return None
    return UNTIL if cursor.take(Kind.STOP) or _swallow(cursor) else None


def _read_by_whom(cursor: Cursor) -> Open | None:
    """Read "per rheumatology", "per Dr Smith": somebody else says how."""
    if cursor.take(Kind.PER) is None:
        return None
    return Open(is_firm=False) if _swallow(cursor) else None


def _read_percent(cursor: Cursor) -> Mark | None:
    """Read the concentration of a product: "Privigen 10%", "0.05% ointment"; any other percentage may be a change."""
    is_named = cursor.kind(-1) is Kind.DRUG
    if cursor.attempt(read_one_number) is None or cursor.word().text != "%":
        return None
    cursor.at += 1
    return NOTHING if is_named or cursor.word().text in _PRODUCTS else None


def _read_open(cursor: Cursor) -> Open | Mark | None:
    word = cursor.take(Kind.AS_DIRECTED, Kind.SEE_ELSEWHERE)
    if word is not None:
        return Open(is_firm=word.kind is Kind.SEE_ELSEWHERE)
    if cursor.take(Kind.STOP):
        cursor.skip(Kind.DRUG)
        return STOP
    return STAY if cursor.take(Kind.STAY) else None


def _read_cap(cursor: Cursor) -> Cap | None:
    """Read "max 8 tablets per day", "do not exceed 4 g in 24 hours", "no more than 3 doses a day"."""
    if cursor.take(Kind.MAX) is None:
        return None
    word = cursor.word(-1)
    days = DAY if "daily" in word.text or word.text == "mdd" else None
    cursor.skip(Kind.STOP_MARK, Kind.OF, Kind.COLON, Kind.NOISE, Kind.INTAKES, Kind.EQUALS)
    mark = cursor.at
    dose = cursor.attempt(read_dose)
    if dose is not None and not dose.pair:
        found = dose.measures[0]
        most, unit, over = found.most, found.unit, dose.over_days
    else:
        cursor.at = mark
        number = cursor.attempt(read_one_number)
        if number is None or cursor.take(Kind.INTAKES, Kind.TIMES) is None:
            return None
        most, unit, over = number, None, None
    days = over or cursor.attempt(_read_cap_period) or days
    return Cap(most, unit, days)


def _read_cap_period(cursor: Cursor) -> float | None:
    cursor.take(Kind.NOISE)
    if rate := cursor.take(Kind.RATE):
        times, days = rate.pair
        return days if times == 1 else None
    if cursor.take(Kind.SLASH, Kind.PER, Kind.ARTICLE, Kind.IN, Kind.EVERY) is None:
        return None
    number = cursor.attempt(read_quantity) or (1.0, 1.0)
    period = cursor.take(Kind.PERIOD)
    days = period.number * number[0] if period else 0.0
    return round(days, 6) if days >= DAY else None


def _read_dispense(cursor: Cursor) -> Mark | None:
    """Read "dispense 30", "#30", "3 refills", "30 day supply": what the pharmacy needs."""
    number = cursor.attempt(read_one_number)
    if number is not None:
        return NOTHING if cursor.take(Kind.REFILL, Kind.SUPPLY) else None
    cursor.take(Kind.FOR)
    word = cursor.take(Kind.DISPENSE, Kind.REFILL, Kind.HASH)
    if word is None:
        return NOTHING if cursor.attempt(read_one_number) and cursor.take(Kind.SUPPLY) else None
    cursor.skip(Kind.COLON, Kind.HASH, Kind.STOP_MARK, Kind.OF, Kind.EQUALS, Kind.DASH)
    is_counted = cursor.take(Kind.RATIO) is not None or cursor.attempt(read_one_number) is not None
    if word.text == "r" and not is_counted:
        return None
    cursor.skip(Kind.FORM, Kind.SUPPLY)
    return NOTHING
