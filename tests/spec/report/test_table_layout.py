"""How wide columns are on paper: no word is cut, nothing is wider than the page, and a page turns only for a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refractory.analysis.results import ResultRow, ResultTable
from refractory.report.lettering import measure_text
from refractory.report.table_layout import A4, PADDING_POINTS, SMALL_TEXT_POINTS, TEXT_POINTS, lay_out_table
from refractory.report.tables import tabulate_results


def table(*rows: tuple[str, ...], headings: tuple[str, ...] | None = None):
    columns = headings or ("", *(f"C{place}" for place in range(1, len(rows[0]))))
    return tabulate_results(ResultTable("t", "T", columns, tuple(ResultRow(row[0], row[1:]) for row in rows)))


def test_a_narrow_table_takes_what_it_needs_and_no_more():
    layout = lay_out_table(table(("Women", "29"), ("Men", "13")))
    assert sum(layout.widths) < A4.upright / 3
    assert (layout.points, layout.is_turned, layout.lines) == (TEXT_POINTS, False, 2)


def test_a_long_label_breaks_over_lines_before_the_figures_do():
    layout = lay_out_table(table(("word " * 60, *["35/42 (83 %)"] * 5)))
    figure = measure_text("35/42 (83 %)", size=TEXT_POINTS) * 0.9 + PADDING_POINTS
    assert all(width > 0.8 * figure for width in layout.widths[1:])
    assert sum(layout.widths) <= A4.upright + 1


def test_a_table_of_many_words_is_set_smaller_before_its_page_is_turned():
    word = "m" * 6
    words = round(A4.upright / (measure_text(word, size=TEXT_POINTS) * 0.9 + PADDING_POINTS))
    fits = lay_out_table(table((word,) * words))
    smaller = lay_out_table(table((word,) * (words + 1)))
    turned = lay_out_table(table((word,) * (words + 4)))
    assert (fits.points, fits.is_turned) == (TEXT_POINTS, False)
    assert (smaller.points, smaller.is_turned) == (SMALL_TEXT_POINTS, False)
    assert (turned.points, turned.is_turned) == (TEXT_POINTS, True)
    assert A4.upright < sum(turned.widths) <= A4.turned + 1


def test_a_heading_over_figures_asks_for_two_lines_and_not_for_the_whole_page():
    one = lay_out_table(table(("A", "1"), headings=("", "Glucocorticoid dose at the end of follow-up")))
    assert one.widths[1] < measure_text("Glucocorticoid dose at the end of follow-up", size=TEXT_POINTS)


def test_a_table_without_rows_or_with_headings_alone_has_a_layout():
    empty = tabulate_results(ResultTable("t", "T", ("A", "B"), ()))
    assert lay_out_table(empty).lines == 0
    heading = tabulate_results(ResultTable("t", "T", ("A", "B"), (ResultRow("Only a heading", ()),)))
    assert lay_out_table(heading).lines == 1


texts = st.text(st.sampled_from("ab 0(%)"), max_size=40)


@given(st.lists(st.tuples(texts, texts, texts, texts), min_size=1, max_size=6))
def test_no_table_is_wider_than_its_page_and_every_column_has_room(rows):
    layout = lay_out_table(table(*rows))
    assert len(layout.widths) == 4
    assert sum(layout.widths) <= (A4.turned if layout.is_turned else A4.upright) + 1
    assert all(width >= 0 for width in layout.widths)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), texts)
def test_one_more_row_never_makes_a_table_shorter(rows, more):
    assert lay_out_table(table(*rows, (more, more))).lines > 0
    assert lay_out_table(table(*rows)).lines >= len(rows)
