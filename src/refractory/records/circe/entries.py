"""Who meets a cohort definition by each day that could be day 0, and since when.

Nothing after day 0 may decide who is in a study, and a cohort definition of ATLAS looks ahead as it likes: at a second
diagnosis within a year, at the end of observation. So a definition is asked anew for each candidate day, of the records
that were known by then: rows that begin later are gone, and what goes on beyond the day is known up to it. Each person
with each such day is a person of their own to the queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.accounts import TableAccount
from refractory.records.circe.attributes import KINDS
from refractory.records.circe.definition import CirceDefinition
from refractory.records.circe.eras import derive_condition_eras, derive_drug_eras
from refractory.records.circe.needs import ERAS_OF, TableNeeds, find_needs
from refractory.records.circe.queries import STAYS, write_queries
from refractory.records.circe.tables import TABLES, QueriedTable, cut_columns, read_columns
from refractory.records.circe.vocabulary import KnownConcepts, keep_concepts, write_by_code
from refractory.records.narrow import extract_rows, list_ids
from refractory.records.schema import ENTRY, Problem
from refractory.records.source import quoted, quoted_path
from refractory.records.store import Store
from refractory.records.translation import IsTranslated

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

ACCOUNTED_AS = "{table} ({file})"  # a table is read for each definition, and each reading accounts for its rows
_NO_ACCOUNT = frozenset({"person", "observation_period", "death", "provider"})
_rooms = count(1)


@dataclass(frozen=True)
class EntriesRead:
    """What the reading of cohort definitions left beside the table `entry` of the store.

    Args:
        problems: Rows that have no day, and what the source lacks.
        accounts: What became of the rows of each table that was read.
        gaps: What of a definition the records cannot answer, in words: file and what.
    """

    problems: tuple[Problem, ...] = ()
    accounts: tuple[TableAccount, ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()


def write_days_of(treatment: Sequence[str]) -> str:
    """Write the query for the days that may be day 0: those of the records of the treatment's leaf concept sets."""
    wanted = ", ".join(quoted(leaf) for leaf in treatment)
    return f"SELECT person_id, start_date AS day0_date FROM {{home}}.drug WHERE concept_set IN ({wanted})"


def add_entries(
    source: Source,
    store: Store,
    definitions: Sequence[CirceDefinition],
    candidates: str,
    progress: Callable[[str], None] = lambda _: None,
) -> EntriesRead:
    """Add to the store the table `entry`: who entered each cohort definition on which days, as known by each candidate.

    Args:
        source: Where the records are; only read.
        store: Where `entry` is made.
        definitions: The definitions.
        candidates: Query over the store, which it calls {home}: one row per person and day, person_id and day0_date.
        progress: Is told each step as it begins.

    Raises:
        RecordsError: When the source cannot be read.
    """
    if not definitions:
        return EntriesRead()
    store.add("entry", ENTRY)
    with _room_beside(store) as (work, home):
        work.connection.execute(
            "CREATE TEMP TABLE candidate AS SELECT row_number() OVER (ORDER BY person_id, day0_date) AS candidate, "
            f"person_id, day0_date FROM (SELECT DISTINCT person_id, day0_date FROM ({candidates.format(home=home)}))"
        )
        reading = _Reading(source, work, home)
        for definition in definitions:
            progress(f"Reading {definition.file}")
            reading.add(definition)
    return EntriesRead(reading.list_problems(), tuple(reading.accounts), tuple(dict.fromkeys(reading.gaps)))


@contextmanager
def _room_beside(store: Store) -> Iterator[tuple[Store, str]]:
    """Open a database of its own beside the store's, with the tables that the queries read."""
    cursor = store.connection.cursor()
    ((database, schema),) = cursor.execute("SELECT current_database(), current_schema()").fetchall()
    room = f"circe_{next(_rooms)}"
    cursor.execute(f"ATTACH ':memory:' AS {room}; USE {room}; CREATE SCHEMA cdm")
    try:
        yield Store(cursor), quoted_path((database, schema))
    finally:
        cursor.execute(f"USE {quoted_path((database, schema))}; DETACH {room}")
        cursor.close()


