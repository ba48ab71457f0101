"""Where the scores of a study come from: items, totals that somebody wrote down, or both, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping

from refractory.analysis.results import Caution, ResultRow, ResultTable
from refractory.numbers import format_count, format_share
from refractory.outcomes.scores import ScoreOrigin

Origins = Mapping[str, Mapping[str, int]]


def _visits(counts: Mapping[str, int]) -> int:
    return sum(counts.get(origin.value, 0) for origin in ScoreOrigin)


def tabulate_origins(origins: Origins) -> ResultTable:
    """Tabulate where the score of each visit comes from: one row per instrument.

    Args:
        origins: Visits of the cohort by instrument and origin.
    """
    rows = []
    for name, counts in origins.items():
        visits = _visits(counts)
        shares = tuple(format_share(counts.get(origin.value, 0), visits) for origin in ScoreOrigin)
        rows.append(ResultRow(name, (visits, *shares, counts.get("disagrees", 0))))
    columns = ("", "Visits", "From items", "Total only", "Incomplete", "Written total differs")
    footnotes = (
        "From items: worked out here. Total only: written down without complete items; it cannot be checked. "
        "Incomplete: items are missing, and the bounds that they leave decide. Differs: a total was written down "
        "beside complete items and is another; the items count.",
    )
    return ResultTable("scores", "Where the scores come from", columns, tuple(rows), footnotes)


def find_score_cautions(origins: Origins) -> list[Caution]:
    """Find what a reader must know of the scores."""
    cautions = []
    for name, counts in origins.items():
        visits, differ = _visits(counts), counts.get("disagrees", 0)
        incomplete = counts.get(ScoreOrigin.INCOMPLETE.value, 0)
        if differ:
            text = (
                f"{name}: at {format_count(differ)} of {format_count(visits)} visits the total that was written down "
                "is not the one that its items give. The items count; the written totals were added up wrongly, or "
                "by another rule."
            )
            code, title = f"score-differs-{name}", "Written scores that their items do not give"
            number = f"{format_count(differ)} of {format_count(visits)} visits"
            cautions.append(Caution(code, title, text, number=number))
        if incomplete:
            text = (
                f"{name}: at {format_count(incomplete)} of {format_count(visits)} visits items are missing. The score "
                "lies between bounds there, and a person whom they leave open is not evaluable."
            )
            code, title = f"score-incomplete-{name}", "Scores with missing items"
            number = f"{format_count(incomplete)} of {format_count(visits)} visits"
            cautions.append(Caution(code, title, text, number=number))
    return cautions
