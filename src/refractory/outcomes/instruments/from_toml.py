"""Instruments that a user writes in TOML: every mistake is named by line, key, what is allowed and nearest name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any, Literal

from pydantic import Field, ValidationError

from refractory.definition import Definition
from refractory.errors import InstrumentError
from refractory.outcomes.instruments.declared import (
    ImportantChange,
    Instrument,
    Item,
    Severity,
    Total,
    check_instrument,
    find_rule_faults,
    is_rising,
)
from refractory.outcomes.instruments.reach import find_reach
from refractory.outcomes.instruments.rules import Part, say_number
from refractory.outcomes.instruments.written_rules import parse_rule
from refractory.protocol_mistakes import (
    Mistake,
    build_fault,
    explain_mistake,
    own_path,
    parse_toml,
)
from refractory.toml_lines import Path
from refractory.user_files import read_user_text

_NAME = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
_ITEM = r"^[a-z][a-z0-9_]*$"
Known = Literal["S", "S2", "G", "C"]


class HeadEntry(Definition):
    """What the instrument is called."""

    key: str = Field(pattern=_NAME, description="Short name: lower-case letters, digits, hyphens.")
    name: str = Field(min_length=1, description="Full name.")
    version: str = Field("", description="Version or year.")
    note: str = Field("", description="What a reader must know.")


class ItemEntry(Definition):
    """One answer of the sheet."""

    name: str = Field(min_length=1, description="What is asked.")
    least: float = Field(allow_inf_nan=False, description="The least answer.")
    most: float = Field(allow_inf_nan=False, description="The largest answer.")
    whole: bool = Field(True, description="Whole numbers only.")
    blank_is: float | None = Field(
        None, allow_inf_nan=False, description="What an empty box means; missing if not given."
    )


class ChangeEntry(Definition):
    """The smallest change that matters."""

    points: float = Field(gt=0, allow_inf_nan=False, description="Points of the total.")
    source: str = Field(min_length=1, description="Who found it.")
    confidence: Known = Field("G", description="How it is known.")


class SeverityEntry(Definition):
    """Names for stretches of a total."""

    up_to: Mapping[str, float] = Field(min_length=1, description="Name = the largest total that has it.")
    above: str = Field(min_length=1, description="The name above the last of them.")
    source: str = Field(min_length=1, description="Who cut it so.")
    confidence: Known = Field("G", description="How it is known.")


class TotalEntry(Definition):
    """One number that the instrument gives."""

    key: str = Field(pattern=_ITEM, description="Short name: lower-case letters, digits, underscores.")
    name: str = Field(min_length=1, description="Full name.")
    least: float = Field(allow_inf_nan=False, description="The least total that the rule can give.")
    most: float = Field(allow_inf_nan=False, description="The largest.")
    higher_is: Literal["worse", "better"] = Field(description="What more points mean.")
    rule: str = Field(min_length=1, description="How it is made of the items.")
    source: str = Field(min_length=1, description="Where the rule is from.")
    confidence: Known = Field("G", description="How it is known: S, S2, G or C.")
    important_change: tuple[ChangeEntry, ...] = Field((), description="The smallest changes that matter.")
    severity: tuple[SeverityEntry, ...] = Field((), description="Names for stretches of the total.")


class InstrumentFile(Definition):
    """A whole file."""

    instrument: HeadEntry
    items: Mapping[str, ItemEntry] = Field(min_length=1, description="The answers of the sheet, by key.")
    total: tuple[TotalEntry, ...] = Field(min_length=1, description="The numbers that it gives.")


def read_toml_instrument(path: File) -> Instrument:
    """Read an instrument from a TOML file.

    Raises:
        InstrumentError: When the file cannot be read, or names every mistake of it at once.
    """
    text = read_user_text(path, InstrumentError, named="the instrument")
    return parse_instrument(text, path.name)


def parse_instrument(text: str, file: str = "instrument.toml") -> Instrument:
    """Read the text of an instrument.

    Args:
        text: TOML with the tables [instrument], [items] and [[total]].
        file: Name of the file, for messages.

    Raises:
        InstrumentError: Names every mistake at once.
    """
    raw = parse_toml(text, file, InstrumentError, "strings stand in quotes, one key a line.")
    mistakes: list[Mistake] = []
    written = None
    try:
        written = InstrumentFile.model_validate(raw)
    except ValidationError as error:
        mistakes += [(own_path(found["loc"]), explain_mistake(found, InstrumentFile)) for found in error.errors()]
    rules: list[Part] = []
    mistakes += _find_wrong_rules(raw) if written is None else _find_mistakes(written, rules)
    if written is None or mistakes:
        raise build_fault(mistakes, text, file, InstrumentError, "docs/instruments.md shows a whole file.")
    made = _build_instrument(written, rules)
    check_instrument(made)
    return made


def _find_wrong_rules(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Find rules that cannot be read in a file that has other mistakes too."""
    items, totals = raw.get("items"), raw.get("total")
    if not isinstance(items, dict) or not isinstance(totals, list):
        return
    for number, total in enumerate(totals):
        if isinstance(total, dict) and isinstance(total.get("rule"), str):
            try:
                parse_rule(total["rule"], list(items))
            except ValueError as error:
                yield ("total", number, "rule"), f"{error}."


