"""Lines of systemic treatment: which drugs make one line, what opens the next, and how it begins."""

from __future__ import annotations

import pytest
from tests.courses import COURSE, assert_lines, draw_courses, find_lines, line_of_each_course, on_day

from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines import derive_line_courses, derive_lines, derive_most_lines
from refractory.records.store import Store


def test_day_30_of_the_combination_window_belongs_to_the_line_and_day_31_opens_the_next():
    assert_lines(
        """
        person | drug             | first | last
        -------+------------------+-------+-----
        1      | glucocorticoid   | 0     | 200
        1      | methotrexate     | 30    | 200
        2      | glucocorticoid   | 0     | 200
        2      | methotrexate     | 31    | 200
        """,
        """
        person | line | drugs                         | first | last
        -------+------+-------------------------------+-------+-----
        1      | 1    | glucocorticoid + methotrexate | 0     | 200
        2      | 1    | glucocorticoid                | 0     | 200
        2      | 2    | methotrexate                  | 31    | 200
        """,
    )


def test_the_window_counts_from_the_first_start_of_the_line_and_is_not_carried_on_by_later_ones():
    """The third drug starts 20 days after the second, but 45 after the first: it is outside the window."""
    assert_lines(
        """
        drug         | first | last
        azathioprine | 0     | 300
        dapsone      | 25    | 300
        tacrolimus   | 45    | 300
        """,
        """
        line | drugs                  | first
        1    | azathioprine + dapsone | 0
        2    | tacrolimus             | 45
        """,
    )


def test_each_line_has_a_window_of_its_own():
    """Day 45 opens line 2, so that day 75 still belongs to it, and day 76 opens line 3."""
    assert_lines(
        """
        drug             | first | last
        azathioprine     | 0     | 300
        dapsone          | 45    | 300
        leflunomide      | 75    | 300
        tacrolimus       | 76    | 300
        """,
        """
        line | drugs                 | first
        1    | azathioprine          | 0
        2    | dapsone + leflunomide | 45
        3    | tacrolimus            | 76
        """,
    )


def test_drugs_that_start_on_one_day_are_one_line_even_without_a_window():
    assert_lines(
        """
        drug           | first | last
        methotrexate   | 0     | 10
        glucocorticoid | 0     | 40
        dapsone        | 1     | 40
        """,
        """
        line | drugs                         | drug count
        1    | glucocorticoid + methotrexate | 2
        2    | dapsone                       | 1
        """,
        combination="0 days",
    )


def test_a_drug_of_the_line_that_is_begun_again_stays_in_its_line_however_late():
    assert_lines(
        """
        drug         | first | last
        methotrexate | 0     | 50
        methotrexate | 500   | 600
        """,
        """
        line | drugs        | courses | first | last
        1    | methotrexate | 2       | 0     | 600
        """,
    )


def test_a_drug_of_an_earlier_line_that_is_begun_again_opens_a_line_that_is_a_restart():
    assert_lines(
        """
        drug         | first | last
        methotrexate | 0     | 50
        azathioprine | 100   | 150
        methotrexate | 300   | 400
        azathioprine | 500   | 550
        """,
        """
        line | drugs        | begins
        1    | methotrexate | first
        2    | azathioprine | switch
        3    | methotrexate | restart
        4    | azathioprine | restart
        """,
    )


def test_a_restart_within_the_window_of_a_new_drug_joins_the_line_of_that_drug():
    """The line has a drug that is new, so it is no restart; its only other drug had been given up long before."""
    assert_lines(
        """
        drug         | first | last
        methotrexate | 0     | 50
        azathioprine | 100   | 150
        dapsone      | 300   | 400
        methotrexate | 330   | 400
        """,
        """
        line | drugs                  | begins
        1    | methotrexate           | first
        2    | azathioprine           | switch
        3    | dapsone + methotrexate | switch
        """,
    )


