"""What a paper reports: statements of counts, percentages, means, tests and intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from refractory.definition import Definition
from refractory.statistics.printed_numbers import Printed, parse_printed

MOST_PERSONS = 100_000
MOST_DENOMINATORS = 2_000
MOST_ITEMS = 100
Known = Literal["S", "S2", "G", "C"]
RoundingName = Literal["half up", "half down", "half to even", "cut off"]
_OF = "A number of persons, or the name of a count or of a percentage: the persons that it counts."


def _check_of(found: Any) -> Any:
    if isinstance(found, str) or (type(found) is int and 1 <= found <= MOST_PERSONS):
        return found
    raise ValueError(f"a whole number from 1 to {MOST_PERSONS:,}, or the name of a count or percentage, is needed")


Of = Annotated[int | str, BeforeValidator(_check_of)]


class Statement(Definition):
    """What every statement has."""

    name: str = Field(min_length=1, description="What is said to be counted, averaged or tested; each its own.")
    source: str = Field("", description="Where it is said.")
    confidence: Known | None = Field(
        None, description="S seen in the source, S2 in a secondary one, G general knowledge, C computed."
    )


class CountStatement(Statement):
    """So many persons."""

    persons: int = Field(ge=1, le=MOST_PERSONS, strict=True, description="How many persons.")


class PercentageStatement(Statement):
    """So many in a hundred of some persons."""

    printed: str = Field(description='The percentage as it is printed, in quotes: "80" is not "80.0".')
    of: Of | None = Field(None, description=_OF)
    at_most: int | None = Field(
        None, ge=1, le=MOST_DENOMINATORS, strict=True, description="Look among denominators up to this one."
    )


class SumStatement(Statement):
    """A percentage of a whole, and those of its parts."""

    whole: str = Field(description="Name of a percentage.")
    parts: tuple[str, ...] = Field(min_length=2, description="Names of the percentages of its parts.")


class SharedStatement(Statement):
    """Percentages of the same persons."""

    percentages: tuple[str, ...] = Field(min_length=2, description="Names of percentages.")
    at_most: int = Field(ge=1, le=MOST_DENOMINATORS, strict=True, description="The largest denominator to try.")


class MeanStatement(Statement):
    """A mean of whole numbers, with or without a standard deviation."""

    mean: str = Field(description="The mean as it is printed, in quotes.")
    sd: str | None = Field(None, description="The standard deviation as it is printed, in quotes.")
    of: Of | None = Field(None, description=_OF)
    at_most: int | None = Field(
        None, ge=1, le=MOST_DENOMINATORS, strict=True, description="Look among numbers of persons up to this one."
    )
    items: int = Field(1, ge=1, le=MOST_ITEMS, strict=True, description="Whole numbers that a person's value averages.")
    least: int | None = Field(None, strict=True, description="The least that a value can be.")
    most: int | None = Field(None, strict=True, description="The most that a value can be.")
    smallest: int | None = Field(None, strict=True, description="The smallest value that was seen.")
    largest: int | None = Field(None, strict=True, description="The largest value that was seen.")


class TestStatement(Statement):
    """A P value that compares two percentages."""

    printed: str = Field(description='As it is printed, in quotes: "0.68", "= 0.68", "< 0.05", "> 0.05".')
    groups: tuple[str, str] = Field(description="Names of the two percentages.")


class IntervalStatement(Statement):
    """The interval of a percentage."""

    percentage: str = Field(description="Name of the percentage.")
    lower: str = Field(description="Lower end in per cent, as it is printed, in quotes.")
    upper: str = Field(description="Upper end in per cent, as it is printed, in quotes.")
    level: float = Field(0.95, gt=0, lt=1, description="Coverage of the interval.")


class ReportedFile(Definition):
    """A whole file."""

    title: str = Field(min_length=1, description="The paper.")
    citation: str = Field("", description="Where it was published.")
    roundings: tuple[RoundingName, ...] = Field(
        ("half up", "half down", "half to even", "cut off"), min_length=1, description="Rules of rounding to consider."
    )
    one_rounding: bool = Field(
        True, description="Digits are nowhere cut off when one statement of the file shows that they were rounded."
    )
    count: tuple[CountStatement, ...] = Field((), description="Persons counted.")
    percentage: tuple[PercentageStatement, ...] = Field((), description="Percentages.")
    sum: tuple[SumStatement, ...] = Field((), description="Wholes and their parts.")
    shared: tuple[SharedStatement, ...] = Field((), description="Percentages with one denominator.")
    mean: tuple[MeanStatement, ...] = Field((), description="Means and standard deviations of whole numbers.")
    test: tuple[TestStatement, ...] = Field((), description="P values of two percentages.")
    interval: tuple[IntervalStatement, ...] = Field((), description="Intervals of percentages.")

    def statements(self) -> Iterator[tuple[str, int, Statement]]:
        """Each statement with its kind and its place among those of that kind."""
        for kind in ("count", "percentage", "sum", "shared", "mean", "test", "interval"):
            for place, one in enumerate(getattr(self, kind)):
                yield kind, place, one


def split_p_value(text: str) -> tuple[str, Printed]:
    """Split a printed P value into its sign and its number; a letter P before them is dropped.

    Raises:
        ValueError: When it is none.

    Example:
        >>> split_p_value("P < 0.05")[0], split_p_value("0.68")[0]
        ('<', '=')
    """
    rest = text.strip().removeprefix("P").removeprefix("p").strip()
    sign = rest[:1] if rest[:1] in ("=", "<", ">") else ""
    number = parse_printed(rest.removeprefix(sign).strip())
    if not 0 <= number.value <= 1:
        raise ValueError(f'"{number.text}" is no P value: it does not lie between 0 and 1')
    return sign or "=", number