def _find_mistakes(written: InstrumentFile, rules: list[Part]) -> Iterator[tuple[Path, str]]:
    """Find what the keys alone do not show, and collect the rules that can be read."""
    keys = list(written.items)
    for key, item in written.items.items():
        if not key.replace("_", "").isalnum() or not key.isascii() or key != key.lower() or not key[0].isalpha():
            yield ("items", key), "a key has lower-case letters, digits and underscores, and begins with a letter."
        if not item.least < item.most:
            yield ("items", key), "the least answer is not below the largest."
        elif item.blank_is is not None and not item.least <= item.blank_is <= item.most:
            yield ("items", key), "blank_is lies outside the range."
    for number, total in enumerate(written.total):
        if total.key in [other.key for other in written.total[:number]]:
            yield ("total", number, "key"), f'a second total is called "{total.key}".'
        try:
            rules.append(parse_rule(total.rule, keys))
        except ValueError as error:
            yield ("total", number, "rule"), f"{error}."
            continue
        for place, severity in enumerate(total.severity):
            if not is_rising(list(severity.up_to.values()), total.least, total.most):
                yield ("total", number, "severity", place), "the ends do not rise within the range of the total."
        yield from _find_faults_of_rule(written, total, number, rules[-1])


def _find_faults_of_rule(
    written: InstrumentFile, total: TotalEntry, number: int, rule: Part
) -> Iterator[tuple[Path, str]]:
    """Find a total whose range is not the one that its rule can reach: a slip in a range or in the rule."""
    items = [_build_item(key, item) for key, item in written.items.items()]
    faults = [] if isinstance(rule, str) else find_rule_faults(rule, {item.key: item for item in items})
    for said in faults:
        yield ("total", number, "rule"), f"the rule {said}."
    if faults or not all(item.least < item.most for item in items):
        return
    least, most = find_reach(rule, items)
    if (least, most) != (total.least, total.most):
        said = f"the rule reaches from {say_number(least)} to {say_number(most)}, "
        yield ("total", number, "rule"), f"{said}not from {say_number(total.least)} to {say_number(total.most)}."


def _build_item(key: str, entry: ItemEntry) -> Item:
    return Item(key, entry.name, entry.least, entry.most, entry.whole, entry.blank_is)


def _build_instrument(written: InstrumentFile, rules: list[Part]) -> Instrument:
    totals = [
        Total(
            entry.key, entry.name, entry.least, entry.most, entry.higher_is, rule, entry.source, entry.confidence,
            tuple(ImportantChange(one.points, one.source, one.confidence) for one in entry.important_change),
            tuple(
                Severity(tuple(one.up_to.items()), one.above, one.source, one.confidence) for one in entry.severity
            ),
        )
        for entry, rule in zip(written.total, rules, strict=True)
    ]  # fmt: skip
    head: Any = written.instrument
    items = tuple(_build_item(key, entry) for key, entry in written.items.items())
    return Instrument(head.key, head.name, head.version, items, tuple(totals), head.note)
