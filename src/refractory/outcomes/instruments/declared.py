"""What an instrument is: its items with their ranges, its totals with their rules, and where each number is from.

Confidence says how a number is known: S seen in the named source, S2 seen in a secondary source, G general
knowledge not seen in a source, C computed by us from numbers that were seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.rules import Doubled, Part, Rule, find_items, parts_of, say_number

Confidence: TypeAlias = Literal["S", "S2", "G", "C"]


@dataclass(frozen=True)
class Item:
    """One answer of a sheet: a number from `least` to `most`; `blank_is` is what an empty box means, if anything."""

    key: str
    name: str
    least: float
    most: float
    is_whole: bool = True
    blank_is: float | None = None

    def __str__(self) -> str:
        """Say what is allowed: "0, 1 or 2", "0 to 100", "0 to 10, decimals allowed"."""
        if not self.is_whole:
            return f"{say_number(self.least)} to {say_number(self.most)}, decimals allowed"
        if self.most - self.least > 3:
            return f"{say_number(self.least)} to {say_number(self.most)}"
        allowed = [say_number(self.least + step) for step in range(int(self.most - self.least) + 1)]
        return " or ".join(filter(None, (", ".join(allowed[:-1]), allowed[-1])))


@dataclass(frozen=True)
class ImportantChange:
    """The smallest change that matters to those who were asked, in points of the total."""

    points: float
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Severity:
    """Names for stretches of a total: each up to and including its number, and the last for what lies above."""

    up_to: tuple[tuple[str, float], ...]
    above: str
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Total:
    """One number that an instrument gives, and the rule that makes it."""

    key: str
    name: str
    least: float
    most: float
    higher_is: Literal["worse", "better"]
    rule: Part
    source: str
    confidence: Confidence
    important_changes: tuple[ImportantChange, ...] = ()
    severities: tuple[Severity, ...] = ()

    @property
    def minimal_important_change(self) -> float | None:
        """The first of the important changes, in points; None where no source gives one."""
        return self.important_changes[0].points if self.important_changes else None

    @property
    def item_keys(self) -> tuple[str, ...]:
        """The items that the total is made of, each once."""
        return tuple(dict.fromkeys(find_items(self.rule)))


@dataclass(frozen=True)
class Instrument:
    """A published sheet: items that are asked, totals that are made of them."""

    key: str
    name: str
    version: str
    items: tuple[Item, ...]
    totals: tuple[Total, ...]
    note: str = ""

    @property
    def item_keys(self) -> tuple[str, ...]:
        """The keys of the items, in the order of the sheet."""
        return tuple(item.key for item in self.items)

    def item(self, key: str) -> Item:
        """Return the item of a key."""
        return next(item for item in self.items if item.key == key)

    def total(self, key: str) -> Total:
        """Return the total of a key."""
        return next(total for total in self.totals if total.key == key)


def check_instrument(instrument: Instrument) -> None:
    """Check that the parts of an instrument fit together.

    Keys are unique, every rule asks for items that exist, a doubling hangs on an item that is 0 or 1, no more
    answers are needed than there are parts, and severities rise.

    Raises:
        InstrumentError: Names the first fault.
    """
    for kind, keys in (("item", instrument.item_keys), ("total", [total.key for total in instrument.totals])):
        twice = sorted({key for key in keys if list(keys).count(key) > 1})
        if twice or not keys:
            what = f'a second {kind} is called "{twice[0]}"' if twice else f"there is no {kind}"
            raise _fault(instrument, what)
    for item in instrument.items:
        if not item.least < item.most:
            raise _fault(instrument, f"the range of {item.key} ends before it begins")
        if item.is_whole and not (float(item.least).is_integer() and float(item.most).is_integer()):
            raise _fault(instrument, f"{item.key} takes whole numbers, but its range does not end on them")
    for total in instrument.totals:
        unknown = [key for key in total.item_keys if key not in instrument.item_keys]
        if unknown:
            raise _fault(instrument, f'the rule of {total.key} asks for "{unknown[0]}", which is no item')
        if not isinstance(total.rule, str):
            for said in find_rule_faults(total.rule, {item.key: item for item in instrument.items}):
                raise _fault(instrument, f"the rule of {total.key} {said}")
        for severity in total.severities:
            if not is_rising([end for _, end in severity.up_to], total.least, total.most):
                raise _fault(instrument, f"the severities of {total.key} do not rise within its range")


def is_rising(ends: list[float], least: float, most: float) -> bool:
    """Say whether the ends of severities rise from one to the next and lie within the range of their total."""
    return ends == sorted(set(ends)) and all(least <= end < most for end in ends)


def find_rule_faults(rule: Rule, items: Mapping[str, Item]) -> list[str]:
    """Find what is wrong within a rule whose items all exist: each said as what follows "the rule"."""
    found = []
    if isinstance(rule, Doubled):
        item = items[rule.when]
        if (item.least, item.most, item.is_whole) != (0, 1, True):
            found.append(f"doubles when {rule.when} is 1, but {rule.when} is not 0 or 1")
    needed = getattr(rule, "answered", None)
    parts = parts_of(rule)
    if needed is not None and not 1 <= needed <= len(parts):
        found.append(f"needs {needed} answers of {len(parts)}")
    if getattr(rule, "over", 1) == 0:
        found.append("divides by 0")
    return found + [one for part in parts if not isinstance(part, str) for one in find_rule_faults(part, items)]


def _fault(instrument: Instrument, what: str) -> InstrumentError:
    return InstrumentError(f"{what}.", where=f"instrument {instrument.key}", remedy="mend the instrument.")
