"""Files of results: found in a run folder or given by themselves, with the manifest that lies beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractory.analysis.summarised_result import COLUMNS
from refractory.errors import ResultsError
from refractory.numbers import say_count
from refractory.protocol_mistakes import say_nearest
from refractory.shown.reading import ToldResults, read_results

RESULTS, MANIFEST, SHARE = "results.csv", "manifest.json", "share"
# A study has thousands of numbers, a network of hospitals some hundred thousand.
MOST_ROWS = 2_000_000
LONGEST_CELL = 1_000_000
_NOT_TEXT = {
    b"PK\x03\x04": "a zip file (such as .xlsx or .docx)",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
}
_REMEDY = "give a run folder, its share/ or a results.csv with the 13 columns of a summarised_result."


@dataclass(frozen=True)
class ToldRun:
    """A file of results with what the manifest beside it says.

    Args:
        path: The file of results.
        results: What it says.
        manifest: The manifest of the run; None where there is none, or where it cannot be read.
    """

    path: Path
    results: ToldResults
    manifest: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """The name of the folder of a run, or of the file."""
        folder = self.path.parent
        if self.path.name != RESULTS or not folder.name:
            return self.path.name
        return f"{folder.parent.name}/{SHARE}" if folder.name == SHARE and folder.parent.name else folder.name


def read_run(path: Path) -> ToldRun:
    """Read the results of a run folder, of what it shares, or of a file.

    Args:
        path: A folder that holds results.csv, or the file itself.

    Raises:
        ResultsError: When there is none, or it is no summarised_result.
    """
    file = find_results(path)
    return ToldRun(file, _read(file), read_manifest(file))


def find_results(path: Path) -> Path:
    """Find the file of results of a path that the user gave.

    Raises:
        ResultsError: When there is none; names the folders below that have one.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise ResultsError("there is no such file or folder.", where=str(path), remedy=_REMEDY)
    if (path / RESULTS).is_file():
        return path / RESULTS
    below = sorted(one.parent.name for one in path.glob(f"*/{RESULTS}") if one.is_file())
    several = (
        f"{say_count(len(below), 'folder')} in it {'has' if len(below) == 1 else 'have'} one: {', '.join(below[:5])}."
        if below
        else ""
    )
    raise ResultsError(f"the folder has no {RESULTS}. {several}".strip(), where=str(path), remedy=_REMEDY)


def read_manifest(file: Path) -> Mapping[str, Any] | None:
    """Read the manifest of the run that a file of results belongs to; None where there is none that can be read."""
    folder = file.parent
    for place in (folder, folder.parent) if folder.name == SHARE else (folder,):
        try:
            found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return None


def _read(file: Path) -> ToldResults:
    try:
        with file.open("rb") as beginning:
            start = beginning.read(4)
        for sign, said in _NOT_TEXT.items():
            if start.startswith(sign):
                raise ResultsError(f"this is {said}, not a CSV.", where=str(file), remedy=_REMEDY)
        encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        with file.open(encoding=encoding, newline="") as text:
            return read_results(_rows(text, file))
    except OSError as error:
        raise ResultsError(f"it cannot be read: {error.strerror}.", where=str(file), remedy=_REMEDY) from None
    except UnicodeError:
        raise ResultsError("it is not UTF-8.", where=str(file), remedy="save it as CSV in UTF-8.") from None


def _rows(text: Any, file: Path) -> Iterator[list[str]]:
    """Give the rows in the order of COLUMNS; the file may have them in another order, and others beside them."""
    first = text.readline(LONGEST_CELL)
    delimiter = max((",", ";", "\t"), key=first.count)
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        head = next(csv.reader([first], delimiter=delimiter, strict=True), [])
        places = _find_columns([name.strip() for name in head], file)
        for number, row in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=2):
            if number > MOST_ROWS:
                raise ResultsError(
                    f"the file has more than {MOST_ROWS:,} rows.", where=str(file), remedy="split it by study."
                )
            if not row:
                continue
            if len(row) != len(head):
                raise ResultsError(
                    f"a row has {len(row)} cells where the head has {len(head)}.", where=f"{file}, row {number}",
                    remedy="look whether a text with a comma lost its quotes.",
                )  # fmt: skip
            yield [row[place].strip() for place in places]
    except csv.Error as error:
        raise ResultsError(f"it is no CSV: {error}.", where=str(file), remedy=_REMEDY) from None
    finally:
        csv.field_size_limit(limit)


def _find_columns(head: Sequence[str], file: Path) -> list[int]:
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        nearest = "".join(say_nearest(name, list(head)) for name in missing[:1]) if len(missing) < len(COLUMNS) else ""
        raise ResultsError(
            f"{len(missing)} of the 13 columns of a summarised_result are missing: {', '.join(missing)}.{nearest}",
            where=f"{file}, row 1", remedy=_REMEDY,
        )  # fmt: skip
    return [head.index(name) for name in COLUMNS]
