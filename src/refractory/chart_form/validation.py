"""What a cell of the workbook accepts: lists, ranges, and days that can be; as formulas of a spreadsheet."""

from __future__ import annotations

from typing import Any

from refractory.chart_form.fields import PERSON, Form, FormField
from refractory.chart_form.mapping_text import HEADER_LINE, LISTS
from refractory.records.grid import letter_of

FIRST_LINE = HEADER_LINE + 1
MOST_PERSONS = 1000
MOST_ROWS = 10_000
_LONGEST_LIST = 255  # what a spreadsheet takes between quotes
_LAST_PERSON = FIRST_LINE + MOST_PERSONS - 1
# Names of cells: whom the persons' sheet has, and the first day that each may have been born on.
_PERSONS, _BIRTHS = "known_persons", "born_from"
NAMED_CELLS = {
    _PERSONS: f"=Persons!$A${FIRST_LINE}:$A${_LAST_PERSON}",
    _BIRTHS: f"={LISTS}!$A${FIRST_LINE}:$A${_LAST_PERSON}",
}
_DAY_RULE = "Write year-month-day, such as 2015-03-02"


def name_list(form: Form, field: FormField) -> str:
    """Name the cells of the hidden sheet that hold the answers of a field."""
    return f"list_{form.key}_{field.key}"


def build_rule(form: Form, field: FormField) -> dict[str, Any]:
    """Build the rule of a column, as the writer of workbooks takes it; at least what is told when a cell is chosen."""
    said = f"{field.question}{'' if field.question.endswith(('?', '.')) else '.'} {field.note}".strip()
    rule: dict[str, Any] = {"input_title": field.name[:32], "input_message": said[:255], "error_title": field.name[:32]}
    if field.key == PERSON:
        return rule | _build_person_rule(form)
    if field.kind == "choice":
        is_plain = len(",".join(field.choices)) <= _LONGEST_LIST and not any("," in choice for choice in field.choices)
        source = list(field.choices) if is_plain else f"={name_list(form, field)}"
        rule |= {"validate": "list", "source": source, "error_message": "Choose one of the list."}
        if field.is_open:
            rule |= {
                "error_type": "information",
                "error_message": "This is not one of the list; it is kept as written.",
            }
        return rule
    if field.kind == "date":
        return rule | {"validate": "custom", "value": f"={say_day_rule(form, field)}", "error_message": _say_day(field)}
    if field.kind == "number":
        return rule | _build_range(field)
    return rule | {"validate": "any"}


def say_day_rule(form: Form, field: FormField) -> str:
    """Say when a cell holds a day that can be: written so, not in the future, not before birth or before the start."""
    cell = _cell_of(form, field.key)
    if field.may_be_incomplete:
        return _say_incomplete_rule(form, field, cell)
    day = f"IF(ISNUMBER({cell}),{cell},IFERROR(DATEVALUE({cell}),0))"
    least = _earliest(form, field)
    written = f'OR(ISNUMBER({cell}),MID({cell},5,1)&MID({cell},8,1)="--")'
    return f"AND({written},{day}<=TODAY(),{day}>={least})"


def say_missing_rule(form: Form, field: FormField) -> str:
    """Say when a row has something but not what it cannot do without."""
    row = f"$A{FIRST_LINE}:${letter_of(len(form.fields))}{FIRST_LINE}"
    return f"=AND(COUNTA({row})>0,ISBLANK({_cell_of(form, field.key)}))"


