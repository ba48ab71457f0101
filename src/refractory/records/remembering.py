"""A store that works nothing out twice: for many runs on the same records that differ in a few choices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, cast

from refractory.records.compiling import compile_query
from refractory.records.later import Later, derive_note, name_tables, spell, table_later
from refractory.records.store import Found, Store, Told, keep_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

Names = Mapping[str, str]
_ROOMS = count(1)


@dataclass
class _Trace:
    """What a function looked at while it worked, by name, and which names it let stand for what.

    A name that stood for nothing, or stands for nothing any more, has None.
    """

    read: dict[str, str | None] = field(default_factory=dict)
    pointed: dict[str, str | None] = field(default_factory=dict)


class RememberingStore(Store):
    """A store in which a name may stand for one content in one run and for another in the next.

    Every content that was ever kept stays, under a name of its own, and is never changed. What an expression gives is
    known by the note of the expression, in which all that a rule was told stands, and by the contents that the names
    in it stand for. Equal questions about equal contents are therefore answered once, and an answer can be no older
    than its question. The expressions name tables as they always do, so that their compiled texts are shared too.
    """

    def __init__(self, store: Store) -> None:
        """Take over the tables of a store, which is not used any more, into a room of their own.

        The next store that is filled from the same source may live in the same database.
        """
        self.connection = store.connection.cursor()
        room = f"remembered {next(_ROOMS)}"
        self.connection.execute(f'CREATE SCHEMA "{room}"; SET schema = \'"{room}"\'')
        self._schemas = {}
        self._names: dict[str, str] = {}
        self._kept: dict[Any, str] = {}
        self._answers: dict[Any, list[tuple[Any, ...]]] = {}
        self._tallies: dict[str, tuple[int, int]] = {}
        self._found: dict[Any, list[tuple[_Trace, Any]]] = {}
        self._traces: list[_Trace] = []
        self._shown: dict[str, str] = {}
        self._alike: dict[Any, list[str]] = {}
        for name, schema in store._schemas.items():
            own = self._name_content(name)
            self.connection.execute(f'CREATE TABLE "{own}" AS FROM main."{name}"; DROP TABLE main."{name}"')
            self._point(name, own, schema)

    @property
    def names(self) -> Names:
        """Which content each name stands for, to come back to."""
        return dict(self._names)

    def come_back(self, names: Names) -> None:
        """Let names stand for the contents that they stood for before, and no other name for any."""
        self._names = dict(names)

    def has(self, name: str) -> bool:
        """Say whether a table of that name is kept."""
        return self._look_up(name) is not None

    def table(self, name: str) -> ir.Table:
        """Return the kept table of that name as an expression, which is built later."""
        own = self._look_up(name)
        if own is None:
            raise KeyError(name)
        return table_later(name, self._schemas[own])

    def declare(self, name: str, schema: Mapping[str, str]) -> ir.Table:
        """Refuse: a table of which nobody knows where it comes from cannot be told from another."""
        raise TypeError(f"The table {name} is of unknown content.")

    def add(self, name: str, schema: Mapping[str, str], rows: Iterable[Sequence[Any]] = ()) -> ir.Table:
        """Keep rows given in Python, once for equal rows."""
        given = tuple(tuple(row) for row in rows)
        key = ("rows", tuple(schema.items()), given)
        if key not in self._kept:
            own = self._name_content(name)
            keep_rows(self.connection, own, schema, given, is_temporary=False)
            self._kept[key] = own
        return self._point(name, self._kept[key], schema)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression over kept tables, unless it is known, and keep its rows under a name."""
        key = self._derive_key(expression)
        text, kinds = compile_query(expression)
        if key not in self._kept:
            self._show(key)
            own = self._name_content(name)
            self.connection.execute(f'CREATE TABLE "{own}" AS {text}')
            self._kept[key] = self._find_alike(own, kinds)
        return self._point(name, self._kept[key], kinds)

    def rename(self, name: str, new_name: str) -> ir.Table:
        """Give a kept table another name."""
        own = self._look_up(name)
        if own is None:
            raise KeyError(name)
        del self._names[name]
        for trace in self._traces:
            trace.pointed[name] = None
        return self._point(new_name, own, self._schemas[own])

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        """Return the rows of an expression, asked for once."""
        key = self._derive_key(expression)
        if key not in self._answers:
            self._show(key)
            self._answers[key] = super().rows(expression)
        return list(self._answers[key])

    def tally(self, name: str) -> tuple[int, int]:
        """Return the number of persons and the number of rows of a kept table."""
        own = self._look_up(name) or name
        if own not in self._tallies:
            self._tallies[own] = super().tally(own)
        return self._tallies[own]

    def once(
        self, work_out: Callable[Concatenate[Store, Told], Found], *told: Told.args, **named: Told.kwargs
    ) -> Found:
        """Work something out, unless it is known for the same words and for the contents that it looked at."""
        key = spell((work_out, told, named))
        for trace, found in self._found.get(key, ()):
            if all(self._names.get(name) == own for name, own in trace.read.items()):
                self._follow(trace)
                return cast("Found", found)
        trace = _Trace()
        self._traces.append(trace)
        try:
            found = work_out(self, *told, **named)
        finally:
            self._traces.pop()
        self._found.setdefault(key, []).append((trace, found))
        return found

    @contextmanager
    def beside(self, tables: Mapping[str, ir.Table]) -> Iterator[Store]:
        """Open a second database for as long as it is asked for; what is done in it is not remembered."""
        for expression in tables.values():
            self._show(self._derive_key(expression))
        with super().beside(tables) as other:
            yield other

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str]) -> None:
        """Write a kept table as Parquet."""
        super().write_parquet(self._names[name], path, order_by)

    def _name_content(self, name: str) -> str:
        return f"{name} {len(self._kept)} {len(self._schemas)}"

    def _find_alike(self, own: str, kinds: Mapping[str, str]) -> str:
        """Return an older content with the same columns and rows, if there is one, and drop the new one.

        What was made of the older one then need not be made again.
        """
        ((rows, mark),) = self.connection.execute(f'SELECT count(*), bit_xor(hash(one)) FROM "{own}" AS one').fetchall()
        others = self._alike.setdefault((tuple(kinds.items()), rows, mark), [])
        for other in others:
            # Equal marks are no proof.
            found = self.connection.execute(f'FROM "{own}" EXCEPT ALL FROM "{other}" LIMIT 1').fetchall()
            if not found:
                self.connection.execute(f'DROP TABLE "{own}"')
                return other
        others.append(own)
        return own

    def _look_up(self, name: str) -> str | None:
        """Return the content that a name stands for, and note that it was looked at."""
        own = self._names.get(name)
        for trace in self._traces:
            if name not in trace.pointed:
                trace.read.setdefault(name, own)
        return own

    def _point(self, name: str, own: str, schema: Mapping[str, str]) -> ir.Table:
        self._names[name] = own
        self._schemas.setdefault(own, dict(schema))
        for trace in self._traces:
            trace.pointed[name] = own
        return table_later(name, self._schemas[own])

    def _follow(self, trace: _Trace) -> None:
        """Let names stand for what a function let them stand for when it worked."""
        for name in trace.read:
            self._look_up(name)
        for name, own in trace.pointed.items():
            if own is None:
                self._names.pop(name, None)
            else:
                self._names[name] = own
            for outer in self._traces:
                outer.pointed[name] = own

    def _derive_key(self, expression: ir.Table) -> tuple[Any, ...]:
        waiting = cast("Later", expression)
        if not isinstance(waiting, Later):
            raise TypeError("Only an expression that is built later says what it is.")
        contents = tuple((name, self._look_up(name)) for name in sorted(name_tables(waiting)))
        return derive_note(waiting), contents

    def _show(self, key: tuple[Any, ...]) -> None:
        """Let the database see the contents that an expression is about under the names that it has for them."""
        for name, own in key[1]:
            if self._shown.get(name) != own:
                self.connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM "{own}"')
                self._shown[name] = own
