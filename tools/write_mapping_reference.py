"""Write docs/mapping.md from the model of the mapping: every table, every key, every field of a record."""

from __future__ import annotations

import typing
from pathlib import Path

from pydantic import BaseModel

from refractory.records.mapping import (
    FIELD_MEANINGS,
    FIELDS,
    BorrowedDefinition,
    Condition,
    RecordDefinition,
    SourceDefinition,
    SourceMapping,
    TableDefinition,
)

TARGET = Path(__file__).parents[1] / "docs" / "mapping.md"
HEAD = """# The mapping of a sheet

Which column of a sheet is what, in a file beside it: `charts.mapping.toml` beside `charts.xlsx`. `refractory init`
writes one to start from, `refractory schema --of mapping` prints its JSON Schema for editors, and a study then takes
the sheet itself: `refractory run STUDY --records charts.xlsx`.

```toml
[source]
name    = "Charts of the clinic"
dates   = "month first"                     # 02/03/2015 is the third of February
missing = ["NA", "unk", "-"]

[[table]]
sheet  = "Patients"
person = "Pt #"

[[table.record]]
kind   = "person"
column = { birth = "DOB", sex = "Sex" }

[[table.record]]                            # IVIG 1 date, IVIG 2 date, ...: one record each
kind   = "drug"
text   = { what = "IVIG", unit = "g" }
column = { start = "IVIG {n} date", dose = "IVIG {n} dose", weight = "Weight (kg)" }

[[table.record]]                            # tried before, nobody wrote when
kind   = "drug"
column = { what = "Prior treatment", before = "IVIG 1 date" }
split  = [",", ";", "/"]

[[table.record]]
kind   = "label"
text   = { item = "cutaneous improvement" }
column = { value = "Improved?" }

[codes.drug]
"IVIG" = "RxNorm:5666"
```

- **Nothing is lost.** Each line of a sheet is used, holds nothing that the mapping asks for, or stands in
  `problems.csv` with its reason; so does each cell that could not be used as written, and each column that
  the mapping does not use.
- **Nothing is guessed.** A date of two readings is read only where `dates` decides; one that contradicts that order is
  not read. A date of which only the month or the year is known is not used where a day is needed, unless
  `incomplete_dates` says what to take.
- **A record is there** in a row when its cell is not empty: the cell of `what`, of a result or an answer, or of the
  date where `what` is the same in every row. `when` makes it depend on another column.
- **Drugs** are found by their names: generic, brand, abbreviation and plain misspelling. `[codes]` gives any other text
  its codes; a text without a code is kept as it is, and counted.
- **Persons** are the same when their keys differ only in case, blanks, leading zeros, a ".0", a mark between a
  letter and a digit ("P-01", "P1") or a word for a patient ("Pat. 7", "7"); that is told.
- **Formulas** are never computed: what counts is the result that the file has.
- Files are looked for beside the mapping only. The first line of a sheet is line 1.
"""


def models_in(annotation: object) -> list[type[BaseModel]]:
    """Find the models inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in models_in(part)]


def spell_default(name: str, model: type[BaseModel]) -> str:
    """Say a default in the words of the file."""
    field = model.model_fields[name]
    value = field.get_default(call_default_factory=True)
    if field.is_required():
        return "**must be given**"
    if value in (None, (), {}, ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def write_table(heading: str, model: type[BaseModel]) -> list[str]:
    """Write one table of the file."""
    said = (model.__doc__ or "").strip().splitlines()[0]
    lines = ["", f"## `{heading}`", "", said, "", "| key | what | default |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if not models_in(field.annotation) or name == "when":
            lines.append(f"| `{field.alias or name}` | {field.description or ''} | {spell_default(name, model)} |")
    return lines


def write_reference() -> str:
    """Return the whole page."""
    lines = [HEAD.strip()]
    lines += write_table("[source]", SourceDefinition)
    lines += write_table("[[table]]", TableDefinition)
    lines += write_table("[[table.borrow]]", BorrowedDefinition)
    lines += write_table("[[table.record]]", RecordDefinition)
    lines += write_table("when", Condition)
    lines += [
        "",
        "## Fields of a record",
        "",
        "What stands under `column`, or under `text` where it is the same in every row.",
    ]
    lines += ["", "| kind | needs | may have |", "|---|---|---|"]
    for kind, (needed, more) in FIELDS.items():
        spelt = [", ".join(f"`{name}`" for name in names) or "nothing" for names in (needed, more)]
        lines.append(f"| `{kind}` | {spelt[0]} | {spelt[1]} |")
    lines += ["", "| field | what |", "|---|---|"]
    lines += [f"| `{name}` | {said} |" for name, said in FIELD_MEANINGS.items()]
    lines += ["", "## `[codes]`", "", SourceMapping.model_fields["codes"].description or ""]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(write_reference(), encoding="utf-8")
