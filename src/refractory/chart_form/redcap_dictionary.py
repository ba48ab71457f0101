"""The chart form as a data dictionary of REDCap: 18 columns, ready for import."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from refractory.chart_form.fields import PERSON, ChartForm, Form, FormField
from refractory.records.redcap_dictionary import PAGE_HEADINGS

RECORD = "record_id"
LONGEST_NAME = 26  # what REDCap recommends: other programs cut longer ones
_MOST_CHOICES_IN_A_MATRIX = 6
_MOST_BUTTONS = 4
_EVERYWHERE = {"date", "total"}  # keys that several forms have keep the name of theirs
_YES_OR_NO = {"yes", "no"}
# REDCap keeps these words for itself, or gives them to the export.
_RESERVED = {"redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group"}

Variables: TypeAlias = Mapping[tuple[str, str], str]


def name_variables(form: ChartForm) -> dict[tuple[str, str], str]:
    """Name the variable of each field: lower case, begins with a letter, at most 26 characters, each once.

    Returns:
        Names by the keys of form and field; the person is the record itself on every form.

    Example:
        >>> from refractory.chart_form.fields import Form, FormField
        >>> lab = Form("lab", "Labs", "", (FormField("value", "Value", "", "number", ""),), ())
        >>> name_variables(ChartForm("a", "A", "b", (lab,), {}, {}))
        {('lab', 'value'): 'lab_value'}
    """
    forms = name_instruments(form)
    taken = {RECORD, *_RESERVED, *(f"{one}_complete" for one in forms.values())}
    named: dict[tuple[str, str], str] = {}
    for one in form.forms:
        wanted = {field.key: _spell(f"{one.key}_{field.key}") for field in one.fields}
        if any(len(name) > LONGEST_NAME for name in wanted.values()):
            wanted = {key: name if key in _EVERYWHERE else _spell(key) for key, name in wanted.items()}
        for field in one.fields:
            if field.key == PERSON:
                named[one.key, field.key] = RECORD
                continue
            name = _shorten(wanted[field.key], taken)
            taken.add(name)
            named[one.key, field.key] = name
    return named


def name_instruments(form: ChartForm) -> dict[str, str]:
    """Name the instrument of each form, by its key: what REDCap calls a form is made of it."""
    named: dict[str, str] = {}
    for one in form.forms:
        name = _spell(one.title)
        named[one.key] = name if name not in named.values() else f"{name}_{len(named)}"
    return named


def _spell(words: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return name if name[:1].isalpha() else f"f_{name}"


def _shorten(wanted: str, taken: Collection[str]) -> str:
    name, number = wanted[:LONGEST_NAME].rstrip("_"), 1
    while name in taken:
        number += 1
        name = f"{wanted[: LONGEST_NAME - len(str(number)) - 1].rstrip('_')}_{number}"
    return name


def build_dictionary(form: ChartForm) -> list[dict[str, str]]:
    """Build the rows of the data dictionary.

    Returns:
        One row per variable, by the names of PAGE_HEADINGS; the record comes first.
    """
    variables, instruments = name_variables(form), name_instruments(form)
    rows = []
    for one in form.forms:
        begun = ""
        heading = one.row.replace("row", "entry")
        for matrix, field in _number_matrices(one):
            if field.key == PERSON:
                if not one.is_repeated:
                    rows.append(_build_row(one, field, variables, "") | {"Form Name": instruments[one.key]})
                continue
            if matrix and matrix != begun:
                heading = f"Scored {_join(_find_answers(field))}"
            begun = matrix
            own = {"Form Name": instruments[one.key], "Section Header": heading}
            rows.append(_build_row(one, field, variables, matrix) | own)
            heading = ""
    return rows


def write_dictionary(rows: Sequence[Mapping[str, str]]) -> str:
    """Write the rows as the CSV file that REDCap imports: quoted where needed, without a byte order mark."""
    written = _Text()
    writer = csv.DictWriter(written, PAGE_HEADINGS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.text


def list_repeating(form: ChartForm) -> tuple[str, ...]:
    """List the instruments that must be set repeating in REDCap: the dictionary cannot say it."""
    named = name_instruments(form)
    return tuple(named[one.key] for one in form.forms if one.is_repeated)


class _Text:
    """Takes what a writer writes."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, more: str) -> None:
        self.text += more


