"""The attrition as it is shared: criteria that lost few persons stand together."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.disclosure.limits import Limit
from refractory.analysis.results import AttritionStep


def suppress_attrition(steps: Sequence[AttritionStep], limit: Limit) -> tuple[AttritionStep, ...]:
    """Put criteria together until none of what is left has lost a small number of persons.

    Candidate days are left out: a criterion that took few of them took them from few persons.

    Args:
        steps: One step per criterion, in the protocol's order; the first one loses nobody.
        limit: Which counts are small.

    Returns:
        The steps; none where all criteria together lost a small number, or left one.
    """
    if not steps or limit.is_small(steps[-1].persons_after):
        return ()
    start, groups = steps[0], [[step] for step in steps[1:]]
    kept: list[list[AttritionStep]] = []
    for group in groups:
        if kept and _is_small(kept[-1], limit):
            kept[-1] += group
        else:
            kept.append(group)
    while len(kept) > 1 and _is_small(kept[-1], limit):
        last = kept.pop()
        kept[-1] += last
    if kept and _is_small(kept[-1], limit):
        return ()
    return (_without_days(start), *(_join(group) for group in kept))


def _is_small(group: Sequence[AttritionStep], limit: Limit) -> bool:
    return limit.is_small(group[0].persons_before - group[-1].persons_after)


def _without_days(step: AttritionStep) -> AttritionStep:
    return _join([step])


def _join(group: Sequence[AttritionStep]) -> AttritionStep:
    return AttritionStep(
        criterion=", ".join(step.criterion for step in group),
        sentence="; ".join(step.sentence for step in group),
        reason="; ".join(step.reason for step in group if step.reason),
        persons_before=group[0].persons_before,
        persons_after=group[-1].persons_after,
        records_before=None,
        records_after=None,
    )
