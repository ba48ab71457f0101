"""The command line: init, run, explain, check, template, exposures, multiverse, score, show and others."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from refractory.cli_consistency import consistency
from refractory.cli_forms import ALL_FORMS, FormsOption
from refractory.cli_init import init
from refractory.cli_multiverse import multiverse
from refractory.cli_parts import (
    LabelsOption,
    Progress,
    RecordsOption,
    SchemaOption,
    StudyArgument,
    VocabularyOption,
    find_labels,
    opened,
    read_study_file,
)
from refractory.cli_score import score
from refractory.cli_show import show
from refractory.cli_template import template
from refractory.errors import RefractoryError

if TYPE_CHECKING:
    from refractory.protocol import Protocol

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Did the treatment work in patients whose disease did not respond to what came before?",
)

TimingsOption = Annotated[bool, typer.Option("--timings", help="Print how long each step took.")]
ComputeOption = Annotated[
    Literal["auto", "embedded", "source"],
    typer.Option("--compute", help="Where to derive: inside the source, or here from what it hands over."),
]
_INTERRUPTED = 130
_QUERY_INTERRUPTED = "Query interrupted"


@app.command()
def run(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Run folder; the study's name when not given.")] = None,
    labels: LabelsOption = None,
    schema: SchemaOption = None,
    vocabulary: VocabularyOption = None,
    forms: FormsOption = ALL_FORMS,
    timings: TimingsOption = False,
) -> None:
    """Run a study: from its records to the report."""
    from refractory.compiled_queries import keep_compiled_queries, read_compiled_queries
    from refractory.report.forms import check_forms, prepare_forms
    from refractory.run_store import SHARE, check_out, write_run
    from refractory.study import run_study
    from refractory.terminal import show_run

    protocol = _read_protocol(study)
    folder = out if out is not None else Path(protocol.study.name)
    check_out(folder)
    chosen = check_forms(forms)
    found = find_labels(records, labels)
    _load_ahead("scipy.special")
    Thread(target=prepare_forms, args=(chosen,)).start()
    known = read_compiled_queries()
    with Progress(timings) as progress, opened(records, schema, progress, vocabulary) as source:
        done = run_study(protocol, source, found, progress)
        progress("Writing the report")
        write_run(done, folder, chosen)
    keep_compiled_queries(known)
    show_run(done.results, folder / "report.html", folder / SHARE)


@app.command()
def explain(study: StudyArgument) -> None:
    """Say the protocol as the methods text of a paper, in plain English."""
    from refractory.explain import explain_protocol
    from refractory.terminal import show_methods

    show_methods(explain_protocol(_read_protocol(study)))


@app.command()
def check(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; the study's name and -check.")] = None,
    labels: LabelsOption = None,
    schema: SchemaOption = None,
    vocabulary: VocabularyOption = None,
    is_list: Annotated[bool, typer.Option("--list", help="List every doubtful row: where it is, and why.")] = False,
    timings: TimingsOption = False,
) -> None:
    """Look whether the records hold what the study needs, and what is doubtful in them; no outcome is looked at."""
    from refractory.quality import check_quality
    from refractory.quality_store import write_quality
    from refractory.records.checks import check_records
    from refractory.run_store import check_out
    from refractory.study import needs_of
    from refractory.terminal_check import show_check, show_unstudied
    from refractory.terminal_quality import list_problems, show_quality

    protocol = _read_protocol(study)
    folder = out if out is not None else Path(f"{protocol.study.name}-check")
    check_out(folder)
    with Progress(timings) as progress, opened(records, schema, progress, vocabulary) as source:
        found = check_records(source, needs_of(protocol), progress)
        can_be_studied = not any(gap.is_necessary for gap in found.missing_tables)
        quality = check_quality(protocol, source, find_labels(records, labels), progress) if can_be_studied else None
        if quality:
            progress("Writing the report")
            write_quality(quality, folder)
    show_check(found, protocol.study.name, protocol.instrument)
    if not quality:
        show_unstudied()
        return
    if is_list:
        list_problems(quality.problems)
    show_quality(quality.results, folder)


@app.command()
def exposures(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; the study's name and -exposures.")] = None,
    compute: ComputeOption = "auto",
    schema: SchemaOption = None,
    vocabulary: VocabularyOption = None,
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
    with Progress(timings) as progress, opened(records, schema, progress, vocabulary) as source:
        done = run_population(protocol, source, compute, progress)
        progress("Writing eras and doses")
        write_population(done, folder)
    show_population(done, folder)


app.command()(init)
app.command()(template)
app.command()(multiverse)
app.command()(score)
app.command()(consistency)
app.command()(show)


@app.command()
def hospital(
    out: Annotated[Path, typer.Option("--out", help="Folder to make: records/ and truth/.")],
    persons: Annotated[int, typer.Option("--persons", min=500, help="Persons in the hospital.")] = 5000,
    seed: Annotated[int | None, typer.Option("--seed", help="Another hospital, with another truth.")] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet files instead of one DuckDB file.")] = False,
    shape: Annotated[
        Literal["omop", "sheet", "redcap", "fhir"],
        typer.Option("--as", help="What the records are written as."),
    ] = "omop",
) -> None:
    """Invent a hospital with planted truth."""
    from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital

    chosen = DEFAULT_SEED if seed is None else seed
    with Progress() as progress:
        write_hospital(
            out,
            persons=persons,
            seed=chosen,
            plan=plan_for(chosen),
            format=shape if shape != "omop" else "parquet" if parquet else "duckdb",
            progress=progress,
        )
    typer.echo(f"An invented hospital of {persons:,} persons: {out / 'records'} (its truth: {out / 'truth'}).")


@app.command()
def schema(
    of: Annotated[Literal["protocol", "mapping"], typer.Option("--of", help="What is described.")] = "protocol",
) -> None:
    """Print the JSON Schema of the protocol file, or of a mapping, for editors."""
    import json

    from refractory.protocol_schema import describe_schema
    from refractory.records.mapping_schema import describe_mapping_schema

    described = describe_mapping_schema() if of == "mapping" else describe_schema()
    typer.echo(json.dumps(described, indent=2, ensure_ascii=False))


def _load_ahead(module: str) -> None:
    """Load what the last steps need beside the first ones: while the database works, Python has nothing to do."""
    # Not a daemon: an interpreter that ends in the middle of an import may fail.
    Thread(target=import_module, args=(module,)).start()


def _read_protocol(path: Path) -> Protocol:
    from refractory.protocol import parse_protocol

    return parse_protocol(read_study_file(path), path.name, path.parent)


def main() -> NoReturn:
    """Run the command line: a user's mistake is one message, never a traceback, and never a person's data."""
    # A run builds some thousand nodes of expressions and ends: looking for rings among them costs a fifth of its time.
    gc.disable()
    try:
        status = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _stop()
    except Exception as error:
        if _is_interrupted(error):
            _stop()
        if isinstance(error, RefractoryError):
            print(error, file=sys.stderr)
            sys.exit(1)
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


def _is_interrupted(error: BaseException) -> bool:
    """Say whether an interrupt is behind an error: the database answers one in the midst of a query by an error."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return any(isinstance(one, KeyboardInterrupt) or str(one) == _QUERY_INTERRUPTED for one in causes)


def _stop() -> NoReturn:
    print("Stopped. Nothing was written.", file=sys.stderr)
    sys.exit(_INTERRUPTED)


def _exit_on_usage(error: Exception) -> None:
    """Let the command line's own errors (a missing option, an unknown command) print and exit as they do."""
    show = getattr(error, "show", None)
    if show is not None:
        show()
        sys.exit(getattr(error, "exit_code", 2))
