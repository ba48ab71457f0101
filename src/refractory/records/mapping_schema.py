"""The JSON Schema of a mapping, for editors."""

from __future__ import annotations

from typing import Any

from refractory.records.mapping import FIELD_MEANINGS, FIELDS, SourceMapping


def describe_mapping_schema() -> dict[str, Any]:
    """Return the JSON Schema of a mapping, with the fields of records by name."""
    schema = SourceMapping.model_json_schema(by_alias=True)
    fields = [name for name in FIELD_MEANINGS if any(name in (*a, *b, "vocabulary") for a, b in FIELDS.values())]
    record = schema["$defs"]["RecordDefinition"]["properties"]
    for part in ("column", "text"):
        record[part]["properties"] = {
            name: {"type": "string", "description": FIELD_MEANINGS[name].capitalize()} for name in fields
        }
        record[part]["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
