"""Tables drawn in text, so that a clinician can read a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from refractory.records.later import build
from refractory.records.schema import SCHEMAS
from refractory.records.store import Store


def table(text: str) -> list[dict[str, str | None]]:
    """Read a table drawn with | between columns and a line of dashes under the heads; "-" is no value."""
    lines = [line for line in text.splitlines() if line.strip() and not set(line.strip()) <= set("-+ ")]
    heads, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(heads, [None if cell in ("-", "") else cell for cell in row], strict=True)) for row in rows]


def _typed(value: str | None, kind: str) -> Any:
    if value is None:
        return None
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "boolean":
        return value == "yes"
    return {"int64": int, "float64": float, "string": str}[kind](value)


def fill(store: Store, name: str, text: str, schema: Mapping[str, str] | None = None) -> Any:
    """Put a drawn table into the store; columns that it does not show are null, row ids count from 1."""
    kinds = dict(schema or SCHEMAS[name])
    rows = []
    for number, row in enumerate(table(text), start=1):
        unknown = set(row) - set(kinds)
        assert not unknown, f"{name} has no column {unknown}"
        values: dict[str, Any] = {"row_id": number, "source_table": "drug_exposure", "route": "oral"}
        values |= {column: _typed(value, kinds[column]) for column, value in row.items()}
        rows.append([values.get(column) for column in kinds])
    return store.add(name, kinds, rows)


def empty(store: Store, *names: str) -> None:
    """Put empty tables into the store."""
    for name in names:
        store.add(name, SCHEMAS[name])


def same_rows(store: Store, found: Any, expected: str, columns: Sequence[str] | None = None) -> None:
    """Assert that an expression has the rows of a drawn table, in any order."""
    wanted = table(expected)
    heads = list(columns or wanted[0])
    found = build(found)
    kinds = {column: str(kind).lstrip("!") for column, kind in found.schema().items()}

    def spell(value: Any) -> str:
        if value is None:
            return "-"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:g}" if isinstance(value, float) else str(value)

    got = sorted(tuple(spell(row[head]) for head in heads) for row in store.records(found))
    want = sorted(tuple("-" if row[head] is None else str(row[head]) for head in heads) for row in wanted)
    assert kinds, "the expression has no columns"
    assert got == want, f"\nfound    {got}\nexpected {want}"
