"""The JSON Schema of the protocol file, for editors: its defaults written as the file writes them."""

from __future__ import annotations

from typing import Any

from refractory.protocol import Protocol


def describe_schema() -> dict[str, Any]:
    """Return the JSON Schema of the protocol file, its defaults written as the file writes them."""
    schema: dict[str, Any] = _spell_defaults(Protocol.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _spell_defaults(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_spell_defaults(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    spelled = {key: _spell_defaults(value) for key, value in schema.items()}
    default = spelled.get("default")
    if spelled.get("type") == "string" and isinstance(default, int):
        spelled["default"] = f"{default} days"
    if isinstance(default, dict | list):
        spelled["default"] = _spell_windows(default)
    return spelled


def _spell_windows(value: Any) -> Any:
    """Spell the windows in a value as two days, and leave everything else as it is."""
    if isinstance(value, list):
        return [_spell_windows(one) for one in value]
    if not isinstance(value, dict) or value.keys() != {"first_day", "last_day"}:
        return value
    open_ends = ("any day before", "any day after")
    ends = [value["first_day"], value["last_day"]]
    return [word if end is None else end for end, word in zip(ends, open_ends, strict=True)]
