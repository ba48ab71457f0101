"""One number with what a reader needs to believe it: interval, level, n and method."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EstimateKind(StrEnum):
    """What an estimate is of; decides how it prints."""

    COUNT = "count"
    PROPORTION = "proportion"
    MEAN = "mean"
    MEDIAN = "median"
    DIFFERENCE = "difference"
    TEST = "test"


@dataclass(frozen=True)
class Estimate:
    """One number with its interval, level, n and method.

    Args:
        kind: What it is of.
        value: The number; None when it cannot be computed (no persons, one value for an SD).
        n: Persons, or values, that it rests on.
        method: The method in words, as a journal prints it ("Clopper-Pearson").
        lower: Lower end of the interval; for a median the first quartile.
        upper: Upper end of the interval; for a median the third quartile.
        level: Coverage of the interval; None when lower and upper are no interval of confidence.
        numerator: Persons counted, for a proportion.
        denominator: Persons among whom they were counted, for a proportion.
        sd: Sample standard deviation, for a mean.
        p_value: Two-sided P value, for a test.
    """

    kind: EstimateKind
    value: float | None
    n: int
    method: str
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    sd: float | None = None
    p_value: float | None = None
