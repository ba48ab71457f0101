"""The stretches of a direction, each with what is taken, when and for how long, before anything is counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from refractory.exposures.sig.elements import (
    Again,
    Cap,
    Change,
    Count,
    Days,
    Dose,
    Lasting,
    Over,
    Strength,
    VagueChange,
)
from refractory.exposures.sig.timings import Timing


@dataclass
class Intake:
    """One amount with its timings.

    Args:
        dose: The amount.
        timings: When it is taken; with each, whether "and" joins it to what stands before.
        is_exception: Whether it stands behind "except".
    """

    dose: Dose
    timings: list[tuple[Timing, bool]] = field(default_factory=list)
    is_exception: bool = False


@dataclass
class Segment:
    """One stretch of a direction: what is taken, when, and for how long.

    Args:
        opener: "start", "then" where the text says so, "next" where a new amount follows a stretch with an end.
        is_step: Whether the dose goes down or up to this amount ("decrease to 20 mg").
        faults: Words that could not be read, or that contradict the rest.
        is_local: Whether its faults leave what stands before untouched.
        total: How long a stretch that comes back does so in all.
        words: All its words.
    """

    opener: str = "start"
    is_step: bool = False
    intakes: list[Intake] = field(default_factory=list)
    lead: list[tuple[Timing, bool]] = field(default_factory=list)
    series: tuple[Dose, ...] = ()
    lasting: Lasting | None = None
    count: Count | None = None
    over: Over | None = None
    days: Days | None = None
    again: Again | None = None
    cycle_days: float | None = None
    change: Change | VagueChange | None = None
    cap: Cap | None = None
    marks: set[str] = field(default_factory=set)
    is_open: bool = False
    is_firmly_open: bool = False
    total: Lasting | Count | None = None
    faults: list[str] = field(default_factory=list)
    is_local: bool = True
    words: list[str] = field(default_factory=list)

    @property
    def has_content(self) -> bool:
        """Whether it says anything about a dose."""
        return bool(self.intakes or self.series or self.change or self.lead or self.marks & {"stay", "stop"})

    @property
    def has_end(self) -> bool:
        """Whether it says when it ends."""
        has_last_day = self.days is not None and self.days.spans[-1][1] is not None
        return bool(self.lasting or self.count or self.over or has_last_day or "single" in self.marks)

    @property
    def is_end(self) -> bool:
        """Whether it says that the drug stops, and nothing else."""
        return "stop" in self.marks and not self.intakes and not self.series and self.change is None


@dataclass
class Direction:
    """A whole direction.

    Args:
        segments: Its stretches, in order.
        strength: What one tablet or millilitre holds, where the text says it.
        drugs: Names of drugs in it.
        routes: Routes in it.
        sides: Into how many sides each amount goes.
        marks: What it says once for all.
        faults: Words that concern no one stretch and could not be read.
        is_spoiled: Whether what could not be read may change every stretch.
    """

    segments: list[Segment] = field(default_factory=list)
    strength: Strength | None = None
    drugs: set[str] = field(default_factory=set)
    routes: list[str] = field(default_factory=list)
    sides: int = 1
    marks: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    is_spoiled: bool = False
