"""How a daily dose came down: when it stayed below a limit, when it stopped, how fast and in how many steps."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.dates import Window
from refractory.exposures.supplies import in_nanograms
from refractory.exposures.timeline import NOT_OBSERVED, UNKNOWN_DOSE, derive_cumulative_doses
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


class DoseGoal(StrEnum):
    """What a daily dose can come down to."""

    BELOW = "BELOW"
    HALF = "HALF"
    OFF = "OFF"


class TimeStatus(StrEnum):
    """What is known of the day from which a dose stayed down."""

    REACHED = "REACHED"
    CENSORED = "CENSORED"
    BELOW_AT_BASELINE = "BELOW_AT_BASELINE"
    NOT_EVALUABLE = "NOT_EVALUABLE"


NO_DOSE_AT_BASELINE = "no dose at baseline"
OBSERVATION_ENDS = "observation ends"
_FOUR_WEEKS = 28


@later
def derive_dose_times(
    timeline: ir.Table,
    persons: ir.Table,
    below_mg: Sequence[float],
    baseline: Window,
    *,
    sustained_days: int,
    off_days: int,
    until_day: int,
) -> ir.Table:
    """Find the first day after day 0 from which the daily dose stays down, pulses apart, for each of several goals.

    The goals: below each of some limits (a dose of exactly the limit is not below), at most half of the mean dose
    at baseline, and off (no exposure). A dose stays down when it is down on that day and on each day until
    `sustained_days` have passed, or `off_days` without any exposure: a restart before that is no stop.

    Whose dose is down on day 0, as part of so long a stretch, is BELOW_AT_BASELINE and told apart. Who is observed
    without such a stretch is CENSORED on `until_day`, or on the last day before it on which one could still have
    begun and been seen to last. A day of unknown dose counts against nobody unless it matters: where unknown doses
    could hide an earlier first day, the person is CENSORED on the day before that one. Unknown doses leave nothing
    open where the drug stops. Who is not observed on day 0, or for too short a time, and who has no known dose
    at baseline to halve, is NOT_EVALUABLE.

    Args:
        timeline: One row per person and stretch, from exposures.timeline.derive_timeline.
        persons: One row per person: person_id, observed_from_day, observed_until_day.
        below_mg: The limits, in mg a day.
        baseline: Days over which the baseline dose is averaged.
        sustained_days: How many days a lower dose stays down.
        off_days: How many days pass without any exposure when the drug has stopped.
        until_day: Last day on which a goal may be reached.

    Returns:
        One row per person and goal: person_id, goal (a DoseGoal), below_mg (the limit of BELOW; else null), status (a
        TimeStatus), day (of REACHED, or the last day of CENSORED; else null), why (NOT_EVALUABLE, or CENSORED
        before `until_day`; else null).
    """
    import ibis

    asked = _ask_goals(timeline, persons, below_mg, baseline, sustained_days, off_days)
    found = _derive_first_sustained(_find_low_states(timeline, asked), asked)
    last_day = ibis.least(found.observed_until_day - (found.least_days - 1), until_day)
    return _say_times(found.mutate(last_day=last_day), until_day).select(
        "person_id", "goal", "below_mg", "status", "day", "why"
    )


def _ask_goals(
    timeline: ir.Table,
    persons: ir.Table,
    below_mg: Sequence[float],
    baseline: Window,
    sustained_days: int,
    off_days: int,
) -> ir.Table:
    """Ask each goal of each person: person_id, place (of the goal), goal, below_mg, limit_ng, least_days, why."""
    import ibis

    half, off = len(below_mg), len(below_mg) + 1
    limits = ibis.literal([*map(float, below_mg), 0.0, 0.0], type="array<float64>")
    places = ibis.literal(list(range(off + 1)), type="array<int64>").unnest().name("place").as_table()
    doses = derive_cumulative_doses(timeline, persons, [baseline])
    # Doses that are no whole nanograms may end up one of them apart from their half.
    half_ng = (in_nanograms(doses.known_mg) // (2 * (doses.last_day - doses.first_day + 1))).cast("int64") + 2
    halves = doses.select(
        "person_id", half_ng=half_ng, half_why=ibis.ifelse(doses.cumulative_mg == 0, NO_DOSE_AT_BASELINE, doses.why)
    )
    asked = persons.select("person_id", "observed_from_day", "observed_until_day").join(halves, "person_id")
    asked = asked.cross_join(places)
    is_half, is_off = asked.place == half, asked.place == off
    limit = limits[asked.place]
    return asked.select(
        "person_id",
        "place",
        "observed_from_day",
        "observed_until_day",
        goal=ibis.cases((is_half, str(DoseGoal.HALF)), (is_off, str(DoseGoal.OFF)), else_=str(DoseGoal.BELOW)),
        below_mg=ibis.ifelse(asked.place < half, limit, ibis.null("float64")),
        limit_ng=ibis.ifelse(is_half, asked.half_ng, in_nanograms(limit)),
        least_days=ibis.ifelse(is_off, off_days, sustained_days).cast("int64"),
        why=ibis.ifelse(is_half, asked.half_why, ibis.null("string")),
    )


def _find_low_states(timeline: ir.Table, asked: ir.Table) -> ir.Table:
    """Say of each stretch and goal whether the dose may be down (is_sure false), and whether it surely is (true)."""
    import ibis

    states = timeline.join(asked.select("person_id", "place", "goal", "limit_ng"), "person_id")
    is_off = states.goal == str(DoseGoal.OFF)
    # What is known of the dose of a day is the least that it was.
    is_low = ibis.ifelse(is_off, ~states.is_covered, in_nanograms(states.known_mg) < states.limit_ng)
    may_be = states.is_observed & is_low
    told = states.select(
        "person_id", "place", "from_day", "until_day", may_be=may_be, surely_is=may_be & (is_off | ~states.is_unknown)
    )
    both = [
        told.select("person_id", "place", "from_day", "until_day", is_low=told[flag], is_sure=flag == "surely_is")
        for flag in ("may_be", "surely_is")
    ]
    return ibis.union(*both, distinct=False)


def _derive_first_sustained(states: ir.Table, asked: ir.Table) -> ir.Table:
    """Find, for each person and goal, what its runs of low days say of day 0 and of the first day after it.

    Args:
        states: One row per person, goal, certainty and stretch, end to end, from _find_low_states.
        asked: One row per person and goal, from _ask_goals.

    Returns:
        The rows of `asked` with is_below, may_be_below, is_cut_off, sure_day, possible_day; null where no run says so.
    """
    import ibis

    who = ["person_id", "place", "is_sure"]
    in_order = ibis.window(group_by=who, order_by="from_day")
    so_far = ibis.window(group_by=who, order_by="from_day", preceding=(None, 0))
    was_low = ibis.coalesce(states.is_low.lag().over(in_order), False)
    marked = states.mutate(opens=ibis.ifelse(states.is_low & ~was_low, 1, 0))
    marked = marked.mutate(run=marked.opens.sum().over(so_far)).filter(marked.is_low)
    runs = marked.group_by([*who, "run"]).aggregate(from_day=marked.from_day.min(), until_day=marked.until_day.max())
    runs = runs.join(asked.select("person_id", "place", "observed_from_day", "least_days"), ["person_id", "place"])
    is_long = runs.until_day - runs.from_day + 1 >= runs.least_days
    holds_day_0 = (runs.from_day <= 0) & (runs.until_day >= 0)
    begins = is_long & (runs.from_day >= 1)

    def exists(has: ir.BooleanValue) -> ir.BooleanValue:
        return ibis.ifelse(has, 1, 0).max() == 1

    def first(has: ir.BooleanValue) -> ir.IntegerValue:
        return ibis.ifelse(has, runs.from_day, ibis.null("int64")).min()

    facts = runs.group_by(["person_id", "place"]).aggregate(
        is_below=exists(runs.is_sure & is_long & holds_day_0),
        may_be_below=exists(is_long & holds_day_0),
        is_cut_off=exists(~is_long & holds_day_0 & (runs.from_day <= runs.observed_from_day)),
        sure_day=first(runs.is_sure & begins),
        possible_day=first(~runs.is_sure & begins),
    )
    return asked.left_join(facts, ["person_id", "place"]).drop("person_id_right", "place_right")


def _say_times(found: ir.Table, until_day: int) -> ir.Table:
    import ibis

    is_seen_on_day_0 = (found.observed_from_day <= 0) & (found.observed_until_day >= 0)
    is_in_time = ibis.coalesce(found.possible_day <= found.last_day, False)
    is_certain = ibis.coalesce(found.possible_day == found.sure_day, False)
    reached, censored, below, not_evaluable = map(str, TimeStatus)
    no_day = ibis.null("int64")
    answers: tuple[tuple[ir.BooleanValue, str, ir.IntegerValue, ir.StringValue | str], ...] = (
        (found.why.notnull(), not_evaluable, no_day, found.why),
        (~is_seen_on_day_0, not_evaluable, no_day, NOT_OBSERVED),
        (ibis.coalesce(found.is_below, False), below, no_day, ibis.null("string")),
        (ibis.coalesce(found.may_be_below, False), not_evaluable, no_day, UNKNOWN_DOSE),
        (ibis.coalesce(found.is_cut_off, False) | (found.last_day < 1), not_evaluable, no_day, NOT_OBSERVED),
        (~is_in_time & (found.last_day < until_day), censored, found.last_day, OBSERVATION_ENDS),
        (~is_in_time, censored, found.last_day, ibis.null("string")),
        (is_certain, reached, found.possible_day, ibis.null("string")),
        (found.possible_day == 1, not_evaluable, no_day, UNKNOWN_DOSE),
    )
    return found.mutate(
        status=ibis.cases(*((when, status) for when, status, _, _ in answers), else_=censored),
        day=ibis.cases(*((when, day) for when, _, day, _ in answers), else_=found.possible_day - 1).cast("int64"),
        why=ibis.cases(*((when, why) for when, _, _, why in answers), else_=UNKNOWN_DOSE),
    )


@later
def derive_tapers(
    timeline: ir.Table, persons: ir.Table, baseline: Window, follow_up: Window, step_days: int
) -> ir.Table:
    """Measure how fast and in how many steps the daily dose changed between baseline and the end of follow-up.

    The speed is the mean daily dose at baseline less that at the end of follow-up, over the time between the middles
    of the two windows, for each four weeks: two means are not moved by a single day, as the ends of a line or a
    line of least squares through a staircase are. A step is a change between two levels that lasted at least
    `step_days` each; what lasted less, a gap between two fills for instance, is passed over. It counts when its new
    level begins after day 0 and by the end of follow-up.

    Args:
        timeline: One row per person and stretch, from exposures.timeline.derive_timeline.
        persons: One row per person: person_id.
        baseline: Days over which the baseline dose is averaged.
        follow_up: Days over which the dose at the end of follow-up is averaged.
        step_days: How many days a level lasts at least.

    Returns:
        One row per person: person_id, baseline_mg and follow_up_mg (mean mg a day; null when not known),
        fall_mg_per_4_weeks (null when either is not known, or without a dose at baseline), reductions and rises
        (null when a dose is unknown, or a day is not observed, between day 0 and the end of follow-up).
    """
    import ibis

    first, last = follow_up.first_day or 0, follow_up.last_day or 0
    starts, ends = baseline.first_day or 0, baseline.last_day or 0
    weeks_4 = ((first + last) - (starts + ends)) / 2 / _FOUR_WEEKS
    doses = derive_cumulative_doses(timeline, persons, [baseline, follow_up, Window(0, last)])
    is_known = (doses.unknown_days == 0) & (doses.unobserved_days == 0)
    mean = ibis.ifelse(is_known, doses.known_mg / (doses.last_day - doses.first_day + 1), ibis.null("float64"))

    def of(place: int, value: ir.NumericValue) -> ir.NumericValue:
        return ibis.ifelse(doses.place == place, value, ibis.null(str(value.type()).lstrip("!"))).max()

    told = doses.group_by("person_id").aggregate(
        baseline_mg=of(0, mean), follow_up_mg=of(1, mean), is_followed=of(2, ibis.ifelse(is_known, 1, 0)) == 1
    )
    steps = _count_steps(timeline, last, step_days)
    told = told.left_join(steps, "person_id").drop("person_id_right")

    def count(steps: ir.IntegerColumn) -> ir.IntegerValue:
        return ibis.ifelse(told.is_followed, ibis.coalesce(steps, 0), ibis.null("int64"))

    fall = (told.baseline_mg - told.follow_up_mg) / weeks_4
    return told.select(
        "person_id",
        "baseline_mg",
        "follow_up_mg",
        fall_mg_per_4_weeks=ibis.ifelse(told.baseline_mg > 0, fall, ibis.null("float64")),
        reductions=count(told.reductions),
        rises=count(told.rises),
    )


def _count_steps(timeline: ir.Table, last_day: int, step_days: int) -> ir.Table:
    """Count the changes between levels that last: person_id, reductions, rises; persons without a level are absent."""
    import ibis

    in_order = ibis.window(group_by="person_id", order_by="from_day")
    so_far = ibis.window(group_by="person_id", order_by="from_day", preceding=(None, 0))
    told = timeline.mutate(level=ibis.coalesce(in_nanograms(timeline.daily_mg), -1))
    is_like_before = ibis.coalesce(told.level == told.level.lag().over(in_order), False)
    told = told.mutate(opens=ibis.ifelse(is_like_before, 0, 1))
    told = told.mutate(run=told.opens.sum().over(so_far))
    levels = told.group_by(["person_id", "run", "level"]).aggregate(
        from_day=told.from_day.min(), until_day=told.until_day.max()
    )
    levels = levels.filter((levels.level >= 0) & (levels.until_day - levels.from_day + 1 >= step_days))
    levels = levels.mutate(before=levels.level.lag().over(in_order))
    levels = levels.filter((levels.from_day >= 1) & (levels.from_day <= last_day))
    return levels.group_by("person_id").aggregate(
        reductions=ibis.ifelse(levels.level < levels.before, 1, 0).sum().cast("int64"),
        rises=ibis.ifelse(levels.level > levels.before, 1, 0).sum().cast("int64"),
    )
