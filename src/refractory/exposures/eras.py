"""Exposures with their last covered day, and the eras that they join into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.exposures.days import days_between, days_later
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.exposures.written_doses import WrittenDoses


@later
def derive_exposures(drug: ir.Table, written: WrittenDoses | None = None) -> ir.Table:
    """Give each drug record its last covered day.

    The first that exists: the end as written; start + days of supply - 1; start + the days that its direction names -
    1; start + quantity / daily quantity - 1, where the direction says one daily quantity; the start day itself.

    Args:
        drug: One row per drug record per concept set, as in records.schema.DRUG.
        written: What the directions say; None where there are none to ask.

    Returns:
        One row per drug record per concept set: the columns of `drug`, `last_covered_date`, and
        `has_known_end`, false where only the start day is known.
    """
    import ibis

    days = drug.days_supply
    if written is not None:
        said = drug.left_join(written.sigs, "sig").drop("sig_right")
        days = ibis.coalesce(said.days_supply, said.days, _days_of_quantity(said))
        drug = said.mutate(days_known=days).drop("counts_units", "days", "per_day")
        days = drug.days_known
    exposures = drug.mutate(
        last_covered_date=ibis.coalesce(drug.end_date, days_later(drug.start_date, days - 1), drug.start_date),
        has_known_end=drug.end_date.notnull() | days.notnull(),
    )
    return exposures.drop("days_known") if written is not None else exposures


def _days_of_quantity(said: ir.Table) -> ir.IntegerValue:
    """Say for how many whole days a quantity lasts; a part of a day is the first day."""
    import ibis

    units = ibis.ifelse(said.counts_units, said.per_day, said.per_day / said.mg_per_unit)
    is_counted = said.is_counted & (units > 0) & said.quantity.notnull()
    lasting = (said.quantity / units).floor().cast("int64")
    return ibis.ifelse(ibis.coalesce(is_counted, False), ibis.greatest(lasting, 1), ibis.null("int64"))


@later
def derive_eras(
    exposures: ir.Table, persistence_days: int, same: Sequence[str] = ("person_id", "concept_set")
) -> ir.Table:
    """Join the exposures of one drug to one person into eras.

    Two exposures belong to one era when the second starts at most `persistence_days` after the last
    day covered so far. Overlaps are absorbed: supply is never carried forward.

    Args:
        exposures: One row per exposure: the columns of `same`, start_date, last_covered_date,
            has_known_end, stop_reason, source_table and row_id.
        persistence_days: Longest gap, in days, that an era survives.
        same: Columns whose values tell one sequence of exposures from another.

    Returns:
        One row per era: the columns of `same`, start_date, end_date, covered_days (days that an
        exposure covers, gaps left out), exposures, has_known_end (true when every exposure has one),
        stop_reason (of the exposures of the era, the last in alphabetical order; null when none gives one).

    Source:
        OMOP CDM v5.4, DRUG_ERA, which sets the gap at 30 days.
    """
    import ibis

    # Ordered by the start alone, which is one sort on engines that keep it for the second window. Exposures that
    # start on one day may change places: whichever comes first is told apart from what lies before that day, all
    # of them get the same number of era, and the days that they add to it sum up to the same.
    in_order = {"group_by": list(same), "order_by": "start_date"}
    before = ibis.window(**in_order, preceding=(None, 1))
    to_that_day = ibis.range_window(**in_order, preceding=None, following=0)
    ordered = exposures.mutate(covered_until=exposures.last_covered_date.max().over(before))
    length = days_between(ordered.start_date, ordered.last_covered_date) + 1
    beyond = days_between(ordered.covered_until, ordered.last_covered_date)
    gap = days_between(ordered.covered_until, ordered.start_date)
    ordered = ordered.mutate(
        new_days=ibis.coalesce(ibis.greatest(ibis.least(length, beyond), 0), length),
        opens_era=ibis.ifelse(ordered.covered_until.isnull() | (gap > persistence_days), 1, 0),
    )
    numbered = ordered.mutate(era=ordered.opens_era.sum().over(to_that_day))
    eras = numbered.group_by([*same, "era"]).aggregate(
        start_date=numbered.start_date.min(),
        end_date=numbered.last_covered_date.max(),
        covered_days=numbered.new_days.sum().cast("int64"),
        exposures=numbered.count(),
        unknown_ends=ibis.ifelse(numbered.has_known_end, 0, 1).sum(),
        stop_reason=numbered.stop_reason.max(),
    )
    return eras.mutate(has_known_end=eras.unknown_ends == 0).drop("era", "unknown_ends")
