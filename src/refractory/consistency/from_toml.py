"""Files of reported numbers: every mistake is named by line, key, what is allowed and nearest name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from refractory.consistency.reported import MeanStatement, ReportedFile, split_p_value
from refractory.errors import ReportedError
from refractory.protocol_mistakes import (
    Mistake,
    build_fault,
    explain_mistake,
    own_path,
    parse_toml,
    say_nearest,
)
from refractory.statistics.printed_numbers import parse_printed
from refractory.toml_lines import Path
from refractory.user_files import read_user_text


def read_reported(path: File) -> ReportedFile:
    """Read a file of reported numbers.

    Raises:
        ReportedError: When the file cannot be read, or names every mistake of it at once.
    """
    example = "studies/published/ivig-cutaneous-dm.toml"
    text = read_user_text(path, ReportedError, named="the file", example=example)
    return parse_reported(text, path.name)


def parse_reported(text: str, file: str = "reported.toml") -> ReportedFile:
    """Read the text of a file of reported numbers.

    Args:
        text: TOML with the tables [[count]], [[percentage]], [[sum]], [[shared]], [[mean]], [[test]] and [[interval]].
        file: Name of the file, for messages.

    Raises:
        ReportedError: Names every mistake at once.
    """
    raw = parse_toml(text, file, ReportedError, "strings stand in quotes, one key a line.")
    written, found = _check(raw)
    if written is None or found:
        raise build_fault(found, text, file, ReportedError, "docs/consistency.md shows a whole file.")
    return written


def _check(raw: dict[str, Any]) -> tuple[ReportedFile | None, list[Mistake]]:
    try:
        written = ReportedFile.model_validate(raw)
    except ValidationError as error:
        return None, [(own_path(one["loc"]), _say(one)) for one in error.errors()]
    mistakes = [*_find_wrong_numbers(written), *_find_wrong_names(written), *_find_wrong_ranges(written)]
    if not any(True for _ in written.statements()):
        mistakes.append(((), "there is no statement in it."))
    return written, mistakes or list(_find_circles(written))


def _say(found: Any) -> str:
    """Say what is wrong with a key; a number in the place of its text has lost the zeros at its end."""
    if found["type"] == "string_type" and isinstance(found["input"], int | float):
        return f"write it in quotes, as it is printed; {found['input']!r} has lost the zeros at its end."
    if found["type"] == "tuple_type":
        (key, *deeper) = found["loc"]
        return 'write a list of names: ["one", "other"].' if deeper else f"each statement is a table: [[{key}]]."
    return explain_mistake(found, ReportedFile)


def _find_wrong_numbers(written: ReportedFile) -> Iterator[Mistake]:
    """Find texts that are no numbers, or numbers that nothing can be."""

    def look(path: Path, text: str | None, read: Callable[[str], Any] = parse_printed) -> Iterator[Mistake]:
        try:
            if text is not None:
                read(text)
        except ValueError as error:
            yield path, f"{error}."

    for place, share in enumerate(written.percentage):
        yield from look(("percentage", place, "printed"), share.printed, _read_percentage)
    for place, mean in enumerate(written.mean):
        yield from look(("mean", place, "mean"), mean.mean)
        yield from look(("mean", place, "sd"), mean.sd, _read_sd)
    for place, test in enumerate(written.test):
        yield from look(("test", place, "printed"), test.printed, split_p_value)
    for place, interval in enumerate(written.interval):
        yield from look(("interval", place, "lower"), interval.lower)
        yield from look(("interval", place, "upper"), interval.upper)


def _read_percentage(text: str) -> None:
    if not 0 <= parse_printed(text).value <= 100:
        raise ValueError(f'"{text}" is no percentage: it does not lie between 0 and 100')


def _read_sd(text: str) -> None:
    if parse_printed(text).value < 0:
        raise ValueError(f'"{text}" is no standard deviation: it is negative')


def _find_wrong_names(written: ReportedFile) -> Iterator[Mistake]:
    """Find names that stand for nothing in the file, and names that two statements share."""
    seen: set[str] = set()
    for kind, place, one in written.statements():
        if one.name in seen:
            yield (kind, place, "name"), f'a second statement is called "{one.name}"; each has a name of its own.'
        seen.add(one.name)
    shares = [one.name for one in written.percentage]
    persons = [*(one.name for one in written.count), *shares]
    for kind in ("percentage", "mean"):
        for place, one in enumerate(getattr(written, kind)):
            yield from _find_wrong_denominator((kind, place), one.of, one.at_most, persons)
    named: list[tuple[Path, Sequence[str]]] = []
    for place, whole in enumerate(written.sum):
        named += [(("sum", place, "whole"), [whole.whole]), (("sum", place, "parts"), whole.parts)]
    named += [(("shared", place, "percentages"), one.percentages) for place, one in enumerate(written.shared)]
    named += [(("test", place, "groups"), one.groups) for place, one in enumerate(written.test)]
    named += [(("interval", place, "percentage"), [one.percentage]) for place, one in enumerate(written.interval)]
    for path, names in named:
        for name in names:
            if name not in shares:
                yield path, f'no percentage is called "{name}".{say_nearest(name, shares)}'


def _find_wrong_denominator(
    path: Path, of: int | str | None, at_most: int | None, persons: list[str]
) -> Iterator[Mistake]:
    if of is None and at_most is None:
        yield path, "say of how many: `of`, or `at_most` where nobody knows."
    if isinstance(of, str) and of not in persons:
        yield (*path, "of"), f'no count or percentage is called "{of}".{say_nearest(of, persons)}'


def _find_wrong_ranges(written: ReportedFile) -> Iterator[Mistake]:
    for place, one in enumerate(written.mean):
        ends = _ends_in_order(one)
        if any(before > after for before, after in pairwise(ends)):
            yield ("mean", place), "least, smallest, largest and most do not rise in this order."


def _ends_in_order(one: MeanStatement) -> list[int]:
    return [end for end in (one.least, one.smallest, one.largest, one.most) if end is not None]


def _find_circles(written: ReportedFile) -> Iterator[Mistake]:
    """Find a percentage that is of itself, by way of others or not."""
    of = {one.name: one.of for one in written.percentage}
    for place, one in enumerate(written.percentage):
        seen, name = set[str](), one.of
        while isinstance(name, str) and name in of and name not in seen:
            seen.add(name)
            name = of[name]
        if one.name in seen:
            yield ("percentage", place, "of"), "the percentage is of itself."
