"""The queries of former runs, kept on this machine: compiling them anew takes longer than a small study."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from refractory import __version__
from refractory.records.compiling import compiled_texts, recall_texts

# Some thousand queries are as many studies as anybody runs; then they are collected anew.
_MOST_QUERIES = 5_000


def read_compiled_queries() -> int:
    """Recall the queries that former runs compiled, and say how many there are.

    What cannot be read counts as nothing: the queries are then compiled again.
    """
    try:
        texts = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        return 0
    recall_texts(texts)
    return len(texts)


def keep_compiled_queries(known: int) -> None:
    """Keep the queries for the next run, if there are others than were known; where that is not possible, not.

    They hold names of tables, columns and concept sets, concept ids and the numbers of a protocol; no value of a
    record.
    """
    texts: Mapping[str, str] = compiled_texts()
    if len(texts) == known or len(texts) > _MOST_QUERIES:
        return
    file = _file()
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(texts), encoding="utf-8")
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)


def _file() -> Path:
    """Name the file of this version of the program and of what it compiles with."""
    versions = [version(package) for package in ("ibis-framework", "sqlglot")]
    made_by = f"{__version__} {versions} {sys.version_info[:2]}"
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "refractory" / f"queries-{sha256(made_by.encode()).hexdigest()[:12]}.json"
