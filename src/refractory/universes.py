"""The universes of a study: every combination of its dials, or a balanced sample of them, each a whole protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from random import Random
from typing import Any

from refractory.dials import DialError, Raw, find_key, find_value, set_key, spell_value, without_dials
from refractory.errors import ProtocolError
from refractory.protocol import Protocol, parse_protocol, read_raw_protocol
from refractory.protocol_mistakes import parse_toml, spell_path
from refractory.toml_lines import Path as KeyPath

_NO_DIALS = "the study has no dials, so that there is nothing that could be chosen otherwise."
_REMEDY = 'add a table [dials] to the file, such as: "refractory.failed" = [1, 2, 3].'


@dataclass(frozen=True)
class Choice:
    """One alternative of a dial.

    Args:
        said: The value in one line, as the file writes it.
        value: The value; None where nothing is set.
        is_as_written: Whether it is what the study itself says.
    """

    said: str
    value: Any
    is_as_written: bool


@dataclass(frozen=True)
class Dial:
    """A key with its alternatives.

    Args:
        name: The path as the file writes it.
        key: The key that it names.
        choices: The alternatives in the order of the file; what the study says comes first where the file lists it not.
    """

    name: str
    key: KeyPath
    choices: tuple[Choice, ...]

    @property
    def written(self) -> int:
        """The place of what the study itself says."""
        return next(place for place, one in enumerate(self.choices) if one.is_as_written)


@dataclass(frozen=True)
class Universe:
    """One combination.

    Args:
        choices: The place of the alternative of each dial.
        protocol: The study with these choices; None where they cannot stand together.
        why_not: Why they cannot.
    """

    choices: tuple[int, ...]
    protocol: Protocol | None
    why_not: str = ""


@dataclass(frozen=True)
class UniversePlan:
    """What is run.

    Args:
        protocol: The study as it is written.
        dials: Its dials.
        universes: The universes in the order of their choices, the first dial moving slowest.
        combinations: How many there are in all.
    """

    protocol: Protocol
    dials: tuple[Dial, ...]
    universes: tuple[Universe, ...]
    combinations: int

    @property
    def is_sample(self) -> bool:
        """True where not every combination is run."""
        return len(self.universes) < self.combinations

    @property
    def written(self) -> tuple[int, ...]:
        """The choices of the study itself."""
        return tuple(dial.written for dial in self.dials)


def plan_universes(text: str, file: str = "protocol.toml", folder: Path | None = None) -> UniversePlan:
    """Plan every universe of a study.

    Args:
        text: The protocol file.
        file: Its name, for messages.
        folder: Where it lies; None where it lies nowhere.

    Raises:
        ProtocolError: The file has a mistake, or no dials.
    """
    protocol = parse_protocol(text, file, folder)
    if not protocol.dials:
        raise ProtocolError(_NO_DIALS, where=file, remedy=_REMEDY)
    raw = parse_toml(text, file, ProtocolError, _REMEDY)
    keys = {name: find_key(raw, Protocol, name) for name in protocol.dials}
    dials = tuple(_read_dial(raw, protocol, name, keys, folder) for name in keys)
    sizes = [len(dial.choices) for dial in dials]
    written = tuple(dial.written for dial in dials)
    combinations = prod(sizes)
    if combinations <= protocol.multiverse.most:
        chosen = list(product(*(range(size) for size in sizes)))
    else:
        chosen = draw_balanced(sizes, written, protocol.multiverse.most, protocol.multiverse.seed)
    universes = tuple(build_universe(raw, dials, choices, folder) for choices in chosen)
    return UniversePlan(protocol, dials, universes, combinations)


def _read_dial(raw: Raw, protocol: Protocol, name: str, keys: Mapping[str, KeyPath], folder: Path | None) -> Dial:
    """Read a dial: equal alternatives count once, and what the study says is one of them.

    Where another dial sets the whole table that holds the key, what is written there is the table's own.
    """
    study = without_dials(raw)
    key = keys[name]
    is_inside = any(len(other) < len(key) and key[: len(other)] == other for other in keys.values())
    written = without_choices(protocol)
    choices: list[Choice] = []
    seen: list[Protocol] = []
    for value in raw["dials"][name]:
        changed, _ = read_raw_protocol(set_key(study, key, value), folder)
        if changed is None or changed in seen:
            continue
        seen.append(changed)
        said = spell_value(value)
        is_written = changed == written
        choices.append(Choice(_say_own(said) if is_written and is_inside else said, value, is_written))
    if not any(one.is_as_written for one in choices):
        value = find_value(study, key)
        said = "not named in the file" if value is None else spell_value(value)
        choices.insert(0, Choice(_say_own(said) if is_inside else said, None, is_as_written=True))
    return Dial(name, key, tuple(choices))


def _say_own(said: str) -> str:
    return f"{said}, or the other rule's own"


def without_choices(protocol: Protocol) -> Protocol:
    """Return a protocol without its dials, to compare it by."""
    return with_parts(protocol, dials={}, multiverse=type(protocol.multiverse)())


def with_parts(protocol: Protocol, **parts: Any) -> Protocol:
    """Return a protocol with other parts, which are valid where they stand.

    A copy of the model's own would take along what the old protocol had derived from its parts.
    """
    held = {name: getattr(protocol, name) for name in Protocol.model_fields}
    return Protocol.model_construct(**{**held, **parts})


def build_universe(raw: Raw, dials: Sequence[Dial], choices: tuple[int, ...], folder: Path | None) -> Universe:
    """Build the protocol of one combination; what the study says is left as it stands.

    A dial for a whole table is set before one for a key inside it.
    """
    changed = without_dials(raw)
    try:
        for dial, place in sorted(zip(dials, choices, strict=True), key=lambda one: len(one[0].key)):
            choice = dial.choices[place]
            if not choice.is_as_written:
                changed = set_key(changed, dial.key, choice.value)
    except DialError as error:
        return Universe(choices, None, str(error))
    protocol, mistakes = read_raw_protocol(changed, folder)
    if protocol is None or mistakes:
        path, said = sorted(mistakes, key=lambda one: spell_path(one[0]))[0]
        return Universe(choices, None, f"{spell_path(path)}: {said}")
    return Universe(choices, protocol)


def draw_balanced(sizes: Sequence[int], written: tuple[int, ...], most: int, seed: int) -> list[tuple[int, ...]]:
    """Draw a sample of the combinations in which each alternative of a dial comes about equally often.

    The study as written, and the universes in which one dial alone moves, are always among them, as far as there is
    room.

    Args:
        sizes: Alternatives of each dial; all combinations are more than `most`.
        written: The choices of the study itself.
        most: Size of the sample.
        seed: Of the draw: the same seed draws the same.

    Returns:
        Different combinations, in the order of their choices.
    """
    chosen: dict[tuple[int, ...], None] = {written: None}
    for place, size in enumerate(sizes):
        for other in range(size):
            chosen.setdefault((*written[:place], other, *written[place + 1 :]))
    chosen = dict(list(chosen.items())[:most])
    random = Random(seed)
    while len(chosen) < most:
        for one in _draw_block(sizes, random):
            if len(chosen) < most:
                chosen.setdefault(one)
    return sorted(chosen)


def _draw_block(sizes: Sequence[int], random: Random) -> Iterator[tuple[int, ...]]:
    """Draw combinations in which each alternative of a dial comes equally often, if its size divides the block."""
    length = max(sizes) * 12
    columns = []
    for size in sizes:
        column = [place % size for place in range(length)]
        random.shuffle(column)
        columns.append(column)
    return zip(*columns, strict=True)
