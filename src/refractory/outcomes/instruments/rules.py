"""What a total is made of: sums, products, means, the largest of several, and doublings, written as data.

A part is another rule or the key of an item. The same rule can be said as a line of text and read back
(`written_rules`): `0.1 * head_area * (head_erythema + head_induration + head_scaling)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Constant:
    """A number that every sheet has."""

    number: float


@dataclass(frozen=True)
class Scaled:
    """A part times a number, or divided by one; a negative number turns its direction round."""

    of: Part
    by: float = 1
    over: float = 1


@dataclass(frozen=True)
class Sum:
    """Parts added up; with `answered`, so many suffice and the others add nothing."""

    of: tuple[Part, ...]
    answered: int | None = None


@dataclass(frozen=True)
class Product:
    """Parts multiplied."""

    of: tuple[Part, ...]


@dataclass(frozen=True)
class Mean:
    """The mean of the parts; with `answered`, the mean of those that are there when they are so many."""

    of: tuple[Part, ...]
    answered: int | None = None


@dataclass(frozen=True)
class Largest:
    """The largest part; with `answered`, the largest of those that are there when they are so many."""

    of: tuple[Part, ...]
    answered: int | None = None


@dataclass(frozen=True)
class Doubled:
    """A part that counts twice when an item is 1, and once when it is 0."""

    of: Part
    when: str


Rule: TypeAlias = Constant | Scaled | Sum | Product | Mean | Largest | Doubled
Part: TypeAlias = Rule | str


def parts_of(rule: Rule) -> tuple[Part, ...]:
    """Return the parts of a rule, in its order."""
    match rule:
        case Constant():
            return ()
        case Scaled(of=part):
            return (part,)
        case Doubled(of=part, when=item):
            return (part, item)
        case _:
            return rule.of


def find_items(part: Part) -> Iterator[str]:
    """Find the items that a rule asks for, in its order and as often as it asks.

    Example:
        >>> list(find_items(Sum(("scalp_scale", Doubled("hands_erythema", when="hands_papules")))))
        ['scalp_scale', 'hands_erythema', 'hands_papules']
    """
    if isinstance(part, str):
        yield part
    else:
        for inner in parts_of(part):
            yield from find_items(inner)


def say_rule(part: Part) -> str:
    """Say a rule as one line that `written_rules` reads back.

    Example:
        >>> say_rule(Sum(("a", Scaled(Product(("b", "c")), by=0.5), Doubled("d", when="e"))))
        'a + 0.5 * (b * c) + doubled(d, e)'
    """
    match part:
        case str():
            return part
        case Constant(number=number):
            return say_number(number)
        case Scaled(of=inner, by=by, over=over):
            said = _in_brackets(inner)
            said = said if by == 1 else f"{say_number(by)} * {said}"
            return said if over == 1 else f"{said} / {say_number(over)}"
        case Sum(of=several, answered=None) if len(several) > 1:
            return " + ".join(_in_brackets(one) if isinstance(one, Sum) else say_rule(one) for one in several)
        case Product(of=several) if len(several) > 1:
            return " * ".join(_in_brackets(one) for one in several)
        case Doubled(of=inner, when=item):
            return f"doubled({say_rule(inner)}, {item})"
        case _:
            return _said_as_call(part)


def say_number(number: float) -> str:
    """Say a number of a rule or a range without a needless ".0"."""
    return repr(int(number)) if float(number).is_integer() else repr(float(number))


def _said_as_call(rule: Sum | Product | Mean | Largest) -> str:
    arguments = [say_rule(one) for one in rule.of]
    if not isinstance(rule, Product) and rule.answered is not None:
        arguments.append(f"answered = {rule.answered}")
    return f"{type(rule).__name__.lower()}({', '.join(arguments)})"


def _in_brackets(part: Part) -> str:
    said = say_rule(part)
    is_call = not isinstance(part, str) and said.startswith(("sum(", "mean(", "largest(", "product(", "doubled("))
    is_plain = isinstance(part, str) or (isinstance(part, Constant) and part.number >= 0)
    return said if is_plain or (is_call and not isinstance(part, Sum | Product)) else f"({said})"
