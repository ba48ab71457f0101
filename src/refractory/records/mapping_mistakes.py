"""Mistakes of a mapping that its model cannot place: fields that a record does not have, kinds without codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from refractory.protocol_mistakes import Mistake, say_nearest
from refractory.records.mapping import FIELDS
from refractory.toml_lines import Path

WITH_CODES = tuple(kind for kind, (needed, _) in FIELDS.items() if "what" in needed)


def find_wrong_fields(raw: dict[str, Any]) -> Iterator[Mistake]:
    """Find fields that a kind of record does not have, each at its own line, with the nearest name."""
    for path, record in _records(raw):
        kind = record.get("kind")
        if not isinstance(kind, str) or kind not in FIELDS:
            continue
        needed, more = FIELDS[kind]
        known = [*needed, *more, *(("vocabulary",) if kind in WITH_CODES else ())]
        for part in ("column", "text"):
            fields = record.get(part)
            for name, column in fields.items() if isinstance(fields, dict) else ():
                if name not in known:
                    allowed = ", ".join(known)
                    yield (
                        (*path, part, name),
                        f'a {kind} has no "{name}".{say_nearest(name, known)} Allowed: {allowed}.',
                    )
                elif part == "column" and isinstance(column, str) and column.count("{n}") > 1:
                    yield (*path, part, name), "{n} stands once in the name of a column."
    codes = raw.get("codes")
    for kind in codes if isinstance(codes, dict) else ():
        if kind not in WITH_CODES:
            near = say_nearest(kind, list(WITH_CODES))
            yield (
                ("codes", kind),
                f'no kind of record with codes is called "{kind}".{near} Allowed: {", ".join(WITH_CODES)}.',
            )


def _records(raw: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    tables = raw.get("table")
    for place, table in enumerate(tables) if isinstance(tables, list) else ():
        records = table.get("record") if isinstance(table, dict) else None
        for number, record in enumerate(records) if isinstance(records, list) else ():
            if isinstance(record, dict):
                yield ("table", place, "record", number), record
