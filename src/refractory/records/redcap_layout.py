"""The instruments of a project as grids: which columns each has, and what the dictionary says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from refractory.records.grid import ColumnFacts
from refractory.records.redcap_boxes import SIGN, name_box
from refractory.records.redcap_cells import describe_box, describe_field
from refractory.records.redcap_columns import COMPLETE, EVENT, GROUP, INSTANCE, STAMP
from refractory.records.redcap_dictionary import STATUS, RedcapDictionary, RedcapField
from refractory.records.redcap_survey import Survey

NO_COLUMN = ("descriptive",)


@dataclass(frozen=True)
class GridColumn:
    """A column of an instrument's grid.

    Args:
        name: Its name, as a flat export has it.
        field: What its cells are; a field of its own for what REDCap or somebody else added.
        code: The choice that a box stands for; empty for others.
    """

    name: str
    field: RedcapField
    code: str = ""

    @property
    def facts(self) -> ColumnFacts:
        """What the dictionary says of it."""
        return describe_box(self.field, self.code) if self.code else describe_field(self.field)


@dataclass(frozen=True)
class InstrumentLayout:
    """An instrument: the columns that tell where its rows belong, its own, and those that it borrows."""

    name: str
    keys: tuple[str, ...]
    columns: tuple[GridColumn, ...]
    borrowed: tuple[GridColumn, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return (*self.keys, *(one.name for one in (*self.columns, *self.borrowed)))

    @property
    def facts(self) -> dict[str, ColumnFacts]:
        """What the dictionary says of each column."""
        return {one.name: one.facts for one in (*self.columns, *self.borrowed)}


def lay_out(
    dictionary: RedcapDictionary, survey: Survey, missing: Iterable[str], borrowed: Mapping[str, Iterable[str]]
) -> tuple[InstrumentLayout, ...]:
    """Lay out every instrument.

    Args:
        dictionary: The data dictionary.
        survey: What the exports show.
        missing: Missing-data codes of the project; their boxes are no columns.
        borrowed: By instrument, names of columns of other instruments that its rows shall have too.

    Returns:
        One layout per instrument, in the order of the dictionary.
    """
    keys = [dictionary.record_id]
    keys += [EVENT] * survey.has_events + [INSTANCE] * survey.has_instances + [GROUP] * survey.has_groups
    codes = tuple(missing)
    own = {name: tuple(_lay_out_one(name, dictionary, survey, codes)) for name in dictionary.instruments}
    every = {column.name: column for columns in own.values() for column in columns}
    layouts = []
    for name, columns in own.items():
        asked = [every[one] for one in borrowed.get(name, ()) if one in every]
        layouts.append(InstrumentLayout(name, tuple(keys), columns, tuple(one for one in asked if one not in columns)))
    return tuple(layouts)


def name_missing_boxes(one: RedcapField, missing: Iterable[str]) -> tuple[str, ...]:
    """Name the boxes that a checkbox field has for the project's missing-data codes.

    Example:
        >>> name_missing_boxes(RedcapField("race", "baseline", "checkbox", choices={"1": "A"}), ["UNK", "1"])
        ('race___unk',)
    """
    own = {code.lower() for code in one.choices}
    return tuple(name_box(one.name, code) for code in missing if code.lower() not in own and one.may_be_missing)


def _lay_out_one(
    name: str, dictionary: RedcapDictionary, survey: Survey, missing: tuple[str, ...]
) -> Iterator[GridColumn]:
    for one in dictionary.fields:
        if one.instrument != name or one.kind in NO_COLUMN or one.name == dictionary.record_id:
            continue
        if one.kind != "checkbox":
            yield GridColumn(one.name, one)
            continue
        boxes = {name_box(one.name, code): code for code in one.choices}
        there = sorted(box for box in survey.boxes if box.split(SIGN)[0] == one.name)
        passed_over = {*boxes, *name_missing_boxes(one, missing)}
        # A choice that was taken out of the dictionary, or renamed, since the records were entered.
        boxes.update({box: box[len(one.name) + len(SIGN) :] for box in there if box not in passed_over})
        yield from (GridColumn(box, one, code) for box, code in boxes.items())
    for stranger, instrument in survey.strangers.items():
        if instrument == name:
            yield GridColumn(stranger, RedcapField(stranger, name, "text"))
    if f"{name}{STAMP}" in survey.present:
        yield GridColumn(f"{name}{STAMP}", RedcapField(f"{name}{STAMP}", name, "text", validation="datetime_ymd"))
    yield GridColumn(f"{name}{COMPLETE}", RedcapField(f"{name}{COMPLETE}", name, "dropdown", choices=STATUS))
