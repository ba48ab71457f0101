"""Lines of systemic treatment of one person, folded from a few courses in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from refractory.exposures.line_definition import LineBegins, LineDefinition


@dataclass(frozen=True)
class Course:
    """One attempt with one drug.

    Args:
        drug: Leaf concept set of the drug.
        start_date: First covered day.
        end_date: Last covered day.
        covered_days: Days that an exposure covers.
        has_known_end: True when every exposure says how long it lasted.
    """

    drug: str
    start_date: date
    end_date: date
    covered_days: int
    has_known_end: bool


@dataclass(frozen=True)
class Line:
    """One line of treatment of one person.

    Args:
        number: 1, 2, ...
        courses: Its courses in order of start and drug.
        begins: How it follows from the line before.
        continued: Drugs of earlier lines that go on, sorted.
    """

    number: int
    courses: tuple[Course, ...]
    begins: LineBegins
    continued: tuple[str, ...]

    @property
    def start_date(self) -> date:
        """First day of its first course."""
        return self.courses[0].start_date

    @property
    def end_date(self) -> date:
        """Last covered day of any of its courses."""
        return max(course.end_date for course in self.courses)

    @property
    def drugs(self) -> tuple[str, ...]:
        """Its drugs, sorted."""
        return tuple(sorted({course.drug for course in self.courses}))

    @property
    def regimen(self) -> str:
        """Its drugs in words: "a + b"."""
        return " + ".join(self.drugs)


def derive_lines_of_person(
    courses: Iterable[Course], definition: LineDefinition, *, seen_until_date: date | None = None
) -> tuple[Line, ...]:
    """Fold the courses of one person into lines, as exposures.lines.derive_lines does for a population.

    Args:
        courses: The person's courses, in any order.
        definition: What makes a line.
        seen_until_date: Last day of which the courses may tell; None where there is no such day.

    Returns:
        One line per line, in order.

    Example:
        >>> began = date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 1)
        >>> courses = [Course(drug, day, date(2020, 6, 30), 90, True) for drug, day in zip("abc", began)]
        >>> [line.regimen for line in derive_lines_of_person(courses, LineDefinition(among="drugs"))]
        ['a + b', 'c']
    """
    counted = [course for course in courses if course.covered_days >= definition.least or not course.has_known_end]
    in_order = sorted(counted, key=lambda one: (one.start_date, one.drug))
    gathered: list[list[Course]] = []
    for _, same_day in groupby(in_order, key=lambda one: one.start_date):
        begun = list(same_day)
        if not gathered or any(_opens_line(course, gathered[-1], definition.combination) for course in begun):
            gathered.append([])
        gathered[-1] += begun
    return tuple(
        Line(
            number=place + 1,
            courses=tuple(gathered[place]),
            begins=_classify_begin(gathered, place, definition, seen_until_date),
            continued=tuple(
                sorted(
                    course.drug
                    for former in gathered[:place]
                    for course in former
                    if _goes_on(course, gathered[place][0].start_date, definition)
                )
            ),
        )
        for place in range(len(gathered))
    )


def _opens_line(course: Course, line: Sequence[Course], combination_days: int) -> bool:
    is_outside = (course.start_date - line[0].start_date).days > combination_days
    return is_outside and course.drug not in {one.drug for one in line}


def _goes_on(course: Course, start_date: date, definition: LineDefinition) -> bool:
    return (course.end_date - start_date).days >= definition.overlap


def _classify_begin(
    gathered: Sequence[Sequence[Course]], place: int, definition: LineDefinition, seen_until_date: date | None
) -> LineBegins:
    if place == 0:
        return LineBegins.FIRST
    former, line = gathered[place - 1], gathered[place]
    taken_before = {course.drug for earlier in gathered[:place] for course in earlier}
    if taken_before.issuperset(course.drug for course in line):
        return LineBegins.RESTART
    if any(_goes_on(course, line[0].start_date, definition) for course in former):
        return LineBegins.ADD_ON
    if seen_until_date is not None and any(course.end_date >= seen_until_date for course in former):
        return LineBegins.UNDECIDED
    return LineBegins.SWITCH
