"""docs/protocol.md is what the model says, and every key of every model has a description."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _tool():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "write_protocol_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_in_docs_is_the_one_that_the_model_writes():
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert page == _tool().write_reference(), "mend with: .venv/bin/python tools/write_protocol_reference.py"


def test_every_key_says_what_it_is():
    rows = [line.split("|") for line in _tool().write_reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 80
    assert [row[1].strip() for row in rows if not row[2].strip()] == []
