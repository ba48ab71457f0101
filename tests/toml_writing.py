"""The values of a protocol file written out as TOML again, for a universe that is to be run alone."""

from __future__ import annotations

import json
from typing import Any


def write_toml(values: dict[str, Any]) -> str:
    """Write the values of a file: each table of the first level in double or single brackets, all else in line."""
    lines = []
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for one in value:
                lines += [f"[[{_key(name)}]]", *_pairs(one)]
        else:
            lines += [f"[{_key(name)}]", *_pairs(value)]
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in table.items()]


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
