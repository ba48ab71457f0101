"""What a source says more when its tables of OMOP were made of files of another kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    def person_ids(self) -> Mapping[str, int]:
        """Return the id of each person by the key that the files have."""
        ...

    def add_labels(self, store: Store, *, are_replaced: bool = False) -> tuple[Problem, ...]:
        """Add the labels that the files hold to the store, of the persons in it; tell those that are not used."""
        ...
