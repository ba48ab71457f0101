"""The report as one file that needs nothing else: no network, no font, no script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from refractory.analysis.results import Results, SharedResults
from refractory.errors import OutputError
from refractory.report.page import build_page
from refractory.report.tables import number_tables, tabulate_listing
from refractory.report.typesetting import set_text


def _finish(value: object) -> object:
    """Set every text that a template prints; what is markup already stays as it is."""
    if isinstance(value, Markup):
        return value
    return set_text(value) if isinstance(value, str) else value


@cache
def _open_templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("refractory.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The page allows one style sheet, named by its digest, and nothing else: no script, no picture, no request.
    style = resources.files("refractory.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    environment.globals["style"] = Markup(style)
    environment.globals["style_digest"] = Markup(f"sha256-{digest}")
    return environment


def build_report(results: Results) -> str:
    """Set the study team's report as one HTML page.

    The page is complete in itself: it makes no request and runs no script. Equal results give equal bytes. Rows about
    single persons stand at its end, folded, and are marked as identifiable.

    Args:
        results: Everything that the run found.

    Returns:
        The page, an HTML document that is well-formed XML too.
    """
    listings = number_tables((tabulate_listing(listing) for listing in results.listings), word="Listing")
    template = _open_templates().get_template("team_report.html.jinja")
    return template.render(page=build_page(results), listings=listings)


def build_shared_report(results: SharedResults) -> str:
    """Set the report that may be sent to others as one HTML page.

    It is the same page without the listings, and says at its end what it leaves out. It is made of shared results
    alone: it cannot print what they do not hold.

    Args:
        results: What may be sent to others.

    Returns:
        The page, an HTML document that is well-formed XML too.
    """
    template = _open_templates().get_template("shared_report.html.jinja")
    return template.render(page=build_page(results), smallest=results.smallest_count, withheld=results.withheld)


def write_shared_report(results: SharedResults, path: Path) -> None:
    """Write the report that may be sent to others to a file.

    Args:
        results: What may be sent to others.
        path: The file; its folder exists.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_shared_report(results), path)


def write_report(results: Results, path: Path) -> None:
    """Write the study team's report to a file.

    Args:
        results: Everything that the run found.
        path: The file; its folder exists.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_report(results), path)


def _write_page(page: str, path: Path) -> None:
    try:
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"The report cannot be written: {error.strerror}.",
            where=str(path),
            remedy="a folder that exists and that you may write to, on a disk with room.",
        ) from None
