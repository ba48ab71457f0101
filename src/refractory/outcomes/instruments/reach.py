"""From where to where a rule can reach."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.outcomes.instruments.columns import build_column, derive_column
from refractory.outcomes.instruments.declared import Item
from refractory.outcomes.instruments.rules import Part


def find_reach(rule: Part, items: Sequence[Item]) -> tuple[float, float]:
    """Find the least and the largest total that a rule can give: its ends when every answer is missing.

    A rule that asks for an item twice may be told to reach further than it does.

    Example:
        >>> from refractory.outcomes.instruments.rules import Doubled
        >>> find_reach(Doubled("redness", when="papules"), [Item("redness", "", 0, 3), Item("papules", "", 0, 1)])
        (0.0, 6.0)
    """
    columns = {item.key: build_column([None], item.least, item.most) for item in items}
    made = derive_column(rule, columns, 1)
    return made.lower[0] / made.over, made.upper[0] / made.over
