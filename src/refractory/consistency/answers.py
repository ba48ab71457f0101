"""What arithmetic says of each statement: a verdict, the finding in words, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from refractory.statistics.consistency import PossibleCount
from refractory.statistics.printed_numbers import Rounding

NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


class Verdict(StrEnum):
    """Whether the printed number can have come from whole persons and whole values."""

    POSSIBLE = "possible"
    ONLY_CUT_OFF = "only if cut off"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "not decided"


@dataclass(frozen=True)
class Outcome:
    """What one statement comes to under some rules of rounding.

    Args:
        fits: Whether anything fits; None when that is not decided.
        finding: What fits, or why nothing does, in words.
        counts: For a percentage, the counts that fit.
        roundings: The rules by which something fits.
        details: Numbers for programs; tuples, texts and numbers only.
    """

    fits: bool | None
    finding: str
    counts: tuple[PossibleCount, ...] = ()
    roundings: tuple[Rounding, ...] = ()
    details: Mapping[str, Any] = field(default_factory=lambda: NO_DETAILS)


@dataclass(frozen=True)
class Answer:
    """One statement with its verdict.

    Args:
        kind: "count", "percentage", "sum", "shared", "mean", "test" or "interval".
        name: The statement's own name.
        printed: What the paper prints.
        note: On what the verdict depends; empty where on nothing.
    """

    kind: str
    name: str
    printed: str
    verdict: Verdict
    finding: str
    note: str
    source: str
    confidence: str
    roundings: tuple[Rounding, ...]
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """The whole file: its answers in its own order, and which statements show that digits were not cut off."""

    title: str
    citation: str
    listed: tuple[Answer, ...]
    not_cut_off_by: tuple[str, ...]
