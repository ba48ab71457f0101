"""The refractory rule read more strictly and more laxly than the protocol reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Each reading, and the column of the courses that says which of them count.
READINGS = {"strictly": "counts_strictly", "as_written": "counts", "laxly": "counts_laxly"}


@later
def derive_readings(
    eligible: ir.Table, courses: ir.Table, activity: ir.Table | None, exclusions: ir.Table | None, failed: int
) -> ir.Table:
    """Read the refractory rule strictly and laxly beside what the protocol says, all else being the same.

    Args:
        eligible: One row per candidate that comes to the refractory rule: person_id, day0_date.
        courses: Their courses, from derive_courses_before.
        activity: One row per candidate, from classify_activity; None where the rule does not ask.
        exclusions: One row per candidate and a boolean column for each criterion that excludes; None without any.
        failed: Different drugs that must have failed.

    Returns:
        One row per person who comes to the rule: person_id, and the first day that meets the rule and everything
        after it, null when none does: strictly (only courses known to be adequate), as_written, laxly (any course).
    """
    import ibis

    keys = ["person_id", "day0_date"]
    drugs = courses.group_by(keys).aggregate(
        **{
            name: ibis.ifelse(courses[column], courses.concept_set, ibis.null("string")).nunique()
            for name, column in READINGS.items()
        }
    )
    read = eligible.select(*keys).left_join(drugs, keys).drop("person_id_right", "day0_date_right")
    fits: ir.BooleanValue = ibis.literal(True)
    if activity is not None:
        read = read.left_join(activity.select(*keys, "is_active"), keys).drop("person_id_right", "day0_date_right")
        fits = fits & ibis.coalesce(read.is_active, False)
    if exclusions is not None:
        excluding = [column for column in exclusions.columns if column not in keys]
        read = read.left_join(exclusions, keys).drop("person_id_right", "day0_date_right")
        fits = fits & ~ibis.coalesce(_any(read, excluding), False)
    return read.group_by("person_id").aggregate(
        **{
            name: ibis.ifelse(fits & (read[name] >= failed), read.day0_date, ibis.null("date")).min()
            for name in READINGS
        }
    )


def _any(table: ir.Table, columns: Sequence[str]) -> ir.BooleanValue:
    found: ir.BooleanValue = table[columns[0]]
    for column in columns[1:]:
        found = found | table[column]
    return found