def test_a_drug_of_the_line_begun_again_on_the_day_that_opens_the_next_line_goes_with_the_new_one():
    """Neither the names of the drugs nor the order of the rows decide: the day does."""
    for restarted, new in (("azathioprine", "dapsone"), ("dapsone", "azathioprine")):
        assert_lines(
            f"""
            drug         | first | last
            {restarted}  | 0     | 50
            {new}        | 200   | 300
            {restarted}  | 200   | 300
            """,
            f"""
            line | drugs                  | courses | last | begins
            1    | {restarted}            | 1       | 50   | first
            2    | azathioprine + dapsone | 2       | 300  | switch
            """,
        )


def test_a_former_drug_covered_overlap_days_after_the_start_makes_an_add_on_and_one_day_less_a_switch():
    assert_lines(
        """
        person | drug           | first | last
        1      | glucocorticoid | 0     | 130
        1      | methotrexate   | 100   | 200
        2      | glucocorticoid | 0     | 129
        2      | methotrexate   | 100   | 200
        3      | glucocorticoid | 0     | 40
        3      | methotrexate   | 100   | 200
        """,
        """
        person | line | drugs          | begins | continued
        1      | 1    | glucocorticoid | first  | -
        1      | 2    | methotrexate   | add-on | glucocorticoid
        2      | 1    | glucocorticoid | first  | -
        2      | 2    | methotrexate   | switch | -
        3      | 1    | glucocorticoid | first  | -
        3      | 2    | methotrexate   | switch | -
        """,
    )


def test_one_of_two_former_drugs_that_goes_on_is_enough_for_an_add_on():
    assert_lines(
        """
        drug           | first | last
        glucocorticoid | 0     | 300
        methotrexate   | 0     | 90
        azathioprine   | 100   | 200
        """,
        """
        line | drugs                         | begins | continued
        1    | glucocorticoid + methotrexate | first  | -
        2    | azathioprine                  | add-on | glucocorticoid
        """,
    )


def test_a_drug_from_two_lines_before_that_goes_on_makes_no_add_on_but_is_told():
    """Methotrexate is given up for azathioprine: a switch, on a glucocorticoid that was there all the time."""
    assert_lines(
        """
        drug           | first | last
        glucocorticoid | 0     | 600
        methotrexate   | 100   | 250
        azathioprine   | 240   | 400
        """,
        """
        line | drugs          | begins | continued
        1    | glucocorticoid | first  | -
        2    | methotrexate   | add-on | glucocorticoid
        3    | azathioprine   | switch | glucocorticoid
        """,
    )


def test_a_restart_is_a_restart_whatever_goes_on_beside_it():
    assert_lines(
        """
        drug         | first | last
        methotrexate | 0     | 50
        azathioprine | 100   | 900
        methotrexate | 400   | 500
        """,
        """
        line | drugs        | begins  | continued
        1    | methotrexate | first   | -
        2    | azathioprine | switch  | -
        3    | methotrexate | restart | azathioprine
        """,
    )


def test_an_overlap_that_the_record_cuts_short_leaves_it_undecided_whether_the_old_drug_goes_on():
    """Seen until day 119 only: a drug that covers that day may go on, one that ended before has ended."""
    assert_lines(
        """
        person | drug           | first | last | seen
        1      | glucocorticoid | 0     | 119  | 119
        1      | methotrexate   | 100   | 119  | 119
        2      | glucocorticoid | 0     | 118  | 119
        2      | methotrexate   | 100   | 119  | 119
        3      | glucocorticoid | 0     | 130  | 130
        3      | methotrexate   | 100   | 130  | 130
        4      | glucocorticoid | 0     | 119  | 119
        4      | dapsone        | 0     | 140  | 119
        4      | methotrexate   | 100   | 119  | 119
        """,
        """
        person | line | begins    | continued
        1      | 1    | first     | -
        1      | 2    | undecided | -
        2      | 1    | first     | -
        2      | 2    | switch    | -
        3      | 1    | first     | -
        3      | 2    | add-on    | glucocorticoid
        4      | 1    | first     | -
        4      | 2    | add-on    | dapsone
        """,
    )


