"""From statements to stretches: which timing belongs to which amount, and where a new stretch begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from refractory.exposures.sig.elements import (
    VERB,
    After,
    Again,
    Cap,
    Change,
    Count,
    Days,
    DaysOf,
    Dose,
    Joint,
    Lasting,
    Mark,
    Named,
    Open,
    Over,
    Parts,
    Piece,
    Said,
    Series,
    Strength,
    Then,
    Times,
    Unread,
    VagueChange,
    Weekdays,
)
from refractory.exposures.sig.segments import Direction, Intake
from refractory.exposures.sig.walking import OF_NO_STRETCH, SILENT, Walk, is_cycle

# Marks that belong to the stretch in which they stand.
_OF_SEGMENT = {
    "as needed",
    "single",
    "alternating",
    "alternate days",
    "one day",
    "next day",
    "except",
    "until",
    "repeat",
}


def arrange(pieces: Sequence[Piece]) -> Direction:
    """Arrange the statements of a direction into its stretches."""
    return _Arranger(pieces).arrange()


class _Arranger(Walk):
    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(pieces)
        self.pending: list[tuple[Any, bool]] = []
        self.handlers: dict[type, Callable[[Any], None]] = {
            Dose: self.add_dose,
            Series: self.add_series,
            Strength: self.add_strength,
            Times: self.add_timing,
            Parts: self.add_timing,
            Weekdays: self.add_timing,
            DaysOf: self.add_timing,
            Lasting: self.add_length,
            Count: self.add_length,
            Over: self.add_over,
            Days: self.add_days,
            After: self.add_after,
            Again: self.add_again,
            Cap: self.add_cap,
            Change: self.add_change,
            VagueChange: self.add_vague_change,
            Then: self.add_then,
            Open: self.add_open,
            Said: self.add_route,
            Named: self.add_drug,
            Mark: self.add_mark,
            Unread: self.add_unread,
        }

    def arrange(self) -> Direction:
        for at, piece in enumerate(self.pieces):
            self.at = at
            element = piece.element
            if isinstance(element, Joint):
                self.add_joint(element)
            elif element not in SILENT:
                self.is_waiting = self.is_waiting and isinstance(element, OF_NO_STRETCH)
                self.handlers[type(element)](element)
                self.joints, self.has_verb = set(), False
            self.has_verb |= element == VERB
            self.now.words.append(piece.text)
        if self.is_waiting:
            self.end_waiting()
        self.close()
        self.check_order()
        return self.direction

    def add_dose(self, dose: Dose) -> None:
        segment = self.now
        if segment.is_end or (segment.change is not None and not self.pending):
            self.fault()
            return
        if segment.intakes and segment.has_end and not self.pending:
            is_joined = "and" in self.joints
            segment = self.begin("next")
            if is_joined:
                # "20 mg x 5 days and 10 mg x 5 days" may be one after the other as well as together.
                self.fault()
                segment.is_local = False
        if self.is_strength_before(dose):
            segment.intakes.pop()
        intake = Intake(dose, self.pending, "except" in segment.marks)
        self.pending = []
        segment.marks.discard("except")
        if not segment.intakes:
            intake.timings = [*segment.lead, *intake.timings]
        segment.intakes.append(intake)
        if not dose.agrees:
            self.fault()

    def add_unread(self, unread: Unread) -> None:
        self.fault()
        if unread.is_condition:
            self.now.is_local = False

    def add_series(self, series: Series) -> None:
        segment = self.begin("next") if self.now.has_content and self.now.has_end else self.now
        if segment.intakes or segment.series or segment.change:
            self.fault()
        segment.series = series.doses

    def add_strength(self, strength: Strength) -> None:
        has_dose = any(segment.intakes for segment in (*self.direction.segments, self.now))
        if has_dose or self.direction.strength is not None:
            # Another tablet that is taken too, or a strength that nobody can place.
            self.fault()
            return
        self.direction.strength = strength

    def add_timing(self, timing: Any) -> None:
        segment = self.now
        is_joined = "and" in self.joints
        if isinstance(timing, Weekdays) and "except" in segment.marks and not isinstance(self.next_element(), Dose):
            segment.marks.discard("except")
            timing = Weekdays(frozenset(range(7)) - timing.days)
        if segment.change is not None or segment.is_end:
            self.fault()
        elif not segment.intakes:
            segment.lead.append((timing, is_joined))
        elif is_joined and not segment.intakes[-1].timings:
            # "1 tablet and in the evening": what "and" joins it to is missing.
            self.fault()
        elif segment.lead and isinstance(timing, Parts | Weekdays) and isinstance(self.next_element(), Dose):
            self.pending = [(timing, False)]
        elif is_cycle(segment, timing):
            segment.cycle_days = timing.days
        else:
            segment.intakes[-1].timings.append((timing, is_joined))

    def add_length(self, length: Lasting | Count) -> None:
        segment = self.now
        has_length = segment.lasting is not None or segment.count is not None
        if segment.cycle_days is not None and segment.total is None:
            segment.total = length
            return
        if has_length and isinstance(self.next_element(), Dose) and segment.intakes:
            segment = self.begin("next")
        elif has_length or segment.change is not None or segment.is_end:
            self.fault()
            return
        if isinstance(length, Count):
            segment.count = length
        else:
            segment.lasting = length
            is_timed = not segment.intakes or segment.intakes[-1].timings or segment.intakes[-1].dose.over_days
            if length.is_bare and not is_timed:
                # "100 g 2 days" may be on each of them or in all.
                self.fault()
            if length.is_each and not segment.series:
                self.fault()

    def add_over(self, over: Over) -> None:
        if self.now.over is not None or not self.now.intakes:
            self.fault()
        self.now.over = over

    def add_days(self, days: Days) -> None:
        segment = self.now
        if "repeat" in segment.marks and segment.days is not None:
            segment.days = Days((*segment.days.spans, *days.spans), segment.days.is_points, days.period)
            return
        if "repeat" in segment.marks and segment.intakes and not segment.has_end:
            segment.days = Days(((0, 0), *days.spans), period=days.period)
            return
        is_label = isinstance(self.next_element(), Dose) and bool(segment.intakes)
        is_behind = segment.days is None and segment.lasting is None and segment.count is None and not segment.lead
        is_behind = is_behind and days.spans[-1][1] is not None
        if segment.change is not None or (is_label and not is_behind) or (segment.days is not None and segment.intakes):
            segment = self.begin("next")
        elif segment.days is not None or segment.is_end:
            self.fault()
            return
        segment.days = days

    def add_after(self, after: After) -> None:
        is_ahead = isinstance(self.next_element(), Dose | Then | Change | VagueChange)
        if not self.now.has_content or (self.now.intakes and not is_ahead):
            earlier = self.direction.segments[-1] if self.direction.segments else None
        else:
            earlier = self.now
            self.begin("then")
        if earlier is None or earlier.change is not None or not earlier.intakes:
            self.fault()
        elif not earlier.has_end:
            earlier.lasting = Lasting(after.days, after.days)
        elif earlier.lasting is None or (earlier.lasting.least, earlier.lasting.most) != (after.days, after.days):
            self.fault()

    def add_again(self, again: Again) -> None:
        if self.now.again is not None or not self.now.intakes:
            self.fault()
        self.now.again = again

    def add_cap(self, cap: Cap) -> None:
        if self.now.cap is not None:
            self.fault()
        self.now.cap = cap

    def add_change(self, change: Change) -> None:
        segment = self.begin("then")
        if segment.change is not None or segment.intakes or segment.lead:
            self.fault()
        segment.change = change

    def add_vague_change(self, change: VagueChange) -> None:
        if change.is_name and not any(one.has_content for one in (*self.direction.segments, self.now)):
            self.direction.marks.add("taper")
            return
        segment = self.begin("then")
        segment.change = change
        # A sentence of its own may concern all that stands before it.
        self.has_mark_since_opening = "." in self.joints

    def add_then(self, then: Then) -> None:
        self.begin("then", is_step=then.is_change)
        self.is_waiting, self.is_for_good = True, then.is_for_good

    def add_open(self, said: Open) -> None:
        self.now.is_open = True
        self.now.is_firmly_open |= said.is_firm

    def add_route(self, said: Said) -> None:
        if said.route is not None and said.route not in self.direction.routes:
            self.direction.routes.append(said.route)
        if said.sides == 0:
            self.direction.marks.add("applied")
        else:
            self.direction.sides = max(self.direction.sides, said.sides)

    def add_drug(self, named: Named) -> None:
        if self.direction.drugs and named.drug not in self.direction.drugs:
            self.direction.is_spoiled = True
            self.direction.faults.append(self.pieces[self.at].text)
        self.direction.drugs.add(named.drug)

    def add_mark(self, mark: Mark) -> None:
        says = mark.says
        if says in ("pack", "not daily", "applied"):
            self.direction.marks.add(says)
        elif says == "stop":
            self.add_stop()
        elif says == "stay":
            self.add_stay()
        elif says == "divided":
            self.now.intakes[-1].timings.append((mark, False)) if self.now.intakes else self.fault()
        elif says in _OF_SEGMENT:
            if says == "as needed" and "and" in self.joints and self.now.intakes:
                self.now.marks.add("and as needed")
            self.now.marks.add(says)
        else:
            self.fault()

    def add_stop(self) -> None:
        if not self.direction.segments and not self.now.has_content:
            self.fault()
        elif not self.now.has_content or self.now.has_end or self.now.change is not None:
            self.begin("then").marks.add("stop")
        else:
            self.fault()

    def add_stay(self) -> None:
        is_first = not self.direction.segments and not self.now.has_content
        if not is_first and (not self.now.has_content or self.now.has_end or self.now.change is not None):
            self.begin("then").marks.add("stay")
