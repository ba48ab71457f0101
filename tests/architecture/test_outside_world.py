"""Only the edges of the house touch a disk, a network or a clock."""

from __future__ import annotations

import ast
import re

import pytest

from architecture.source_tree import MODULES, Module

# Module (a pattern) -> why it may.
MAY_TOUCH = {
    r"refractory\.records\.from_\w+": "reads a source",
    r"refractory\.records\.folders": "finds the tables of a folder, for from_files",
    r"refractory\.records\.circe\.entries": "says in the user's words what the embedded database says of a query",
    r"refractory\.records\.store": "runs the embedded database and writes its tables",
    r"refractory\.records\.hospital\.(writing|truth|as_\w+)": "write the invented hospital and its truth",
    r"refractory\.review\.case_store": "keeps the reviewers' work",
    r"refractory\.report\.document": "writes the report and reads its templates",
    r"refractory\.report\.forms": "writes the forms of the report",
    r"refractory\.report\.docx_package": "packs a Word document in memory",
    r"refractory\.run_store": "writes the run folder",
    r"refractory\.private_store": "writes what a run has of single persons",
    r"refractory\.written_tables": "writes tables as CSV",
    r"refractory\.codebook\.writing": "writes the analysis set and its codebook",
    r"refractory\.multiverse_store": "writes the folder of a multiverse",
    r"refractory\.quality_store": "writes the folder of a check of data quality",
    r"refractory\.population_store": "writes the folder of eras and doses of everybody",
    r"refractory\.processes": "asks whether a process still goes on",
    r"refractory\.user_files": "reads the protocols, instruments and reported numbers that a user wrote",
    r"refractory\.shown\.files": "reads results that were written",
    r"refractory\.consistency\.writing": "writes what arithmetic says of them",
    r"refractory\.start_store": "reads the sheets to start from, and writes the mapping and the protocol beside them",
    r"refractory\.chart_form\.workbook": "packs a workbook in memory",
    r"refractory\.chart_form\.writing": "writes the chart form and its mapping",
    r"refractory\.sheets": "reads a sheet of answers and writes it with its scores",
    r"refractory\.terminal(_check|_population)?": "print on the terminal",
    r"refractory\.cli(_parts)?": "talks with the user",
    r"refractory\.compiled_queries": "keeps compiled queries for the next run",
}
DISK_METHODS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "rmdir", "unlink", "touch",
    "iterdir", "glob", "rglob", "exists", "is_file", "is_dir", "stat", "resolve", "symlink_to", "hardlink_to",
}  # fmt: skip
CLOCK_METHODS = {"now", "today", "utcnow"}
# os.path and pathlib without their methods only compute names.
WORLDLY_MODULES = {
    "os", "io", "shutil", "tempfile", "glob", "socket", "urllib", "http", "ssl", "requests", "subprocess", "time",
    "getpass", "platform", "uuid", "secrets", "sqlite3", "duckdb", "psycopg",
    "pyspark", "py4j", "grpc",
}  # fmt: skip


def find_touches(module: Module) -> list[str]:
    """Name each line of a module that touches a disk, a network or a clock."""
    touches = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            touched = [alias.name for alias in node.names if alias.name.split(".")[0] in WORLDLY_MODULES]
            touched += [alias.name for alias in node.names if alias.name == "importlib.resources"]
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            is_worldly = package.split(".")[0] in WORLDLY_MODULES or package == "importlib.resources"
            touched = [package] if is_worldly else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            touched = [node.func.id] if node.func.id in ("open", "input", "print") else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            touched = [node.func.attr] if node.func.attr in DISK_METHODS | CLOCK_METHODS else []
        else:
            touched = []
        touches += [f"{module.name}, line {node.lineno}: {name}" for name in touched]
    return touches


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_only_the_edges_touch_a_disk_a_network_or_a_clock(module):
    if not any(re.fullmatch(pattern, module.name) for pattern in MAY_TOUCH):
        assert find_touches(module) == []


@pytest.mark.parametrize("pattern", MAY_TOUCH)
def test_every_leave_to_touch_the_world_is_needed(pattern):
    allowed = [module for module in MODULES if re.fullmatch(pattern, module.name)]
    assert not allowed or any(find_touches(module) for module in allowed)


@pytest.mark.parametrize(
    "text",
    [
        "open('patients.csv')",
        "from pathlib import Path\nPath('x').read_text()",
        "def late(path):\n    path.write_bytes(b'')",
        "import os.path",
        "from urllib.request import urlopen",
        "from datetime import datetime\ndatetime.now()",
        "from datetime import date\ndate.today()",
        "from time import perf_counter",
        "import socket as s",
        "from importlib.resources import files",
        "print('a number')",
    ],
)
def test_a_touch_is_found_wherever_it_is_written(text):
    assert find_touches(Module("refractory.cohort.planted", text)) != []


@pytest.mark.parametrize("text", ["'a'.replace('a', 'b')", "Path('a') / 'b'", "x.keep('open')"])
def test_words_alone_touch_nothing(text):
    assert find_touches(Module("refractory.cohort.planted", text)) == []
