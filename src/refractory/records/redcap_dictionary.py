"""The data dictionary of REDCap: one line per field, in 18 columns, headed in either of two ways."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refractory.errors import RecordsError

# The 18 columns as the API names them; the project's page says the same in words, in the same order.
API_HEADINGS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip
PAGE_HEADINGS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
FIELD_TYPES = (
    "text", "notes", "radio", "dropdown", "checkbox", "yesno", "truefalse", "slider", "calc", "file", "signature",
    "descriptive", "sql",
)  # fmt: skip
_CHOICES = ("radio", "dropdown", "checkbox")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}


@dataclass(frozen=True)
class RedcapField:
    """A field of a project, as its data dictionary has it.

    Args:
        name: Its variable name.
        instrument: The form that it stands on.
        kind: Its field type: text, notes, radio, dropdown, checkbox, yesno, truefalse, slider, calc, file and so on.
        label: The question, without markup.
        choices: Meaning by code, in order, without markup.
        validation: Its validation type ("date_dmy", "number_comma_decimal"), or empty.
        is_identifier: True when it is marked as identifying a person.
        is_branched: True when it is shown only in some records, so that a blank says nothing.
        may_be_missing: False when missing-data codes are switched off for it.
    """

    name: str
    instrument: str
    kind: str
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    is_identifier: bool = False
    is_branched: bool = False
    may_be_missing: bool = True


@dataclass(frozen=True)
class RedcapDictionary:
    """The fields of a project, in order; the first is the one that tells the records apart."""

    fields: tuple[RedcapField, ...]

    @property
    def record_id(self) -> str:
        """Name of the field that tells the records apart."""
        return self.fields[0].name

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names of the instruments, in order."""
        return tuple(dict.fromkeys(one.instrument for one in self.fields))


def is_dictionary(head: Sequence[str]) -> bool:
    """Say whether a first line is the one of a data dictionary, in any language that leaves the columns in order.

    Example:
        >>> is_dictionary(["field_name", "form_name", "section_header", "field_type"])
        True
        >>> is_dictionary(["record_id", "sex"])
        False
    """
    plain = [one.strip().lower() for one in head]
    return any({names[0].lower(), names[1].lower(), names[3].lower()} <= set(plain) for names in _HEADINGS)


_HEADINGS = (API_HEADINGS, PAGE_HEADINGS)


def read_dictionary_lines(lines: Iterable[Sequence[str]], file: str) -> RedcapDictionary:
    """Read a data dictionary whose lines are cells already.

    Args:
        lines: Its lines, the heading first; later lines may be shorter.
        file: Name of the file, for the message.

    Raises:
        RecordsError: When it lacks the columns of a dictionary, holds no field, or names a field twice.
    """
    every = ((number, cells) for number, cells in enumerate(lines, start=1) if any(map(str.strip, cells)))
    names = _name_columns([cell.strip() for cell in next(every, (0, ()))[1]], file)
    fields: dict[str, RedcapField] = {}
    for number, cells in every:
        said = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        one = _read_field(said, number, file)
        if one.name in fields:
            raise RecordsError(
                f'The data dictionary names the field "{one.name}" twice.',
                where=f"{file}, line {number}",
                remedy="export the dictionary again, from one project",
            )
        fields[one.name] = one
    if not fields:
        raise RecordsError(
            "The data dictionary holds no field.", where=file, remedy="export the whole dictionary of the project"
        )
    return RedcapDictionary(tuple(fields.values()))


def _name_columns(head: Sequence[str], file: str) -> list[str]:
    known = {words.lower(): name for words, name in zip(PAGE_HEADINGS, API_HEADINGS, strict=True)}
    known.update({name: name for name in API_HEADINGS})
    names = [known.get(one.lower(), "") for one in head]
    if sum(1 for name in names if name) < 4 and len(head) == len(API_HEADINGS):
        return list(API_HEADINGS)  # the page in another language: 18 columns in their order
    missing = [name for name in ("field_name", "form_name", "field_type") if name not in names]
    if missing:
        raise RecordsError(
            f"The data dictionary has no column {', '.join(missing)}.",
            where=f"{file}, first line",
            remedy='in REDCap: "Data Dictionary", "Download the current Data Dictionary"; its 18 columns are needed',
        )
    return names


def _read_field(said: Mapping[str, str], number: int, file: str) -> RedcapField:
    name, kind = said.get("field_name", "").lower(), said.get("field_type", "").lower()
    instrument = _slug(said.get("form_name", ""))
    if not _NAME.fullmatch(name) or not instrument or not kind:
        raise RecordsError(
            "A line of the data dictionary lacks the field's name, its form or its type.",
            where=f"{file}, line {number}",
            remedy="look whether the line was broken in two by another program; export the dictionary again",
        )
    choices = said.get("select_choices_or_calculations", "")
    validation = said.get("text_validation_type_or_show_slider_number", "").lower() if kind == "text" else ""
    return RedcapField(
        name=name,
        instrument=instrument,
        kind=kind,
        label=write_plain(said.get("field_label", "")),
        choices=_read_own_choices(kind, choices),
        validation={"date": "date_ymd", "int": "integer", "float": "number"}.get(validation, validation),
        is_identifier=said.get("identifier", "").lower() in ("y", "1", "yes"),
        is_branched=bool(said.get("branching_logic")),
        may_be_missing="@nomissing" not in said.get("field_annotation", "").lower(),
    )


def _read_own_choices(kind: str, text: str) -> dict[str, str]:
    if kind == "yesno":
        return {"1": "Yes", "0": "No"}
    if kind == "truefalse":
        return {"1": "True", "0": "False"}
    return dict(read_choices(text)) if kind in _CHOICES else {}


def read_choices(text: str) -> Iterator[tuple[str, str]]:
    """Read the choices of a field: codes with their meaning.

    A meaning may hold commas; a choice without a comma is its own meaning. Old dictionaries have "\\n" for the bar.

    Example:
        >>> list(read_choices("1, Yes, <b>certainly</b> | -99, Don't know|a_b, 5 < 6"))
        [('1', 'Yes, certainly'), ('-99', "Don't know"), ('a_b', '5 < 6')]
    """
    for part in text.replace("\\n", "|").replace("\n", "|").split("|"):
        code, comma, meaning = part.strip().partition(",")
        if code.strip():
            yield code.strip(), write_plain(meaning if comma else code) or code.strip()


def write_plain(text: str) -> str:
    """Write a label without markup, on one line.

    Example:
        >>> write_plain("<div class='x'>Dose<br>(mg&nbsp;&lt; 100)</div>")
        'Dose (mg < 100)'
    """
    return " ".join(html.unescape(_TAG.sub(" ", text)).replace("\xa0", " ").split())


def _slug(text: str) -> str:
    """Write the name of an instrument as REDCap does: small letters, with one underscore for what is no letter."""
    return re.sub(r"[^\w]+", "_", text.strip().lower()).strip("_")


def slug_of(text: str) -> str:
    """Return the name that REDCap gives an instrument of that label.

    Example:
        >>> slug_of("Infusions (IVIG)")
        'infusions_ivig'
    """
    return _slug(write_plain(text))


def read_missing_codes(text: str) -> dict[str, str]:
    """Read the missing-data codes of a project, as its settings and the API write them.

    Example:
        >>> read_missing_codes("UNK, Unknown | -99, Not done")
        {'UNK': 'Unknown', '-99': 'Not done'}
    """
    return dict(read_choices(text))
