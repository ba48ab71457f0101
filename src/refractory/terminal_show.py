"""What `refractory show` shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.text import Text

from refractory.numbers import say_count
from refractory.shown.comparing import SideBySide
from refractory.shown.files import ToldRun
from refractory.shown.tables import ShownTable
from refractory.terminal import open_console, open_table

_STYLES = {"same": "green", "differs": "bold red"}


def show_head(run: ToldRun) -> None:
    """Show whose results these are: study, source, version, and what is not told."""
    console, results = open_console(), run.results
    study = run.manifest.get("protocol", {}).get("study", {}) if run.manifest else {}
    groups = dict.fromkeys(one.place.group for one in results.results)
    title = str(study.get("title", "")) if isinstance(study, dict) else ""
    console.print()
    console.print(Text(title or ", ".join(list(groups)[:3]) or run.name, style="bold"))
    sources = results.sources
    many = len(sources) > 3
    said = [f"Source: {say_count(len(sources), 'source') if many else ', '.join(sources)}"]
    packages = results.settings_of("package_name")
    versions = results.settings_of("package_version")
    said += [f"written by {', '.join(packages)} {', '.join(versions)}".strip()] if packages else []
    said += [f"protocol {one}" for one in results.settings_of("protocol_hash")]
    console.print(Text("; ".join(said) + "."))
    smallest = [one for one in results.settings_of("min_cell_count") if one not in ("", "0")]
    if smallest:
        console.print(Text(f"To be shared: counts below {', '.join(smallest)} are not told."), style="italic")
    counted = say_count(len(results.results), "result"), say_count(results.rows, "row")
    console.print(Text(f"{counted[0]} in {counted[1]} of {run.path}."), soft_wrap=True)


def show_tables(tables: Sequence[ShownTable]) -> None:
    """Show tables one after the other."""
    console = open_console()
    for table in tables:
        heads = enumerate(table.columns)
        shown = open_table(table.title, [(name, "right" if place in table.right else "left") for place, name in heads])
        for row in table.rows:
            shown.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        console.print(shown)


def show_side_by_side(found: SideBySide) -> None:
    """Show what differs between two files of results."""
    show_tables(found.tables)
    same = say_count(found.same, "result is", "results are")
    console = open_console()
    console.print(f"{same} the same; {say_count(found.differing, 'differs', 'differ')}.", markup=False)


def print_text(text: str) -> None:
    """Print text for other programs as it is."""
    sys.stdout.write(text)
