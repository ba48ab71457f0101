"""Write docs/statistics.md from docs/statistics.toml and from the examples of the functions themselves."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "docs" / "statistics.toml"
TARGET = ROOT / "docs" / "statistics.md"
HEAD = """\
# The statistics, for a sceptical statistician

Each quantity that the program prints: by which method and which function, what its numbers were held against, where the
test is, and what is weak about it. Numbers agree to 1e-6 where the method is the same, unless the weakness says
otherwise; where the reference numbers come from, with the scripts beside them, is in
[tests/reference/statistics.md](../tests/reference/statistics.md). How often intervals, tests and corrections keep
their word in small groups is in [simulation.md](simulation.md).

This page is written by `tools/write_statistics_reference.py` from `statistics.toml` beside it, and a test keeps it so.

| quantity | method | function | held to | tests | known weakness |
|---|---|---|---|---|---|
"""
EXAMPLES = """
## Try it

Every function takes plain numbers. Install the program, start Python, and compare with your own.
"""


def read_quantities() -> list[dict[str, Any]]:
    return list(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["quantity"])


def cut_example(name: str) -> str:
    """The example of a function's docstring, as it is run by the tests."""
    module, function = name.split(".")
    text = getattr(import_module(f"refractory.statistics.{module}"), function).__doc__ or ""
    _, found, example = text.partition("Example:\n")
    return dedent(example).strip() if found else ""


def write_page() -> str:
    lines = [HEAD]
    for row in read_quantities():
        functions = ", ".join(f"`{name}`" for name in row["functions"])
        tests = ", ".join(f"[{Path(path).stem}](../{path})" for path in row["tests"])
        lines.append(
            f"| {row['what']} | {row['method']} | {functions} | {row['held_to']} | {tests} | {row['weakness']} |\n"
        )
    lines.append(EXAMPLES)
    for row in read_quantities():
        lines.append(f"\n### {row['what']}\n")
        for name in row["functions"]:
            example = cut_example(name)
            if example:
                module = name.split(".")[0]
                lines.append(f"\n```pycon\n>>> from refractory.statistics.{module} import *\n{example}\n```\n")
    return "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(write_page(), encoding="utf-8")