class _Reading:
    """The reading of one definition after another; a table that two of them need is read for each."""

    def __init__(self, source: Source, work: Store, home: str) -> None:
        self.source, self.work, self.home = source, work, home
        self.accounts: list[TableAccount] = []
        self.gaps: list[tuple[str, str]] = []
        self._undated: list[tuple[str, Problem]] = []
        self._run = work.connection.execute

    def add(self, definition: CirceDefinition) -> None:
        """Ask one definition of every candidate, and add its entries to the store."""
        self._run("DROP SCHEMA cdm CASCADE; CREATE SCHEMA cdm")
        known = keep_concepts(self.source, self.work, [definition])
        self.gaps += [(definition.file, gap) for gap in known.gaps]
        needs = find_needs(definition)
        for era, table in ERAS_OF.items():
            if era in needs and not self._holds_rows(era):
                needs.setdefault(table, TableNeeds()).is_whole = True
        for name, shape in TABLES.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in shape.types.items())
            self._run(f"CREATE TABLE cdm.{name} ({columns})")
        for name, needed in needs.items():
            if self.source.has(name):
                self._fill(TABLES[name], needed, known, definition)
            elif name not in (*ERAS_OF, "observation_period"):
                self.gaps.append((definition.file, f"the table {name}, which is not there"))
        self._fill_what_is_not_there(needs, definition)
        expression = write_by_code(definition.expression) if known.is_by_code else definition.expression
        self._ask(definition, expression)

    def _holds_rows(self, table: str) -> bool:
        return self.source.has(table) and self.source.count(table) > 0

    def _fill(self, table: QueriedTable, needed: TableNeeds, known: KnownConcepts, definition: CirceDefinition) -> None:
        there = self.source.columns(table.name)
        missing = sorted(column for column in needed.columns if column not in there and column != "year_of_birth")
        self.gaps += [
            (definition.file, f"the column {column} of {table.name}, which is not there") for column in missing
        ]
        whole = self.source.table_later(table.name)
        concepts = [
            column
            for kind in KINDS.values()
            if kind.table == table.name
            for column in (kind.concept, kind.source_concept)
            if column in there
        ]
        persons = None
        if "person_id" in table.types and table.name != "provider":
            found = self._run("SELECT DISTINCT person_id FROM candidate ORDER BY 1").fetchall()
            persons = self.source.ids_later([row[0] for row in found])
        ids = None if needed.is_whole or not concepts else list_ids(self.source, known.ids, is_later=True)
        chosen = choose_records(whole, persons, concepts if ids is not None else (), ids)
        handed = extract_rows(self.source, self.work, table.name, chosen, whole)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE typed AS SELECT {read_columns(table, handed.raw)} FROM {handed.raw.name}"
        )
        self._run(f"DROP TABLE {handed.raw.name}")
        if table.key:
            order = ", ".join(f'"{column}"' for column in table.types if column != table.key)
            self._run(
                f'UPDATE typed SET "{table.key}" = -numbered.place FROM (SELECT rowid AS row, row_number() OVER '
                f'(ORDER BY {order}) AS place FROM typed) AS numbered WHERE "{table.key}" IS NULL AND row = typed.rowid'
            )
        if known.is_by_code:
            for kind in KINDS.values():
                if kind.table == table.name and kind.source_concept in there:
                    self._run(f"UPDATE typed SET {kind.concept} = {kind.source_concept}")
        self._account(table, handed.rows, handed.asked, definition.file)
        self._cut(table)

    def _cut(self, table: QueriedTable) -> None:
        if table.name == "provider":
            self._run("INSERT INTO cdm.provider SELECT * FROM typed")
            return
        known_by = f'WHERE typed."{table.start}" <= candidate.day0_date' if table.start else ""
        self._run(
            f"INSERT INTO cdm.{table.name} SELECT {cut_columns(table)} FROM typed "
            f"JOIN candidate USING (person_id) {known_by}"
        )

    def _account(self, table: QueriedTable, rows: int, asked: int, file: str) -> None:
        """Account for the rows of a table, and list those without a day that can be read."""
        if table.name in _NO_ACCOUNT:
            return
        name = ACCOUNTED_AS.format(table=table.name, file=file)
        undated = self._run(f'SELECT "{table.key}" FROM typed WHERE "{table.start}" IS NULL ORDER BY 1').fetchall()
        for (row,) in undated:
            problem = Problem(table.name, row, table.start, "no date can be read", "left out")
            self._undated.append((name, problem))
        self.accounts.append(TableAccount(name, rows, asked - len(undated), rows - asked, len(undated)))

    def _fill_what_is_not_there(self, needs: Mapping[str, TableNeeds], definition: CirceDefinition) -> None:
        if "condition_era" in needs and not self._holds_rows("condition_era"):
            derive_condition_eras(self.work)
        if "drug_era" in needs and not self._holds_rows("drug_era"):
            derive_drug_eras(self.source, self.work)
        if not self._holds_rows("observation_period"):
            self.gaps.append(
                (definition.file, "periods of observation: each person counts as observed from the first record on")
            )
            self._observe_from_the_first_record(needs)

    def _observe_from_the_first_record(self, needs: Mapping[str, TableNeeds]) -> None:
        days = [
            f"SELECT person_id AS candidate, {TABLES[name].start} AS day FROM cdm.{name}"
            for name in needs
            if TABLES[name].start and name != "observation_period"
        ]
        for name, column in (("event", "start_date"), ("drug", "start_date"), ("measurement", "date")):
            days.append(
                f"SELECT candidate, {column} FROM {self.home}.{name} JOIN candidate USING (person_id) "
                f"WHERE {column} <= day0_date"
            )
        self._run(
            "INSERT INTO cdm.observation_period BY NAME SELECT candidate AS observation_period_id, "
            "candidate AS person_id, min(day) AS observation_period_start_date, "
            "any_value(day0_date) AS observation_period_end_date "
            f"FROM ({' UNION ALL '.join(days)}) JOIN candidate USING (candidate) "
            "WHERE day IS NOT NULL GROUP BY candidate"
        )

    def _ask(self, definition: CirceDefinition, expression: Mapping[str, Any]) -> None:
        import duckdb

        self._run(f"CREATE TABLE cdm.cohort ({STAYS})")
        try:
            self._run(write_queries(expression, 1))
        except duckdb.Error as error:
            raise RecordsError(
                f"The queries of {definition.file} cannot be carried out ({type(error).__name__}).",
                where=definition.file,
                remedy="this is a fault of the program; please report it with the file",
            ) from None
        self._run(
            f"INSERT INTO {self.home}.entry "
            f"SELECT {quoted(definition.file)}, person_id, day0_date, entry_date, exit_date "
            "FROM cdm.cohort AS stay(number, candidate, entry_date, exit_date) JOIN candidate USING (candidate) "
            "ORDER BY ALL"
        )

    def list_problems(self) -> tuple[Problem, ...]:
        """List the rows without a day under the name of their account, with the place they came from."""
        found = tuple(problem for _, problem in self._undated)
        if isinstance(self.source, IsTranslated):
            found = self.source.trace(found)
        return tuple(replace(one, table=name) for (name, _), one in zip(self._undated, found, strict=True))


def choose_records(
    whole: ir.Table, persons: ir.IntegerColumn | None, concepts: Sequence[str], ids: Any
) -> ir.BooleanValue:
    """Say of each row whether it is of one of the persons and, where concepts are named, has one of them."""
    named = None
    for column in concepts:
        test = whole[column].isin(ids)
        named = test if named is None else named | test
    if persons is None:
        return whole.provider_id.notnull() if named is None else named
    own = whole.person_id.isin(persons)
    return own if named is None else own & named
