"""Reads one cell of a column of daily doses in a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import replace

from refractory.errors import UnitError
from refractory.exposures.sig.cursor import Bare
from refractory.exposures.sig.elements import Dose
from refractory.exposures.sig.grammar import read_pieces
from refractory.exposures.sig.lexing import read_words
from refractory.exposures.sig.reading import read_direction
from refractory.exposures.sig.steps import DoseStep, Sig

_UNKNOWN = frozenset(
    ("", "-", "--", "---", "?", "??", ".", "unk", "unknown", "n/a", "na", "n.a.", "#n/a", "nan", "null", "nd", "n.d.")
) | frozenset(
    ("not known", "not recorded", "not documented", "missing", "nr", "not available", "tbd", "pending", "unclear", "uk")
)
_ZERO = frozenset(
    (
        *("none", "nil", "no", "zero", "not taking", "not on", "never", "not taken", "not on it", "none taken", "off"),
        *(
            "stopped",
            "stop",
            "discontinued",
            "d/c",
            "dc",
            "d/c'd",
            "dc'd",
            "ceased",
            "withdrawn",
            "tapered off",
            "quit",
        ),
    )
)
_TAKEN = frozenset(("yes", "y", "on", "taking", "current", "on it", "continued", "unchanged", "ongoing", "tapering"))
_ABOUT = re.compile(r"^(?:~|≈|approx(?:imately|\.)?|about|circa|ca\.?|c\.)\s*")
_BOUND = re.compile(
    r"^(?P<sign><=|>=|<|>|≤|≥|up to|max(?:imum|\.)?|less than|more than|at most|at least|under|over|below|above)"
    r"\s*(?=[\d.])"
)
_LOWER = (">", ">=", "≥", "more than", "at least", "over", "above")
# From one dose to another within the time of one row.
_ARROW = re.compile(r"(?<=[\d\w])\s*(?:→|⇒|[-=]+>)\s*(?=\d)")


def read_dose_cell(text: str | float | None, unit: str | None = None) -> Sig:
    """Read one cell of a column of daily doses.

    An amount without a frequency is a day's; "15 mg weekly" and "10 mg BID" are read as in a direction. Zero is zero
    only where the cell says so ("0", "none", "off"); an empty cell, a dash and "unk" are unknown: no step, nothing
    unread. A cell that is not understood has no step either, or one of unknown dose, and says what is unread. "<5" and
    "20-15" are bounds without a number. "~20" is read as 20, the best that the record has.

    Args:
        text: The cell, as text or as a number.
        unit: The unit of the column ("mg", "g", "tablets", "mg/week"), for numbers without one; None when nobody knows,
            and the step then has the unit "", unless another amount in the same cell has one.

    Raises:
        UnitError: When the unit of the column is none.

    Example:
        >>> read_dose_cell("7,5 mg").steps[0].per_day, read_dose_cell("5mg alt 7.5").steps[0].per_day
        (7.5, 6.25)
        >>> read_dose_cell("<5", "mg").steps[0].most_per_day, read_dose_cell("off", "mg").steps[0].per_day
        (5.0, 0.0)
        >>> read_dose_cell("-", "mg"), read_dose_cell("ask GP").unread
        (Sig(steps=(), route=None, stops=False, unread=''), 'ask GP')
    """
    bare = _read_column(unit)
    if text is None:
        return Sig(())
    if isinstance(text, float | int):
        return _read_number(float(text), bare)
    written = " ".join(text.split())
    plain = written.casefold().strip(" .*'\"") if written != "." else written
    if plain in _UNKNOWN or written.casefold() in _UNKNOWN:
        return Sig(())
    if plain in _ZERO:
        return Sig((DoseStep(0, None, 0.0, bare.unit),))
    if plain in _TAKEN:
        return Sig((DoseStep(0, None, None, bare.unit),))
    return _read_amount(written, plain, bare)


def _read_amount(written: str, plain: str, bare: Bare) -> Sig:
    bound = _BOUND.match(plain)
    rest = plain[bound.end() :] if bound else _ABOUT.sub("", plain)
    rest = _ARROW.sub("-", rest)
    sig = read_direction(rest, bare if bare.unit else replace(bare, unit=_find_only_unit(rest)))
    if not sig.steps:
        return replace(sig, unread=written)
    if bound is None:
        return sig
    step = sig.steps[0]
    if len(sig.steps) > 1 or sig.unread or step.per_day is None:
        return Sig((DoseStep(0, None, None, step.unit),), unread=written)
    if bound["sign"] in _LOWER:
        return Sig((DoseStep(0, None, None, step.unit, least_per_day=step.per_day),))
    return Sig((DoseStep(0, None, None, step.unit, 0.0, step.per_day),))


def _read_number(number: float, bare: Bare) -> Sig:
    if not 0 <= number < float("inf"):
        # Not-a-number is how a spreadsheet says that a cell is empty; a negative dose is a slip.
        return Sig((), unread="" if number != number else f"{number:g}")
    per_day = number * bare.factor / (bare.over_days or 1.0)
    return Sig((DoseStep(0, None, per_day, bare.unit),))


def _read_column(unit: str | None) -> Bare:
    if unit is None or not unit.strip():
        return Bare()
    pieces = read_pieces(read_words(f"1 {unit}"))
    dose = pieces[0].element if len(pieces) == 1 else None
    if not isinstance(dose, Dose) or len(dose.measures) != 1:
        raise UnitError(
            f'The unit "{unit.strip()}" of a column of doses is unknown.',
            remedy='write a unit such as "mg" or "tablets"',
        )
    (measure,) = dose.measures
    return Bare(measure.unit, measure.least, dose.over_days)


def _find_only_unit(text: str) -> str:
    """Find the unit of a cell's amounts, for those of them that have none: mg in "5mg alt 7.5"."""
    doses = [piece.element for piece in read_pieces(read_words(text), Bare()) if isinstance(piece.element, Dose)]
    units = {one.unit for dose in doses for one in dose.measures} - {""}
    return units.pop() if len(units) == 1 else ""
