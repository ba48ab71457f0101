"""What became of each systemic drug after day 0: continued, discontinued, restarted, added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from refractory.exposures.courses import CourseEnd, classify_course_end
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course


@dataclass(frozen=True)
class DrugAfter:
    """What became of one drug of one person from day 0 to the end of follow-up.

    Args:
        end: For a drug that the person was on at day 0, how it went on; None for any other drug.
        end_day: Day of its discontinuation; None unless discontinued.
        begun_day: First day in follow-up on which the drug was begun or begun again; None where it was not.
        is_restarted: Begun in follow-up after it had been taken and given up before.
        is_added: Begun in follow-up and never taken before day 0.
        is_switched: Discontinued, and another drug begun in its stead.
    """

    end: CourseEnd | None
    end_day: int | None = None
    begun_day: int | None = None
    is_restarted: bool = False
    is_added: bool = False
    is_switched: bool = False

    @property
    def was_on(self) -> bool:
        """True when the person was on the drug at day 0: a course begun before covers it."""
        return self.end is not None


def classify_drugs_after(
    courses: Mapping[str, Sequence[Course]], day0: date, observed_until: date | None, definition: LineDefinition
) -> dict[str, DrugAfter]:
    """Say what became of each drug of one person after day 0.

    A person is on a drug at day 0 when a course that began before has its last covered day on day 0 or later.
    The drug is continued when that day is the last day of follow-up or later, and the person is observed until then;
    discontinued when it is not covered for longer than `grace` and the person is observed that long; else the person
    is not observed long enough. It is switched when it is discontinued and another drug was begun on or after day 0:
    the old drug covered for fewer than `overlap` days after that start, or ended at most `grace` days before it.

    Args:
        courses: The person's courses by drug, on all days of the record.
        day0: Time zero.
        observed_until: Last day on which the person is observed alive; None where the source knows none.
        definition: What makes a course, and the last day of follow-up.

    Returns:
        One entry per drug that the person was on at day 0 or began in follow-up.
    """
    last_date = day0 + timedelta(days=definition.follow_up_day)
    seen_until = last_date if observed_until is None else min(last_date, observed_until)
    begun = {
        drug: [course.start_date for course in own if day0 <= course.start_date <= seen_until]
        for drug, own in courses.items()
    }
    found = {}
    for drug, own in courses.items():
        running = [course for course in own if course.start_date < day0 <= course.end_date]
        if not running and not begun[drug]:
            continue
        end = end_day = None
        if running:
            end = _classify_end(running[0], last_date, observed_until, definition)
            end_day = (running[0].end_date - day0).days if end is CourseEnd.DISCONTINUED else None
        was_taken = any(course.start_date < day0 for course in own)
        found[drug] = DrugAfter(
            end=end,
            end_day=end_day,
            begun_day=(min(begun[drug]) - day0).days if begun[drug] else None,
            is_restarted=was_taken and bool(begun[drug]),
            is_added=not was_taken,
            is_switched=end_day is not None
            and any(
                _is_in_stead(start, day0 + timedelta(days=end_day), definition)
                for other, starts in begun.items()
                for start in starts
                if other != drug
            ),
        )
    return found


def _classify_end(
    course: Course, last_date: date, observed_until: date | None, definition: LineDefinition
) -> CourseEnd:
    is_followed = observed_until is None or observed_until >= last_date
    if course.end_date >= last_date:
        return CourseEnd.CONTINUED if is_followed else CourseEnd.NOT_OBSERVED
    end = classify_course_end(
        course.start_date,
        course.end_date,
        # A course of the same drug that follows begins after more than the grace period: else it were this one.
        next_start_date=None,
        seen_until_date=observed_until,
        grace_days=definition.grace,
    )
    # Covered until observation ends, but that is before the end of follow-up.
    return CourseEnd.NOT_OBSERVED if end is CourseEnd.CONTINUED else end


def _is_in_stead(start_date: date, end_date: date, definition: LineDefinition) -> bool:
    """Say whether a drug begun on one day stands in for a drug whose last covered day is another."""
    return -definition.grace <= (end_date - start_date).days < definition.overlap
