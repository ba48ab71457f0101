"""Courses of systemic drugs, and how each of them ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.exposures.days import days_later
from refractory.exposures.eras import derive_eras
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.treatment import has_route
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


class CourseEnd(StrEnum):
    """What is known of the end of a course."""

    DISCONTINUED = "discontinued"
    CONTINUED = "continued"
    NOT_OBSERVED = "not observed long enough"


@later
def derive_systemic_exposures(exposures: ir.Table, drugs: Sequence[str], definition: LineDefinition) -> ir.Table:
    """Take the exposures that can make a line: of one of the drugs, by a route that counts.

    A record of a drug named in `covers` covers at least as many days as stand there, from its start.

    Args:
        exposures: One row per exposure per concept set, from exposures.eras.derive_exposures.
        drugs: Leaf concept sets, one a drug.
        definition: What makes a line.

    Returns:
        One row per exposure: person_id, drug, start_date, last_covered_date, has_known_end, stop_reason,
        source_table, row_id.
    """
    import ibis

    chosen = exposures.concept_set.isin(list(drugs))
    if definition.routes:
        chosen = chosen & has_route(exposures, definition.routes, definition.unknown_route)
    taken = exposures.filter(chosen)
    last_covered, has_known_end = taken.last_covered_date, taken.has_known_end
    if definition.covers:
        named = [(taken.concept_set == drug, days - 1) for drug, days in sorted(definition.covers.items())]
        acting = days_later(taken.start_date, ibis.cases(*named, else_=0).cast("int64"))
        last_covered = ibis.greatest(last_covered, acting)
        has_known_end = has_known_end | taken.concept_set.isin(sorted(definition.covers))
    return taken.select(
        "person_id",
        drug=taken.concept_set,
        start_date=taken.start_date,
        last_covered_date=last_covered,
        has_known_end=has_known_end,
        stop_reason=taken.stop_reason,
        source_table=taken.source_table,
        row_id=taken.row_id,
    )


@later
def derive_exposures_before(exposures: ir.Table, cohort: ir.Table) -> ir.Table:
    """Cut the exposures of each person at the day before day 0: nothing from day 0 on is seen.

    Args:
        exposures: One row per exposure: person_id, start_date, last_covered_date.
        cohort: One row per person: person_id, day0_date.

    Returns:
        One row per exposure begun before day 0: the columns of `exposures`.
    """
    import ibis

    near = cohort.select("person_id", "day0_date").join(exposures, "person_id")
    near = near.filter(near.start_date < near.day0_date)
    cut = ibis.least(near.last_covered_date, days_later(near.day0_date, -1))
    return near.mutate(last_covered_date=cut).select(*exposures.columns)


@later
def derive_courses(
    exposures: ir.Table, definition: LineDefinition, same: Sequence[str] = ("person_id", "drug")
) -> ir.Table:
    """Join the exposures of one drug to one person into courses: a drug is on until it is discontinued.

    Args:
        exposures: One row per exposure, from derive_systemic_exposures.
        definition: A course survives gaps of at most its `grace`.
        same: Columns whose values tell one sequence of exposures from another.

    Returns:
        One row per course: the columns of `same`, start_date, end_date (last covered day), covered_days, exposures,
        has_known_end, stop_reason.
    """
    return derive_eras(exposures, definition.grace, same)


@later
def classify_discontinuation(courses: ir.Table, grace_days: int) -> ir.Table:
    """Say of each course whether it was discontinued, and on which day.

    A course is discontinued on its last covered day when no covered day of the drug follows within `grace_days`
    and the person is observed that long. It is continued when a covered day follows within `grace_days`, or when
    it covers the last day on which the person is observed. Else the person is not observed long enough.

    Args:
        courses: One row per person, drug and course: person_id, drug, start_date, end_date, seen_until_date (last
            day on which the person is observed alive; null where the source knows no end of observation).
        grace_days: A covered day so many days after the last one still continues the course.

    Returns:
        One row per course: the columns of `courses`, course_end (a CourseEnd), discontinued_date (null unless
        discontinued).
    """
    import ibis

    in_order = ibis.window(group_by=["person_id", "drug"], order_by="start_date")
    ordered = courses.mutate(next_start_date=courses.start_date.lead().over(in_order))
    gap_days = ordered.next_start_date.delta(ordered.end_date, unit="day")
    seen_days = ordered.seen_until_date.delta(ordered.end_date, unit="day")
    course_end = ibis.cases(
        (ibis.coalesce(ordered.start_date > ordered.seen_until_date, False), CourseEnd.NOT_OBSERVED.value),
        (ibis.coalesce(gap_days <= grace_days, False), CourseEnd.CONTINUED.value),
        (ibis.coalesce(seen_days >= grace_days, True), CourseEnd.DISCONTINUED.value),
        (seen_days <= 0, CourseEnd.CONTINUED.value),
        else_=CourseEnd.NOT_OBSERVED.value,
    )
    ended = ordered.mutate(course_end=course_end)
    was_discontinued = ended.course_end == CourseEnd.DISCONTINUED.value
    ended = ended.mutate(discontinued_date=ibis.ifelse(was_discontinued, ended.end_date, ibis.null("date")))
    return ended.select(*courses.columns, "course_end", "discontinued_date")


def classify_course_end(
    start_date: date, end_date: date, *, next_start_date: date | None, seen_until_date: date | None, grace_days: int
) -> CourseEnd:
    """Say of one course what classify_discontinuation says of each.

    Example:
        >>> began, ended = date(2020, 1, 1), date(2020, 3, 1)
        >>> seen = {"next_start_date": None, "seen_until_date": date(2020, 4, 30)}
        >>> classify_course_end(began, ended, **seen, grace_days=60).value
        'discontinued'
        >>> classify_course_end(began, ended, **seen, grace_days=61).value
        'not observed long enough'
    """
    if seen_until_date is not None and start_date > seen_until_date:
        return CourseEnd.NOT_OBSERVED
    if next_start_date is not None and (next_start_date - end_date).days <= grace_days:
        return CourseEnd.CONTINUED
    if seen_until_date is None or (seen_until_date - end_date).days >= grace_days:
        return CourseEnd.DISCONTINUED
    return CourseEnd.CONTINUED if seen_until_date <= end_date else CourseEnd.NOT_OBSERVED
