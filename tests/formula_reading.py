"""A spreadsheet in small: works out the formulas that the template's checks are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

FIRST = date(1899, 12, 30)  # day 0 of a spreadsheet
_TOKEN = re.compile(r'\s*("[^"]*"|\$?[A-Z]+\$?\d+|[A-Za-z_]+|\d+(?:\.\d+)?|<=|>=|<>|[-+&=<>(),])')
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class FormulaError(Exception):
    """What a spreadsheet shows as #VALUE!."""


def count_days(day: date) -> int:
    """Count the days of a spreadsheet's calendar up to a day."""
    return (day - FIRST).days


def work_out(formula: str, cells: Mapping[str, Any], names: Mapping[str, Any], today: date) -> Any:
    """Work out a formula.

    Args:
        formula: With or without its leading =.
        cells: Values of cells by name without $; an absent one is empty.
        names: Functions of the named cells: known_persons and born_from, by which SUMIF and COUNTIF look up.
        today: What TODAY says.
    """
    tokens = [found[1] for found in _TOKEN.finditer(formula.removeprefix("="))]
    assert "".join(tokens) == re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", formula.removeprefix("="))
    reader = _Reader(tokens, cells, names, today)
    value = reader.compare()()
    assert reader.place == len(tokens)
    return value


class _Reader:
    """Reads tokens into what is worked out later: IFERROR must catch what is inside of it."""

    def __init__(self, tokens: list[str], cells: Mapping[str, Any], names: Mapping[str, Any], today: date) -> None:
        self.tokens, self.cells, self.names, self.today, self.place = tokens, cells, names, today, 0

    def _next(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def compare(self) -> Callable[[], Any]:
        left = self._join()
        while self._next() in ("<=", ">=", "=", "<", ">", "<>"):
            sign, right = self._take(), self._join()
            left = _compare(sign, left, right)
        return left

    def _join(self) -> Callable[[], Any]:
        left = self._single()
        while self._next() in ("&", "-", "+"):
            sign, right = self._take(), self._single()
            left = _combine(sign, left, right)
        return left

    def _single(self) -> Callable[[], Any]:
        token = self._take()
        if token == "(":
            inner = self.compare()
            assert self._take() == ")"
            return inner
        if token.startswith('"'):
            return lambda: token[1:-1]
        if re.fullmatch(r"\d+(\.\d+)?", token):
            return lambda: float(token)
        if self._next() == "(":
            return self._call(token)
        if token in self.names:
            return lambda: token
        return lambda: self.cells.get(token.replace("$", ""))

    def _call(self, name: str) -> Callable[[], Any]:
        assert self._take() == "("
        given = []
        while self._next() != ")":
            given.append(self.compare())
            if self._next() == ",":
                self._take()
        self._take()
        return lambda: getattr(self, f"_do_{name.lower()}")(*given)

    def _do_and(self, *given: Callable[[], Any]) -> bool:
        answers = [one() for one in given]  # a spreadsheet works out every one
        return all(answers)

    def _do_or(self, *given: Callable[[], Any]) -> bool:
        answers = [one() for one in given]
        return any(answers)

    def _do_not(self, given: Callable[[], Any]) -> bool:
        return not given()

    def _do_if(self, test: Callable[[], Any], yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        return yes() if test() else no()

    def _do_iferror(self, given: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        try:
            return given()
        except FormulaError:
            return otherwise()

    def _do_datevalue(self, given: Callable[[], Any]) -> int:
        found = _DAY.fullmatch(str(given() or ""))
        try:
            return count_days(date(*map(int, found.groups()))) if found else _fail()
        except ValueError:
            return _fail()

    def _do_isnumber(self, given: Callable[[], Any]) -> bool:
        return isinstance(given(), int | float) and not isinstance(given(), bool)

    def _do_isblank(self, given: Callable[[], Any]) -> bool:
        return given() is None

    def _do_len(self, given: Callable[[], Any]) -> int:
        return len(_text(given()))

    def _do_mid(self, given: Callable[[], Any], start: Callable[[], Any], many: Callable[[], Any]) -> str:
        return _text(given())[int(start()) - 1 : int(start()) - 1 + int(many())]

    def _do_left(self, given: Callable[[], Any], many: Callable[[], Any]) -> str:
        return _text(given())[: int(many())]

    def _do_max(self, *given: Callable[[], Any]) -> float:
        return max(one() for one in given)

    def _do_today(self) -> int:
        return count_days(self.today)

    def _do_sumif(self, _: Callable[[], Any], person: Callable[[], Any], column: Callable[[], Any]) -> float:
        return float(self.names[column()].get(person(), 0))

    def _do_countif(self, column: Callable[[], Any], person: Callable[[], Any]) -> int:
        return list(self.names[column()]).count(person())


def _fail() -> int:
    raise FormulaError


def _text(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _compare(sign: str, left: Callable[[], Any], right: Callable[[], Any]) -> Callable[[], bool]:
    def answer() -> bool:
        one, other = _rank(left()), _rank(right())
        return {"<=": one <= other, ">=": one >= other, "<": one < other, ">": one > other}[sign]

    def equal() -> bool:
        return (left() == right()) is (sign == "=")

    return equal if sign in ("=", "<>") else answer


def _rank(value: Any) -> tuple[bool, Any]:
    """Order values as a spreadsheet does: an empty cell is 0, and every text comes after every number."""
    return isinstance(value, str), 0 if value is None else value


def _combine(sign: str, left: Callable[[], Any], right: Callable[[], Any]) -> Callable[[], Any]:
    if sign == "&":
        return lambda: _text(left()) + _text(right())
    return lambda: left() - right() if sign == "-" else left() + right()
