"""Infusion days, and the numbered cycles that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.exposures.treatment import CycleDefinition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


@later
def derive_infusion_days(infusions: ir.Table) -> ir.Table:
    """Fold the drug records of one person and day into one infusion day.

    A hospital writes the same infusion more than once: as the drug given, as the code billed with the drugs and
    as the code billed with the procedures. Grams are summed within each of these kinds of record, and the
    largest of the sums is the day's dose. A kind in which one record has no known dose has no known sum.

    Args:
        infusions: One row per drug record of the studied treatment, as in records.schema.DRUG.

    Returns:
        One row per person per infusion day: person_id, infusion_date, grams (null when unknown), product, records.
    """
    import ibis

    grams = infusions.quantity * infusions.mg_per_unit / 1000.0
    is_billed = ibis.ifelse(ibis.coalesce(infusions.mg_origin, "") == "billing unit", 1, 0)
    rows = infusions.mutate(grams=grams, is_billed=is_billed)
    unknown = ibis.ifelse(rows.grams.isnull(), 1, 0).sum()
    by_kind = rows.group_by(["person_id", "start_date", "source_table", "is_billed"]).aggregate(
        known_grams=rows.grams.sum(), unknown=unknown, product=rows.product.min(), records=rows.count()
    )
    by_kind = by_kind.mutate(
        grams=ibis.ifelse(by_kind.unknown == 0, by_kind.known_grams, ibis.null("float64")),
        product_given=ibis.ifelse(by_kind.is_billed == 0, by_kind.product, ibis.null("string")),
    )
    return by_kind.group_by(["person_id", "start_date"]).aggregate(
        grams=by_kind.grams.max(),
        product=ibis.coalesce(by_kind.product_given.min(), by_kind["product"].min()),
        records=by_kind.records.sum().cast("int64"),
    ).rename(infusion_date="start_date")  # fmt: skip


@later
def derive_cycles(infusion_days: ir.Table, definition: CycleDefinition) -> ir.Table:
    """Number the cycles of each person.

    A new cycle opens when more than `split` days lie between an infusion day and the one before it.

    Args:
        infusion_days: One row per person per infusion day, from day 0 on.
        definition: What makes a cycle.

    Returns:
        One row per person per cycle: person_id, cycle (1, 2, ...), first_date, last_date, infusion_days,
        grams (null when a day's dose is unknown), last_product, interval_days (since the first day of the
        previous cycle), course (1, 2, ...), opens_course (the first cycle, and one after a longer pause than a course
        survives), missed (planned cycles that went by without one since the previous cycle of the course), is_late
        (within a course), is_product_changed.
    """
    import ibis

    in_order = ibis.window(group_by="person_id", order_by="infusion_date")
    so_far = ibis.window(group_by="person_id", order_by="infusion_date", preceding=(None, 0))
    days = infusion_days.mutate(previous_date=infusion_days.infusion_date.lag().over(in_order))
    gap = days.infusion_date.delta(days.previous_date, unit="day")
    days = days.mutate(opens_cycle=ibis.ifelse(days.previous_date.isnull() | (gap > definition.split), 1, 0))
    days = days.mutate(cycle=days.opens_cycle.sum().over(so_far).cast("int64"))
    known = days.mutate(unknown=ibis.ifelse(days.grams.isnull(), 1, 0))
    cycles = known.group_by(["person_id", "cycle"]).aggregate(
        first_date=known.infusion_date.min(),
        last_date=known.infusion_date.max(),
        infusion_days=known.count(),
        known_grams=known.grams.sum(),
        unknown=known.unknown.sum(),
        first_product=known["product"].min(),
        last_product=known["product"].max(),
    )
    by_number = ibis.window(group_by="person_id", order_by="cycle")
    cycles = cycles.mutate(
        grams=ibis.ifelse(cycles.unknown == 0, cycles.known_grams, ibis.null("float64")),
        interval_days=cycles.first_date.delta(cycles.first_date.lag().over(by_number), unit="day"),
        previous_product=cycles.last_product.lag().over(by_number),
    )
    late_after = definition.late * definition.planned
    is_new = ibis.coalesce(cycles.interval_days > definition.retreatment, False)
    up_to = ibis.window(group_by="person_id", order_by="cycle", preceding=(None, 0))
    # At the factor that the study names a cycle was missed; one more with each further planned interval.
    shift = 2.0 - definition.missed
    missed = (cycles.interval_days / float(definition.planned) + shift).floor().cast("int64") - 1
    is_other = (cycles.first_product != cycles.last_product) | (
        cycles.previous_product.notnull() & (cycles.previous_product != cycles.last_product)
    )
    return cycles.mutate(
        opens_course=is_new | cycles.interval_days.isnull(),
        course=ibis.ifelse(is_new, 1, 0).sum().over(up_to).cast("int64") + 1,
        missed=ibis.ifelse(is_new, 0, ibis.greatest(ibis.coalesce(missed, 0), 0)).cast("int64"),
        is_late=ibis.coalesce(cycles.interval_days > late_after, False) & ~is_new,
        is_product_changed=ibis.coalesce(is_other, False),
    ).select(
        "person_id", "cycle", "first_date", "last_date", "infusion_days", "grams", "last_product", "interval_days",
        "course", "opens_course", "missed", "is_late", "is_product_changed",
    )  # fmt: skip


@later
def derive_cycle_doses(cycles: ir.Table, weights: ir.Table, definition: CycleDefinition) -> ir.Table:
    """Give each cycle its dose per kg of the nearest body weight.

    Nearest by days from the first day of the cycle; of two equally near the earlier one; at most
    `weight_window` days away; else unknown.

    Args:
        cycles: One row per person per cycle, from derive_cycles.
        weights: One row per measurement of body weight in kg: person_id, date, value, row_id.
        definition: What makes a cycle.

    Returns:
        One row per person per cycle: the columns of `cycles`, weight_kg, grams_per_kg, is_low_dose, is_high_dose.
    """
    import ibis

    near = cycles.select("person_id", "cycle", "first_date").join(weights, "person_id")
    distance = near.date.delta(near.first_date, unit="day")
    near = near.mutate(distance=distance.abs(), weight_kg=near.value)
    near = near.filter((near.distance <= definition.weight_window) & (near.weight_kg > 0))
    nearest = ibis.window(group_by=["person_id", "cycle"], order_by=["distance", "date", "row_id"])
    near = near.mutate(rank=ibis.row_number().over(nearest))
    near = near.filter(near["rank"] == 0).select("person_id", "cycle", "weight_kg")
    dosed = cycles.left_join(near, ["person_id", "cycle"]).drop("person_id_right", "cycle_right")
    dosed = dosed.mutate(grams_per_kg=dosed.grams / dosed.weight_kg)
    return dosed.mutate(
        is_low_dose=ibis.coalesce(dosed.grams_per_kg < definition.low_dose, False),
        is_high_dose=ibis.coalesce(dosed.grams_per_kg > definition.high_dose, False),
    )
