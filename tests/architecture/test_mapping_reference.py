"""docs/mapping.md is what the model says; every key and every field of a record has a description."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from refractory.records.mapping import FIELD_MEANINGS, FIELDS
from refractory.records.mapping_schema import describe_mapping_schema

ROOT = Path(__file__).parents[2]


def _tool():
    spec = importlib.util.spec_from_file_location("mapping_reference", ROOT / "tools" / "write_mapping_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_in_docs_is_the_one_that_the_model_writes():
    page = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    assert page == _tool().write_reference(), "mend with: .venv/bin/python tools/write_mapping_reference.py"


def test_every_key_and_every_field_says_what_it_is():
    rows = [line.split("|") for line in _tool().write_reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row[1].strip() for row in rows if not row[2].strip()] == []
    assert {name for needed, more in FIELDS.values() for name in (*needed, *more)} <= set(FIELD_MEANINGS)


def test_the_schema_knows_the_fields_of_records():
    record = describe_mapping_schema()["$defs"]["RecordDefinition"]["properties"]
    assert set(record["column"]["properties"]) == set(FIELD_MEANINGS)
