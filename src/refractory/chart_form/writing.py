"""Writing a chart form to files: the workbook or the dictionary of REDCap, and the mapping beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from refractory.chart_form.fields import ChartForm
from refractory.chart_form.mapping_text import write_redcap_mapping, write_sheet_mapping
from refractory.chart_form.redcap_dictionary import (
    build_dictionary,
    list_repeating,
    name_instruments,
    name_variables,
    write_dictionary,
)
from refractory.chart_form.redcap_steps import say_redcap_steps
from refractory.chart_form.workbook import build_workbook
from refractory.errors import OutputError

MAPPING = ".mapping.toml"


@dataclass(frozen=True)
class WrittenForm:
    """What was written, and where."""

    main: Path
    mapping: Path
    beside: tuple[Path, ...] = ()


def write_workbook(form: ChartForm, out: Path, *, replace: bool = False) -> WrittenForm:
    """Write the workbook and its mapping beside it.

    Args:
        form: The chart form.
        out: The workbook.
        replace: True when files that are there may go.

    Raises:
        OutputError: When a file is there already, or cannot be written.
    """
    if out.suffix.lower() != ".xlsx":
        raise OutputError("The template is an .xlsx file.", where=f"--out {out}", remedy=f"--out {out.stem}.xlsx")
    mapping = out.with_name(out.stem + MAPPING)
    texts = {out: build_workbook(form), mapping: write_sheet_mapping(form, out.name).encode()}
    _write_all(texts, replace=replace)
    return WrittenForm(out, mapping)


def write_redcap_form(form: ChartForm, out: Path, *, replace: bool = False) -> WrittenForm:
    """Write the data dictionary, the mapping of the export to come, and what must be set by hand in REDCap.

    Args:
        form: The chart form.
        out: The dictionary, a CSV file.
        replace: True when files that are there may go.

    Raises:
        OutputError: When a file is there already, or cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise OutputError("The dictionary is a .csv file.", where=f"--out {out}", remedy=f"--out {out.stem}.csv")
    export = f"{form.study}-export.csv"
    mapping = out.with_name(Path(export).stem + MAPPING)
    steps = out.with_name(f"{out.stem}-steps.txt")
    told = write_redcap_mapping(form, export, out.name, name_variables(form), name_instruments(form))
    texts = {
        out: write_dictionary(build_dictionary(form)).encode(),
        mapping: told.encode(),
        steps: say_redcap_steps(form.title, out.name, export, list_repeating(form)).encode(),
    }
    _write_all(texts, replace=replace)
    return WrittenForm(out, mapping, (steps,))


def _write_all(texts: dict[Path, bytes], *, replace: bool) -> None:
    """Write all files or none; one that is there is only replaced when the user says so."""
    there = [path for path in texts if path.exists()]
    if there and not replace:
        raise OutputError(
            f"{there[0].name} is there already; it may hold what somebody filled in.",
            where=str(there[0].parent),
            remedy="choose another place by --out, or --force to replace it",
        )
    partial = {path: path.with_name(f".{path.name}.partial-{os.getpid()}") for path in texts}
    try:
        for path, text in texts.items():
            partial[path].write_bytes(text)
        for path, made in partial.items():
            os.replace(made, path)
    except OSError as error:
        for made in partial.values():
            made.unlink(missing_ok=True)
        first = next(iter(texts))
        raise OutputError(
            f"The template cannot be written: {error.strerror}.", where=f"--out {first}", remedy="choose another place"
        ) from None
