"""Sources that are translated into tables of OMOP before they are read: sheets, REDCap, FHIR."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from refractory.errors import RecordsError
from refractory.processes import is_running
from refractory.records.accounts import TableAccount
from refractory.records.catalogue import SourceTable, tell_apart
from refractory.records.file_queries import reading_of
from refractory.records.folders import find_table_files
from refractory.records.from_files import ALIAS, EmbeddedSource, kind_of
from refractory.records.from_labels import tell_elsewhere
from refractory.records.grid_places import FieldColumns
from refractory.records.schema import LABEL, Problem
from refractory.records.source import quoted
from refractory.records.staged_tables import build_tables
from refractory.records.staging import build_staged_tables, stage_rows
from refractory.records.store import Store
from refractory.records.translation import Place


@dataclass
class TranslatedSource(EmbeddedSource):
    """A source whose rows were read into tables of OMOP, with the place that each came from.

    Args:
        problems: Rows and cells of the files that were not used as written.
        read_accounts: One per file or sheet: its rows are used, not asked for, or listed.
        has_labels: True when the files hold adjudicated labels too.
        has_vocabulary: True when the user brought a vocabulary of OMOP.
        room: Folder of the embedded database where it does not fit into memory; removed at the end.
        content: A hash of what no file holds: of what a server sent.
        field_columns: Which column of a file stands behind each column of OMOP, by its number; a row tells its own.
    """

    problems: tuple[Problem, ...] = ()
    read_accounts: tuple[TableAccount, ...] = ()
    has_labels: bool = False
    has_vocabulary: bool = False
    room: Path | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    field_columns: dict[FieldColumns, int] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Return a hash of the files, and of what a server sent."""
        own = super().fingerprint()
        return sha256(f"{own} {self.content}".encode()).hexdigest() if self.content else own

    def stage(self, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Append rows to a staged table; see `refractory.records.staging`."""
        return stage_rows(self.connection, ALIAS, table, rows)

    def number_fields(self, columns: FieldColumns) -> int:
        """Give the number of what stands behind the columns of OMOP; the same columns have one number."""
        return self.field_columns.setdefault(columns, len(self.field_columns))

    def finish(self, problems: Sequence[Problem], accounts: Sequence[TableAccount], vocabulary: Path | None) -> None:
        """Make the tables of OMOP of what was staged.

        Args:
            problems: What the reader did not use as written.
            accounts: What became of the rows of each file.
            vocabulary: Folder of a vocabulary of OMOP, if the user has one.

        Raises:
            RecordsError: When rows of a file are lost or counted twice, or the vocabulary cannot be read.
        """
        check_accounts(accounts, problems, self.name)
        self.problems, self.read_accounts = tuple(problems), tuple(accounts)
        others = _describe_vocabulary(self, vocabulary) if vocabulary else ()
        self.has_vocabulary = "concept" in others
        tables = build_tables(self.connection, ALIAS, others)
        self._add_about()
        described = {}
        for table in (*tables, "cdm_source"):
            shape = self.connection.execute(f"DESCRIBE {ALIAS}.main.{table}").fetchall()
            kinds = {row[0].lower(): kind_of(row[1]) for row in shape}
            described[table] = SourceTable((ALIAS, "main", table), {name: name for name in kinds}, kinds)
        if not self.count_own("concept"):
            described.pop("concept")
        self.described, _ = tell_apart(described)
        self.has_labels = self.count_own("label") > 0

    def count_own(self, table: str) -> int:
        """Count the rows of a table that was made."""
        ((rows,),) = self.connection.execute(f"SELECT count(*) FROM {ALIAS}.main.{table}").fetchall()
        return int(rows)

    def _add_about(self) -> None:
        self.connection.execute(
            f"CREATE TABLE {ALIAS}.main.cdm_source AS SELECT ? AS cdm_source_name, ? AS source_description, "
            "'' AS cdm_version",
            [self.about.get("name") or self.name, self.about.get("description", "")],
        )

    def add_labels(self, store: Store, *, are_replaced: bool = False) -> tuple[Problem, ...]:
        """Add the labels that the files hold, of the persons that the store has, to its table `label`.

        Args:
            store: Takes the table; holds the table `person`.
            are_replaced: True when a file of labels was named: those of the records are told, and not used.

        Returns:
            How many labels are of other persons, or are replaced.
        """
        if are_replaced:
            rule, count = "a file of labels was named or lies beside the records", self.count_own("label")
            return (Problem("label", None, "", rule, "not used", count, is_left_out=False),) if count else ()
        columns = ", ".join(f"label.{name}" for name in LABEL)
        rows = self.connection.execute(f"SELECT {columns} FROM {ALIAS}.main.label ORDER BY row_id").fetchall()
        known = {person for (person,) in store.rows(store.table("person").select("person_id"))}
        place = list(LABEL).index("person_id")
        kept = [row for row in rows if row[place] in known]
        store.add("label", LABEL, kept)
        return tell_elsewhere("label", len(rows) - len(kept))

    def person_ids(self) -> dict[str, int]:
        """Return the id of each person by the key that the files have."""
        return dict(self.connection.execute(f"SELECT person_key, person_id FROM {ALIAS}.main.person_key").fetchall())

    def trace(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Add to problems of rows of OMOP the file, line and column that the row came from."""
        problems = tuple(problems)
        places = self.find_cells((one.table, one.row, one.column) for one in problems if one.row is not None)
        seen: Counter[tuple[str, int]] = Counter()
        traced = []
        for one in problems:
            known = places.get((one.table, one.row, one.column), ()) if one.row is not None else ()
            if not known or one.row is None:
                traced.append(one)
                continue
            # A person who is there several times is listed once for each row but one: the later ones.
            seen[one.table, one.row] += 1
            file, line, place = known[max(len(known) - seen[one.table, one.row], 0)]
            traced.append(replace(one, file=file, line=line, place=place))
        return tuple(traced)

    def find_origins(self, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[Place, ...]]:
        """Return the places that rows came from, by table of OMOP and row; a person's row is the person's id."""
        found = self._find_origins(rows)
        return {row: tuple((file, line, place) for file, line, place, _ in several) for row, several in found.items()}

    def find_cells(self, cells: Iterable[tuple[str, int, str]]) -> dict[tuple[str, int, str], tuple[Place, ...]]:
        """Return the places of columns of rows, by table of OMOP, row and column: each that of its own cell."""
        cells = set(cells)
        found = self._find_origins((table, row) for table, row, _ in cells)
        columns = {number: dict(several) for several, number in self.field_columns.items()}
        return {
            (table, row, column): tuple(
                (file, line, columns.get(fields, {}).get(column, place))
                for file, line, place, fields in found[table, row]
            )
            for table, row, column in cells
            if (table, row) in found
        }

    def _find_origins(self, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[tuple[str, Any, str, Any]]]:
        wanted = sorted(set(rows))
        if not wanted:
            return {}
        # Of several deaths of a person the earliest is used: the others are the later ones.
        dated = "death_date" if "death" in self.described else "NULL"
        deaths = (
            f"LEFT JOIN {ALIAS}.main.death ON table_name = 'death' AND row_id = death_id" if dated != "NULL" else ""
        )
        found = self.connection.execute(
            f"""
            WITH wanted AS (SELECT unnest($1::VARCHAR[]) AS table_name, unnest($2::BIGINT[]) AS row_id),
                 kept AS (SELECT origin.*, {dated} AS day,
                                 CASE WHEN table_name IN ('person', 'death') THEN origin.person_id
                                      ELSE origin.row_id END AS key
                          FROM {ALIAS}.main.origin {deaths})
            SELECT kept.table_name, key, file, row_number, column_name, fields
            FROM kept JOIN wanted ON kept.table_name = wanted.table_name AND kept.key = wanted.row_id
            ORDER BY kept.table_name, key, day NULLS LAST, file, row_number, column_name, fields
            """,
            [[table for table, _ in wanted], [row for _, row in wanted]],
        ).fetchall()
        places: dict[tuple[str, int], list[tuple[str, Any, str, Any]]] = {}
        for table, row, file, line, column, fields in found:
            places.setdefault((table, row), []).append((file or "", line, column or "", fields))
        return places

    def close(self) -> None:
        super().close()
        if self.room is not None:
            shutil.rmtree(self.room, ignore_errors=True)


# More bytes than this are staged on disk, in a room that only the user can read.
_IN_MEMORY_BYTES = 64 << 20


_ROOM = "refractory-room-"


def _open_room() -> Path:
    """Open a room on disk that only the user may enter, and clear those that killed runs left."""
    for left in Path(tempfile.gettempdir()).glob(f"{_ROOM}*"):
        process = left.name.removeprefix(_ROOM).partition("-")[0]
        if not is_running(process):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_ROOM}{os.getpid()}-"))


