"""Supplies of one drug: which days each of them is really for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from refractory.exposures.days import days_later
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

SameSupply = Literal["adds up", "counts once"]

NANOGRAMS_PER_MG = 1_000_000
PARENTERAL = ("intravenous", "intramuscular", "subcutaneous")


def in_nanograms(mg: ir.FloatingValue) -> ir.IntegerValue:
    """Count a dose in whole nanograms: equal doses are then equal, and sums do not depend on their order."""
    return (mg * float(NANOGRAMS_PER_MG)).round().cast("int64")


def in_mg(nanograms: ir.IntegerValue) -> ir.FloatingValue:
    """Say whole nanograms in mg."""
    # To a number with a point first: Spark makes an exact decimal of a whole number over a literal.
    return nanograms.cast("float64") / float(NANOGRAMS_PER_MG)


@later
def derive_supplies_once(dosed: ir.Table, drug: str = "concept_set") -> ir.Table:
    """Count the days on which supplies of one strength and one daily dose overlap once.

    A refill that is fetched a week early, or a row that the source wrote twice, is no double dose. A supply whose
    days another one of the same drug, strength and daily dose covers already begins on the day after them, and one
    that has no day of its own left falls away. Supplies of another strength or another daily dose add up, and so
    do exposures of a single day: four injections of one day are four.

    Args:
        dosed: One row per exposure, from exposures.dose.derive_daily_doses.
        drug: The column that tells one drug from another.

    Returns:
        One row per exposure with a day of its own: the columns of `dosed`, start_date moved where it had to be.
    """
    import ibis

    length = dosed.last_covered_date.delta(dosed.start_date, unit="day") + 1
    marked = dosed.mutate(is_supply=dosed.daily_mg.notnull() & (length > 1), daily_ng=in_nanograms(dosed.daily_mg))
    same = ["person_id", drug, "mg_per_unit", "prednisone_factor", "daily_ng", "is_supply"]
    order = ["start_date", "last_covered_date", "source_table", "row_id"]
    before = ibis.window(group_by=same, order_by=order, preceding=(None, 1))
    marked = marked.mutate(covered_until=marked.last_covered_date.max().over(before))
    own_start = ibis.greatest(marked.start_date, days_later(marked.covered_until, 1))
    has_earlier = marked.is_supply & marked.covered_until.notnull()
    moved = marked.mutate(start_date=ibis.ifelse(has_earlier, own_start, marked.start_date))
    return moved.filter(moved.start_date <= moved.last_covered_date).drop("is_supply", "daily_ng", "covered_until")