def test_a_course_known_to_be_too_short_makes_no_line_and_one_of_unknown_length_does():
    """A week of dapsone is no attempt; one record of leflunomide without its length may be one."""
    drawn = """
        drug         | first | last | covered | end
        dapsone      | 0     | 6    | 7       | known
        methotrexate | 40    | 200  | 14      | known
        leflunomide  | 100   | 100  | 1       | unknown
        tacrolimus   | 150   | 300  | 13      | known
        """
    assert_lines(
        drawn,
        """
        line | drugs        | first
        1    | methotrexate | 40
        2    | leflunomide  | 100
        """,
        least="14 days",
    )
    store = Store()
    courses = store.add("courses", COURSE, draw_courses(drawn))
    numbered = line_of_each_course(store.rows, courses, LineDefinition(among="drugs", least="14 days"))
    assert [(drug, line) for _, _, drug, line, _ in numbered] == [
        ("dapsone", None),
        ("methotrexate", 1),
        ("leflunomide", 2),
        ("tacrolimus", None),
    ]


def test_every_course_has_its_line_and_tells_whether_the_drug_is_begun_again():
    store = Store()
    courses = store.add(
        "courses",
        COURSE,
        draw_courses("""
        drug         | first | last
        methotrexate | 0     | 50
        methotrexate | 120   | 150
        azathioprine | 200   | 300
        methotrexate | 230   | 300
        """),
    )
    assert line_of_each_course(store.rows, courses, LineDefinition(among="drugs")) == [
        (1, on_day(0), "methotrexate", 1, False),
        (1, on_day(120), "methotrexate", 1, True),
        (1, on_day(200), "azathioprine", 2, False),
        (1, on_day(230), "methotrexate", 2, True),
    ]


def test_eight_drugs_one_after_another_are_eight_lines():
    drugs = [f"drug {number}" for number in range(1, 9)]
    rows = [(1, drug, on_day(31 * n), on_day(31 * n + 5), 6, True, None) for n, drug in enumerate(drugs)]
    assert [row[1] for row in find_lines(rows, LineDefinition(among="drugs"))] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(find_lines(rows, LineDefinition(among="drugs", combination="31 days"))) == 4


@pytest.mark.parametrize(("days", "most"), [((0, 30), 1), ((0, 31), 2), ((0, 10, 20, 62), 3), ((0, 0, 0), 1)])
def test_nobody_has_more_lines_than_fit_between_the_first_start_and_the_last(days, most):
    store = Store()
    rows = [(1, f"drug {n}", on_day(day), on_day(day), 1, True, None) for n, day in enumerate(days)]
    courses = store.add("courses", COURSE, rows)
    assert store.rows(derive_most_lines(courses, LineDefinition(among="drugs"))) == [(most,)]


def test_without_any_course_there_is_no_line():
    store = Store()
    courses = store.add("courses", COURSE)
    definition = LineDefinition(among="drugs")
    assert store.rows(derive_most_lines(courses, definition)) == [(None,)]
    assert store.rows(derive_lines(courses, definition, most_lines=1)) == []


def test_beyond_the_lines_that_were_looked_for_a_course_has_no_number_rather_than_a_wrong_one():
    store = Store()
    rows = [(1, f"drug {n}", on_day(40 * n), on_day(40 * n), 1, True, None) for n in range(4)]
    numbered = derive_line_courses(store.add("courses", COURSE, rows), LineDefinition(among="drugs"), most_lines=2)
    assert [row["line"] for row in store.records(numbered.order_by("start_date"))] == [1, 2, None, None]


def test_the_definition_says_itself_as_a_methods_section():
    said = " ".join(
        LineDefinition(among="systemic treatment", least="2 weeks", covers={"rituximab": "180 days"}).describe()
    )
    for phrase in ("at most 30 days after the first start", "fewer than 14 days", "rituximab 180 days", "day 180"):
        assert phrase in said
