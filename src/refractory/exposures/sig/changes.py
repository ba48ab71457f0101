"""How a dose goes down or up: taper by 10 mg every 5 days until 20 mg, decrease to 10 mg, increase weekly."""

from __future__ import annotations

from dataclasses import dataclass

from refractory.exposures.sig.amounts import read_dose
from refractory.exposures.sig.cursor import Cursor
from refractory.exposures.sig.durations import read_duration
from refractory.exposures.sig.elements import Change, Dose, Lasting, Over, Then, Times, VagueChange
from refractory.exposures.sig.kinds import Kind
from refractory.exposures.sig.timings import read_timing

# A dose that tapers to an amount passes others on the way; one that decreases to it does not.
_GRADUAL = ("taper", "tapering", "tapered", "wean", "weaning", "titrate", "uptitrate", "up", "escalate", "ramp", "step")
_FILLERS = (Kind.NOISE, Kind.ROUTE, Kind.INTAKES, Kind.COMMA, Kind.ARTICLE)


@dataclass
class _Heard:
    """What a change has said so far."""

    sign: int
    by: Dose | None = None
    every_days: float | None = None
    target: Dose | None = None
    target_timing: Times | None = None
    is_to_nothing: bool = False
    over_days: float | None = None
    is_vague: bool = False


def read_change(cursor: Cursor) -> Change | VagueChange | Then | None:
    """Read one change of the dose.

    With the amount of a step and the days between two steps it is a change that can be laid out; a step "to" an
    amount alone is the next dose of a sequence; everything else is vague.
    """
    mark = cursor.at
    word = cursor.take(Kind.CHANGE)
    is_next_step = (
        word is None and bool(cursor.elements) and isinstance(cursor.elements[-1], Change | VagueChange | Then)
    )
    if word is None and not (is_next_step and cursor.kind() is Kind.BY):
        return None
    heard = _Heard(int(word.number) if word else 0)
    steps = (_hear_by, _hear_interval, _hear_target, _hear_over)
    while True:
        cursor.skip(*_FILLERS)
        if not any(step(cursor, heard) for step in steps):
            break
    return None if cursor.at == mark else _conclude(cursor, heard, mark)


def _conclude(cursor: Cursor, heard: _Heard, mark: int) -> Change | VagueChange | Then | None:
    if heard.by is not None and heard.every_days is not None and not heard.is_vague and heard.over_days is None:
        return Change(heard.sign, heard.by, heard.every_days, heard.target, heard.target_timing, heard.is_to_nothing)
    if heard.target is not None and heard.by is None and heard.over_days is None:
        # Return to the amount: it is read as any other dose, with its own timing and duration.
        cursor.at = mark
        word = cursor.take(Kind.CHANGE)
        cursor.skip(*_FILLERS, Kind.TO, Kind.UP_TO)
        is_gradual = word is not None and word.text.split()[0] in _GRADUAL
        if not is_gradual or _has_duration_behind(cursor):
            return Then(is_change=True)
        cursor.attempt(read_dose)
    if heard.by is not None and heard.every_days is None:
        return None
    return VagueChange(heard.over_days, heard.target, heard.is_to_nothing, is_name=heard == _Heard(heard.sign))


def _has_duration_behind(cursor: Cursor) -> bool:
    """Whether the amount here has a duration of its own: "taper to 20 mg daily for 7 days" is one step."""
    mark = cursor.at
    cursor.attempt(read_dose)
    while cursor.take(*_FILLERS) or cursor.attempt(read_timing):
        pass
    found = isinstance(cursor.attempt(read_duration), Lasting)
    cursor.at = mark
    return found


def _is_clear(dose: Dose) -> bool:
    return not dose.pair and not dose.is_day_scheme and all(one.least == one.most for one in dose.measures)


def _hear_by(cursor: Cursor, heard: _Heard) -> bool:
    """Read "by 10 mg"; "decrease 10 mg" is the same where "every 5 days" follows, and an increase needs the "by"."""
    mark = cursor.at
    if heard.by is not None:
        return False
    is_said = cursor.take(Kind.BY) is not None
    dose = cursor.attempt(read_dose)
    is_step = is_said or (heard.sign < 0 and cursor.kind() is Kind.EVERY)
    if dose is None or not _is_clear(dose) or not is_step:
        cursor.at = mark
        return False
    heard.by = dose
    heard.every_days = dose.over_days if dose.over_days is not None else heard.every_days
    return True


def _hear_interval(cursor: Cursor, heard: _Heard) -> bool:
    mark = cursor.at
    timing = cursor.attempt(read_timing)
    if isinstance(timing, Times) and heard.every_days is None and (heard.target is None or heard.by is not None):
        heard.every_days = timing.days
        heard.is_vague = heard.is_vague or timing.least != timing.most or timing.most != 1
        return True
    if isinstance(timing, Times) and heard.by is not None and heard.target is not None and heard.target_timing is None:
        heard.target_timing = timing
        return True
    cursor.at = mark
    return False


def _hear_target(cursor: Cursor, heard: _Heard) -> bool:
    mark = cursor.at
    if heard.target is not None or heard.is_to_nothing or cursor.take(Kind.TO, Kind.UNTIL, Kind.UP_TO) is None:
        cursor.at = mark
        return False
    cursor.skip(Kind.ARTICLE, Kind.NOISE, Kind.ON, Kind.TOTAL, Kind.STAY, Kind.MAX, Kind.OF)
    if cursor.take(Kind.STOP):
        heard.is_to_nothing = True
        return True
    if cursor.kind() is Kind.NUMBER and cursor.word().number == 0 and cursor.kind(1) is not Kind.DASH:
        cursor.take(Kind.NUMBER)
        cursor.take(Kind.MEASURE, Kind.FORM)
        heard.is_to_nothing = True
        return True
    dose = cursor.attempt(read_dose)
    if dose is None or not _is_clear(dose):
        cursor.at = mark
        return False
    heard.target = dose
    return True


def _hear_over(cursor: Cursor, heard: _Heard) -> bool:
    mark = cursor.at
    length = cursor.attempt(read_duration)
    is_long = isinstance(length, Over) or (isinstance(length, Lasting) and heard.by is None and heard.target is None)
    if heard.over_days is not None or not is_long or not isinstance(length, Over | Lasting):
        cursor.at = mark
        return False
    if length.least != length.most:
        heard.is_vague = True
    heard.over_days = length.most
    return True
