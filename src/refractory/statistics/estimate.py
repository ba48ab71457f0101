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
    SHIFT = "shift"
    RATIO = "ratio"
    TIME = "time"
    TEST = "test"
    RATE = "rate"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class Estimate:
    """One number with its interval, level, n and method.

    Args:
        kind: What it is of.
        value: The number; None when it cannot be computed (no persons). A proportion, and a difference of two, is
            a fraction and not in per cent; a shift has the unit of the values; a time is the median time to an event,
            None where it is not reached; the number of a test is its P value; a rate is events per unit of time;
            agreement is 1 where all agree and 0 where as many agree as chance would have it.
        n: Persons, or values, that it rests on.
        method: The method in words, as a journal prints it ("Clopper-Pearson").
        lower: Lower end of the interval; for a median the first quartile; minus infinity where it has no end.
        upper: Upper end of the interval; for a median the third quartile; infinity where it has no end, or is not
            reached within the time that was followed.
        level: Coverage of the interval; None when lower and upper are no interval of confidence.
        numerator: Persons counted, for a proportion.
        denominator: Persons among whom they were counted, for a proportion; the smaller group, for a difference of two.
        sd: Sample standard deviation, for a mean; None below two values.
        p_value: Two-sided P value, for a test.
        note: What a reader must know of this number, in a sentence: why it has no value, why an end of its
            interval is missing, or why the interval is not to be relied on; empty where nothing need be said.
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
    note: str = ""
