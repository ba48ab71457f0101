"""From stretches to days: the steps of a direction, laid one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from refractory.exposures.sig.elements import Change, Lasting, VagueChange
from refractory.exposures.sig.factors import UNSAID, ContradictionError, derive_factor
from refractory.exposures.sig.lengths import Run, derive_runs
from refractory.exposures.sig.rates import Rate, choose_measure, derive_rate
from refractory.exposures.sig.segments import Direction, Intake, Segment
from refractory.exposures.sig.steps import DoseStep
from refractory.exposures.sig.tapering import derive_taper
from refractory.exposures.sig.unsaid import are_ends, find_bounds, find_inherited, find_limit, find_unit


class Layer:
    """Lays the stretches of a direction; it stops where an end, a dose or a word leaves the rest open.

    Args:
        direction: The direction.
        is_daily: Whether an amount without a frequency is for a day, as in a column of daily doses.
    """

    def __init__(self, direction: Direction, *, is_daily: bool = False) -> None:
        self.direction = direction
        self.is_daily = is_daily
        self.steps: list[DoseStep] = []
        self.day = 0
        self.rate: Rate | None = None
        self.sign = -1
        self.was_day = False
        self.was_single = False
        self.stops = False
        self.is_open = False
        self.contradictions: list[str] = []

    def lay(self) -> None:
        """Lay all stretches."""
        segments = self.direction.segments
        for place, segment in enumerate(segments):
            if self.is_open:
                return
            self.stops = False
            later = segments[place + 1 :]
            try:
                if segment.faults:
                    self.open_first_day()
                    self.leave_open()
                else:
                    self.lay_segment(segment, later)
            except ContradictionError:
                self.contradictions.append(" ".join(segment.words))
                self.leave_open()

    def leave_open(self, least: float | None = None, most: float | None = None, unit: str | None = None) -> None:
        """End with days whose dose nobody knows."""
        self.is_open = True
        self.stops = False
        if self.steps and self.steps[-1].last_day is None:
            self.day = self.steps.pop().first_day
        known = unit if unit is not None else self.steps[-1].unit if self.steps else find_unit(self.direction)
        self.steps.append(DoseStep(self.day, None, None, known, least, most))

    def lay_segment(self, segment: Segment, later: Sequence[Segment]) -> None:
        """Lay one stretch from the day that is reached."""
        if segment.is_end:
            if later or not self.steps or segment.cap:
                raise ContradictionError
            self.stops = self.steps[-1].last_day is not None
        elif isinstance(segment.change, Change):
            self.lay_taper(segment, later)
        elif isinstance(segment.change, VagueChange):
            self.lay_vague_change(segment.change, later)
        elif segment.intakes:
            self.lay_amount(segment, later)
        elif "stay" in segment.marks:
            self.lay_stay(segment, later)
        else:
            self.lay_without_amount(segment, later)

    def lay_amount(self, segment: Segment, later: Sequence[Segment]) -> None:
        """Lay a stretch that has an amount."""
        inherited = UNSAID if self.is_daily else find_inherited(segment, self.rate, self.direction)
        rate = derive_rate(segment, inherited, self.direction.sides)
        if rate is None:
            self.lay_unsaid(segment)
            return
        _check_not_daily(self.direction, rate)
        self.check_interval(segment, rate)
        self.end_before(segment, later)
        self.follow(segment, rate)
        runs = derive_runs(segment, rate, self.day)
        if later and not are_ends(later) and (runs[-1].days is None or not all(run.is_sure for run in runs)):
            sure = [run for run in runs if run.days is not None and run.is_sure]
            self.lay_runs(segment, rate, sure)
            self.leave_open(*find_bounds(rate, later, self.direction))
            return
        self.lay_runs(segment, rate, runs)
        self.rate = rate
        self.was_day = any((segment.days, segment.again, segment.over))
        self.was_single = "single" in segment.marks and not rate.factor.is_said
        has_last_day = runs[-1].days is not None
        self.stops = has_last_day and not segment.is_open and "as needed" not in segment.marks
        self.is_open = not has_last_day and not are_ends(later)

    def check_interval(self, segment: Segment, rate: Rate) -> None:
        """Raise where an interval may be that of a taper: "20 mg daily for 5 days, then 1 mg every week".

        Behind a dose a day, less each week may be a dose or the amount by which the dose falls.
        """
        is_bare = any(intake.dose.is_bare for intake in segment.intakes)
        if is_bare and (rate.factor.every_days > 7 or segment.over is not None):
            # Nobody counts tablets by the month: a unit got lost.
            raise ContradictionError
        if (
            self.was_day
            or self.rate is None
            or rate.factor.every_days <= 2
            or not self.rate.factor.is_daily
            or segment.cycle_days
        ):
            return
        before, now = self.rate.single, rate.single
        for unit in ("mg", "unit"):
            earlier, later = before.find(unit) if before else None, now.find(unit) if now else None
            if earlier is not None and later is not None and later.most < earlier.most:
                raise ContradictionError

    def follow(self, segment: Segment, rate: Rate) -> None:
        """Let a stretch follow single days.

        Behind named days an interval runs from the last of them: after weeks 0, 2 and 6 "then every 8 weeks" begins
        in week 14. Behind "now" or "stat" an amount several times a day begins on the same day, whose sum is unknown.
        """
        if self.was_day and rate.factor.every_days > 1 and segment.days is None and self.steps[-1].last_day is not None:
            self.day = self.steps[-1].first_day + int(rate.factor.every_days)
        if rate.factor.most > 1:
            self.open_first_day()

    def open_first_day(self) -> None:
        """Leave the sum of a first day open on which more may follow than the amount "now"."""
        if self.was_single and self.steps[-1].per_day is not None:
            self.steps[-1] = replace(self.steps[-1], per_day=None, least_per_day=self.steps[-1].per_day)

    def lay_runs(self, segment: Segment, rate: Rate, runs: Sequence[Run]) -> None:
        """Turn the days of a stretch into steps."""
        reached = self.day
        for run in runs:
            first = reached + run.first
            last = None if run.days is None else first + run.days - 1
            self.steps.append(self.build_step(segment, rate, run, first, last))
            self.day = first if last is None else last + 1

    def build_step(self, segment: Segment, rate: Rate, run: Run, first: int, last: int | None) -> DoseStep:
        """Build a step: one number where the text has one, bounds where it has a range, a cap or "as needed"."""
        measure = choose_measure(run.measures)
        least, most = round(measure.least, 12), round(measure.most, 12)
        limit = find_limit(segment.cap, measure, rate)
        if segment.cap is not None and segment.cap.unit != measure.unit and "/" in f"{segment.cap.unit}{measure.unit}":
            # "5 mg/kg daily, max 400 mg": which of the two holds depends on the weight.
            return DoseStep(first, last, None, measure.unit)
        is_as_needed = "as needed" in segment.marks
        if least == most and run.is_sure and not is_as_needed and not segment.is_firmly_open:
            if limit is not None and most > limit + 1e-6:
                raise ContradictionError
            return DoseStep(first, last, least, measure.unit)
        upper = most if limit is None else min(most, limit)
        if is_as_needed and "and as needed" in segment.marks:
            return DoseStep(first, last, None, measure.unit, least, limit, True)
        lower = 0.0 if is_as_needed or not run.is_sure else least
        if lower > upper:
            raise ContradictionError
        return DoseStep(first, last, None, measure.unit, lower, upper, is_as_needed)

    def lay_unsaid(self, segment: Segment) -> None:
        """Lay an amount of which nobody says how often: what is taken is known, what a day has is not."""
        measure = choose_measure(segment.intakes[0].dose.measures)
        is_as_needed = "as needed" in segment.marks
        limit = find_limit(segment.cap, measure, None)
        lasting = segment.lasting
        days = int(lasting.most) if lasting and lasting.least == lasting.most else None
        last = None if days is None else self.day + days - 1
        least = 0.0 if is_as_needed else None
        self.steps.append(DoseStep(self.day, last, None, measure.unit, least, limit, is_as_needed))
        self.rate = None
        self.day = self.day if last is None else last + 1
        self.is_open = last is None
        self.stops = last is not None and not is_as_needed

    def lay_without_amount(self, segment: Segment, later: Sequence[Segment]) -> None:
        """Lay a stretch without an amount: "as directed", "apply to affected area twice daily"."""
        if segment.lead and self.rate is not None and self.rate.single is not None and not segment.marks:
            # "weekly x 4, then monthly": the same amount.
            again = Intake(replace(self.rate.single, over_days=None), segment.lead)
            factor = derive_factor(again)
            if (factor.least, factor.every_days) == (self.rate.factor.least, self.rate.factor.every_days):
                # "40 mg daily x 5 days, then daily": the amount got lost.
                raise ContradictionError
            segment.intakes = [again]
            self.lay_amount(segment, later)
            return
        if later:
            self.leave_open()
            return
        is_as_needed = "as needed" in segment.marks
        limit = None
        unit = self.steps[-1].unit if self.steps else ""
        if segment.cap is not None and segment.cap.unit is not None and segment.cap.days:
            unit, limit = segment.cap.unit, segment.cap.most / segment.cap.days
        least = 0.0 if is_as_needed else None
        lasting = segment.lasting
        days = int(lasting.most) if lasting and lasting.least == lasting.most else None
        last = None if days is None else self.day + days - 1
        self.steps.append(DoseStep(self.day, last, None, unit, least, limit, is_as_needed))
        self.is_open = True

    def lay_stay(self, segment: Segment, later: Sequence[Segment]) -> None:
        """Go on with the last amount."""
        if self.rate is None or segment.count or segment.days or segment.over or segment.again:
            raise ContradictionError
        lasting = segment.lasting
        if self.steps[-1].last_day is None and lasting is None:
            return
        if lasting is None and later:
            raise ContradictionError
        runs = derive_runs(Segment(lasting=lasting), self.rate, self.day)
        self.lay_runs(segment, self.rate, runs)
        self.stops = lasting is not None
        self.is_open = lasting is None

    def lay_taper(self, segment: Segment, later: Sequence[Segment]) -> None:
        """Lay the steps of a taper; its target goes on unless something follows."""
        change = segment.change
        if not isinstance(change, Change):
            return
        if self.rate is None:
            # "taper by 2.5 mg every 2 weeks until off" is understood, but from which dose nobody knows.
            self.leave_open(unit=choose_measure(change.by.measures).unit)
            self.stops = False
            return
        sign = change.sign or self.sign
        self.sign = sign
        taper = derive_taper(self.rate, change, sign)
        goes_on = taper.reaches_target and not later
        for place, rate in enumerate(taper.rates):
            is_last = place == len(taper.rates) - 1
            last = None if is_last and goes_on else self.day + taper.step_days - 1
            measure = rate.choose()
            self.steps.append(DoseStep(self.day, last, round(measure.least, 12), measure.unit))
            self.day = self.day if last is None else last + 1
            self.rate = rate
        if taper.reaches_target and later and "stay" in later[0].marks and later[0].lasting is None:
            self.steps.pop()
            self.day -= taper.step_days
        if not taper.reaches_target and not change.is_to_nothing and later and not are_ends(later):
            raise ContradictionError
        self.stops = change.is_to_nothing
        self.is_open = goes_on

    def lay_vague_change(self, change: VagueChange, later: Sequence[Segment]) -> None:
        """Leave open the days of a change that the text does not lay out."""
        if change.days is None or self.rate is None or change.days != int(change.days):
            self.leave_open()
            return
        unit = self.steps[-1].unit
        last = self.day + int(change.days) - 1
        self.steps.append(DoseStep(self.day, last, None, unit))
        self.day = last + 1
        self.stops = change.is_to_nothing and not later
        if change.target is not None:
            factor = self.rate.factor
            target = choose_measure(change.target.measures)
            if factor.least != factor.most or target.least != target.most:
                raise ContradictionError
            self.steps.append(DoseStep(self.day, None, round(target.least * factor.least, 12), target.unit))
            self.is_open = True
        elif later:
            self.rate = None
        if later and change.target is not None:
            raise ContradictionError

    def end_before(self, segment: Segment, later: Sequence[Segment]) -> None:
        """End a stretch without an end of its own where the next one begins, when that says so."""
        if segment.has_end or segment.again or segment.cycle_days or not later:
            return
        following = later[0]
        days: float | None = None
        if isinstance(following.change, Change):
            days = following.change.every_days
        elif following.days is not None:
            days = following.days.spans[0][0] - self.day
        if days is not None and days >= 1 and days == int(days):
            segment.lasting = Lasting(days, days)


def _check_not_daily(direction: Direction, rate: Rate) -> None:
    if "not daily" in direction.marks and rate.factor.every_days < 2:
        raise ContradictionError
