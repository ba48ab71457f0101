"""What several commands share: their arguments, the source that they open, and how they tell their steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refractory.errors import ProtocolError
from refractory.user_files import read_user_text

if TYPE_CHECKING:
    from refractory.records.source import Source

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="Protocol file (TOML).")]
RecordsOption = Annotated[
    str,
    typer.Option(
        "--records",
        metavar="SOURCE",
        help="DuckDB or SQLite file, folder of Parquet or CSV, postgresql:// address, "
        "Spark (sc://, spark://, local[2]), a sheet with its mapping, an export of REDCap, or a folder of FHIR.",
    ),
]
SchemaOption = Annotated[str | None, typer.Option("--schema", help="Schema that holds the OMOP tables.")]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="CSV of adjudicated labels; labels.csv beside the records when not given."),
]
VocabularyOption = Annotated[
    Path | None,
    typer.Option("--vocabulary", help="Folder of OMOP's vocabulary tables, for sheets, REDCap and FHIR."),
]
LABELS_FILE = "labels.csv"
_MOST_LINES = 10


def read_study_file(path: Path) -> str:
    """Read the text of a protocol file.

    Raises:
        ProtocolError: When there is none, or it is no text.
    """
    example = "studies/ivig-cutaneous-dm.toml"
    return read_user_text(path, ProtocolError, named="the protocol file", example=example)


def find_labels(records: str, labels: Path | None) -> Path | None:
    """Find the file of labels: the one that was named, else one beside the records."""
    from refractory.records.spark_address import parse_spark_address

    if labels is not None:
        return labels
    place = Path(records)
    if not place.exists():
        spark = parse_spark_address(records)
        if spark is None or spark.parquet is None:
            return None
        place = Path(spark.parquet)
    beside = (place if place.is_dir() else place.parent) / LABELS_FILE
    return beside if beside.is_file() else None


@contextmanager
def opened(
    records: str, schema: str | None, progress: Callable[[str], None], vocabulary: Path | None = None
) -> Iterator[Source]:
    """Open a source for as long as a command needs it."""
    from refractory.records.from_anywhere import open_records

    progress("Opening the records")
    source = open_records(records, schema, vocabulary, progress)
    try:
        yield source
    finally:
        source.close()


class Progress:
    """Tells each step as it begins: in place on a terminal, a line each elsewhere; always on stderr."""

    def __init__(self, timings: bool = False) -> None:
        self._timings = timings
        self._status: Any = None
        self._steps: list[tuple[str, float]] = []
        self._begun = 0.0

    def __enter__(self) -> Progress:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        if self._console.is_terminal:
            self._status = self._console.status("Starting")
            self._status.start()
        return self

    def __call__(self, step: str) -> None:
        self._steps.append((step, perf_counter()))
        if self._status:
            self._status.update(step)
        else:
            self._console.print(f"{step} ...", markup=False)

    def count(self, done: int, among: int) -> None:
        """Tell how many of many are done, and how long the rest will take at this pace; not in too many lines."""
        now = perf_counter()
        if done == 0:
            self._begun = now
            self._steps.append((f"Universes, {among:,}", now))
        told = f"Universe {done:,} of {among:,}"
        if done:
            told += f", {(now - self._begun) / done * (among - done):.0f} s left"
        if self._status:
            self._status.update(told)
        elif done == among or done % max(1, among // _MOST_LINES) == 0:
            self._console.print(f"{told} ...", markup=False)

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()
        if self._timings:
            ends = [start for _, start in self._steps[1:]] + [perf_counter()]
            for (step, start), end in zip(self._steps, ends, strict=True):
                self._console.print(f"{end - start:7.3f} s  {step}", markup=False)
