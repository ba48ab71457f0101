"""Rules as text: `0.1 * head_area * (head_erythema + head_scaling)`, `mean("q*", answered = 8)`, `doubled(a, b)`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fnmatch import fnmatchcase
from math import isfinite

from refractory.outcomes.instruments.rules import (
    Constant,
    Doubled,
    Largest,
    Mean,
    Part,
    Product,
    Scaled,
    Sum,
    find_items,
)
from refractory.protocol_mistakes import say_nearest

_CALLS = ["sum", "mean", "largest", "product", "doubled"]
# A longer text is no rule, and Python's own reader need not be tried on it.
_LONGEST = 20_000


def parse_rule(text: str, items: Sequence[str]) -> Part:
    """Read a rule.

    Args:
        text: Items, numbers, + - * /, brackets, and sum, mean, largest, product and doubled. A pattern in quotes
            stands for all items that it fits, in the order of the sheet: `sum("*_scale")`. `answered = 9` says that so
            many suffice.
        items: The keys of the items.

    Returns:
        The rule as data.

    Raises:
        ValueError: Says what is wrong, with the nearest name.

    Example:
        >>> parse_rule("0.5 * a + doubled(b, c)", ["a", "b", "c"])
        Sum(of=(Scaled(of='a', by=0.5, over=1), Doubled(of='b', when='c')), answered=None)
    """
    if len(text) > _LONGEST:
        raise ValueError("the rule is too long")
    try:
        tree = ast.parse(text.strip().replace("\n", " "), mode="eval")
        found = _read(tree.body, items)
    except SyntaxError as error:
        raise ValueError(f"the rule cannot be read at character {error.offset or 1}") from None
    except (RecursionError, MemoryError):
        raise ValueError("the rule is nested too deeply") from None
    if not any(True for _ in find_items(found)):
        raise ValueError("the rule asks for no item")
    return found


def _read(node: ast.expr, items: Sequence[str]) -> Part:
    match node:
        case ast.Name(id=name):
            return _item(name, items)
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return Constant(_number(node))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return Scaled(_read(inner, items), by=-1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return Sum((*_terms(left, items), _read(right, items)))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return Sum((*_terms(left, items), Scaled(_read(right, items), by=-1)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_read(left, items), _read(right, items))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            over = _number(right)
            if over == 0:
                raise ValueError("the rule divides by 0")
            return Scaled(_read(left, items), over=over)
        case ast.Call(func=ast.Name(id=name)):
            return _called(name, node, items)
    raise ValueError(f"the rule cannot use `{ast.unparse(node)[:40]}`; it knows + - * / and {', '.join(_CALLS)}")


def _terms(node: ast.expr, items: Sequence[str]) -> tuple[Part, ...]:
    """What stands before a plus: the terms of a longer sum, or one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        several = _read(node, items)
        assert isinstance(several, Sum)
        return several.of
    return (_read(node, items),)


def _product(left: Part, right: Part) -> Part:
    for number, other in ((left, right), (right, left)):
        if isinstance(number, Constant) and not isinstance(other, Constant):
            return Scaled(other, by=number.number)
    return Product((*(left.of if isinstance(left, Product) else (left,)), right))


def _called(name: str, call: ast.Call, items: Sequence[str]) -> Part:
    if name not in _CALLS:
        raise ValueError(f'the rule knows no "{name}".{say_nearest(name, _CALLS)} Allowed: {", ".join(_CALLS)}')
    if name == "doubled":
        if len(call.args) != 2 or call.keywords or not isinstance(call.args[1], ast.Name):
            raise ValueError("doubled has two parts: what counts, and the item that doubles it when it is 1")
        return Doubled(_read(call.args[0], items), when=_item(call.args[1].id, items))
    parts = tuple(part for argument in call.args for part in _spread(argument, items))
    if not parts:
        raise ValueError(f"{name} of nothing")
    if name == "product":
        if call.keywords:
            raise ValueError("product takes no `answered`")
        return Product(parts)
    needed = _answered(name, call.keywords, len(parts))
    if name == "sum":
        return Sum(parts, needed)
    return Mean(parts, needed) if name == "mean" else Largest(parts, needed)


def _answered(name: str, keywords: list[ast.keyword], parts: int) -> int | None:
    if not keywords:
        return None
    wrong = [one.arg for one in keywords if one.arg != "answered"]
    if wrong:
        raise ValueError(f"{name} takes `answered`, not `{wrong[0]}`")
    needed = _number(keywords[0].value)
    if needed not in range(1, parts + 1):
        raise ValueError(f"`answered` of {name} is a whole number from 1 to {parts}")
    return int(needed)


def _spread(node: ast.expr, items: Sequence[str]) -> list[Part]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        fitting: list[Part] = [key for key in items if fnmatchcase(key, node.value)]
        if not fitting:
            raise ValueError(f'no item fits "{node.value}"')
        return fitting
    return [_read(node, items)]


def _item(name: str, items: Sequence[str]) -> str:
    if name not in items:
        raise ValueError(f'there is no item "{name}".{say_nearest(name, list(items))}')
    return name


def _number(node: ast.expr) -> float:
    sign, inner = (-1, node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else (1, node)
    value = inner.value if isinstance(inner, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"`{ast.unparse(node)[:40]}` is no number that a rule can use here")
    return sign * value
