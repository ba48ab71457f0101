"""What tells one Ibis expression from another, in every process."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def derive_fingerprint(operation: Any) -> str:
    """Derive what is the same for equal expressions, in every process, and differs for others.

    Every node is written with its kind, the names of its arguments and their values; a node among them by the place
    where it is written itself.

    Args:
        operation: The root node of an expression.

    Example:
        >>> import ibis
        >>> one, same, other = (ibis.table({"a": "int64"}, name="t").filter(ibis._.a > n) for n in (1, 1, 2))
        >>> derive_fingerprint(one.op()) == derive_fingerprint(same.op())
        True
        >>> derive_fingerprint(one.op()) == derive_fingerprint(other.op())
        False
    """
    from ibis.common.graph import Node

    places: dict[Any, int] = {}
    written: list[str] = []

    def spell(value: Any) -> str:
        if isinstance(value, Node):
            return f"#{place_of(value)}"
        if isinstance(value, Mapping):
            return "{" + ",".join(f"{key!r}:{spell(one)}" for key, one in value.items()) + "}"
        if isinstance(value, tuple | list):
            return "(" + ",".join(map(spell, value)) + ")"
        if isinstance(value, frozenset):
            return "<" + ",".join(sorted(map(spell, value))) + ">"
        return f"{type(value).__name__} {value!r}"

    def place_of(node: Any) -> int:
        if node not in places:
            said = ",".join(spell(value) for value in node.__args__)
            places[node] = len(written)
            written.append(f"{type(node).__name__}[{said}]")
        return places[node]

    place_of(operation)
    return sha256("\n".join(written).encode()).hexdigest()
