"""Laws of lines and discontinuations that hold for any courses.

The fold in memory and the expression inside an engine are held equal by their twins; the laws ask the faster one.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.courses import Row, assert_lines, lines_folded

from refractory.exposures.courses import CourseEnd, classify_course_end
from refractory.exposures.line_definition import LineDefinition
from twins.test_line_twins import courses, definitions

often = settings(max_examples=200, deadline=None)


def _changed(definition: LineDefinition, **chosen: int) -> LineDefinition:
    return definition.model_copy(update=chosen)


@often
@given(courses(), definitions(), st.randoms(use_true_random=False))
def test_the_order_of_the_courses_never_matters(rows, definition, random):
    shuffled = random.sample(rows, len(rows))
    assert lines_folded(shuffled, definition) == lines_folded(rows, definition)


@often
@given(courses(), definitions(), st.integers(-700, 700))
def test_shifting_all_dates_shifts_the_lines_and_changes_nothing_else(rows, definition, days):
    step = timedelta(days=days)

    def shifted(found: list[Row]) -> list[Row]:
        return [tuple(value + step if isinstance(value, date) else value for value in row) for row in found]

    assert lines_folded(shifted(rows), definition) == shifted(lines_folded(rows, definition))


@often
@given(courses(), definitions())
def test_another_person_never_changes_a_persons_lines(rows, definition):
    alone = [line for person in (1, 2) for line in lines_folded([row for row in rows if row[0] == person], definition)]
    assert lines_folded(rows, definition) == alone


@often
@given(courses(), definitions())
def test_every_course_that_counts_is_in_one_line_and_lines_open_further_apart_than_the_window(rows, definition):
    lines = lines_folded(rows, definition)
    counted = [row for row in rows if row[4] >= definition.least or not row[5]]
    for person in (1, 2):
        own = [line for line in lines if line[0] == person]
        assert [line[1] for line in own] == list(range(1, len(own) + 1))
        assert sum(line[6] for line in own) == sum(row[0] == person for row in counted)
        assert all((later[2] - line[2]).days > definition.combination for line, later in pairwise(own))


@often
@given(courses(), definitions())
def test_a_line_names_each_of_its_drugs_once_and_no_line_is_followed_by_one_with_only_its_own_drugs(rows, definition):
    """What opens a line is a drug that the line before does not have."""
    lines = lines_folded(rows, definition)
    for line, later in pairwise(lines):
        drugs, later_drugs = line[4].split(" + "), later[4].split(" + ")
        assert drugs == sorted(set(drugs))
        assert line[0] != later[0] or set(later_drugs) - set(drugs)


@often
@given(courses(), definitions(), st.integers(1, 90))
def test_with_one_course_a_drug_a_longer_window_never_makes_more_lines(rows, definition, longer):
    once = [row for row in rows if not any(other[:2] == row[:2] and other[2] < row[2] for other in rows)]
    wider = _changed(definition, combination=definition.combination + longer)
    for person in (1, 2):
        own = [row for row in once if row[0] == person]
        assert len(lines_folded(own, wider)) <= len(lines_folded(own, definition))


def test_with_drugs_that_are_begun_again_a_longer_window_may_make_more_lines():
    """A window of 21 days takes dapsone into line 1 and out of line 2, so that its return opens a third line."""
    drawn = """
        drug         | first | last
        azathioprine | 0     | 5
        dapsone      | 20    | 25
        tacrolimus   | 28    | 33
        dapsone      | 100   | 110
    """
    assert_lines(
        drawn,
        """
        line | drugs
        1    | azathioprine
        2    | dapsone + tacrolimus
        """,
        combination="10 days",
    )
    assert_lines(
        drawn,
        """
        line | drugs
        1    | azathioprine + dapsone
        2    | tacrolimus
        3    | dapsone
        """,
        combination="21 days",
    )


@often
@given(courses(), definitions(), st.integers(1, 90))
def test_a_longer_overlap_makes_no_switch_an_add_on_and_leaves_the_lines_as_they_are(rows, definition, longer):
    lines = lines_folded(rows, definition)
    stricter = lines_folded(rows, _changed(definition, overlap=definition.overlap + longer))
    assert [line[:7] for line in stricter] == [line[:7] for line in lines]
    for before, after in zip(lines, stricter, strict=True):
        assert after[7] == before[7] or (before[7] == "add-on" and after[7] in ("switch", "undecided"))
        assert set((after[8] or "").split(" + ")) <= {"", *(before[8] or "").split(" + ")}


_DAY = st.integers(0, 300)


@often
@given(_DAY, _DAY, st.one_of(st.none(), _DAY), _DAY, st.integers(0, 90), st.integers(0, 90))
def test_longer_observation_takes_no_discontinuation_back_and_a_longer_grace_period_makes_none(
    start, length, gap, seen, grace, longer
):
    first = date(2020, 1, 1)

    def classify(seen_days: int, grace_days: int) -> CourseEnd:
        end = start + length
        return classify_course_end(
            first + timedelta(days=start),
            first + timedelta(days=end),
            next_start_date=None if gap is None else first + timedelta(days=end + 1 + gap),
            seen_until_date=first + timedelta(days=seen_days),
            grace_days=grace_days,
        )

    if classify(seen, grace) is CourseEnd.DISCONTINUED:
        assert classify(seen + longer, grace) is CourseEnd.DISCONTINUED
    if classify(seen, grace + longer) is CourseEnd.DISCONTINUED:
        assert classify(seen, grace) is CourseEnd.DISCONTINUED
