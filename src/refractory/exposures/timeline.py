"""The daily dose of one person from day to day, pulses apart, and what it adds up to over windows around day 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.dates import Window
from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.supplies import NANOGRAMS_PER_MG, PARENTERAL, in_mg, in_nanograms
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What derive_pulse_stretches calls its two parts, in the column `drug`.
DAILY, PULSE = "daily", "pulse"


@later
def derive_pulse_stretches(dosed: ir.Table, pulse_mg: float) -> ir.Table:
    """Sweep the exposures of each person into stretches of equal dose, those that could be a pulse apart.

    An exposure could be (part of) a pulse when it is parenteral, or when its own daily dose reaches a pulse by
    whatever route: a route that is not recorded hides no gram of methylprednisolone.

    Args:
        dosed: One row per exposure: person_id, start_date, last_covered_date, daily_mg, route.
        pulse_mg: A day with at least so many mg is a pulse.

    Returns:
        One row per person, part and stretch, as exposures.dose.derive_dose_stretches gives it with the part,
        "daily" or "pulse", as its drug.
    """
    import ibis

    is_high = ibis.coalesce(in_nanograms(dosed.daily_mg) >= round(pulse_mg * NANOGRAMS_PER_MG), False)
    is_parenteral = ibis.coalesce(dosed.route.isin(PARENTERAL), False)
    part = ibis.ifelse(is_high | is_parenteral, PULSE, DAILY)
    return derive_dose_stretches(dosed.mutate(drug=part))


@later
def derive_timeline(stretches: ir.Table, persons: ir.Table, span: Window, pulse_mg: float) -> ir.Table:
    """Tell the daily dose of each person on every day of a span, one row per stretch of equal days.

    A day with at least `pulse_mg` in all is a day of a pulse. The pulse is what that day's parenteral and
    pulse-sized exposures give; what the others give stays the daily dose: who takes 20 mg by mouth and is given
    1,250 mg has a pulse of 1,250 mg and stays on 20 mg. Where neither part reaches a pulse without the other, or
    the others reach one by themselves, nobody can tell them apart: the whole day is the pulse and its daily dose
    is 0. On any other day the daily dose is the sum of all exposures.

    An observed day without any exposure has dose 0. A day with an exposure of unknown dose has no known dose,
    and a day on which the person is not observed has none either.

    Args:
        stretches: One row per person, part and stretch, from derive_pulse_stretches.
        persons: One row per person: person_id, day0_date, observed_from_day and observed_until_day, both within
            the span; none is observed when the first lies after the second.
        span: First and last day of the timeline, relative to day 0.
        pulse_mg: A day with at least so many mg is a pulse.

    Returns:
        One row per person and stretch: person_id, from_day and until_day (both included, relative to day 0),
        daily_mg (null where it is not known), pulse_mg and known_mg (the daily dose, of the exposures whose dose
        is known), is_covered, is_unknown (an exposure has no known dose), is_observed. The rows of a person lie
        end to end from the first to the last day of the span, and no two neighbours are alike.
    """
    import ibis

    first_day, last_day = _ends(span)
    points = _find_change_points(stretches, persons, first_day, last_day)
    in_order = ibis.window(group_by="person_id", order_by="day")
    so_far = ibis.window(group_by="person_id", order_by="day", preceding=(None, 0))
    levels = {name: points[name].sum().over(so_far).cast("int64") for name in _CHANGES}
    states = points.select("person_id", "day", **levels)
    states = states.select(
        "person_id",
        "day",
        **_split_pulse(states.rest, states.high, round(pulse_mg * NANOGRAMS_PER_MG)),
        is_covered=states.covering > 0,
        is_unknown=states.unknown > 0,
        is_observed=states.observed > 0,
    )
    told = ["known_ng", "pulse_ng", "is_covered", "is_unknown", "is_observed"]
    before = {f"{name}_before": states[name].lag().over(in_order) for name in told}
    changes = states.mutate(**before)
    # Stretches that meet with one dose, as a prescription and its refill do, are one stretch.
    is_like_before = [changes[name] == changes[f"{name}_before"] for name in told]
    changes = changes.filter(
        changes.known_ng_before.isnull() | ~ibis.and_(*is_like_before) | (changes.day == last_day + 1)
    ).drop(*before)
    changes = changes.mutate(next_day=changes.day.lead().over(in_order))
    rows = changes.filter(changes.next_day.notnull())
    known_mg = in_mg(rows.known_ng)
    return rows.select(
        "person_id",
        from_day=rows.day,
        until_day=rows.next_day - 1,
        daily_mg=ibis.ifelse(rows.is_unknown | ~rows.is_observed, ibis.null("float64"), known_mg),
        pulse_mg=in_mg(rows.pulse_ng),
        known_mg=known_mg,
        is_covered=rows.is_covered,
        is_unknown=rows.is_unknown,
        is_observed=rows.is_observed,
    )


# What goes up where a stretch begins and down on the day after it ends.
_CHANGES = ("rest", "high", "covering", "unknown", "observed")


def _ends(window: Window) -> tuple[int, int]:
    if window.first_day is None or window.last_day is None:
        raise ValueError("doses are told over a window with two ends")
    return window.first_day, window.last_day


def _find_change_points(stretches: ir.Table, persons: ir.Table, first_day: int, last_day: int) -> ir.Table:
    """Find the days on which anything changes: one row per person and day, with what is added on it."""
    import ibis

    near = stretches.join(persons.select("person_id", "day0_date"), "person_id")
    near = near.select(
        "person_id",
        "drug",
        from_day=ibis.greatest(near.from_date.delta(near.day0_date, unit="day"), first_day),
        until_day=ibis.least(near.until_date.delta(near.day0_date, unit="day"), last_day),
        ng=in_nanograms(near.daily_mg),
        is_unknown=ibis.ifelse(near.unknown > 0, 1, 0),
    )
    near = near.filter(near.from_day <= near.until_day)
    seen = persons.filter(persons.observed_from_day <= persons.observed_until_day)

    def point(rows: ir.Table, day: ir.IntegerValue, **changes: ir.IntegerValue | int) -> ir.Table:
        added = {name: ibis.literal(0).cast("int64") + changes.get(name, 0) for name in _CHANGES}
        return rows.select("person_id", day=day.cast("int64"), **added)

    points = []
    for sign, day in ((1, near.from_day), (-1, near.until_day + 1)):
        is_high = near.drug == PULSE
        points.append(
            point(
                near,
                day,
                rest=ibis.ifelse(is_high, 0, near.ng) * sign,
                high=ibis.ifelse(is_high, near.ng, 0) * sign,
                covering=sign,
                unknown=near.is_unknown * sign,
            )
        )
    points.append(point(seen, seen.observed_from_day, observed=1))
    points.append(point(seen, seen.observed_until_day + 1, observed=-1))
    # Everybody's timeline begins and ends with the span, whatever the records hold.
    points += [point(persons, ibis.literal(day)) for day in (first_day, last_day + 1)]
    together = ibis.union(*points, distinct=False)
    return together.group_by(["person_id", "day"]).aggregate(**{name: together[name].sum() for name in _CHANGES})


def _split_pulse(rest: ir.IntegerColumn, high: ir.IntegerColumn, pulse_ng: int) -> dict[str, ir.IntegerValue]:
    """Part the dose of a day into its daily dose and its pulse."""
    import ibis

    total = rest + high
    is_apart = (high >= pulse_ng) & (rest < pulse_ng)
    known = ibis.ifelse(total < pulse_ng, total, ibis.ifelse(is_apart, rest, 0)).cast("int64")
    return {"known_ng": known, "pulse_ng": (total - known).cast("int64")}


NOT_OBSERVED = "not observed throughout"
UNKNOWN_DOSE = "a dose is unknown"


@later
def derive_cumulative_doses(
    timeline: ir.Table, persons: ir.Table, windows: Sequence[Window], *, unknown_percent: float = 0
) -> ir.Table:
    """Add up the daily doses of each person over windows around day 0, without pulses and with them.

    The dose of a window is known when the person is observed on each of its days and the dose is unknown on at
    most `unknown_percent` of them; those days then count with the mean of the others.

    Args:
        timeline: One row per person and stretch, from derive_timeline.
        persons: One row per person: person_id.
        windows: Days around day 0, at least one, both ends within the span of the timeline.
        unknown_percent: Per cent of the days of a window whose dose may be unknown, below 100.

    Returns:
        One row per person and window: person_id, place (of the window, from 0), first_day, last_day; known_mg and
        pulse_mg (the daily doses and the pulses that are known, added up); covered_days, unknown_days,
        unobserved_days, pulse_days; why (the dose is not known: a day is not observed, or a dose is unknown; else
        null); and, null where it is not known, cumulative_mg (pulses apart), cumulative_with_pulses_mg and
        mg_per_day (the mean over all days of the window, pulses apart).
    """
    import ibis

    # Lists of literals and no table of windows: a role that may only read can ask for any.
    starts, ends = (ibis.literal(list(days), type="array<int64>") for days in zip(*map(_ends, windows), strict=True))
    places = ibis.literal(list(range(len(windows))), type="array<int64>").unnest().name("place").as_table()
    asked = persons.select("person_id").cross_join(
        places.mutate(first_day=starts[places.place], last_day=ends[places.place])
    )
    is_near = [timeline.from_day <= asked.last_day, timeline.until_day >= asked.first_day]
    within = asked.join(timeline, [asked.person_id == timeline.person_id, *is_near])
    begin = ibis.greatest(within.from_day, within.first_day)
    within = within.mutate(days=(ibis.least(within.until_day, within.last_day) - begin + 1).cast("int64"))
    known_ng = in_nanograms(within.known_mg) * within.days
    doses = within.group_by(["person_id", "place", "first_day", "last_day"]).aggregate(
        known_ng=known_ng.sum().cast("int64"),
        certain_ng=ibis.ifelse(within.is_unknown, 0, known_ng).sum().cast("int64"),
        pulse_ng=(in_nanograms(within.pulse_mg) * within.days).sum().cast("int64"),
        **{
            f"{name}_days": ibis.ifelse(has, within.days, 0).sum().cast("int64")
            for name, has in (
                ("covered", within.is_covered),
                ("unknown", within.is_unknown),
                ("unobserved", ~within.is_observed),
                ("pulse", within.pulse_mg > 0),
            )
        },
    )
    length = doses.last_day - doses.first_day + 1
    has_unknown = doses.unknown_days * 100.0 > length * float(unknown_percent)
    doses = doses.mutate(
        known_mg=in_mg(doses.known_ng),
        pulse_mg=in_mg(doses.pulse_ng),
        why=ibis.cases((doses.unobserved_days > 0, NOT_OBSERVED), (has_unknown, UNKNOWN_DOSE)),
        mg_per_day=in_mg(doses.certain_ng) / (length - doses.unknown_days).nullif(0),
    )

    def where_known(mg: ir.NumericValue) -> ir.NumericValue:
        return ibis.ifelse(doses.why.isnull(), mg, ibis.null("float64"))

    # Where every dose is known the sum is taken as it is, and not by way of its mean.
    filled_mg = ibis.ifelse(doses.unknown_days == 0, doses.known_mg, doses.mg_per_day * length)
    return doses.mutate(
        cumulative_mg=where_known(filled_mg),
        cumulative_with_pulses_mg=where_known(filled_mg + doses.pulse_mg),
        mg_per_day=where_known(doses.mg_per_day),
    ).drop("known_ng", "certain_ng", "pulse_ng")


@later
def derive_mean_doses(
    timeline: ir.Table, persons: ir.Table, days: Sequence[int], over_days: int, *, unknown_percent: float = 0
) -> ir.Table:
    """Average the daily dose of each person over the days that end with each of some days, pulses apart.

    Args:
        timeline: One row per person and stretch, from derive_timeline.
        persons: One row per person: person_id.
        days: Last days of the windows, relative to day 0, each once.
        over_days: How many days are averaged, the last one included.
        unknown_percent: Per cent of these days whose dose may be unknown, as in derive_cumulative_doses.

    Returns:
        One row per person and day: person_id, day, mg_per_day (null when it is not known), covered_days,
        unknown_days, unobserved_days, pulse_days, and why (it is not known; else null).
    """
    windows = [Window(day - over_days + 1, day) for day in days]
    doses = derive_cumulative_doses(timeline, persons, windows, unknown_percent=unknown_percent)
    counts = ("covered_days", "unknown_days", "unobserved_days", "pulse_days")
    return doses.select("person_id", "mg_per_day", *counts, "why", day=doses.last_day)
