"""Lines of systemic treatment of a whole population, inside the engine that holds its courses.

A line opens with its first start. Drugs that start within `combination` days of it belong to the line; the first
later start of a drug that is not one of the line's opens the next. Where a line ends thus depends on where it
opened, and no single window can say it. But where the next line opens depends on the opening day alone, not on
anything before it: that is one join of each person's starts with themselves. The lines are then found by walking from
the first start from opening to opening, one window a step, for as many steps as a person can have lines.

For the persons of one study the walk in exposures.lines_of_person is faster than compiling these expressions is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.exposures.line_definition import LineBegins, LineDefinition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

_COURSE = ["person_id", "drug", "start_date"]


@later
def derive_most_lines(courses: ir.Table, definition: LineDefinition) -> ir.Table:
    """Count a number of lines that nobody exceeds: so many openings fit between a person's first and last start.

    Args:
        courses: One row per person, drug and course: person_id, start_date.
        definition: What makes a line.

    Returns:
        One row: most_lines (null without courses).
    """
    import ibis

    persons = courses.group_by("person_id").aggregate(
        starts=courses.start_date.nunique(),
        days=courses.start_date.max().delta(courses.start_date.min(), unit="day"),
    )
    fitting = persons.days // (definition.combination + 1) + 1
    return persons.aggregate(most_lines=ibis.least(persons.starts, fitting).max().cast("int64"))


@later
def derive_line_courses(courses: ir.Table, definition: LineDefinition, *, most_lines: int) -> ir.Table:
    """Give each course the number of its line.

    Args:
        courses: One row per person, drug and course, from exposures.courses.derive_courses.
        definition: What makes a line.
        most_lines: Lines to look for, from derive_most_lines; what starts after so many has no number.

    Returns:
        One row per course: the columns of `courses`, line (1, 2, ...; null for a course too short to make one),
        is_begun_again (an earlier course of the same drug made a line).
    """
    import ibis

    counted = courses.filter((courses.covered_days >= definition.least) | ~courses.has_known_end)
    by_drug = ibis.window(group_by=["person_id", "drug"], order_by="start_date")
    starts = counted.select(_COURSE)
    starts = starts.mutate(former_start_date=starts.start_date.lag().over(by_drug))
    walked = _walk(_join_next_openings(starts, definition.combination), most_lines)
    numbered = walked.select(*_COURSE, "line", is_begun_again=walked.former_start_date.notnull())
    return courses.left_join(numbered, _COURSE).select(*courses.columns, "line", "is_begun_again")


def _join_next_openings(starts: ir.Table, combination_days: int) -> ir.Table:
    """Add to each start the day on which the next line would open if a line opened on this one."""
    openings = starts.select("person_id", opening_date=starts.start_date).distinct()
    later = openings.join(starts, "person_id")
    is_outside = later.start_date.delta(later.opening_date, unit="day") > combination_days
    # A drug whose start before this one lies before the opening is none of the drugs of the line.
    is_new = later.former_start_date.isnull() | (later.former_start_date < later.opening_date)
    later = later.filter(is_outside & is_new)
    openings = later.group_by(["person_id", "opening_date"]).aggregate(next_opening_date=later.start_date.min())
    same_day = [starts.person_id == openings.person_id, starts.start_date == openings.opening_date]
    return starts.left_join(openings, same_day).select(*starts.columns, "next_opening_date")


def _walk(starts: ir.Table, most_lines: int) -> ir.Table:
    """Walk each person's openings, and number the starts by the openings passed."""
    import ibis

    by_person = ibis.window(group_by="person_id")
    walked = starts.mutate(line=ibis.literal(1, "int64"), opening_date=starts.start_date.min().over(by_person))
    for number in range(2, most_lines + 2):
        onward = ibis.ifelse(walked.start_date == walked.opening_date, walked.next_opening_date, ibis.null("date"))
        walked = walked.mutate(opening_date=onward.max().over(by_person))
        has_passed = ibis.coalesce(walked.start_date >= walked.opening_date, False)
        # Beyond the most lines that were asked for a number would be wrong.
        reached = ibis.literal(number, "int64") if number <= most_lines else ibis.null("int64")
        walked = walked.mutate(line=ibis.ifelse(has_passed, reached, walked.line))
    return walked


