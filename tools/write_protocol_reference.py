"""Write docs/protocol.md from the model of the protocol: every table, every key, what it means, its default."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from refractory.dates import Days, Window
from refractory.protocol import Protocol
from refractory.records.from_codelists import code_list_names

DIALS = """
## `[dials]`

Choices that a colleague could reasonably make otherwise: a key by its path, and a list of alternatives for it.
`refractory multiverse` runs every combination ([multiverse.md](multiverse.md)); the study itself does not change, and
neither does its fingerprint.

- Parts of a path are joined by dots: `"refractory.failed" = [1, 2, 3]`. A part with a dot in it stands in double
  quotes.
- A member of a list of tables is named by its name, or by its number from 1: `"feature.muscle.any[2].at_least"`.
- An alternative is written as the key itself is. `response.primary` may also be set to the name of a supporting rule:
  the two change places. Where it is set to a new rule, the former one becomes a supporting rule.
- What the file says is always one of the alternatives. Each alternative must be valid with everything else as written;
  combinations that are not valid together are counted and named.
"""
TARGET = Path(__file__).parents[1] / "docs" / "protocol.md"
HEAD = """# The protocol file

Every table and key of a study file. `refractory schema` prints the same for editors, as JSON Schema. Shipped examples:
[ivig-cutaneous-dm.toml](../studies/ivig-cutaneous-dm.toml) and
[celecoxib-after-nsaid.toml](../studies/celecoxib-after-nsaid.toml).

- A **duration** is written `"30 days"` or `"8 weeks"`; a month is not a duration.
- A **window** is two day numbers around day 0 (or the diagnosis), both included: `[-90, -1]`, `["any day before", 0]`.
- A table in double brackets may stand several times. A key without a default must be given where its table stands.
- Criteria are applied in this order, whatever the order of the file: route, washout, disease, observation, age, data at
  diagnosis, refractory rule, active disease, exclusions in the order of the file, day 0 (the first day that meets all).
- Labels of reviewers come from a CSV with the columns person, item, value, date, reviewer: `--labels FILE`, or a file
  `labels.csv` beside the records. A date may be 2015-03-02, 2015-03 or 2015. A row by the reviewer "consensus" decides
  where others disagree.
- `[[published]]` names results by the ids that stand in the column `additional_level` of results.csv, such as
  `cohort.persons`, `response.overall`, `response.<stratum>`, `cycles_to_response.overall`, `age.overall`,
  `age.median.<stratum>`, `baseline.female.overall`, `baseline.feature.<feature>.by_response.response`,
  `lines.<number>.persons`, `drugs_after.<drug>.discontinued`, `safety.<event>.persons`, `safety.<event>.rate_ratio`.
"""


def models_in(annotation: object) -> list[type[BaseModel]]:
    """Find the models inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in models_in(part)]


def spell_type(annotation: object, description_of_days: bool) -> str:
    """Say a type in the words of the file."""
    if description_of_days:
        return "duration"
    if annotation is Window:
        return "window"
    if annotation == Days:
        return "duration"
    if typing.get_origin(annotation) is typing.Annotated:
        return spell_type(typing.get_args(annotation)[0], False)
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(f'`"{choice}"`' for choice in typing.get_args(annotation))
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        parts = [part for part in typing.get_args(annotation) if part is not type(None)]
        return " or ".join(dict.fromkeys(spell_type(part, False) for part in parts))
    if typing.get_origin(annotation) is tuple:
        return f"list of {spell_type(typing.get_args(annotation)[0], False)}"
    if typing.get_origin(annotation) is Mapping:
        return "table of durations" if spell_type(typing.get_args(annotation)[1], False) == "duration" else "table"
    if typing.get_origin(annotation) is not None:
        return "table"
    if models_in(annotation):
        return "table"
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(annotation, "text")  # type: ignore[call-overload]  # any type may be asked


def spell_default(value: object, kind: str) -> str:
    """Say a default in the words of the file."""
    if kind == "duration":
        return f'`"{value} days"`' if value is not None else "none"
    if isinstance(value, Window):
        ends = (
            '"any day before"' if value.first_day is None else value.first_day,
            '"any day after"' if value.last_day is None else value.last_day,
        )
        return f"`[{ends[0]}, {ends[1]}]`"
    if value in (None, (), {}):
        return "none"
    if isinstance(value, BaseModel):
        return "all defaults"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(spell_default(one, "").strip("`") for one in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def write_table(heading: str, model: type[BaseModel], lines: list[str], told: set[str]) -> None:
    """Write one table of the file, then the tables inside it."""
    said = (model.__doc__ or "").strip().splitlines()[0]
    lines += ["", f"## `{heading}`", "", said, "", "| key | what | type | default |", "|---|---|---|---|"]
    inside = []
    whole = model.model_json_schema()
    # Some tables may also be written as one value.
    schema = next(one["properties"] for one in (whole, *whole.get("anyOf", ())) if "properties" in one)
    for name, field in model.model_fields.items():
        shown = schema.get(name, {})
        is_days = "8 weeks" in shown.get("examples", [])
        kind = spell_type(field.annotation, is_days)
        given = field.get_default(call_default_factory=True)
        default = "**must be given**" if field.is_required() else spell_default(given, kind)
        lines.append(f"| `{name}` | {field.description or ''} | {kind} | {default} |")
        inside += [(name, one) for one in models_in(field.annotation) if one.__name__ not in told]
    for name, one in inside:
        if one.__name__ not in told:
            told.add(one.__name__)
            write_table(f"{heading.strip('[]')}.{name}", one, lines, told)


def write_reference() -> str:
    """Return the whole page."""
    lines = [HEAD.strip()]
    told: set[str] = set()
    for name, field in Protocol.model_fields.items():
        for model in models_in(field.annotation)[:1]:
            told.add(model.__name__)
            is_list = typing.get_origin(field.annotation) is tuple
            heading = f"[[{name}]]" if is_list else f"[{name}]" if name != "concepts" else '[concepts."name"]'
            write_table(heading, model, lines, told)
    lines += [DIALS.rstrip()]
    lines += [
        "",
        "## Code lists that ship with the program",
        "",
        "For `use`. Each code has its source and a confidence; ",
    ]
    lines[-1] += "`refractory check` tells which of them a source does not have. " + ", ".join(code_list_names()) + "."
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(write_reference(), encoding="utf-8")
