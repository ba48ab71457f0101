"""A walk over the statements of a direction: where it is, which stretch is open, what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from refractory.exposures.sig.elements import (
    NOTHING,
    VERB,
    Cap,
    Dose,
    Joint,
    Named,
    Parts,
    Piece,
    Said,
    Strength,
    Times,
    Weekdays,
)
from refractory.exposures.sig.segments import Direction, Segment

# Statements that add nothing; what stands before and behind them belongs together.
SILENT = (NOTHING, VERB)
# Statements that begin no stretch, and so do not answer a "then".
OF_NO_STRETCH = (Said, Named, Strength, Cap)


class Walk:
    """The state of the walk.

    Args:
        pieces: All statements.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.direction = Direction()
        self.now = Segment()
        self.at = 0
        self.joints: set[str] = set()
        self.has_mark_since_opening = False
        self.has_verb = False
        self.is_waiting = self.is_for_good = False

    def close(self) -> None:
        segment = self.now
        if segment.has_content or segment.has_end or segment.faults or segment.is_open or segment.marks or segment.cap:
            self.direction.segments.append(segment)

    def begin(self, opener: str, *, is_step: bool = False) -> Segment:
        """Begin a new stretch; one that has said nothing yet goes on."""
        is_used = self.now.has_content or self.now.has_end or self.now.is_open or bool(self.now.faults)
        if is_used:
            self.close()
            self.now = Segment(opener, is_step)
            self.has_mark_since_opening = False
        else:
            self.now.opener = opener if self.direction.segments else self.now.opener
            self.now.is_step = self.now.is_step or is_step
        return self.now

    def fault(self) -> None:
        """Keep the words of the present statement as unread."""
        segment = self.now
        if segment.opener != "then" or self.has_mark_since_opening:
            segment.is_local = False
        segment.faults.append(self.pieces[self.at].text)

    def next_element(self) -> Any:
        """The next statement that says something, joints apart."""
        for piece in self.pieces[self.at + 1 :]:
            if not isinstance(piece.element, Joint | Said | Named | Strength) and piece.element not in SILENT:
                return piece.element
        return None

    def is_strength_before(self, dose: Dose) -> bool:
        """Whether the amount before was a strength: "prednisone 10 mg, take 2 tablets daily".

        It may be the sum of the tablets as well; their count is sure.
        """
        segment = self.now
        if len(segment.intakes) != 1 or segment.lead or segment.intakes[0].timings or segment.has_end:
            return False
        before = segment.intakes[0].dose
        is_apart = bool(self.joints & {":", ","}) or self.has_verb
        is_plain = {one.unit for one in before.measures} == {"mg"} and before.over_days is None and not before.pair
        count, both = dose.find("unit"), dose.find("mg")
        if not (is_apart and "and" not in self.joints and is_plain and count):
            return False
        mg = before.measures[0].most
        return both is None or abs(both.most - mg) < 1e-6 or abs(both.most - mg * count.most) < 1e-6

    def end_waiting(self) -> None:
        """Let the last amount go on behind "thereafter"; "then" with nothing behind it is a text that was cut off."""
        if self.is_for_good:
            self.now.marks.add("stay")
        else:
            self.now.faults.append("then")

    def add_joint(self, joint: Joint) -> None:
        self.joints.add(joint.sign)
        self.has_mark_since_opening |= joint.sign == "."
        if joint.sign == "and" and not self.now.has_content and not self.direction.segments:
            # "and a half tablets": the beginning is missing.
            self.fault()

    def check_order(self) -> None:
        """Fault what may be taken together: "2 tabs in the morning x 5 days, 1 tab in the evening x 5 days"."""
        for earlier, later in pairwise(self.direction.segments):
            is_untimed = later.intakes and not (later.has_end or later.days) and not later.intakes[-1].timings
            if later.opener == "next" and is_untimed and later.intakes[-1].dose.over_days is None and not later.again:
                # "1 tablet daily for 28 days. 28 tablets" ends with what is dispensed.
                later.faults.append(" ".join(later.words))
            when, then = _find_hours(earlier), _find_hours(later)
            if later.opener == "next" and later.days is None and when and then and not when & then:
                later.faults.append(" ".join(later.words))
                later.is_local = False


def _find_hours(segment: Segment) -> set[str | int]:
    """Find the parts of the day and the weekdays of a stretch."""
    hours: set[str | int] = set()
    for intake in segment.intakes:
        for timing, _ in intake.timings:
            hours |= (
                timing.names if isinstance(timing, Parts) else timing.days if isinstance(timing, Weekdays) else set()
            )
    return hours


def is_cycle(segment: Segment, timing: Any) -> bool:
    """Whether an interval says how often a whole stretch comes back: "daily for 5 days, every 4 weeks"."""
    if not isinstance(timing, Times) or timing.days <= 1 or (timing.least, timing.most) != (1, 1):
        return False
    if segment.cycle_days is not None:
        return False
    length = segment.lasting or segment.over
    if length is not None:
        return timing.days > length.most
    if segment.count is not None:
        # "every 12 hours for 3 doses each week", "every 2 weeks for 2 doses every 6 months".
        said = [one for one, _ in segment.intakes[-1].timings]
        all_days = segment.count.number * max((one.days for one in said if isinstance(one, Times)), default=timing.days)
        return bool(said) and all(isinstance(one, Times) for one in said) and bool(all_days < timing.days)
    # Behind "at weeks 0 and 4" an interval may be that of the doses that follow as well as that of a cycle.
    return segment.days is not None and not segment.days.is_points
