"""The command `refractory template`: the chart form of a study, as a workbook or as a dictionary of REDCap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from refractory.cli_parts import StudyArgument, read_study_file


def template(
    study: StudyArgument,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; the study's name when not given.")] = None,
    redcap: Annotated[
        bool, typer.Option("--redcap", help="A data dictionary for import into REDCap instead of a workbook.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
) -> None:
    """Write the form that a study needs filled in from charts: .xlsx with drop-downs and checks, or for REDCap."""
    from refractory.chart_form.building import build_chart_form
    from refractory.chart_form.redcap_dictionary import list_repeating
    from refractory.chart_form.writing import write_redcap_form, write_workbook
    from refractory.protocol import parse_protocol
    from refractory.terminal_template import show_redcap_form, show_workbook

    protocol = parse_protocol(read_study_file(study), study.name, study.parent)
    form = build_chart_form(protocol)
    if redcap:
        place = out if out is not None else Path(f"{form.study}-dictionary.csv")
        show_redcap_form(form, write_redcap_form(form, place, replace=force), list_repeating(form), study)
        return
    place = out if out is not None else Path(f"{form.study}.xlsx")
    show_workbook(form, write_workbook(form, place, replace=force), study)
