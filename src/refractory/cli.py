"""The command line: run, explain, check, exposures, score, consistency, hospital, schema."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from refractory.cli_consistency import consistency
from refractory.cli_score import score
from refractory.errors import ProtocolError, RefractoryError

if TYPE_CHECKING:
    from refractory.protocol import Protocol
    from refractory.records.source import Source

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Did the treatment work in patients whose disease did not respond to what came before?",
)

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="Protocol file (TOML).")]
RecordsOption = Annotated[
    str,
    typer.Option(
        "--records",
        metavar="SOURCE",
        help="DuckDB file, folder of Parquet or CSV, postgresql:// address, or Spark: sc://, spark://, local[2].",
    ),
]
SchemaOption = Annotated[str | None, typer.Option("--schema", help="Schema that holds the OMOP tables.")]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="CSV of adjudicated labels; labels.csv beside the records when not given."),
]
TimingsOption = Annotated[bool, typer.Option("--timings", help="Print how long each step took.")]
ComputeOption = Annotated[
    Literal["auto", "embedded", "source"],
    typer.Option("--compute", help="Where to derive: inside the source, or here from what it hands over."),
]
LABELS_FILE = "labels.csv"
_INTERRUPTED = 130


@app.command()
def run(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Run folder; the study's name when not given.")] = None,
    labels: LabelsOption = None,
    schema: SchemaOption = None,
    timings: TimingsOption = False,
) -> None:
    """Run a study: from its records to the report."""
    from refractory.compiled_queries import keep_compiled_queries, read_compiled_queries
    from refractory.run_store import SHARE, check_out, write_run
    from refractory.study import run_study
    from refractory.terminal import show_run

    protocol = _read_protocol(study)
    folder = out if out is not None else Path(protocol.study.name)
    check_out(folder)
    found = _find_labels(records, labels)
    _load_ahead("scipy.special")
    known = read_compiled_queries()
    with _Progress(timings) as progress, _opened(records, schema, progress) as source:
        done = run_study(protocol, source, found, progress)
        progress("Writing the report")
        write_run(done, folder)
    keep_compiled_queries(known)
    show_run(done.results, folder / "report.html", folder / SHARE)


@app.command()
def explain(study: StudyArgument) -> None:
    """Say the protocol as the methods text of a paper, in plain English."""
    from refractory.explain import explain_protocol
    from refractory.terminal import show_methods

    show_methods(explain_protocol(_read_protocol(study)))


@app.command()
def check(study: StudyArgument, records: RecordsOption, schema: SchemaOption = None) -> None:
    """Look whether the records hold what the study needs; no outcome is looked at."""
    from refractory.records.checks import check_records
    from refractory.study import needs_of
    from refractory.terminal_check import show_check

    protocol = _read_protocol(study)
    with _Progress() as progress, _opened(records, schema, progress) as source:
        found = check_records(source, needs_of(protocol), progress)
    show_check(found, protocol.study.name, protocol.instrument)


@app.command()
def exposures(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; the study's name and -exposures.")] = None,
    compute: ComputeOption = "auto",
    schema: SchemaOption = None,
    timings: TimingsOption = False,
) -> None:
    """Derive eras and doses of the study's drugs for everybody in the source."""
    from refractory.population import run_population
    from refractory.population_store import write_population
    from refractory.run_store import check_out
    from refractory.terminal_population import show_population

    protocol = _read_protocol(study)
    folder = out if out is not None else Path(f"{protocol.study.name}-exposures")
    check_out(folder)
    with _Progress(timings) as progress, _opened(records, schema, progress) as source:
        done = run_population(protocol, source, compute, progress)
        progress("Writing eras and doses")
        write_population(done, folder)
    show_population(done, folder)


app.command()(score)
app.command()(consistency)


