"""A table as rows of a CSV file: one for each of its rows that has figures, with the headings that it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refractory.report.printed_table import PrintedTable
from refractory.report.typesetting import clean_text

# What a spreadsheet takes for a formula when a cell begins with it; a number may begin with a sign.
_FORMULA_SIGNS = ("=", "+", "@", "-", "\t", "\r")
_ASKS_FOR_MORE = re.compile(r"[|!]|[A-Za-z]\(")  # another program, a sheet or a function


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula; a number with a sign stays as it is.

    Example:
        >>> escape_formula("=1+1"), escape_formula("-0.5"), escape_formula("-"), escape_formula("+1+cmd|' /C calc'!A1")
        ("'=1+1", '-0.5', '-', "'+1+cmd|' /C calc'!A1")
    """
    is_number = len(text) > 1 and text[0] in "+-" and text[1].isdigit() and not _ASKS_FOR_MORE.search(text)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and not is_number and len(text) > 1 else text


def _spell(text: str) -> str:
    return escape_formula(clean_text(text))


def derive_csv_rows(table: PrintedTable) -> Iterator[list[str]]:
    """Return the rows of a table for a CSV file, its headings first.

    The first column says under which headings of the table a row stands, parted by a slash; it is left out where the
    table has none. Figures are spelled as they are printed.

    Args:
        table: As it is printed.

    Returns:
        One list of texts per row, all of one length.

    Example:
        >>> from refractory.analysis.results import ResultRow, ResultTable
        >>> from refractory.report.tables import tabulate_results
        >>> rows = (ResultRow("Sex", ()), ResultRow("Women", (29,), 1), ResultRow("Men", (13,), 1))
        >>> list(derive_csv_rows(tabulate_results(ResultTable("sex", "Sex", ("", "Persons"), rows))))
        [['Under', '', 'Persons'], ['Sex', 'Women', '29'], ['Sex', 'Men', '13']]
    """
    rows = [row for group in table.groups for row in group]
    has_headings = any(not row.cells or row.indent for row in rows)
    yield [*(["Under"] if has_headings else []), *(_spell(column.heading) for column in table.columns)]
    above: list[tuple[int, str]] = []
    for row in rows:
        above = [(indent, label) for indent, label in above if indent < row.indent]
        if row.cells:
            under = [_spell(" / ".join(label for _, label in above))] if has_headings else []
            yield [*under, _spell(row.label), *(_spell(cell.whole) for cell in row.cells)]
        above.append((row.indent, row.label))
