"""Two days in one cell, the first and the last of something: "12.-16.03.2018", "from 12/03/2018 to 02/05/2018"."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FROM = re.compile(r"^(?:from|von|vom|du|dal|dall'|del|desde(?: el)?|van)\s+")
_MARKS = (r"\s+(?:to|until|till|through|bis|zum|au|al|a|hasta|tot|-)\s+", r"\s*-\s*")
_AND = r"\s*(?:[-/+&]|to|and|bis|und|au|et|al|y|e)\s*"
_LAST = r"(?P<last>\d{1,2}\s?(?P<mark>[./])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4}|\d{2}))"
_OF_MONTH = re.compile(rf"(?P<first>\d{{1,2}})\.?{_AND}{_LAST}")
_OF_YEAR = re.compile(rf"(?P<first>\d{{1,2}})\s?[./]\s?(?P<its>\d{{1,2}})\.?{_AND}{_LAST}")


def split_span(text: str, *, is_month_first: bool) -> Iterator[tuple[str, str]]:
    """Split a text into its first and its last day, in each way that is possible; what both share is written to both.

    A day that stands alone before another is of the same month, and of the same year a day and a month: this is so
    where the day comes first only.

    Args:
        text: The text, in small letters.
        is_month_first: True where 03/12/2018 is the twelfth of March.

    Example:
        >>> list(split_span("12.-16.03.2018", is_month_first=False))[0]
        ('12.03.2018', '16.03.2018')
        >>> list(split_span("dal 30/12 al 3/1/2018", is_month_first=False))[0]
        ('30/12/2017', '3/1/2018')
    """
    plain = _FROM.sub("", text)
    if not is_month_first:
        if found := _OF_MONTH.fullmatch(plain):
            mark = found["mark"]
            yield mark.join((found["first"], found["month"], found["year"])), found["last"]
        if found := _OF_YEAR.fullmatch(plain):
            mark, year = found["mark"], int(found["year"])
            before = year - (int(found["its"]) > int(found["month"]))
            yield mark.join((found["first"], found["its"], f"{before % 10 ** len(found['year']):02d}")), found["last"]
    for mark in _MARKS:
        ends = re.split(mark, plain)
        if len(ends) == 2:
            yield ends[0], ends[1]
