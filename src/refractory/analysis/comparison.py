"""Published figures beside the reproduced ones, to the digits of the publication."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from refractory.analysis.plan import PublishedFigure
from refractory.analysis.results import Comparison, NamedEstimate
from refractory.errors import ProtocolError
from refractory.numbers import format_estimate, reproduce_as
from refractory.statistics.estimate import Estimate, EstimateKind

NONE = "none"


def compare_published(
    published: Sequence[PublishedFigure], estimates: Sequence[NamedEstimate]
) -> tuple[Comparison, ...]:
    """Put each published figure beside the estimate that it names.

    Args:
        published: The protocol's published figures.
        estimates: Everything that was estimated.

    Raises:
        ProtocolError: When a figure names a result that this study does not have.
    """
    by_id = {named.id: named for named in estimates}
    return tuple(_compare(figure, by_id) for figure in published)


def _compare(figure: PublishedFigure, by_id: Mapping[str, NamedEstimate]) -> Comparison:
    if figure.result not in by_id:
        close = difflib.get_close_matches(figure.result, by_id, n=3, cutoff=0.4)
        raise ProtocolError(
            f'no result of this study is called "{figure.result}".',
            where=f'[[published]], statement "{figure.statement}"',
            remedy=f"the nearest are: {', '.join(close) or ', '.join(sorted(by_id)[:5])}; results.csv lists them all.",
        )
    estimate = by_id[figure.result].estimate
    if figure.value.lower() == NONE:
        reproduced = NONE if estimate.value == 0 else format_estimate(estimate)
    else:
        reproduced = reproduce_as(figure.value, estimate)
    return Comparison(
        statement=figure.statement,
        published=figure.value,
        reproduced=reproduced,
        detail=say_in_full(estimate),
        agrees=reproduced == figure.value,
        note=figure.note,
    )


def say_in_full(estimate: Estimate) -> str:
    """Print an estimate with the number of values that it rests on, and none found with what could have been."""
    if estimate.kind in (EstimateKind.MEAN, EstimateKind.MEDIAN):
        return f"{format_estimate(estimate)} (n = {estimate.n})"
    if estimate.kind is EstimateKind.COUNT and estimate.value == 0 and estimate.note:
        # None found is not none there.
        return f"{format_estimate(estimate)}. {estimate.note}"
    return format_estimate(estimate)
