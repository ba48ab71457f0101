"""How responses held: relapse, treatment given again, and why treatment stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from random import Random

from refractory.records.hospital.facts import Durability, Infusion, Label, PlannedPerson, Reading
from refractory.records.hospital.infusions import RESPONSE_ITEM, give_cycle

RELAPSE_ITEM, STOP_ITEM = "relapse", "stop reason"
# A relapse comes after stopping when none of this many days before it has an infusion; a course opens anew when
# this many days lie between an infusion and the one before it.
STOPPED_DAYS, RETREATMENT_DAYS = 56, 84
_STAYED_UNTREATED = 60  # days of observation after the last infusion before anyone is asked why it was the last
_REASONS = {
    True: ("remission", "remission", "remission", "cost or insurance", "adverse event"),
    False: ("lack of efficacy", "lack of efficacy", "lack of efficacy", "adverse event", "cost or insurance"),
}


@dataclass
class _Course:
    """One member while relapses are being dealt out."""

    person: PlannedPerson
    infusion_days: list[int]
    response_day: int | None
    end: int
    is_treated_again: bool
    labels: list[Label] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    weights: list[Reading] = field(default_factory=list)
    relapse_day: int | None = None
    retreatment: str = ""
    retreatment_response_day: int | None = None

    @property
    def last(self) -> int:
        """Last infusion day of the first course."""
        for day, later in pairwise(self.infusion_days):
            if later - day >= RETREATMENT_DAYS:
                return day
        return self.infusion_days[-1]

    def say(self, item: str, value: str, day: int, rng: Random) -> None:
        """Let the reviewers of this person say something of a day."""
        when, specials = self.person.on(day).isoformat(), self.person.specials
        votes = [(value, rng.choice(["reviewer 1", "reviewer 2"]))]
        if "reviewers disagree" in specials and value in ("yes", "no"):
            other = "no" if value == "yes" else "yes"
            votes = [(value, "reviewer 1"), (other, "reviewer 2"), (value, "consensus")]
        elif "two reviewers" in specials:
            votes = [(value, "reviewer 1"), (value, "reviewer 2")]
        self.labels += [Label(item, said, when, reviewer) for said, reviewer in votes]

    def relapse(self, day: int, rng: Random) -> None:
        """Let the skin relapse."""
        self.relapse_day = day
        self.say(RELAPSE_ITEM, "yes", day, rng)

    def treat_again(self, first: int, cycles: int, rng: Random) -> None:
        """Give more cycles like the last one, each four weeks after the one before."""
        pattern = self.person.answer.cycles[-1] if self.person.answer else ()
        product = max((each for each in self.person.infusions if each.day >= 0), key=lambda each: each.day)
        for start in range(first, first + 28 * cycles, 28):
            days = [start + day - pattern[0] for day in pattern]
            self.infusions += give_cycle(days, 2.0 * self.person.weight_kg, product.product, product.writing)
        self.weights.append(Reading(first, "body weight", self.person.weight_kg, "kg"))
        self.infusion_days = sorted({*self.infusion_days, *(each.day for each in self.infusions)})


@dataclass(frozen=True)
class Held:
    """What is planned of one member: labels, infusions and weights besides, and what is true of the response."""

    labels: tuple[Label, ...]
    infusions: tuple[Infusion, ...]
    weights: tuple[Reading, ...]
    durability: Durability


def plan_durability(members: Sequence[PlannedPerson], seed: int) -> dict[str, Held]:
    """Plan relapses, second courses and reasons for stopping; the first response and its cycles stay as they are.

    A turn is dealt to as many members as may have it, up to the number wanted, and one member has at most one.

    Returns:
        One entry per member, by key.
    """
    rng = Random(f"relapses {seed}")
    courses = [_course(person) for person in members]
    free = [course for course in courses if course.response_day is not None]
    for wanted, fits, happen in _TURNS:
        may = [course for course in free if fits(course)]
        for course in rng.sample(may, min(wanted, len(may))):
            happen(course, rng)
            free.remove(course)
    return {course.person.key: _settle(course, rng) for course in courses}


def _course(person: PlannedPerson) -> _Course:
    answer, end = person.answer, person.observed_until
    assert answer is not None
    assert end is not None
    is_dated = len(answer.response_date) == len("2020-01-01") and "subcutaneous later" not in person.specials
    response = (date.fromisoformat(answer.response_date) - person.day0_date).days if is_dated else None
    days = list(person.infusion_days)
    return _Course(person, days, response, end, "treated again" in person.specials)


def _settle(course: _Course, rng: Random) -> Held:
    reason, stop_day = "", None
    untreated = course.end - course.infusion_days[-1]
    if untreated >= _STAYED_UNTREATED and rng.random() < 0.6:
        is_response = course.person.answer is not None and course.person.answer.response == "RESPONSE"
        reason, stop_day = rng.choice(_REASONS[is_response]), course.infusion_days[-1] + rng.randint(7, 40)
        course.say(STOP_ITEM, reason, stop_day, rng)
    durability = Durability(course.relapse_day, course.retreatment, course.retreatment_response_day, reason, stop_day)
    return Held(tuple(course.labels), tuple(course.infusions), tuple(course.weights), durability)


def _has_time(days: int) -> Callable[[_Course], bool]:
    def fits(course: _Course) -> bool:
        return not course.is_treated_again and course.last + days <= course.end

    return fits


def _relapse_after(days: int) -> Callable[[_Course, Random], None]:
    def happen(course: _Course, rng: Random) -> None:
        course.relapse(course.last + days, rng)

    return happen


def _during_treatment(course: _Course) -> Iterator[int]:
    """Yield the days after the response that have an infusion in the 56 days before and one still to come."""
    for day in range((course.response_day or 0) + 10, course.last):
        if any(1 <= day - given <= STOPPED_DAYS for given in course.infusion_days) and day not in course.infusion_days:
            yield day


def _relapse_during(course: _Course, rng: Random) -> None:
    course.relapse(rng.choice(list(_during_treatment(course))), rng)


def _answer_again(course: _Course, first: int, value: str, rng: Random) -> None:
    course.retreatment = "improved" if value == "yes" else "not improved"
    course.retreatment_response_day = first + rng.randint(20, 50)
    course.say(RESPONSE_ITEM, value, course.retreatment_response_day, rng)


def _retreat_on_the_day(course: _Course, rng: Random) -> None:
    first = course.last + RETREATMENT_DAYS
    course.relapse(course.last + rng.randint(60, 80), rng)
    course.treat_again(first, 2, rng)
    _answer_again(course, first, "yes", rng)


def _retreat_later(value: str) -> Callable[[_Course, Random], None]:
    def happen(course: _Course, rng: Random) -> None:
        relapse = course.last + rng.randint(90, 150)
        first = relapse + rng.randint(15, 40)
        course.relapse(relapse, rng)
        course.treat_again(first, 2, rng)
        _answer_again(course, first, value, rng)

    return happen


def _relapse_before_the_second_course(course: _Course, rng: Random) -> None:
    first = min(day for day in course.infusion_days if day > course.last)
    course.relapse(first - rng.randint(10, 60), rng)
    _answer_again(course, first, "yes", rng)


def _late_cycle(course: _Course, rng: Random) -> None:
    """Give one cycle one day too early to be a second course."""
    course.treat_again(course.last + RETREATMENT_DAYS - 1, 1, rng)


def _no_relapse(course: _Course, rng: Random) -> None:
    course.say(RELAPSE_ITEM, "no", rng.randint(course.last, course.end), rng)


def _relapse_before_the_response(course: _Course, rng: Random) -> None:
    course.say(RELAPSE_ITEM, "yes", rng.choice([-1, -rng.randint(20, 70)]), rng)


# How many | who may have it | what happens. The narrowest come first.
_TURNS: tuple[tuple[int, Callable[[_Course], bool], Callable[[_Course, Random], None]], ...] = (
    (2, lambda course: course.is_treated_again, _relapse_before_the_second_course),
    (4, lambda course: not course.is_treated_again and any(_during_treatment(course)), _relapse_during),
    (3, _has_time(STOPPED_DAYS), _relapse_after(STOPPED_DAYS)),
    (3, _has_time(STOPPED_DAYS + 1), _relapse_after(STOPPED_DAYS + 1)),
    (3, _has_time(RETREATMENT_DAYS + 90), _retreat_on_the_day),
    (3, _has_time(RETREATMENT_DAYS + 40), _late_cycle),
    (3, _has_time(150 + 40 + 90), _retreat_later("yes")),
    (2, _has_time(150 + 40 + 90), _retreat_later("no")),
    (2, _has_time(200), _relapse_after(190)),
    (3, _has_time(30), _no_relapse),
    (3, _has_time(0), _relapse_before_the_response),
)
