"""docs/quality.md tells of every rule of data quality, as the rules tell of themselves."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from refractory.records.quality_rules import RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")


def test_the_tables_in_docs_are_those_that_the_rules_write():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "write_quality_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.write_page(PAGE) == PAGE, "mend with: .venv/bin/python tools/write_quality_reference.py"
    assert all(rule.title in PAGE for rule in RULES.values())
