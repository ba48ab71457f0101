"""A published figure as a shape: its numbers are replaced by those of an estimate, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isinf

from refractory.numbers.printing import format_estimate
from refractory.numbers.rounding import MINUS, exact, format_number
from refractory.statistics.estimate import Estimate, EstimateKind

_NUMBER = re.compile(r"(?P<sign>[-\u2212](?=[\d.]))?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)")
_BEFORE_A_DASH = re.compile(r"(?:[\d%]\s*|[+/])$")
# "95 %" of "95 % CI" is the level, and no number of the estimate.
_LEVEL = re.compile(r"\s*%?\s*(?:CI\b|confidence)")
_AFTER_LEVEL = re.compile(r"(?:CI|confidence interval)[\s:,(]*$")
_OF_PERSONS = re.compile(r"(?:\bof|/|\bn\s*=)\s*$", re.IGNORECASE)
_P_VALUE = re.compile(r"(?P<letter>[Pp]\s*)?(?P<sign>[<>=≤≥]\s*)?(?P<digits>\d?\.\d+)")
Number = float | Fraction | None


@dataclass(frozen=True)
class _Token:
    """One number of the published text, with the text on both sides of it."""

    start: int
    end: int
    sign: str
    digits: str
    before: str
    after: str

    @property
    def decimals(self) -> int:
        return len(self.digits.partition(".")[2])

    @property
    def is_percentage(self) -> bool:
        return self.after.lstrip().startswith("%")

    @property
    def follows_level(self) -> bool:
        return _AFTER_LEVEL.search(self.before) is not None

    @property
    def is_fraction(self) -> bool:
        """True for a number such as 0.83 or .83, which is no percentage."""
        return self.decimals > 0 and float(self.digits.replace(",", "")) <= 1


def reproduce_as(published_text: str, estimate: Estimate) -> str:
    """Print an estimate in the shape and with the digits of a published figure, so that the two can be compared.

    The numbers of the published text are replaced by those of the estimate and everything else stays as it is. A lone
    "42" is the count of a COUNT and the numerator of a PROPORTION.

    Args:
        published_text: The figure as the paper prints it ("83 %", "1.82 ± 1.38", "12 (8 to 20)", "P < 0.05").
        estimate: The reproduced figure.

    Returns:
        The estimate as format_estimate prints it where the text has no shape that this kind of estimate can fill.

    Example:
        >>> from refractory.statistics.location import estimate_mean
        >>> from refractory.statistics.proportions import estimate_proportion
        >>> reproduce_as("83 %", estimate_proportion(35, 42)), reproduce_as("1.8 ± 1.38", estimate_mean([1, 2, 5]))
        ('83 %', '2.7 ± 2.08')
        >>> reproduce_as("13 of 15 (86.7%; 95% CI 59.5-98.3)", estimate_proportion(22, 27))
        '22 of 27 (81.5%; 95% CI 61.9-93.7)'
    """
    filled = _fill(published_text, estimate)
    return format_estimate(estimate) if filled is None else filled


def _fill(published_text: str, estimate: Estimate) -> str | None:
    """The text with the numbers of the estimate; None where it has a number that this kind of estimate has not."""
    if estimate.kind is EstimateKind.TEST:
        return _fill_p_value(published_text, estimate.p_value)
    tokens = list(_read_tokens(published_text))
    numbers = _numbers_of(estimate, tokens) if estimate.value is not None else []
    if not tokens or len(numbers) < len(tokens):
        return None
    filled, reached = "", 0
    for token, number in zip(tokens, numbers, strict=False):
        if number is None:
            return None
        filled += published_text[reached : token.start] + _print_like(token, number)
        reached = token.end
    return filled + published_text[reached:]


def _read_tokens(text: str) -> Iterable[_Token]:
    for found in _NUMBER.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if _LEVEL.match(after):
            continue
        # After a number a dash is the "to" of a range, after a plus a part of "+/-".
        is_sign = not _BEFORE_A_DASH.search(before)
        sign = (found["sign"] or "") if is_sign else ""
        start = found.start("digits") - len(sign)
        yield _Token(start, found.end(), sign, found["digits"], text[:start], after)


def _print_like(token: _Token, number: float | Fraction) -> str:
    printed = format_number(number, token.decimals)
    if "," not in token.digits:
        printed = printed.replace(",", "")
    if token.digits.startswith("."):
        printed = printed.replace("0.", ".", 1) if printed.lstrip(MINUS).startswith("0.") else printed
    return printed.replace(MINUS, token.sign or MINUS)


def _numbers_of(estimate: Estimate, tokens: list[_Token]) -> list[Number]:
    """The numbers of the estimate in the order in which the text asks for them."""
    if estimate.kind is EstimateKind.PROPORTION:
        return _numbers_of_proportion(estimate, tokens)
    interval: list[Number] = [estimate.lower, estimate.upper]
    if estimate.kind is EstimateKind.COUNT:
        interval = []
    elif estimate.kind is EstimateKind.MEAN:
        interval = [estimate.sd]
    elif estimate.kind is EstimateKind.DIFFERENCE:
        in_points = any("%" in token.after or "point" in token.after for token in tokens)
        factor = 1 if not in_points and all(token.is_fraction for token in tokens) else 100
        return [_scaled(number, factor) for number in (estimate.value, estimate.lower, estimate.upper)]
    return [estimate.value, *interval]


def _numbers_of_proportion(estimate: Estimate, tokens: list[_Token]) -> list[Number]:
    """A whole number before the percentage is the count, one after "of", "/", "n =" the persons; others are shares."""
    share: Number = estimate.value
    if estimate.numerator is not None and estimate.denominator:
        share = Fraction(estimate.numerator, estimate.denominator)
    first = next((token for token in tokens if token.is_percentage or token.decimals), None)
    factor = 1 if first and first.is_fraction and not first.is_percentage else 100
    shares: list[Number] = [_scaled(number, factor) for number in (share, estimate.lower, estimate.upper)]
    asked: list[Number] = []
    reached = 0
    for token in tokens:
        if token.follows_level:
            reached = max(reached, 1)
        if _OF_PERSONS.search(token.before):
            asked.append(estimate.denominator)
        elif reached or token.is_percentage or token.decimals:
            asked.append(shares[reached] if reached < len(shares) else None)
            reached += 1
        else:
            asked.append(None if asked else estimate.numerator)
    return asked


def _scaled(number: Number, factor: int) -> Number:
    if number is None or (isinstance(number, float) and isinf(number)):
        return number
    return factor * exact(number)


def _fill_p_value(text: str, p_value: float | None) -> str | None:
    found = _P_VALUE.search(text)
    if found is None or p_value is None:
        return None
    limit, sign = float(found["digits"]), (found["sign"] or "").strip()
    says_so = {"<": p_value < limit, "≤": p_value <= limit, ">": p_value > limit, "≥": p_value >= limit}
    if says_so.get(sign):
        return text
    decimals = len(found["digits"].partition(".")[2])
    printed, smallest = format_number(p_value, decimals), f"{10**-decimals:.{decimals}f}"
    is_below = float(printed) == 0
    printed = smallest if is_below else printed
    if found["digits"].startswith("."):
        printed = printed.removeprefix("0")
    spacing = " " if (found["sign"] or "").endswith(" ") else ""
    new_sign = "<" if is_below else "="
    written = f"{new_sign}{spacing}" if found["sign"] or is_below else ""
    return text[: found.start()] + (found["letter"] or "") + written + printed + text[found.end() :]