def say_fault_rule(form: Form, field: FormField) -> str | None:
    """Say when a cell holds what its rule refuses: what is pasted is not looked at by it."""
    cell = _cell_of(form, field.key)
    if field.kind == "date":
        return f"=AND(NOT(ISBLANK({cell})),NOT({say_day_rule(form, field)}))"
    if field.kind == "number":
        ends = [f"{cell}<{field.least:g}"] if field.least is not None else []
        ends += [f"{cell}>{field.most:g}"] if field.most is not None else []
        return f"=AND(NOT(ISBLANK({cell})),OR({','.join([f'NOT(ISNUMBER({cell}))', *ends])}))"
    if field.kind == "choice" and not field.is_open:
        return f"=AND(NOT(ISBLANK({cell})),COUNTIF({name_list(form, field)},{cell})=0)"
    if field.key == PERSON and form.is_repeated:
        return f"=AND(NOT(ISBLANK({cell})),COUNTIF({_PERSONS},{cell})=0)"
    if field.key == PERSON:
        return f"=COUNTIF({_PERSONS},{cell})>1"
    return None


def say_birth(line: int, column: str) -> str:
    """Say the first day that a person may have been born on, as a formula of the sheet of lists."""
    cell = f"Persons!{column}{line}"
    return f'=IF(ISNUMBER({cell}),{cell},IFERROR(DATEVALUE(LEFT({cell}&"-01-01",10)),0))'


def _say_incomplete_rule(form: Form, field: FormField, cell: str) -> str:
    """Say when a day, a month or a year can be: 2015-03-02, 2015-03 or 2015."""
    day = f'IF(ISNUMBER({cell}),{cell},IFERROR(DATEVALUE(LEFT({cell}&"-01-01",10)),0))'
    written = f"OR(ISNUMBER({cell}),LEN({cell})=4,LEN({cell})=7,LEN({cell})=10)"
    least = 4000 if form.key == "person" else f"MAX(4000,{_birth_of()}-366)"
    return f"AND({written},{day}<=TODAY(),{day}>={least})"


def _earliest(form: Form, field: FormField) -> str:
    """Say what a day may not precede: a day of the year 1910, the birth, or the day that the field comes after."""
    if field.after:
        other = _cell_of(form, field.after)
        return f"IF(ISNUMBER({other}),{other},IFERROR(DATEVALUE({other}),4000))"
    return f"MAX(4000,{_birth_of()})"


def _birth_of() -> str:
    return f"SUMIF({_PERSONS},$A{FIRST_LINE},{_BIRTHS})"


def _cell_of(form: Form, key: str) -> str:
    place = next(number for number, field in enumerate(form.fields, start=1) if field.key == key)
    return f"${letter_of(place)}{FIRST_LINE}"


def _build_person_rule(form: Form) -> dict[str, Any]:
    if not form.is_repeated:
        return {
            "validate": "custom", "value": f"=COUNTIF({_PERSONS},$A{FIRST_LINE})=1",
            "error_message": "This person has a row already: one row per person on this sheet.",
        }  # fmt: skip
    known = f"=OFFSET(Persons!$A${FIRST_LINE},0,0,MAX(1,COUNTA({_PERSONS})),1)"
    return {
        "validate": "list", "source": known,
        "error_message": "Write the person on the sheet Persons first, and spell it as there.",
    }  # fmt: skip


def _build_range(field: FormField) -> dict[str, Any]:
    kind = "integer" if field.is_whole else "decimal"
    unit = f" {field.unit}" if field.unit else ""
    number = "a whole number" if field.is_whole else "a number"
    rule: dict[str, Any] = {"validate": kind}
    if field.least is not None and field.most is not None:
        rule |= {"criteria": "between", "minimum": field.least, "maximum": field.most}
        said = f"Write {number} from {field.least:g} to {field.most:g}{unit}."
    else:
        rule |= {"criteria": ">=", "value": field.least or 0}
        said = f"Write {number}, {field.least or 0:g}{unit} or more."
    if not field.is_limit:
        rule["error_type"] = "warning"
        said += " Is this one right?"
    return rule | {"error_message": f"{said} An empty cell means not known; it never means 0."}


def _say_day(field: FormField) -> str:
    if field.may_be_incomplete:
        return f"{_DAY_RULE}; or 2015-03, or 2015, where no more is known. Not in the future, not before birth."
    after = "nor before the day it began" if field.after else "nor before the person's birth"
    return f"{_DAY_RULE}. The day cannot be in the future, {after}."