def begin_translation(name: str, address: Path, files: Sequence[Path], about: Mapping[str, str]) -> TranslatedSource:
    """Open a source with empty staged tables, in memory or, where the files are large, in a private room on disk.

    Args:
        name: What the user called it.
        address: The file, folder or mapping that the user named.
        files: The files that will be read; the fingerprint is taken of them.
        about: `name` and `description` as the report tells them; a description that says "invented" is one.
    """
    room = None
    target = ":memory:"
    if sum(path.stat().st_size for path in files) > _IN_MEMORY_BYTES:
        room = _open_room()
        target = str(room / "records.duckdb")
    source = TranslatedSource(
        name=name, address=address, setup=[f"ATTACH {quoted(target)} AS {ALIAS}"], files=files, room=room, about=about
    )
    build_staged_tables(source.connection, ALIAS)
    return source


def check_accounts(accounts: Iterable[TableAccount], problems: Iterable[Problem], source_name: str) -> None:
    """Check that the rows of each file are used, not asked for, or listed.

    Raises:
        RecordsError: When they are lost or counted twice; only counts are told.
    """
    listed: dict[str, int] = {}
    for one in problems:
        listed[one.table] = listed.get(one.table, 0) + (one.rows if one.is_left_out else 0)
    for account in accounts:
        total = account.used + account.not_asked_for + account.listed
        if total != account.rows or account.listed != listed.get(account.table, 0):
            raise RecordsError(
                f"Rows of {account.table} are lost or counted twice: {account.rows:,} in the file, "
                f"{account.used:,} used, {account.not_asked_for:,} not asked for, {account.listed:,} listed.",
                where=source_name,
                remedy="this is a fault of the program; please report it with these counts",
            )


_VOCABULARY = ("concept", "concept_ancestor", "concept_relationship", "drug_strength")


def _describe_vocabulary(source: TranslatedSource, folder: Path) -> tuple[str, ...]:
    """Make the vocabulary of a folder visible, each table with `vocabulary_` before its name."""
    if not folder.is_dir():
        raise RecordsError(
            "The folder of the vocabulary is not there.",
            where=str(folder),
            remedy="name a folder that holds concept.csv, and better concept_ancestor.csv and concept_relationship.csv",
        )
    files = {table: paths for table, paths in find_table_files(folder).items() if table in _VOCABULARY}
    if "concept" not in files:
        raise RecordsError(
            "The folder of the vocabulary holds no table `concept`.",
            where=str(folder),
            remedy="name the folder that a download of OMOP's vocabularies was unpacked into",
        )
    for table, paths in files.items():
        view = f"{ALIAS}.main.vocabulary_{table}"
        source.execute(source.connection, f"CREATE VIEW {view} AS {reading_of(table, paths)}")
    return tuple(files)
