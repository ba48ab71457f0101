"""What several commands ask for, and the forms of the report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

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
FormsOption = Annotated[
    str,
    typer.Option(
        "--forms",
        metavar="FORMS",
        help="Forms of the report beside report.html: docx, pdf, figures, tables; or html alone.",
    ),
]
ALL_FORMS = "html,docx,pdf,figures,tables"