@app.command()
def hospital(
    out: Annotated[Path, typer.Option("--out", help="Folder to make: records/ and truth/.")],
    persons: Annotated[int, typer.Option("--persons", min=500, help="Persons in the hospital.")] = 5000,
    seed: Annotated[int | None, typer.Option("--seed", help="Another hospital, with another truth.")] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet files instead of one DuckDB file.")] = False,
) -> None:
    """Invent a hospital (OMOP CDM v5.4) with planted truth."""
    from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital

    chosen = DEFAULT_SEED if seed is None else seed
    with _Progress() as progress:
        write_hospital(
            out,
            persons=persons,
            seed=chosen,
            plan=plan_for(chosen),
            format="parquet" if parquet else "duckdb",
            progress=progress,
        )
    typer.echo(f"An invented hospital of {persons:,} persons: {out / 'records'} (its truth: {out / 'truth'}).")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the protocol file, for editors."""
    import json

    from refractory.protocol_schema import describe_schema

    typer.echo(json.dumps(describe_schema(), indent=2, ensure_ascii=False))


def _load_ahead(module: str) -> None:
    """Load what the last steps need beside the first ones: while the database works, Python has nothing to do."""
    # Not a daemon: an interpreter that ends in the middle of an import may fail.
    Thread(target=import_module, args=(module,)).start()


def _read_protocol(path: Path) -> Protocol:
    from refractory.protocol import parse_protocol

    try:
        return parse_protocol(path.read_text(encoding="utf-8-sig"), path.name, path.parent)
    except OSError as error:
        raise ProtocolError(
            f"the protocol file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="give the path of a TOML file, such as studies/ivig-cutaneous-dm.toml.",
        ) from None
    except UnicodeDecodeError as error:
        raise ProtocolError(
            f"the protocol file is not UTF-8: byte {error.start + 1} cannot be read.",
            where=str(path),
            remedy="save it as UTF-8.",
        ) from None


def _find_labels(records: str, labels: Path | None) -> Path | None:
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
def _opened(records: str, schema: str | None, progress: Callable[[str], None]) -> Iterator[Source]:
    from refractory.records.from_omop import open_source

    progress("Opening the records")
    source = open_source(records, schema)
    try:
        yield source
    finally:
        source.close()


class _Progress:
    """Tells each step as it begins: in place on a terminal, a line each elsewhere; always on stderr."""

    def __init__(self, timings: bool = False) -> None:
        self._timings = timings
        self._status: Any = None
        self._steps: list[tuple[str, float]] = []

    def __enter__(self) -> _Progress:
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

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()
        if self._timings:
            ends = [start for _, start in self._steps[1:]] + [perf_counter()]
            for (step, start), end in zip(self._steps, ends, strict=True):
                self._console.print(f"{end - start:7.3f} s  {step}", markup=False)


def main() -> NoReturn:
    """Run the command line: a user's mistake is one message, never a traceback, and never a person's data."""
    # A run builds some thousand nodes of expressions and ends: looking for rings among them costs a fifth of its time.
    gc.disable()
    try:
        status = app(standalone_mode=False)
    except RefractoryError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        _stop()
    except Exception as error:
        _exit_on_usage(error)
        if os.environ.get("REFRACTORY_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        # The text of an unforeseen error may quote a person's data: only its kind and place are shown.
        print(
            f"Internal error: {type(error).__name__} at {Path(place.filename).name}, line {place.lineno}.\n"
            "  Try: set REFRACTORY_DEBUG=1 to see all of it on this machine; it may show data, so do not send it on.",
            file=sys.stderr,
        )
        sys.exit(70)
    # Without standalone mode an interrupt comes back as the status that it stands for.
    if status == _INTERRUPTED:
        _stop()
    sys.exit(status if isinstance(status, int) else 0)


def _stop() -> NoReturn:
    print("Stopped. Nothing was written.", file=sys.stderr)
    sys.exit(_INTERRUPTED)


def _exit_on_usage(error: Exception) -> None:
    """Let the command line's own errors (a missing option, an unknown command) print and exit as they do."""
    show = getattr(error, "show", None)
    if show is not None:
        show()
        sys.exit(getattr(error, "exit_code", 2))
