"""The report as one file that needs nothing else: no network, no font, no script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from refractory.analysis.quality_results import QualityResults
from refractory.analysis.results import MultiverseResults, Results
from refractory.analysis.shared import SharedResults
from refractory.errors import OutputError
from refractory.report.multiverse_page import build_multiverse_page
from refractory.report.page import ReportPage, build_page
from refractory.report.placed_figures import draw_person_figures
from refractory.report.quality_page import build_quality_page
from refractory.report.tables import number_tables, tabulate_listing
from refractory.report.typesetting import clean_text, set_text


def _finish(value: object) -> object:
    """Set every text that a template prints; what is markup already stays as it is."""
    if isinstance(value, Markup):
        return value
    return set_text(value) if isinstance(value, str) else value


def _name(value: str) -> Markup:
    """Return the name of a result as it stands in results.csv: as an attribute it is not set as prose is."""
    return Markup(escape(clean_text(value)))


def read_template(name: str) -> str:
    """Read a template or a style sheet of the report."""
    return resources.files("refractory.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def open_templates() -> Environment:
    """Open the templates of the report, with the rules of typesetting for all that they print."""
    environment = Environment(
        loader=PackageLoader("refractory.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["name"] = _name
    # The page allows one style sheet and one script, named by their digests: no picture, no request.
    style = read_template("figures.css") + read_template("report.css")
    for name, text in (("style", style), ("script", read_template("report.js"))):
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        environment.globals[name] = Markup(text)
        environment.globals[f"{name}_digest"] = Markup(f"sha256-{digest}")
    return environment


def build_report(results: Results, page: ReportPage | None = None) -> str:
    """Set the study team's report as one HTML page.

    The page is complete in itself and makes no request; its one script shows what a mark of a figure stands for, and
    nothing is missing without it. Equal results give equal bytes. Rows about single persons stand at its end, folded,
    and are marked as identifiable.

    Args:
        results: Everything that the run found.
        page: The same before it is set, where somebody has it already.

    Returns:
        The page, an HTML document that is well-formed XML too.
    """
    page = page or build_page(results)
    listings = number_tables((tabulate_listing(listing) for listing in results.listings), word="Listing")
    template = open_templates().get_template("team_report.html.jinja")
    return template.render(page=page, listings=listings, person_figures=draw_person_figures(results))


def build_multiverse_report(results: MultiverseResults) -> str:
    """Set the page of the multiverse as one HTML page, complete in itself; no row about a person stands in it.

    Args:
        results: Everything that the universes found.
    """
    template = open_templates().get_template("multiverse.html.jinja")
    return template.render(page=build_multiverse_page(results))


def build_quality_report(results: QualityResults) -> str:
    """Set the page of data quality as one HTML page, complete in itself; no row about a person stands in it.

    Args:
        results: Everything that the check found.
    """
    template = open_templates().get_template("quality.html.jinja")
    return template.render(page=build_quality_page(results))


def write_quality_report(results: QualityResults, path: Path) -> None:
    """Write the page of data quality to a file.

    Args:
        results: Everything that the check found.
        path: The file; its folder exists.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_quality_report(results), path)


def write_multiverse_report(results: MultiverseResults, path: Path) -> None:
    """Write the page of the multiverse to a file.

    Args:
        results: Everything that the universes found.
        path: The file; its folder exists.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_multiverse_report(results), path)


def build_shared_report(results: SharedResults, page: ReportPage | None = None) -> str:
    """Set the report that may be sent to others as one HTML page.

    It is the same page without the listings, and says at its end what it leaves out. It is made of shared results
    alone: it cannot print what they do not hold.

    Args:
        results: What may be sent to others.
        page: The same before it is set, where somebody has it already.

    Returns:
        The page, an HTML document that is well-formed XML too.
    """
    template = open_templates().get_template("shared_report.html.jinja")
    return template.render(page=page or build_page(results))


def write_shared_report(results: SharedResults, path: Path, page: ReportPage | None = None) -> None:
    """Write the report that may be sent to others to a file.

    Args:
        results: What may be sent to others.
        path: The file; its folder exists.
        page: The same before it is set, where somebody has it already.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_shared_report(results, page), path)


def write_report(results: Results, path: Path, page: ReportPage | None = None) -> None:
    """Write the study team's report to a file.

    Args:
        results: Everything that the run found.
        path: The file; its folder exists.
        page: The same before it is set, where somebody has it already.

    Raises:
        OutputError: The file cannot be written.
    """
    _write_page(build_report(results, page), path)


def _write_page(page: str, path: Path) -> None:
    try:
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"The report cannot be written: {error.strerror}.",
            where=str(path),
            remedy="a folder that exists and that you may write to, on a disk with room.",
        ) from None
