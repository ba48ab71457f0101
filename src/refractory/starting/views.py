"""Everything that is known of one sheet before anything is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from refractory.records.cell_words import is_missing, read_cell_text, spell_person
from refractory.records.from_drug_names import Ingredient
from refractory.records.grid import Cell, Grid, RawSheet, build_grid
from refractory.starting.families import Family, find_families
from refractory.starting.headers import SheetShape, find_shape
from refractory.starting.headings import find_headings
from refractory.starting.looks import ColumnLook, look_at_grid
from refractory.starting.roles import Role, find_roles
from refractory.starting.row_days import settle_days, settle_events
from refractory.starting.words import BEFORE


@dataclass(frozen=True)
class SheetView:
    """A sheet with the roles of its columns.

    Args:
        grid: Its cells under named columns.
        shape: Which lines are what.
        looks: What the cells of each column look like.
        roles: What each column is, by its place.
        families: Columns that come again and again.
        headings: Texts that head groups of rows, in lines of their own.
    """

    grid: Grid
    shape: SheetShape
    looks: tuple[ColumnLook, ...]
    roles: Mapping[int, Role]
    families: tuple[Family, ...]
    headings: tuple[str, ...] = ()

    def of(self, *kinds: str) -> list[ColumnLook]:
        """Return the columns of some kinds, from left to right."""
        return [look for look in self.looks if self.roles[look.place].kind in kinds]

    def first(self, *kinds: str) -> ColumnLook | None:
        """Return the first column of some kinds."""
        return next(iter(self.of(*kinds)), None)

    def role(self, look: ColumnLook) -> Role:
        """Return what a column is."""
        return self.roles[look.place]

    @property
    def person(self) -> ColumnLook | None:
        """The column that tells the person."""
        return self.first("person")

    @cached_property
    def is_filled_down(self) -> bool:
        """True when a person is named once, over several rows."""
        person = self.person
        if person is None or person.filled >= 0.9 * person.rows:
            return False
        told = {row for row, _ in person.cells}
        others = [look for look in self.looks if look.place != person.place]
        held = {row for look in others for row, _ in look.cells}
        silent = held - told
        return bool(told) and min(held, default=0) in told and len(silent) >= 0.1 * len(held)

    @cached_property
    def persons(self) -> tuple[str | None, ...]:
        """The person of each row; None where nobody is told."""
        keys: list[str | None] = [None] * len(self.grid.rows)
        if self.person is not None:
            for row, cell in self.person.cells:
                keys[row] = spell_person(cell)
            if self.is_filled_down:
                above = None
                for row, key in enumerate(keys):
                    above = key or above
                    keys[row] = above
        return tuple(keys)

    @cached_property
    def rows_a_person(self) -> float:
        """Rows of a person, on the average."""
        known = [key for key in self.persons if key]
        return len(known) / len(set(known)) if known else 0.0

    @property
    def is_long(self) -> bool:
        """True when a person has several rows."""
        return self.rows_a_person > 1.15

    def count_persons(self, rows: Iterable[int]) -> int:
        """Count the persons of some rows."""
        return len({self.persons[row] for row in rows if self.persons[row]})


def view_sheet(raw: RawSheet) -> SheetView | None:
    """Look at a sheet; None when it holds no table, or nobody is told in it."""
    shape = find_shape(raw)
    if shape is None:
        return None
    return view_grid(build_grid(raw.with_merged(shape.spans), shape.header, shape.until), shape)


def view_grid(grid: Grid, shape: SheetShape | None = None, person_column: str = "") -> SheetView | None:
    """Look at a grid; None when nobody is told in it.

    Args:
        grid: The grid.
        shape: Which lines of its sheet are what.
        person_column: The column that tells the person, where that is known.
    """
    shape = shape or SheetShape((1,))
    headings = find_headings(grid)
    looks = look_at_grid(grid, _find_no_data(grid, shape) | headings.keys())
    families = find_families(looks)
    named = tuple(dict.fromkeys(headings.values()))
    view = SheetView(grid, shape, looks, find_roles(looks, person_column), families, named)
    view = replace(view, roles=settle_roles(view))
    return view if view.person is not None and any(view.persons) else None


def settle_roles(view: SheetView) -> dict[int, Role]:
    """Settle what a column alone does not tell: lists of numbered drugs, one drug a row, drugs of an unsaid time."""
    roles = dict(view.roles)
    for family in view.families:
        held = [view.role(look).kind for look in family.members.values()]
        if not {"drug name", "tried list"} & set(held):
            continue
        head = family.pattern.split("{n}")[0].strip().lower()
        for other in view.families:
            same = other.pattern.split("{n}")[0].strip().lower() == head and set(other.members) <= set(family.members)
            for look in other.members.values() if same else ():
                kind = "drug name" if other is family else roles[look.place].kind
                if kind in _NUMBERED and roles[look.place].drug is None:
                    roles[look.place] = replace(roles[look.place], kind=_NUMBERED[kind])
    roles |= settle_events(view.looks, roles, is_long=view.is_long)
    lists = [look for look in view.looks if roles[look.place].kind in ("drug name", "tried list")]
    if view.is_long:
        roles |= settle_days(view.looks, roles, sheet=view.grid.sheet, has_drugs=bool(lists))
    has_day = any(role.kind in ("date", "drug start") and role.drug is None for role in roles.values())
    has_start = any(role.kind == "drug start" and role.drug is not None for role in roles.values())
    for look in view.looks:
        role = roles[look.place]
        others = [one for one in roles.values() if one.kind in ("drug start", "given")]
        if role.kind == "drug dose" and role.drug and has_day and view.is_long and not is_told(others, role.drug):
            # A dose in a row with a day of its own: given on that day.
            roles[look.place] = replace(role, kind="given")
    for look in lists:
        role = roles[look.place]
        if role.kind == "drug name" and (has_start or not (has_day or view.is_long)):
            why = f"{role.why}; CHOSEN WITHOUT EVIDENCE: taken as tried before the treatment, its name does not say so"
            roles[look.place] = replace(role, kind="tried list", why=why)
        elif role.kind == "tried list" and view.is_long and has_day and not BEFORE.search(look.plain):
            roles[look.place] = replace(role, kind="drug name")
    return roles


def is_told(others: list[Role], drug: Ingredient) -> bool:
    """Say whether other columns already tell when a drug was given."""
    return any(is_same_drug(one.drug, drug) for one in others)


_NUMBERED = {
    "drug name": "numbered drug", "tried list": "numbered drug", "drug start": "numbered start",
    "drug stop": "numbered stop", "drug reason": "numbered reason", "drug dose": "numbered dose",
    "date": "numbered start", "response": "numbered reason",
}  # fmt: skip


def _find_no_data(grid: Grid, shape: SheetShape) -> set[int]:
    names = {name.lower() for name in grid.columns}
    found = set()
    for row, (cells, line) in enumerate(zip(grid.rows, grid.lines, strict=True)):
        said = [read_cell_text(cell).lower() for cell in cells if not is_missing(cell, ())]
        if line == shape.units or (len(said) > 1 and all(one in names for one in said)):
            found.add(row)
    return found


def name_units(view: SheetView) -> dict[int, str]:
    """Return what the line of units says of each column."""
    for cells, line in zip(view.grid.rows, view.grid.lines, strict=True):
        if line == view.shape.units:
            return {place: read_cell_text(cell) for place, cell in enumerate(cells) if not is_missing(cell, ())}
    return {}


def is_same_drug(one: Ingredient | None, other: Ingredient | None) -> bool:
    """Say whether two names are one drug; the route does not matter here."""
    if one is None or other is None:
        return False
    return one.rxnorm == other.rxnorm if one.rxnorm and other.rxnorm else one.name == other.name


def cells_by_row(look: ColumnLook | None) -> dict[int, Cell]:
    """Return the cells of a column by their row."""
    return dict(look.cells) if look is not None else {}


def say_columns(looks: Sequence[ColumnLook]) -> str:
    """Name columns in a line."""
    return ", ".join(f'"{look.name}"' for look in looks)
