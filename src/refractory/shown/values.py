"""The value of one result that was read back, as a journal prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from refractory.analysis.comparison import say_in_full
from refractory.numbers import format_count, format_number
from refractory.shown.reading import Number, ToldResult, is_mark

NOT_SHARED = "not shared"
_NOT_KNOWN = "not known"
# Names that belong to how an estimate is printed, and are none of its numbers.
_SILENT = ("method", "note", "kind", "decimals")


def say_value(result: ToldResult) -> str:
    """Say the value of a result: as the report prints it where this program wrote it, else from its numbers."""
    if result.estimate is not None:
        return say_in_full(result.estimate)
    if result.mark and len([1 for name, _, _ in result.numbers if name not in _SILENT]) == 1:
        return say_mark(result.mark)
    return say_numbers(result.numbers)


def say_mark(mark: str) -> str:
    """Say what stands in the place of a number that is not told."""
    return NOT_SHARED if mark == "-" else f"{mark} ({NOT_SHARED})"


def say_numbers(numbers: Sequence[Number]) -> str:
    """Say the numbers of a result of another program: those that belong together beside each other.

    Example:
        >>> say_numbers([("count", "integer", "1207"), ("percentage", "percentage", "83.33")])
        '1,207 (83.3 %)'
        >>> say_numbers([("mean", "numeric", "1.818"), ("sd", "numeric", "1.38"), ("max", "numeric", "6")])
        '1.82 ± 1.38; max 6'
    """
    texts = {name: _say_number(name, kind, value) for name, kind, value in numbers}
    said: list[str] = []
    used: set[str] = set(_SILENT)

    def take(*names: str) -> bool:
        is_there = all(name in texts and name not in used for name in names)
        used.update(names if is_there else ())
        return is_there

    for count, share in _SHARES:
        if take(count, share):
            said.append(f"{texts[count]} ({texts[share]})")
    if take("mean", "sd"):
        said.append(f"{texts['mean']} ± {texts['sd']}")
    for middle, low, high in (("median", "q25", "q75"), ("estimate", "lower", "upper"), ("", "min", "max")):
        if middle and take(middle, low, high):
            said.append(f"{texts[middle]} ({texts[low]} to {texts[high]})")
        elif not middle and take(low, high):
            said.append(f"{texts[low]} to {texts[high]}")
    return "; ".join([*said, *_say_others(texts, used)])


_SHARES = (
    ("count", "percentage"), ("count_subjects", "percentage_subjects"), ("count_records", "percentage_records"),
)  # fmt: skip


def _say_others(texts: Mapping[str, str], used: set[str]) -> list[str]:
    others = [(name, text) for name, text in texts.items() if name not in used]
    return [text if name == "count" else f"{name.replace('_', ' ')} {text}" for name, text in others]


def _say_number(name: str, kind: str, value: str) -> str:
    if value in ("", "NA"):
        return _NOT_KNOWN
    if is_mark(value):
        return say_mark(value)
    try:
        number = float(value)
    except ValueError:
        return value
    if kind not in ("integer", "numeric", "percentage", "proportion") or not isfinite(number) or abs(number) > 1e15:
        return value
    if kind == "percentage":
        return f"{format_number(number, 1)} %"
    if number.is_integer():
        return format_count(int(number))
    return format_number(number, 2 if abs(number) >= 0.1 else 4)