@later
def derive_lines(courses: ir.Table, definition: LineDefinition, *, most_lines: int) -> ir.Table:
    """Gather the courses of each person into lines of treatment.

    Args:
        courses: One row per person, drug and course, from exposures.courses.derive_courses, and seen_until_date: the
            last day of which the courses may tell (null where there is no such day).
        definition: What makes a line.
        most_lines: Lines to look for, from derive_most_lines.

    Returns:
        One row per person and line: person_id, line (1, 2, ...), start_date, end_date (last covered day of any of
        its courses), drugs ("a + b", sorted), drug_count, courses, begins (a LineBegins), continued (drugs of
        earlier lines that go on for at least `overlap` days, sorted; null when none does).

    Source:
        Meng et al., Journal of Biomedical Informatics 2019 (PMID 31689549), for the window that is counted from the
        first drug of a line and for the new drug that opens the next. Departs from it: a long gap opens no line, for a
        drug that is tried twice is one drug that failed.
    """
    import ibis

    numbered = derive_line_courses(courses, definition, most_lines=most_lines)
    numbered = numbered.filter(numbered.line.notnull())
    drugs = numbered.group_by(["person_id", "line", "drug"]).aggregate(
        start_date=numbered.start_date.min(),
        end_date=numbered.end_date.max(),
        courses=numbered.count(),
        new=ibis.ifelse(numbered.is_begun_again, 0, 1).sum(),
    )
    lines = drugs.group_by(["person_id", "line"]).aggregate(
        start_date=drugs.start_date.min(),
        end_date=drugs.end_date.max(),
        drugs=drugs.drug.collect().sort().join(" + "),
        drug_count=drugs.count(),
        courses=drugs.courses.sum().cast("int64"),
        new=drugs.new.sum().cast("int64"),
    )
    held = _join_earlier(lines, numbered, definition.overlap)
    keys = [lines.person_id == held.person_id, lines.line == held.line]
    lines = lines.left_join(held, keys).drop("person_id_right", "line_right")
    begins = ibis.cases(
        (lines.line == 1, LineBegins.FIRST.value),
        (lines.new == 0, LineBegins.RESTART.value),
        (ibis.coalesce(lines.going_on, 0) > 0, LineBegins.ADD_ON.value),
        (ibis.coalesce(lines.undecided, 0) > 0, LineBegins.UNDECIDED.value),
        else_=LineBegins.SWITCH.value,
    )
    return lines.mutate(begins=begins).select(
        "person_id", "line", "start_date", "end_date", "drugs", "drug_count", "courses", "begins", "continued"
    )


def _join_earlier(lines: ir.Table, numbered: ir.Table, overlap_days: int) -> ir.Table:
    """Say of each line which drugs of earlier lines go on, and how many of the line before."""
    import ibis

    earlier = numbered.select("person_id", "drug", "end_date", "seen_until_date", earlier_line=numbered.line)
    held = lines.select("person_id", "line", "start_date").join(earlier, "person_id")
    held = held.filter(held.earlier_line < held.line)
    goes_on = held.end_date.delta(held.start_date, unit="day") >= overlap_days
    is_former = held.earlier_line == held.line - 1
    # What is covered on the last day seen may go on beyond it; what is known to go on has been counted first.
    is_cut = ibis.coalesce(held.end_date >= held.seen_until_date, False)
    held = held.mutate(
        continued_drug=ibis.ifelse(goes_on, held.drug, ibis.null("string")),
        going_on=ibis.ifelse(is_former & goes_on, 1, 0),
        undecided=ibis.ifelse(is_former & is_cut, 1, 0),
    )
    return held.group_by(["person_id", "line"]).aggregate(
        going_on=held.going_on.sum(),
        undecided=held.undecided.sum(),
        continued=held.continued_drug.collect().sort().join(" + ").nullif(""),
    )
