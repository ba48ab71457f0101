"""What a chart form is made of: forms with their fields, and where each answer goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FieldKind = Literal["text", "date", "number", "choice"]


@dataclass(frozen=True)
class FormField:
    """One question of a form.

    Args:
        key: Short name within its form, as a variable of REDCap may be called.
        name: What the column is called.
        question: The question as a clinician reads it.
        kind: "text", "date", "number" or "choice".
        why: Keys of the protocol that need the answer.
        choices: Answers to choose from.
        is_open: True when another answer than the choices is taken too.
        least: Smallest number allowed; None: any.
        most: Largest number allowed; None: any.
        is_limit: True when no number outside can be right; else it is only unusual.
        is_whole: True when only whole numbers are allowed.
        unit: Unit of the number.
        is_required: True when a row without it is of no use.
        is_identifier: True when it may tell who the person is.
        may_be_incomplete: True for a date of which the month or the year alone may be known.
        after: Key of the field whose date this one does not precede.
        only_with: Key of the field that must be answered first.
        note: What to know before answering.
    """

    key: str
    name: str
    question: str
    kind: FieldKind
    why: str
    choices: tuple[str, ...] = ()
    is_open: bool = False
    least: float | None = None
    most: float | None = None
    is_limit: bool = True
    is_whole: bool = False
    unit: str = ""
    is_required: bool = False
    is_identifier: bool = False
    may_be_incomplete: bool = False
    after: str = ""
    only_with: str = ""
    note: str = ""


@dataclass(frozen=True)
class Destination:
    """A record that a row of a form becomes.

    Args:
        kind: Kind of the record in the mapping: "drug", "diagnosis", "measurement" and so on.
        column: Key of the form's field, by the field of the record.
        text: What is the same in every row, by the field of the record.
    """

    kind: str
    column: Mapping[str, str]
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """One sheet of the workbook, one instrument of REDCap.

    Args:
        key: Short name; the beginning of its variables in REDCap.
        title: Name of the sheet.
        row: What one row is, in words.
        fields: The questions, the person first.
        destinations: What each row becomes.
        is_repeated: True when a person may have several rows.
    """

    key: str
    title: str
    row: str
    fields: tuple[FormField, ...]
    destinations: tuple[Destination, ...]
    is_repeated: bool = True

    def find_field(self, key: str) -> FormField:
        """Find a field by its key."""
        return next(one for one in self.fields if one.key == key)


@dataclass(frozen=True)
class ChartForm:
    """Everything that a study needs from a chart, and nothing more.

    Args:
        study: Short name of the study.
        title: Its title.
        treatment: What is studied.
        forms: The persons first.
        codes: Coding of each answer that stands for codes, by kind of record and text.
        shared: Answers that count for several concept sets, because the protocol has no code that tells them apart.
    """

    study: str
    title: str
    treatment: str
    forms: tuple[Form, ...]
    codes: Mapping[str, Mapping[str, str]]
    shared: Mapping[str, tuple[str, ...]]


PERSON = "person"


def ask_for_person(question: str = "Which person?") -> FormField:
    """Ask whom a row is about, as every form does first."""
    return FormField(
        PERSON, "Person", question, "text", "study", is_required=True, is_identifier=True,
        note="The study's own number of the person, written alike everywhere; no name, no hospital number.",
    )  # fmt: skip
