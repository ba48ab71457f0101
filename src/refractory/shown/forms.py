"""Tables as text for other programs: CSV, and Markdown."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from refractory.shown.reading import ToldResult
from refractory.shown.tables import ShownTable
from refractory.shown.values import say_value

_CSV = (
    "result", "source", "group", "stratum", "variable", "value", "number", "lower", "upper", "level", "count",
    "denominator", "method", "note",
)  # fmt: skip
# The number of an estimate by the kind that it is of.
_NUMBERS = ("percentage", "mean", "median", "estimate", "count")
_LOWER, _UPPER = ("lower", "q25"), ("upper", "q75")


class _Text(list[str]):
    """Pieces of text in the order in which they were written, for a writer that wants a file."""

    write = list.append


def write_markdown(tables: Sequence[ShownTable]) -> str:
    """Write tables as Markdown: a bold title, a head, and a row a line."""
    return "\n\n".join("\n".join(_lines(table)) for table in tables) + "\n"


def _lines(table: ShownTable) -> Iterator[str]:
    if table.title:
        yield f"**{_escape(table.title)}**"
        yield ""
    yield "| " + " | ".join(map(_escape, table.columns)) + " |"
    yield "|" + "|".join("---:" if place in table.right else "---" for place in range(len(table.columns))) + "|"
    for row in table.rows:
        yield "| " + " | ".join(map(_escape, row)) + " |"


def _escape(text: str) -> str:
    for sign in "\\|*_<>`":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def write_rows(results: Sequence[ToldResult]) -> str:
    """Write results as CSV: one row per result, its value as it is printed and its numbers beside it."""
    text = _Text()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV)
    for one in results:
        told = {name: "" if value == "NA" else value for name, _, value in one.numbers}
        number, lower, upper = (
            next((told[name] for name in names if name in told), "") for names in (_NUMBERS, _LOWER, _UPPER)
        )
        more = [told.get(name, "") for name in ("level", "count", "denominator", "method", "note")]
        place = one.place
        about = (one.id, place.cdm_name, place.group, place.stratum, place.variable, say_value(one))
        writer.writerow([*about, number, lower, upper, *more])
    return "".join(text)


def write_table_rows(tables: Sequence[ShownTable]) -> str:
    """Write tables as CSV, one after the other, the title of each in the first column of its rows."""
    text = _Text()
    writer = csv.writer(text, lineterminator="\n")
    for table in tables:
        writer.writerow(["table", *table.columns])
        writer.writerows([table.title, *row] for row in table.rows)
    return "".join(text)
