"""What the workbook says of itself: how it is filled in, and its dictionary."""

from __future__ import annotations

from refractory.chart_form.fields import PERSON, ChartForm, FormField

Entries = tuple[tuple[str, str], ...]


def list_guide(form: ChartForm) -> tuple[tuple[str, Entries], ...]:
    """List the sections of the sheet that says how to fill in: a heading, and entries of a name and a text."""
    return (
        ("Whom to enter", _say_whom(form)),
        ("The sheets", tuple((one.title, one.row) for one in form.forms)),
        ("How to write", _HOW_TO_WRITE),
        ("The colours", _COLOURS),
        ("When it is filled in", _say_next(form)),
    )


def _say_whom(form: ChartForm) -> Entries:
    return (
        (
            "Everyone treated",
            f"Every person who ever had {form.treatment}, also those whom you expect to be left out and those who did "
            "not respond: the study decides who is in by its own rules, and shows how many are lost at each.",
        ),
        ("The number", "One number per person, given by you, written alike on every sheet. Keep the key elsewhere."),
        ("No more than this", "Each column says in the sheet Dictionary which part of the protocol needs it."),
    )


_HOW_TO_WRITE: Entries = (
    (
        "Days",
        "Year-month-day, such as 2015-03-02. Where a column allows it, 2015-03 or 2015 when no more is known. The "
        "cells keep what you type; do not invent a day that you do not know.",
    ),
    ("Not known", "Leave the cell empty. Empty never means 0 and never means no."),
    ("Numbers", "The number alone, without its unit. Where the unit differs from the column's, convert it."),
    ("Several", "One thing per row: a second drug, a second dose, a second visit is a second row."),
    ("Pasting", "Pasted cells are not checked by the lists and ranges; what does not fit turns amber."),
    ("Leave as they are", "The names of sheets and of columns, and the first three lines of each sheet."),
)
_COLOURS: Entries = (
    ("Dark heading", "Needed: a row without it is of no use."),
    ("Light heading", "Fill it in where the chart says so."),
    ("Amber cell, slanted", "Cannot be right: a day in the future or before birth, a number out of range."),
    ("Light blue cell", "The row has something, and what it needs is missing here."),
)


def _say_next(form: ChartForm) -> Entries:
    return (
        (
            "Check",
            f"refractory check STUDY --records {form.study}.xlsx says what is there and what is missing.",
        ),
        ("Run", f"refractory run STUDY --records {form.study}.xlsx writes the report."),
    )


def list_dictionary(form: ChartForm) -> tuple[tuple[tuple[str, int], ...], list[tuple[str, ...]]]:
    """List the dictionary: the names of its columns with their widths, and one row per field."""
    header = (
        ("Sheet", 20), ("Column", 22), ("Question", 46), ("Type", 12), ("Allowed", 44), ("Unit", 10), ("Needed", 9),
        ("Why the study asks", 44), ("Where it goes", 30),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for one in form.forms:
        for field in one.fields:
            if field.key == PERSON and one.is_repeated:
                continue
            goes = "; ".join(
                f"{destination.kind}, {name}{_say_text(destination.text)}"
                for destination in one.destinations
                for name, key in destination.column.items()
                if key == field.key
            )
            rows.append(
                (
                    one.title, field.name, _join(field.question, field.note), field.kind, say_allowed(field),
                    field.unit, "yes" if field.is_required else "", field.why,
                    "whom the row is about" if field.key == PERSON else goes,
                )
            )  # fmt: skip
    return header, rows


def say_allowed(field: FormField) -> str:
    """Say what a field accepts, in words."""
    if field.kind == "choice":
        return " | ".join(field.choices) + (" | or in your words" if field.is_open else "")
    if field.kind == "date":
        incomplete = ", YYYY-MM or YYYY" if field.may_be_incomplete else ""
        before = "" if field.key == "birth" else f", not before {'the start' if field.after else 'birth'}"
        return f"YYYY-MM-DD{incomplete}; not in the future{before}"
    if field.kind == "number":
        kind = "whole number" if field.is_whole else "number"
        if field.least is None or field.most is None:
            return f"{kind}, {field.least or 0:g} or more"
        return f"{kind}, {field.least:g} to {field.most:g}" + ("" if field.is_limit else "; asks when outside")
    return "any text"


def _say_text(text: object) -> str:
    told = text.get("item") or text.get("what") if isinstance(text, dict) else None
    return f" ({told})" if told else ""


def _join(question: str, note: str) -> str:
    ended = question if question.endswith(("?", ".")) else f"{question}."
    return f"{ended} {note}".strip()
