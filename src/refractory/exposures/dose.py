"""Daily doses over time by a change-point sweep: one row per stretch of equal dose, never one per day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.exposures.days import days_between, days_later
from refractory.exposures.supplies import PARENTERAL
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.exposures.written_doses import WrittenDoses


@later
def derive_daily_doses(exposures: ir.Table, written: WrittenDoses | None = None) -> ir.Table:
    """Give each exposure its dose per day: what its direction says, else strength times quantity over days covered.

    For drugs with a prednisone factor the dose is in mg of prednisone, for others in mg of the drug. A direction that
    counts tablets says a dose only where quantity counts them too and the mg in one are known. On days that a
    direction leaves free, or that lie behind the end that it names, the dose is zero; where nothing says a dose it is
    unknown. Where only the start day is known, all that was dispensed would be the dose of that day: thirty tablets of
    20 mg would be a pulse. Such a dose is unknown too, but what is injected is given on its day.

    Args:
        exposures: One row per exposure, from exposures.eras.derive_exposures.
        written: What the directions say; None where there are none to ask.

    Returns:
        One row per exposure and stretch of days with one dose: the columns of `exposures`, start_date and
        last_covered_date of the stretch, covered_days (of the exposure), daily_mg (null when unknown: unknown is not
        zero), dose_origin ("sig", "quantity"; null when unknown).
    """
    import ibis

    covered = days_between(exposures.start_date, exposures.last_covered_date) + 1
    exposures = exposures.mutate(covered_days=covered)
    if written is None:
        return _dose_by_quantity(exposures)
    said = exposures.left_join(written.sigs.select("sig", "counts_units"), "sig").drop("sig_right")
    says_mg = ~said.counts_units | (said.is_counted & said.mg_per_unit.notnull())
    said = said.mutate(is_told=said.counts_units.notnull() & ibis.coalesce(says_mg, False))
    told = said.filter(said.is_told).join(written.steps, "sig")
    factor = ibis.coalesce(told.prednisone_factor, 1.0)
    in_mg = ibis.ifelse(told.counts_units, told.mg_per_unit, 1.0) * factor
    until = ibis.coalesce(days_later(told.start_date, told.last_day), told.last_covered_date)
    told = told.mutate(
        daily_mg=told.amount * in_mg,
        dose_origin=ibis.ifelse(told.amount.notnull(), "sig", ibis.null("string")),
        from_date=days_later(told.start_date, told.first_day),
        last_covered_date=ibis.least(until, told.last_covered_date),
    )
    told = told.mutate(start_date=told.from_date).filter(told.from_date <= told.last_covered_date)
    rest = _dose_by_quantity(said.filter(~said.is_told))
    columns = [*exposures.columns, "daily_mg", "dose_origin"]
    return ibis.union(told.select(columns), rest.select(columns), distinct=False)


def _dose_by_quantity(exposures: ir.Table) -> ir.Table:
    import ibis

    factor = ibis.coalesce(exposures.prednisone_factor, 1.0)
    daily = exposures.quantity * exposures.mg_per_unit * factor / exposures.covered_days
    is_told = exposures.has_known_end | (exposures.covered_days > 1) | exposures.route.isin(PARENTERAL)
    daily_mg = ibis.ifelse((exposures.covered_days > 0) & is_told, daily, ibis.null("float64"))
    dosed = exposures.mutate(daily_mg=daily_mg)
    return dosed.mutate(dose_origin=ibis.ifelse(dosed.daily_mg.notnull(), "quantity", ibis.null("string")))


@later
def derive_dose_stretches(dosed: ir.Table, same: Sequence[str] = ("person_id", "drug")) -> ir.Table:
    """Sweep the exposures of each person and drug into stretches of days with one total dose.

    The dose of a day is the sum over all exposures that cover it.

    Args:
        dosed: One row per exposure: the columns of `same`, start_date, last_covered_date, daily_mg.
        same: Columns whose values tell one sequence of exposures from another.

    Returns:
        One row per person, drug and stretch with at least one exposure: the columns of `same`, from_date,
        until_date (both included), daily_mg (of the exposures whose dose is known), unknown (exposures
        that cover the stretch with unknown dose).
    """
    import ibis

    who = list(same)
    # Each exposure is two points, its first day and the day after its last; it is read once for both.
    side = ibis.literal([1, -1]).unnest().name("step").as_table()
    both = dosed.cross_join(side)
    points = both.select(
        *who,
        step=both.step,
        date=ibis.ifelse(both.step == 1, both.start_date, days_later(both.last_covered_date, 1)),
        mg=ibis.coalesce(both.daily_mg, 0.0) * both.step,
        unknown=ibis.ifelse(both.daily_mg.isnull(), both.step, 0),
    )
    # Points of one day have the same sums, for the range takes all of the day in; the one that is followed by a later
    # day speaks for them.
    in_order = ibis.window(group_by=who, order_by="date")
    so_far = ibis.range_window(group_by=who, order_by="date", preceding=None, following=0)
    swept = points.mutate(
        daily_mg=points.mg.sum().over(so_far),
        covering=points.step.sum().over(so_far),
        unknown=points.unknown.sum().over(so_far).cast("int64"),
        next_date=points.date.lead().over(in_order),
    )
    swept = swept.filter((swept.covering > 0) & (swept.next_date > swept.date))
    return swept.select(
        *who,
        from_date=swept.date,
        until_date=days_later(swept.next_date, -1),
        # Sums of decimals that should cancel leave dust far below a tenth of a microgram.
        daily_mg=ibis.ifelse(swept.daily_mg.abs() < 1e-7, 0.0, swept.daily_mg),
        unknown=swept.unknown,
    )
