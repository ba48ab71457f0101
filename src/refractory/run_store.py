"""The run folder: made in a temporary place beside it and moved at the end, whole or not at all."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from refractory import __version__
from refractory.analysis.results import Caution, PrintedEstimate, TableCell
from refractory.analysis.shared import SharedResults
from refractory.analysis.summarised_result import COLUMNS, derive_summarised_result
from refractory.errors import OutputError
from refractory.numbers import say_number
from refractory.private_store import write_private
from refractory.processes import is_running
from refractory.records.accounts import TableAccount
from refractory.records.schema import Problem
from refractory.report.document import write_shared_report
from refractory.report.forms import ALL_FORMS, Form, write_forms
from refractory.study import StudyRun
from refractory.written_tables import write_csv

MANIFEST = "manifest.json"
SHARE = "share"
_SHARED_FORMS = (Form.DOCX, Form.FIGURES)
_CAUTION_COLUMNS = ("caution", "severity", "code", "title", "number", "text")
_PROBLEM_COLUMNS = ("table", "row", "column", "rule", "done", "rows", "left_out", "file", "line", "place")


def check_out(folder: Path) -> None:
    """Check that a run may be written to a folder: it is new, empty or an earlier run.

    Raises:
        OutputError: When it holds anything else, or cannot be made.
    """
    if folder.is_dir():
        names = {entry.name for entry in folder.iterdir()}
        if names and MANIFEST not in names:
            raise OutputError(
                f"the folder {folder.name} holds {len(names)} files or folders that are no earlier run.",
                where=f"--out {folder}",
                remedy="choose a new folder; a run replaces only what a run has written.",
            )
    elif folder.exists():
        raise OutputError(f"{folder.name} is a file, not a folder.", where=f"--out {folder}", remedy="choose a folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder cannot be made: {error.strerror}.", where=f"--out {folder}", remedy="choose another place."
        ) from None
    if not os.access(folder.parent, os.W_OK):
        raise OutputError("nothing can be written there.", where=f"--out {folder}", remedy="choose another place.")


def write_run(run: StudyRun, folder: Path, forms: Collection[Form] = ALL_FORMS) -> None:
    """Write a run folder: the report in its forms, results, cautions, problems, share/, private/ and the manifest.

    The same run writes the same bytes.
    """
    with made_whole(folder) as partial:
        write_forms(run.results, partial, forms)
        write_csv(partial / "results.csv", COLUMNS, derive_summarised_result(run.results))
        write_csv(partial / "cautions.csv", _CAUTION_COLUMNS, derive_caution_rows(run.results.cautions))
        write_problems(partial / "problems.csv", run.problems)
        write_share(run.shared, partial / SHARE, forms)
        write_private(run, partial / "private")
        _write_manifest(run, partial / MANIFEST)


def write_share(results: SharedResults, folder: Path, forms: Collection[Form] = ()) -> None:
    """Write what may be sent to others: the report in its forms, results.csv, cautions.csv, and each table as CSV."""
    tables = folder / "tables"
    tables.mkdir(parents=True)
    write_forms(results, folder, [form for form in forms if form in _SHARED_FORMS], write_shared_report)
    write_csv(folder / "results.csv", COLUMNS, derive_summarised_result(results))
    write_csv(folder / "cautions.csv", _CAUTION_COLUMNS, derive_caution_rows(results.cautions))
    for table in results.tables:
        rows = ((row.label, *map(_say_cell, row.cells)) for row in table.rows)
        write_csv(tables / f"{table.id}.csv", table.columns, rows)


def _say_cell(cell: TableCell) -> str:
    return say_number(cell.shown if isinstance(cell, PrintedEstimate) else cell)


def derive_caution_rows(cautions: Sequence[Caution]) -> list[tuple[str, ...]]:
    """Return one row per caution, in the order of the report."""
    return [
        (str(place), one.severity.value, one.code, one.title, say_number(one.number), one.text)
        for place, one in enumerate(cautions, start=1)
    ]


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """Give a hidden folder beside a folder, which takes that one's place at the end, whole or not at all.

    Raises:
        OutputError: When the folder may not be replaced, or cannot be written.
    """
    check_out(folder)
    for partial in folder.parent.glob(f".{folder.name}.partial-*"):
        if not is_running(partial.name.rpartition("-")[2]):
            shutil.rmtree(partial, ignore_errors=True)
    partial = folder.parent / f".{folder.name}.partial-{os.getpid()}"
    try:
        partial.mkdir()
        yield partial
        _replace(folder, partial)
    except OSError as error:
        raise OutputError(
            f"the run folder could not be written: {error.strerror}.", where=f"--out {folder}", remedy="check the disk."
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _replace(folder: Path, partial: Path) -> None:
    former = folder.parent / f".{folder.name}.former-{os.getpid()}"
    if folder.exists():
        folder.rename(former)
    partial.rename(folder)
    shutil.rmtree(former, ignore_errors=True)


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Write what was not used as written, and why, in an order that depends on nothing else."""
    rows = [
        (
            *(one.table, one.row, one.column, one.rule, one.done, one.rows),
            *("yes" if one.is_left_out else "no", one.file, one.line, one.place),
        )
        for one in problems
    ]
    rows.sort(key=lambda row: (row[0], row[3], row[2], -1 if row[1] is None else row[1], row[7], row[8] or 0, row[9]))
    write_csv(path, _PROBLEM_COLUMNS, rows)


def _write_manifest(run: StudyRun, path: Path) -> None:
    head = run.results.head
    manifest = {
        "study": head.name,
        "refractory": __version__,
        "protocol_hash": head.protocol_hash,
        "protocol": json.loads(run.protocol.model_dump_json()),
        "source": {"name": head.source_name, "fingerprint": run.records.fingerprint, "cdm": run.records.cdm_version},
        "labels": run.labels,
        "versions": tell_versions(),
        "persons": len(run.patients),
        "files": tell_accounts(one for one in run.results.accounts if one.is_file),
        "rows": tell_accounts(one for one in run.results.accounts if not one.is_file),
        "unresolved_codes": [f"{one.concept_set}: {one.vocabulary} {one.code}" for one in _unresolved(run)],
    }
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def tell_accounts(accounts: Iterable[TableAccount]) -> dict[str, dict[str, Any]]:
    """Tell what became of the rows of each table, or file, by its name."""
    return {one.table: {name: value for name, value in vars(one).items() if name != "is_file"} for one in accounts}


def tell_versions() -> dict[str, str]:
    """Tell the versions of what computes."""
    packages = {name: version(name) for name in ("duckdb", "ibis-framework", "scipy")}
    return {"python": platform.python_version(), **packages}


def _unresolved(run: StudyRun) -> Sequence[Any]:
    return sorted(run.records.concept_sets.unresolved, key=str)