def _number_matrices(form: Form) -> Iterator[tuple[str, FormField]]:
    """Put scored items with the same few answers beside one another, in one matrix."""
    answers = {field.key: _find_answers(field) for field in form.fields}
    order = {answer: place for place, answer in enumerate(dict.fromkeys(filter(None, answers.values())), start=1)}
    scored = sorted((field for field in form.fields if answers[field.key]), key=lambda one: order[answers[one.key]])
    waiting = iter(scored)
    # The scored items keep the places that scored items have, in another order.
    for field in form.fields:
        one = next(waiting) if answers[field.key] else field
        own = answers[one.key]
        is_alone = list(answers.values()).count(own) == 1
        yield (f"{form.key}_matrix_{order[own]}" if own and not is_alone else ""), one


def _join(answers: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(answers[:-1]), answers[-1])))


def _find_answers(field: FormField) -> tuple[str, ...]:
    """Find the whole numbers that a scored item may be, where they are few enough to be buttons."""
    if field.kind != "number" or not field.is_whole or field.least is None or field.most is None:
        return ()
    answers = tuple(f"{number}" for number in range(int(field.least), int(field.most) + 1))
    return answers if len(answers) <= _MOST_CHOICES_IN_A_MATRIX else ()


def _build_row(form: Form, field: FormField, variables: Variables, matrix: str) -> dict[str, str]:
    kind, choices, validation, least, most = _say_type(field)
    needed = f'[{variables[form.key, field.only_with]}] <> ""' if field.only_with else ""
    return dict.fromkeys(PAGE_HEADINGS, "") | {
        "Variable / Field Name": variables[form.key, field.key],
        "Field Type": kind,
        "Field Label": field.question if not matrix else field.name,
        "Choices, Calculations, OR Slider Labels": choices,
        "Field Note": field.note,
        "Text Validation Type OR Show Slider Number": validation,
        "Text Validation Min": least,
        "Text Validation Max": most,
        "Identifier?": "y" if field.is_identifier else "",
        "Branching Logic (Show field only if...)": needed,
        "Required Field?": "y" if field.is_required else "",
        "Matrix Group Name": matrix,
        "Field Annotation": f"Needed for: {field.why}",
    }


def _say_type(field: FormField) -> tuple[str, str, str, str, str]:
    """Say the type of a field, its choices, and what a text must be: its kind, least and most."""
    if field.kind == "choice" and set(field.choices) == _YES_OR_NO:
        return "yesno", "", "", "", ""
    if field.kind == "choice":
        kind = "radio" if len(field.choices) <= _MOST_BUTTONS else "dropdown"
        return kind, _write_choices(field.choices), "", "", ""
    if field.kind == "date" and field.may_be_incomplete:
        return "text", "", "", "", ""  # REDCap has no date of which the day may be missing
    if field.kind == "date":
        return "text", "", "date_ymd", "", "today"
    answers = _find_answers(field)
    if answers:
        return "radio", " | ".join(f"{one}, {one}" for one in answers), "", "", ""
    if field.kind == "number":
        least, most = ("" if end is None else f"{end:g}" for end in (field.least, field.most))
        return "text", "", "integer" if field.is_whole else "number", least, most
    return "text", "", "", "", ""


def _write_choices(choices: Sequence[str]) -> str:
    """Write choices with codes made of their words: a code keeps its meaning when the protocol gets another order."""
    codes: list[str] = []
    for choice in choices:
        code = re.sub(r"[^a-z0-9]+", "_", choice.lower()).strip("_") or "x"
        again = sum(one == code or re.fullmatch(rf"{re.escape(code)}_\d+", one) is not None for one in codes)
        codes.append(f"{code}_{again + 1}" if again else code)
    return " | ".join(f"{code}, {choice.replace('|', '/')}" for code, choice in zip(codes, choices, strict=True))
