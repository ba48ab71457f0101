"""The command `refractory show`: results that were written, printed as a journal prints them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ResultsArgument = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="A run folder, its share/, or a results.csv (summarised_result).")
]
ResultOption = Annotated[
    list[str] | None, typer.Option("--result", help="Name of a result, such as response.overall; may be repeated.")
]
FormatOption = Annotated[Literal["text", "csv", "markdown"], typer.Option("--format", help="How it is printed.")]


def show(
    results: ResultsArgument,
    result: ResultOption = None,
    like: Annotated[str | None, typer.Option("--like", help="Results whose name, variable or group holds it.")] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", metavar="OTHER", help="Another run or site: what differs, and why.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every result, not the answer alone.")] = False,
    form: FormatOption = "text",
) -> None:
    """Show the results of a run, or of another program, as a journal prints them."""
    from refractory.shown.comparing import compare_runs
    from refractory.shown.files import read_run
    from refractory.shown.forms import write_markdown, write_rows, write_table_rows
    from refractory.shown.tables import (
        find_like,
        find_named,
        list_kinds,
        tabulate_answer,
        tabulate_in_full,
        tabulate_results,
    )
    from refractory.terminal_show import print_text, show_head, show_side_by_side, show_tables

    run = read_run(results)
    is_chosen = bool(result or like)
    chosen = find_named(run.results, result or ()) + (find_like(run.results, like) if like else [])
    if compare is not None:
        found = compare_runs(run, read_run(compare), tuple(one.id for one in chosen))
        if form == "text":
            show_side_by_side(found)
        else:
            print_text(write_markdown(found.tables) if form == "markdown" else write_table_rows(found.tables))
        return
    if form == "csv":
        print_text(write_rows(chosen if is_chosen else run.results.results))
        return
    if is_chosen:
        tables = [tabulate_in_full(chosen)] if result else tabulate_results(chosen)
    elif everything:
        tables = [*tabulate_answer(run), *tabulate_results(run.results.results)]
    else:
        kinds = list_kinds(run.results)
        tables = [*tabulate_answer(run), *([kinds] if kinds and run.results.is_ours else [])]
    if form == "markdown":
        print_text(write_markdown(tables))
        return
    show_head(run)
    show_tables(tables)
