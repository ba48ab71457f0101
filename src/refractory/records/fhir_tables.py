"""What was read of FHIR, on its way into the staged tables: each resource once, each drug once, each row told of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from refractory.records.accounts import TableAccount
from refractory.records.fhir_linked_drugs import keep_one_of_each_drug
from refractory.records.fhir_persons import ENCOUNTERED
from refractory.records.fhir_reading import LISTED, NOT_ASKED_FOR, USED, FhirChoices, Reading
from refractory.records.schema import Problem
from refractory.records.staging import STAGED, STAGED_TABLES, columns_of

UNREADABLE = "lines without a resource"
LOOKED_UP = ("Medication",)  # rows of no table: records of drugs refer to them
# Beyond so many of one kind in a file, problems are counted together.
MOST_LISTED = 20_000
_MANY = 10_000
_SCHEMA = "fhir"
_RESOURCE = {
    "n": "BIGINT", "kind": "VARCHAR", "key": "VARCHAR", "updated": "VARCHAR", "version": "BIGINT",
    "content": "BIGINT", "file": "VARCHAR", "line": "BIGINT", "place": "VARCHAR", "fate": "VARCHAR",
    "element": "VARCHAR", "rule": "VARCHAR",
}  # fmt: skip
_LINK = {"n": "BIGINT", "kind": "VARCHAR", "key": "VARCHAR", "other": "VARCHAR"}
_REMARK = {"n": "BIGINT", "element": "VARCHAR", "rule": "VARCHAR", "done": "VARCHAR"}
_OWN = {"resource": _RESOURCE, "link": _LINK, "remark": _REMARK}


def _kinds_of(table: str) -> dict[str, str]:
    if table in _OWN:
        return _OWN[table]
    kinds = columns_of("observation_period" if table == ENCOUNTERED else table)
    more = {"encounter": "VARCHAR"} if table == "condition_occurrence" else {}
    return {"n": "BIGINT", **kinds, "codings": "JSON", **more}


class FhirTables:
    """Keeps what is read until all of it is known, in the source's own database.

    Args:
        connection: The connection that the staged tables live in.
        catalog: Their catalog.
    """

    def __init__(self, connection: Any, catalog: str) -> None:
        self._connection = connection
        self._catalog = catalog
        self._waiting: dict[str, list[dict[str, Any]]] = {}
        self._count = 0
        self.run(f"CREATE SCHEMA {catalog}.{_SCHEMA}")
        for table in (*_OWN, ENCOUNTERED, *STAGED_TABLES):
            columns = ", ".join(f"{name} {kind}" for name, kind in _kinds_of(table).items())
            self.run(f"CREATE TABLE {self._own(table)} ({columns})")

    def run(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement."""
        return self._connection.execute(statement, values) if values else self._connection.execute(statement)

    def _own(self, table: str) -> str:
        return f"{self._catalog}.{_SCHEMA}.{table}"

    def add(self, place: dict[str, Any], fate: str, reading: Reading | None, fault: tuple[str, str] = ("", "")) -> None:
        """Add a resource with what was made of it.

        Args:
            place: file, line, place and kind of the resource, and what tells its versions apart.
            fate: USED, NOT_ASKED_FOR or LISTED.
            reading: What was made of it.
            fault: The element at fault and the rule, where it is listed.
        """
        self._count += 1
        own = {"n": self._count}
        self._wait("resource", {**own, **place, "fate": fate, "element": fault[0], "rule": fault[1]})
        if reading is None:
            return
        for element, rule, done in reading.remarks:
            self._wait("remark", {**own, "element": element, "rule": rule, "done": done})
        if fate != USED:
            return
        origin = {"origin_file": place["file"], "origin_row": place["line"]}
        for table, row in reading.rows:
            codings = [{"vocabulary": c.vocabulary, "code": c.code, "name": c.name or None} for c in row["codings"]]
            column = f"{place['place']} {place['kind']}".strip()
            self._wait(table, {**own, **row, **origin, "origin_column": column, "codings": codings})
        if reading.link and reading.link.key:
            for other in reading.link.others or (None,):
                self._wait("link", {**own, "kind": reading.link.kind, "key": reading.link.key, "other": other})

    def _wait(self, table: str, row: dict[str, Any]) -> None:
        rows = self._waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _MANY:
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._waiting.pop(table, None)
        if not rows:
            return
        kinds = _kinds_of(table)
        shape = json.dumps([kinds])
        # Half a character, which JSON and names of files can hold, is none that the database takes.
        text = json.dumps(rows, default=_write_day, ensure_ascii=False).encode("utf-8", "replace").decode()
        columns = ", ".join(kinds)
        self.run(
            f"INSERT INTO {self._own(table)} ({columns}) "
            f"SELECT {', '.join(f'one.{name}' for name in kinds)} FROM (SELECT unnest(from_json($1, $2)) AS one)",
            [text, shape],
        )

    def settle(self, choices: FhirChoices, deleted: Sequence[str]) -> None:
        """Decide which resources count, and fill the staged tables with theirs."""
        for table in tuple(self._waiting):
            self._write(table)
        resource = self._own("resource")
        self.run(
            f"UPDATE {resource} SET fate = '{LISTED}', element = 'id', rule = 'its server has deleted it' "
            f"WHERE fate = '{USED}' AND key IN (SELECT unnest($1::VARCHAR[]))",
            [list(deleted)],
        )
        self._keep_newest()
        keep_one_of_each_drug(self.run, self._own, choices)
        self._date_by_encounter()
        self._settle_observation()
        for table in STAGED_TABLES:
            columns = ", ".join(columns_of(table))
            read = ", ".join(
                'from_json(codings, \'[{"vocabulary":"VARCHAR","code":"VARCHAR","name":"VARCHAR"}]\')'
                if name == "codings"
                else name
                for name in columns_of(table)
            )
            self.run(
                f"INSERT INTO {self._catalog}.{STAGED}.{table} ({columns}) SELECT {read} FROM {self._own(table)} "
                f"SEMI JOIN (SELECT n FROM {resource} WHERE fate = '{USED}') USING (n)"
            )

    def _keep_newest(self) -> None:
        """Of resources of one id keep the newest: by the time of its last change, then by its version."""
        resource = self._own("resource")
        self.run(
            f"""
            UPDATE {resource} SET fate = '{LISTED}', element = 'id', rule = older.rule
            FROM (
                SELECT n,
                       CASE WHEN content = first(content) OVER newest AND length(key) > 0
                                 AND updated IS NOT DISTINCT FROM first(updated) OVER newest
                            THEN 'exact copy of another resource'
                            WHEN (updated, version) IS DISTINCT FROM
                                 (first(updated) OVER newest, first(version) OVER newest)
                            THEN 'an older version of another resource'
                            ELSE 'another resource has the same id' END AS rule,
                       row_number() OVER newest AS place
                FROM {resource} WHERE key IS NOT NULL
                WINDOW newest AS (PARTITION BY key ORDER BY updated DESC NULLS LAST, version DESC NULLS LAST,
                                  content DESC, file, line, place)
            ) AS older
            WHERE resource.n = older.n AND older.place > 1 AND fate <> '{LISTED}'
            """
        )

    def _date_by_encounter(self) -> None:
        """Give a diagnosis without a day of its own the first day of the encounter that it was made in."""
        resource, condition = self._own("resource"), self._own("condition_occurrence")
        self.run(
            f"""
            CREATE TEMP TABLE dated AS
            SELECT condition.n, min(encountered.observation_period_start_date) AS day
            FROM {condition} AS condition
            JOIN {resource} AS resource ON resource.key = condition.encounter AND resource.fate = '{USED}'
            JOIN {self._own(ENCOUNTERED)} AS encountered ON encountered.n = resource.n
            WHERE condition.condition_start_date IS NULL GROUP BY condition.n
            """
        )
        self.run(f"UPDATE {condition} SET condition_start_date = dated.day FROM dated WHERE {condition}.n = dated.n")
        self.run(
            f"INSERT INTO {self._own('remark')} SELECT n, 'encounter', 'no day of the diagnosis', "
            "'the first day of its encounter stands for it' FROM dated"
        )
        self.run("DROP TABLE dated")

    def _settle_observation(self) -> None:
        """Take the periods of observation as they are told, else one a person from its first to its last encounter."""
        resource, period = self._own("resource"), self._own("observation_period")
        ((told,),) = self.run(
            f"SELECT count(*) FROM {period} SEMI JOIN (SELECT n FROM {resource} WHERE fate = '{USED}') USING (n)"
        ).fetchall()
        if told:
            self.run(f"UPDATE {resource} SET fate = '{NOT_ASKED_FOR}' WHERE fate = '{USED}' AND kind = 'Encounter'")
            return
        self.run(
            f"""
            INSERT INTO {period} BY NAME
            SELECT arg_min(n, told) AS n, person_key, arg_min(origin_file, told) AS origin_file,
                   arg_min(origin_row, told) AS origin_row, arg_min(origin_column, told) AS origin_column,
                   min(observation_period_start_date) AS observation_period_start_date,
                   max(observation_period_end_date) AS observation_period_end_date
            FROM (SELECT *, (observation_period_start_date, origin_file, origin_row, origin_column) AS told
                  FROM {self._own(ENCOUNTERED)})
            SEMI JOIN (SELECT n FROM {resource} WHERE fate = '{USED}') USING (n)
            GROUP BY person_key
            """
        )

    def list_problems(self) -> Iterator[Problem]:
        """List the resources that are left out, and what of the others was not used as written."""
        resource, remark = self._own("resource"), self._own("remark")
        told = f"""
            SELECT kind, element, rule, 'left out' AS done, file, line, place, true AS is_left_out
            FROM {resource} WHERE fate = '{LISTED}'
            UNION ALL
            SELECT resource.kind, remark.element, remark.rule, remark.done, file, line, place, false
            FROM {remark} AS remark JOIN {resource} AS resource USING (n)
            WHERE fate = '{USED}' OR done = '{NOT_ASKED_FOR}'
        """
        counted = f"SELECT *, count(*) OVER (PARTITION BY kind, element, rule, done, file) AS rows FROM ({told})"
        one_by_one = self.run(
            f"SELECT * FROM ({counted}) WHERE rows <= {MOST_LISTED} ORDER BY kind, file, line, place, element, rule"
        ).fetchall()
        together = self.run(
            f"SELECT DISTINCT kind, element, rule, done, file, NULL, NULL, is_left_out, rows FROM ({counted}) "
            f"WHERE rows > {MOST_LISTED} ORDER BY ALL"
        ).fetchall()
        for kind, element, rule, done, file, line, place, is_left_out, rows in (*one_by_one, *together):
            yield Problem(
                name_account(kind), line, element, rule, done, rows if line is None else 1, is_left_out, file, line,
                place or "",
            )  # fmt: skip

    def account(self, unread: dict[str, int]) -> list[TableAccount]:
        """Account for every resource, by its type.

        Args:
            unread: Resources by type that were counted and not read.
        """
        found = self.run(
            f"SELECT kind, count(*), count(*) FILTER (fate = '{USED}'), count(*) FILTER (fate = '{NOT_ASKED_FOR}'), "
            f"count(*) FILTER (fate = '{LISTED}') FROM {self._own('resource')} GROUP BY kind"
        ).fetchall()
        counts = {kind: TableAccount(name_account(kind), *numbers) for kind, *numbers in found}
        for kind, rows in unread.items():
            used = rows if kind in LOOKED_UP else 0
            counts.setdefault(kind, TableAccount(name_account(kind), rows, used, rows - used, 0))
        return [counts[kind] for kind in sorted(counts)]

    def close(self) -> None:
        """Drop everything that is not a staged table."""
        self.run(f"DROP SCHEMA {self._catalog}.{_SCHEMA} CASCADE")


def name_account(kind: str) -> str:
    """Name the account of a type of resources."""
    return f"FHIR {kind or UNREADABLE}"


def _write_day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
