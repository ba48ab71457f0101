"""The mapping of a filled chart form, so that it runs at once: which column is what, and which answer is which code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from refractory.chart_form.fields import PERSON, ChartForm, Form

HEADER_LINE = 3  # title, hints, names of the columns
GUIDE, DICTIONARY, LISTS = NO_RECORDS = ("How to fill in", "Dictionary", "Lists")  # sheets beside the forms
# What busy people write where a chart says nothing; none of them is an answer of a form.
_MISSING = ("NA", "N/A", "ND", "unk", "unknown", "not known", "?", "-")
_FIRST = "# What each column is. `refractory template` wrote this file; `refractory run` reads it beside the records."


def write_sheet_mapping(form: ChartForm, file: str) -> str:
    """Write the mapping of the filled workbook.

    Args:
        form: The chart form.
        file: Name of the workbook, which lies beside the mapping.
    """
    head = {"kind": "sheet", "name": f"Charts of {form.study}", "file": file, "dates": "year first"}
    return _write(form, head, lambda own, key: own.find_field(key).name, lambda own: own.title, PERSON, HEADER_LINE)


def write_redcap_mapping(
    form: ChartForm,
    export: str,
    dictionary: str,
    variables: Mapping[tuple[str, str], str],
    instruments: Mapping[str, str],
) -> str:
    """Write the mapping of an export from REDCap.

    Args:
        form: The chart form.
        export: Name of the export, which lies beside the mapping.
        dictionary: Name of the data dictionary beside it.
        variables: Variables of REDCap by form and field.
        instruments: Instruments of REDCap by form.
    """
    head = {
        "kind": "redcap",
        "name": f"Charts of {form.study}",
        "file": export,
        "dictionary": dictionary,
        "dates": "year first",
    }
    return _write(form, head, lambda own, key: variables[own.key, key], lambda own: instruments[own.key], PERSON, None)


def _write(
    form: ChartForm,
    head: Mapping[str, str],
    column_of: Callable[[Form, str], str],
    name_of: Callable[[Form], str],
    person: str,
    header: int | None,
) -> str:
    lines = [_FIRST, "", "[source]"]
    lines += [f"{key} = {_quote(value)}" for key, value in head.items()]
    lines += [f"missing = {_quote_all(_MISSING)}"]
    if header:
        lines += [f"not_used = {_quote_all(NO_RECORDS)}"]
    for one in form.forms:
        lines += ["", f"# {one.row}", "[[table]]", f"sheet = {_quote(name_of(one))}"]
        lines += [f"header = [{header}]"] if header else []
        lines += [f"person = {_quote(column_of(one, person))}"]
        lines += _write_records(one, column_of)
    for kind, codes in form.codes.items():
        lines += ["", f"[codes.{kind}]"]
        lines += [f"{_quote(text)} = {_quote(coding) if coding else '[]'}" for text, coding in codes.items()]
    return "\n".join(lines) + "\n"


def _write_records(form: Form, column_of: Callable[[Form, str], str]) -> Iterator[str]:
    for one in form.destinations:
        yield ""
        yield "[[table.record]]"
        yield f"kind = {_quote(one.kind)}"
        columns = ", ".join(f"{field} = {_quote(column_of(form, key))}" for field, key in one.column.items())
        yield f"column = {{ {columns} }}"
        if one.text:
            texts = ", ".join(f"{field} = {_quote(text)}" for field, text in one.text.items())
            yield f"text = {{ {texts} }}"


def _quote_all(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _quote(text: str) -> str:
    """Write a text as TOML does between quotes: JSON writes it alike."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
