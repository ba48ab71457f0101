"""The analysis set and its codebook as files of a run folder's private part."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.codebook.book import CODEBOOK, Chapter, describe_analysis_set, describe_longer_table
from refractory.codebook.build import ANALYSIS_SET, build_columns, list_rows
from refractory.codebook.columns import STORED
from refractory.codebook.facts import read_facts
from refractory.codebook.page import write_page
from refractory.written_tables import write_csv

if TYPE_CHECKING:
    from refractory.study import StudyRun

_OWN = (ANALYSIS_SET, "codebook")


def write_analysis_set(run: StudyRun, folder: Path) -> None:
    """Write analysis_set.csv and .parquet, and codebook.csv and .html of all tables that the folder holds.

    One row per person of the cohort; a value that is missing is empty, yes is 1 and no is 0, dates are ISO 8601.

    Args:
        run: A run that has ended.
        folder: Holds the tables with several rows per person already.
    """
    columns = build_columns(run.protocol, read_facts(run))
    rows = list_rows(columns, run.patients)
    store = run.records.store
    store.add(ANALYSIS_SET, {column.name: STORED[column.kind] for column in columns}, rows)
    store.write_parquet(ANALYSIS_SET, folder / f"{ANALYSIS_SET}.parquet", ["person_id"])
    write_csv(folder / f"{ANALYSIS_SET}.csv", [column.name for column in columns], rows)
    chapters = [describe_analysis_set(columns, run.patients), *_describe_others(run, folder)]
    entries = [entry.row for chapter in chapters for entry in chapter.entries]
    write_csv(folder / "codebook.csv", CODEBOOK, entries)
    head = run.results.head
    page = write_page(head.title, chapters, is_invented=head.is_invented)
    (folder / "codebook.html").write_text(page, encoding="utf-8")


def _describe_others(run: StudyRun, folder: Path) -> list[Chapter]:
    """Describe the tables that lie in the folder beside the analysis set, in the order of their names."""
    store = run.records.store
    found = []
    for path in sorted(folder.iterdir()):
        if path.stem in _OWN:
            continue
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                head, *rows = csv.reader(file)
            found.append(describe_longer_table(path.stem, head, rows))
        elif path.suffix == ".parquet" and store.has(path.stem):
            table = store.table(path.stem)
            found.append(describe_longer_table(path.stem, store.columns(table), store.rows(table)))
    return found
