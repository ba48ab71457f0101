"""What a source says more when its tables of OMOP were made of files of another kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from refractory.records.accounts import TableAccount
    from refractory.records.schema import Problem
    from refractory.records.store import Store

# File, line in it, and column, field or resource in that line.
Place = tuple[str, int | None, str]


@runtime_checkable
class IsTranslated(Protocol):
    """A source whose tables of OMOP were made of files of another kind, line by line."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What of the files was not used as written."""
        ...

    @property
    def read_accounts(self) -> tuple[TableAccount, ...]:
        """What became of the rows of each file."""
        ...

    @property
    def has_labels(self) -> bool:
        """True when the files hold adjudicated labels too."""
        ...

    @property
    def has_vocabulary(self) -> bool:
        """True when a vocabulary of OMOP came with the files; else only the codes that they hold are known."""
        ...

    def trace(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Add to problems the place that their row came from."""
        ...

    def find_origins(self, rows: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], tuple[Place, ...]]:
        """Return the places that rows came from, by table of OMOP and row; a person's row is the person's id."""
        ...

    def find_cells(self, cells: Iterable[tuple[str, int, str]]) -> Mapping[tuple[str, int, str], tuple[Place, ...]]:
        """Return the places of columns of rows, by table of OMOP, row and column: each that of its own cell."""
        ...

    def person_ids(self) -> Mapping[str, int]:
        """Return the id of each person by the key that the files have."""
        ...

    def add_labels(self, store: Store, *, are_replaced: bool = False) -> tuple[Problem, ...]:
        """Add the labels that the files hold to the store, of the persons in it; tell those that are not used."""
        ...


# What a table says of a row, and what the reader of the files has said of the same cell: by its end.
_SAID_BEFORE = {
    "value is no number": ("no number can be read",),
    "no value": ("no number can be read",),
    "no date of birth can be read": ("no date can be read", "birthDate cannot be read"),
    "no start date": ("date cannot be read", "day is not known"),
}


def join_problems(source: IsTranslated, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Join what the reader of the files listed and what the tables say of the same rows: a fault of a cell is one line.

    A row that is left out for want of a day says why the file has none that can be read.
    """
    before: dict[tuple[str, int | None], list[Problem]] = {}
    for one in source.problems:
        if not one.is_left_out and one.line is not None and one.done.endswith(("not used", "kept as text")):
            before.setdefault((one.file, one.line), []).append(one)
    joined: list[Problem] = []
    said: set[Problem] = set()
    for one in source.trace(problems):
        files = (one.file, one.file.rpartition(": ")[0])
        known = (earlier for file in files for earlier in before.get((file, one.line), ()))
        again = next((earlier for earlier in known if _is_said_before(one, earlier)), None)
        if again is not None:
            said.add(again)
        joined.append(replace(one, rule=again.rule) if again and one.rule == "no start date" else one)
    return (*(one for one in source.problems if one not in said), *joined)


def _is_said_before(one: Problem, earlier: Problem) -> bool:
    ends = _SAID_BEFORE.get(one.rule, ())
    kind = one.place.rpartition(" ")[2]
    of_resource = earlier.table.endswith(f" {kind}") and one.place == f"{earlier.place} {kind}".strip()
    is_end = "end" in earlier.column.lower()
    return bool(ends) and earlier.rule.endswith(ends) and not is_end and (earlier.place == one.place or of_resource)
