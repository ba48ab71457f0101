"""Persons in slices, one after another, where all of them at once would not fit into memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.records.source import HasRoomBeside

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

# The embedded database sorts records in memory, 100 MB for a million; other engines put aside what does not fit.
MOST_ROWS_AT_A_TIME = 20_000_000


@dataclass(frozen=True)
class Slice:
    """The persons whose id is above one number and not above another; None is no bound."""

    above: int | None = None
    up_to: int | None = None

    def of(self, table: ir.Table) -> ir.Table:
        """Return the rows of these persons."""
        tests: list[Any] = []
        if self.above is not None:
            tests.append(table.person_id > self.above)
        if self.up_to is not None:
            tests.append(table.person_id <= self.up_to)
        return table.filter(tests) if tests else table


def slice_persons(source: Source, rows: int, rows_at_a_time: int) -> tuple[Slice, ...]:
    """Cut the persons of a source into slices with about so many drug records each.

    Slices follow the ids, by which most sources lie: each then reads its own part of them.

    Args:
        source: The source.
        rows: Drug records that are looked at.
        rows_at_a_time: Records that one slice should have.

    Returns:
        Slices that hold every person once; a single one where the engine needs none.
    """
    parts = -(-rows // rows_at_a_time)
    if parts <= 1 or not isinstance(source, HasRoomBeside):
        return (Slice(),)
    import ibis

    person = source.table("person").select("person_id").distinct()
    numbered = person.mutate(part=ibis.ntile(parts).over(ibis.window(order_by="person_id")))
    ends = numbered.group_by("part").aggregate(last=numbered.person_id.max())
    bounds = [int(last) for _, last in sorted(source.rows(ends)) if last is not None][:-1]
    return tuple(Slice(*pair) for pair in zip([None, *bounds], [*bounds, None], strict=True))
