"""Expressions that are built later, if at all: where a former run knows their text, nothing needs to be built."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from pydantic import BaseModel

from refractory.records.fingerprints import derive_fingerprint

if TYPE_CHECKING:
    import ibis.expr.types as ir

Told = ParamSpec("Told")
Expression = TypeVar("Expression")
_PLAIN = (Enum, str, int, float, bool, bytes, date, timedelta, Path, type(None))


class Later:
    """Stands for an Ibis expression, or a part of one, that nobody has built yet.

    It notes what is asked of it: an attribute, a call, a comparison, a sum. `build` does all of that on real
    expressions; `derive_note` says what is the same for equal ones in every process. It has no value to look at: a
    test of it, or a loop over it, is a TypeError.
    """

    __slots__ = ("_built", "_does", "_fingerprint", "_named", "_tables", "_told")

    def __init__(self, does: Callable[..., Any], told: tuple[Any, ...], named: Mapping[str, Any] | None = None) -> None:
        self._does = does
        self._told = told
        self._named = dict(named or {})
        self._built: Any = None
        self._fingerprint = ""
        self._tables: frozenset[str] | None = None

    def __getattr__(self, name: str) -> Later:
        """Note that an attribute is asked for; one of the language itself is not there."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Later(getattr, (self, name))

    def __getitem__(self, key: Any) -> Later:
        return Later(operator.getitem, (self, key))

    def __call__(self, *told: Any, **named: Any) -> Later:
        return Later(operator.call, (self, *told), named)

    def __bool__(self) -> bool:
        raise TypeError("An expression that is built later is neither true nor false.")

    def __iter__(self) -> Any:
        raise TypeError("An expression that is built later has no parts yet.")

    def __hash__(self) -> int:
        return id(self)

    def __invert__(self) -> Later:
        return Later(operator.invert, (self,))

    def __neg__(self) -> Later:
        return Later(operator.neg, (self,))


def _note(does: Callable[..., Any], *, is_turned: bool = False) -> Callable[[Later, Any], Later]:
    if is_turned:
        return lambda right, left: Later(does, (left, right))
    return lambda left, right: Later(does, (left, right))


for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Later, f"__{_name}__", _note(getattr(operator, _name)))
for _name in ("and_", "or_", "xor", "add", "sub", "mul", "truediv", "floordiv", "mod"):
    _word = _name.rstrip("_")
    setattr(Later, f"__{_word}__", _note(getattr(operator, _name)))
    setattr(Later, f"__r{_word}__", _note(getattr(operator, _name), is_turned=True))


def later(rule: Callable[Told, Expression]) -> Callable[Told, Expression]:
    """Let a rule wait until its expression is needed, where one of its tables is an expression that waits.

    The rule must follow from what it is told alone: no clock, no file, no store.

    Example:
        >>> @later
        ... def keep_heavy(person, least):
        ...     return person.filter(person.kg >= least)
        >>> waiting = keep_heavy(table_later("person", {"person_id": "int64", "kg": "float64"}), 80)
        >>> build(waiting).columns
        ('person_id', 'kg')
    """

    @wraps(rule)
    def wait(*told: Told.args, **named: Told.kwargs) -> Expression:
        if any(map(_waits, told)) or any(map(_waits, named.values())):
            return cast("Expression", Later(rule, told, named))
        return rule(*told, **named)

    return wait


def table_later(name: str, schema: Mapping[str, str]) -> ir.Table:
    """Return a table of which name and schema are known as an expression that is built later."""
    return cast("ir.Table", Later(_table, (name, tuple(schema.items()))))


@later
def put_together(tables: Sequence[ir.Table], *, is_distinct: bool) -> ir.Table:
    """Put the rows of tables with the same columns into one, each row once if it is to be distinct."""
    import ibis

    return ibis.union(*tables, distinct=is_distinct)


def build(expression: Any) -> Any:
    """Build what waits in an expression, in the fields of a dataclass, in a tuple, a list or a dictionary."""
    if isinstance(expression, Later):
        if expression._built is None:
            told = [build(one) for one in expression._told]
            named = {name: build(one) for name, one in expression._named.items()}
            expression._built = expression._does(*told, **named)
        return expression._built
    if not _waits(expression):
        return expression
    if isinstance(expression, Mapping):
        return {name: build(one) for name, one in expression.items()}
    if is_dataclass(expression) and not isinstance(expression, type):
        return replace(expression, **{one.name: build(getattr(expression, one.name)) for one in fields(expression)})
    return type(expression)(map(build, expression))


def derive_note(expression: Later) -> str:
    """Derive what is the same for expressions that are built from equal parts, in every process.

    Raises:
        TypeError: A rule is told something of which nobody can say whether it is equal to another.
    """
    if not expression._fingerprint:
        parts = [spell(expression._does), *map(spell, expression._told)]
        parts += [f"{name}={spell(one)}" for name, one in sorted(expression._named.items())]
        expression._fingerprint = sha256("\n".join(parts).encode()).hexdigest()
    return expression._fingerprint


def name_tables(expression: Later) -> frozenset[str]:
    """Name the kept tables that an expression is built on."""
    if expression._tables is None:
        found: set[str] = set()
        if expression._does is _table:
            found.add(expression._told[0])
        for one in _find_waiting((*expression._told, *expression._named.values())):
            found |= name_tables(one)
        expression._tables = frozenset(found)
    return expression._tables


def _find_waiting(value: Any) -> Iterator[Later]:
    """Find what waits in a value, in the fields of a dataclass, in a tuple, a list or a dictionary."""
    if isinstance(value, Later):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _find_waiting(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _find_waiting(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _find_waiting(getattr(value, field.name))


def spell(value: Any) -> str:
    """Spell a value so that two are spelt alike only when a rule cannot tell them apart.

    Raises:
        TypeError: Nobody can say whether it is equal to another.
    """
    if isinstance(value, Later):
        return f"later {derive_note(value)}"
    if isinstance(value, _PLAIN):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, BaseModel):
        held = {name: getattr(value, name) for name in type(value).model_fields}
        return f"{type(value).__qualname__} {spell(held)}"
    if isinstance(value, FunctionType | BuiltinFunctionType | type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{spell(key)}:{spell(one)}" for key, one in value.items()) + "}"
    if isinstance(value, set | frozenset):
        return "<" + ",".join(sorted(map(spell, value))) + ">"
    if isinstance(value, tuple | list):
        return "(" + ",".join(map(spell, value)) + ")"
    if is_dataclass(value) and not isinstance(value, type):
        said = ",".join(f"{one.name}={spell(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__qualname__}({said})"
    return _spell_expression(value)


def _spell_expression(value: Any) -> str:
    """Spell a real expression, which a rule is told beside one that waits."""
    from ibis.expr.types import Expr

    if not isinstance(value, Expr):
        raise TypeError(f"A rule whose expression is built later cannot be told a {type(value).__name__}.")
    return f"built {derive_fingerprint(value.op())}"


def _waits(value: Any) -> bool:
    if isinstance(value, Later):
        return True
    if isinstance(value, Mapping):
        return any(map(_waits, value.values()))
    if isinstance(value, tuple | list):
        return any(map(_waits, value))
    if is_dataclass(value) and not isinstance(value, type):
        return any(_waits(getattr(value, one.name)) for one in fields(value))
    return False


def _table(name: str, schema: tuple[tuple[str, str], ...]) -> ir.Table:
    import ibis

    return ibis.table(dict(schema), name=name)
