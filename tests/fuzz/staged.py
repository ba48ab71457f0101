"""What readers stage, looked at without a database: whether each value is one that its column takes."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hostile.case import BASIC
from hostile.files import CYCLES
from refractory.errors import RecordsError
from refractory.records.fhir_reading import LISTED, NOT_ASKED_FOR, USED, FhirChoices, Reading
from refractory.records.from_fhir import read_resources, survey_resources
from refractory.records.from_redcap import read_redcap_grids
from refractory.records.from_text_sheets import read_text_sheet
from refractory.records.from_translation import check_accounts
from refractory.records.grid import build_grid
from refractory.records.grid_columns import MissingColumnsError
from refractory.records.grid_translation import translate_grids
from refractory.records.mapping import SourceMapping
from refractory.records.staging import STAGED_TABLES, columns_of

_MAPPINGS = tuple(SourceMapping.model_validate(tomllib.loads(text)) for text in (BASIC, CYCLES))
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


class Staged:
    """Takes staged rows and resources of FHIR, and looks at each."""

    def __init__(self) -> None:
        self.rows = 0

    def stage(self, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Look at staged rows."""
        before = self.rows
        for row in rows:
            check_row(table, row)
            self.rows += 1
        return self.rows - before

    def number_fields(self, columns: tuple[tuple[str, str], ...]) -> int:
        """Look at what stands behind the columns of OMOP."""
        for name, column in columns:
            check_value(name, "VARCHAR", column)
        return len(columns)

    def add(self, place: dict[str, Any], fate: str, reading: Reading | None, fault: tuple[str, str] = ("", "")) -> None:
        """Look at what was made of a resource."""
        if fate not in (USED, NOT_ASKED_FOR, LISTED) or (fate == LISTED) != bool(fault[1]):
            raise AssertionError("a resource is left out without a rule, or used with one")
        for name in ("file", "place", "kind", "key"):
            check_value(name, "VARCHAR", place.get(name))
        for told in reading.remarks if reading else ():
            check_value("remark", "VARCHAR", " ".join(told))
        if fate == USED and reading:
            for table, row in reading.rows:
                check_row(table if table in STAGED_TABLES else "observation_period", row)


def check_row(table: str, row: Mapping[str, Any]) -> None:
    """Raise when a row would not fit into its table."""
    kinds = columns_of(table)
    for name, value in row.items():
        if name == "codings":
            for one in value:
                for text in (one.vocabulary, one.code, one.name):
                    check_value(name, "VARCHAR", text)
        elif name in kinds:
            check_value(name, kinds[name], value)
    if not row.get("person_key"):
        raise AssertionError(f"a row of {table} is of nobody")


def check_value(name: str, kind: str, value: Any) -> None:
    """Raise when a column of that type does not take a value."""
    if value is None:
        return
    match kind:
        case "VARCHAR":
            fits = isinstance(value, str) and "\0" not in value
            value.encode() if isinstance(value, str) else None
        case "DATE":
            fits = isinstance(value, date) and not isinstance(value, datetime) and _FIRST <= value <= _LAST
        case "DOUBLE":
            fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "INTEGER" | "BIGINT":
            limit = 2**31 if kind == "INTEGER" else 2**63
            fits = isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit
        case _:
            return
    if not fits:
        raise AssertionError(f"{name}: a {kind} is {type(value).__name__}")


def read_fhir_resources(content: bytes, folder: Path) -> None:
    """Read resources as far as their staged rows."""
    path = folder / "charts.ndjson"
    path.write_bytes(content)
    files, choices = {path.name: path}, FhirChoices(incomplete_dates="middle")
    read_resources(files, survey_resources(files, choices), choices, Staged())


def read_redcap_rows(dictionary: bytes, export: bytes, folder: Path) -> None:
    """Read an export as far as its grids, and count its lines."""
    paths = [folder / "dictionary.csv", folder / "export.csv"]
    for path, content in zip(paths, (dictionary, export), strict=True):
        path.write_bytes(content)
    grids, done = read_redcap_grids(paths, ("UNK, Unknown",))
    for one in done:
        left_out = sum(problem.rows for problem in one.problems if problem.is_left_out)
        if sum(one.behind) + left_out != one.rows:
            raise AssertionError("lines are lost or counted twice")
    for grid in grids:
        if any(len(row) != len(grid.columns) for row in grid.rows):
            raise AssertionError("a row has more or fewer cells than columns")


def read_sheet_rows(content: bytes, folder: Path) -> None:
    """Translate a sheet as far as its staged rows, by whichever of two mappings has its columns."""
    path = folder / "charts.csv"
    path.write_bytes(content)
    raw = read_text_sheet(path)
    missing: RecordsError | None = None
    for mapping in _MAPPINGS:
        try:
            problems, accounts = translate_grids(Staged(), [build_grid(raw)], mapping)
        except MissingColumnsError as error:
            missing = error
        else:
            check_accounts(accounts, problems, path.name)
            return
    if missing is not None:
        raise missing
