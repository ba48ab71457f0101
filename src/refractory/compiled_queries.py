"""The queries of former runs, kept on this machine: compiling them anew takes longer than a small study."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from refractory.records.compiling import Noted, compiled_texts, recall_texts

# Some thousand queries are as many studies as anybody runs; then they are collected anew.
_MOST_QUERIES = 5_000
# Each version of the program keeps its own.
_MOST_PROGRAMS = 4


def read_compiled_queries() -> int:
    """Recall the queries that former runs compiled, and say how many there are.

    What cannot be read counts as nothing: the queries are then compiled again.
    """
    try:
        kept = _Kept.model_validate_json(_file().read_bytes())
    except (OSError, ValueError):
        return 0
    recall_texts(kept.texts, kept.notes)
    return len(kept.texts) + len(kept.notes)


def keep_compiled_queries(known: int) -> None:
    """Keep the queries for the next run, if there are others than were known; where that is not possible, not.

    They hold names of tables, columns and concept sets, concept ids and the numbers of a protocol; no value of a
    record.
    """
    texts, notes = compiled_texts()
    if len(texts) + len(notes) == known or len(texts) > _MOST_QUERIES:
        return
    file = _file()
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        by_age = sorted(file.parent.glob("queries-*.json"), key=lambda former: former.stat().st_mtime)
        for former in by_age[: 1 - _MOST_PROGRAMS]:
            former.unlink(missing_ok=True)
        partial.write_text(_Kept(texts=texts, notes=notes).model_dump_json(), encoding="utf-8")
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)


class _Kept(BaseModel):
    """What the file holds: see records.compiling.compiled_texts."""

    texts: dict[str, str]
    notes: dict[str, Noted]


def _file() -> Path:
    """Name the file of this program, to the letter, and of what it compiles with.

    A note names the rules that an expression is built by, so that another rule of the same name needs another file.
    """
    made_by = sha256(f"{[version(one) for one in ('ibis-framework', 'sqlglot')]} {sys.version_info[:2]}".encode())
    package = Path(__file__).parent
    for module in sorted(package.rglob("*.py")):
        made_by.update(f"{module.relative_to(package)}\n".encode() + module.read_bytes())
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "refractory" / f"queries-{made_by.hexdigest()[:12]}.json"
