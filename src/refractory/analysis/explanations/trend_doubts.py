"""Whether the values before day 0 follow the straight line that is continued after it."""

from __future__ import annotations

from dataclasses import replace

from refractory.analysis.explanations.series import turn
from refractory.analysis.results import Caution, Severity
from refractory.numbers import format_estimate
from refractory.statistics.estimate import Estimate
from refractory.statistics.segments import Segments

BENT = "The values before day 0 do not follow the straight line that this rests on: not to be read as an effect."
# A smaller bend is what the last digits of a sum leave.
_ROUNDING = 1e-9


def is_bent(segments: Segments) -> bool:
    """Say whether the values before day 0 depart from a straight line by more than chance."""
    bend = segments.bend
    if bend.value is None or bend.lower is None or bend.upper is None:
        return False
    return abs(bend.value) > _ROUNDING and not bend.lower <= 0 <= bend.upper


def mark_bent(estimate: Estimate, segments: Segments) -> Estimate:
    """Mark an estimate that rests on a straight line before day 0, where the values do not follow one."""
    if estimate.value is None or not is_bent(segments):
        return estimate
    return replace(estimate, note=f"{estimate.note} {BENT}".strip())


def say_bend(segments: Segments, key: str, name: str, sign: int) -> Caution:
    """Say that the values before day 0 are bent, and how they moved just before it.

    Args:
        segments: The lines; they are bent.
        key: Short name of the series, for the code.
        name: The series in words.
        sign: 1 where less is better as it stands, -1 where it was turned round.
    """
    bend, late = turn(segments.bend, sign), turn(segments.late, sign)
    text = (
        f"Before day 0 {name} does not follow a straight line: in the later half of its values it moved by "
        f"{format_estimate(late)} per 28 days, and that slope less the one of the earlier half is "
        f"{format_estimate(bend)}. The jump at day 0 and the continued line rest on a straight line, hold this bend "
        "too, and are not to be read as an effect."
    )
    if segments.late.upper is not None and segments.late.upper < 0:
        text += " What followed day 0 may be that later half going on."
    title = f"{name[:1].upper()}{name[1:]}: no straight line before day 0"
    return Caution(f"explanation-bend-{key}", title, text, Severity.SERIOUS, bend)
