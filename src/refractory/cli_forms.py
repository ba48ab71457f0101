"""Which forms of the report a run writes, as an option of the command line."""

from __future__ import annotations

from typing import Annotated

import typer

FormsOption = Annotated[
    str,
    typer.Option("--forms", metavar="FORMS", help="Beside report.html: any of docx, pdf, figures, tables; or html."),
]
ALL_FORMS = "html,docx,pdf,figures,tables"
