"""The command `refractory multiverse`: every choice that could be otherwise, set so in every combination."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

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


def multiverse(
    study: StudyArgument,
    records: RecordsOption,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; the study's name and -multiverse.")] = None,
    labels: LabelsOption = None,
    results: Annotated[
        list[str] | None, typer.Option("--results", help="Id of a result to follow, instead of those of the study.")
    ] = None,
    schema: SchemaOption = None,
    vocabulary: VocabularyOption = None,
    timings: Annotated[bool, typer.Option("--timings", help="Print how long each step took.")] = False,
) -> None:
    """Run a study with every combination of its dials: which choices move the answer?"""
    from refractory.compiled_queries import keep_compiled_queries, read_compiled_queries
    from refractory.multiverse import derive_multiverse_results, run_multiverse
    from refractory.multiverse_store import write_multiverse
    from refractory.run_store import check_out
    from refractory.terminal_multiverse import show_multiverse
    from refractory.universes import plan_universes

    # Thousands of universes leave more behind than one run.
    gc.enable()
    text = read_study_file(study)
    known = read_compiled_queries()
    with Progress(timings) as progress:
        progress("Planning the universes")
        plan = plan_universes(text, study.name, study.parent)
        folder = out if out is not None else Path(f"{plan.protocol.study.name}-multiverse")
        check_out(folder)
        with opened(records, schema, progress, vocabulary) as source:
            done = run_multiverse(
                plan, source, find_labels(records, labels), results or (), say=progress, progress=progress.count
            )
            progress("Telling what moves the answer")
            found = derive_multiverse_results(done)
        progress("Writing the report")
        write_multiverse(done, found, folder)
    keep_compiled_queries(known)
    show_multiverse(found, folder / "report.html")
