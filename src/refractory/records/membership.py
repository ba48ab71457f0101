"""Which concept sets each record belongs to, decided in the store by the rows that a set was resolved to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from refractory.codes import MEANINGLESS
from refractory.records.concept_sets import ConceptSets, Kind, ResolvedConceptSet, member_rows
from refractory.records.store import keep_rows

if TYPE_CHECKING:
    from refractory.records.store import Store

_KNOWN = {"route": "string", "mg_per_unit": "float64", "prednisone_factor": "float64"}
_MEMBER_ID = {"concept_set": "string", "kind": "string", "concept_id": "int64"} | _KNOWN
_MEMBER_TEXT = {
    "table_name": "string",
    "concept_set": "string",
    "kind": "string",
    "text": "string",
    "is_prefix": "boolean",
} | _KNOWN
# How strongly a way to a set speaks for its attributes: the source concept, the concept, the longest text.
_OWN, _STANDARD = 2_000_000, 1_000_000


class Membership:
    """The rows that decide membership, kept in the store while its records are read.

    Args:
        store: The store that holds the records.
        concept_sets: The study's sets in the terms of the source.
        tables: Names of the tables of OMOP that will be asked about.
    """

    def __init__(self, store: Store, concept_sets: ConceptSets, tables: Iterable[str]) -> None:
        self.concept_sets = concept_sets
        self._store = store
        self._has_vocabulary = concept_sets.has_vocabulary
        sets = concept_sets.sets
        bare = {name: replace(one, texts=frozenset(), excluded_texts=frozenset()) for name, one in sets.items()}
        ids = [(name, kind, concept_id, *known) for name, kind, concept_id, _, _, *known in member_rows(bare)]
        texts = {name: _without_ids(one) for name, one in sets.items() if one.texts or one.excluded_texts}
        written = [
            (table, name, kind, text, is_prefix, *known)
            for table in tables
            for name, kind, _, text, is_prefix, *known in member_rows(texts, table)
        ]
        self._kinds = {(None, row[1]) for row in ids} | {(row[0], row[2]) for row in written}
        keep_rows(store.connection, "member_id", _MEMBER_ID, ids)
        keep_rows(store.connection, "member_text", _MEMBER_TEXT, written)

    def derive(self, records: str) -> None:
        """Keep in `belonging` each set that a record belongs to, and what the code lists know of its code.

        A record is a member by its source concept or its concept, or by its text where its own code is unknown to the
        vocabulary; one exclusion outweighs everything (see `refractory.records.members`).

        Args:
            records: A table of the store: n, table_name (the table of OMOP that the record comes from), concept_id,
                source_concept_id (0 for none), source_value.

        Leaves:
            One row per record and set: n, concept_set, route, mg_per_unit, prednisone_factor.
        """
        ways = [
            _by_id("source_concept_id", (Kind.DIRECT,), _OWN),
            _by_id("concept_id", (Kind.DIRECT, Kind.MAPPED), _STANDARD),
        ]
        out = []
        if (None, Kind.EXCLUDED) in self._kinds:
            out += [_out_by_id("source_concept_id"), _out_by_id("concept_id")]
        written = {kind for table, kind in self._kinds if table is not None}
        asks_texts = Kind.SOURCE in written or (Kind.TEXT in written and self._may_speak_by_text(records))
        for same in _SAME_TEXT:
            if asks_texts:
                ways.append(_by_text(same, asks_all=not self._has_vocabulary))
            if Kind.EXCLUDED in written:
                out.append(_out_by_text(same))
        code = f", {_code('source_value')} AS code" if asks_texts or Kind.EXCLUDED in written else ""
        best = ", ".join(f"arg_max({column}, strength) AS {column}" for column in _KNOWN)
        self._store.connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE belonging AS
            WITH record AS MATERIALIZED (
                SELECT n, table_name, concept_id, source_concept_id{code} FROM "{records}"
            ),
            way AS ({" UNION ALL ".join(ways)})
            SELECT n, concept_set, {best}
            FROM way {f"ANTI JOIN ({' UNION '.join(out)}) AS outside USING (n, concept_set)" if out else ""}
            GROUP BY n, concept_set
            """
        )

    def _may_speak_by_text(self, records: str) -> bool:
        """Say whether the text of any record is asked at all; to join with texts in vain costs more than to look."""
        if not self._has_vocabulary:
            return True
        ((found,),) = self._store.connection.execute(
            f'SELECT count(*) FROM "{records}" WHERE source_concept_id = 0 AND (concept_id = 0 OR '
            f"concept_id IN (SELECT concept_id FROM member_id WHERE kind = '{Kind.AMBIGUOUS}'))"
        ).fetchall()
        return bool(found)


def _without_ids(one: ResolvedConceptSet) -> ResolvedConceptSet:
    none: frozenset[int] = frozenset()
    return replace(one, concept_ids=none, mapped_ids=none, ambiguous_ids=none, excluded_ids=none)


def _code(column: str) -> str:
    pattern = MEANINGLESS.replace("'", "''")
    return f"regexp_replace(upper({column}), '{pattern}', '', 'g')"


def _by_id(column: str, kinds: Iterable[Kind], strength: int) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        f"SELECT n, concept_set, {', '.join(_KNOWN)}, {strength} AS strength FROM record "
        f"JOIN member_id ON record.{column} = member_id.concept_id WHERE kind IN ({listed})"
    )


def _by_text(same: str, asks_all: bool) -> str:
    is_asked = (
        "true"
        if asks_all
        else f"""(source_concept_id = 0 AND (concept_id = 0 OR EXISTS (
            SELECT 1 FROM member_id AS other WHERE other.kind = '{Kind.AMBIGUOUS}'
            AND other.concept_set = member_text.concept_set AND other.concept_id = record.concept_id)))"""
    )
    return (
        f"SELECT n, concept_set, {', '.join(_KNOWN)}, length(text) + 0.5 * (NOT is_prefix)::INT AS strength "
        "FROM record "
        f"JOIN member_text ON {same} WHERE record.table_name = member_text.table_name "
        f"AND (kind = '{Kind.SOURCE}' OR (kind = '{Kind.TEXT}' AND {is_asked}))"
    )


# Two joins and not one with an "or": the first is then a hash join.
_SAME_TEXT = ("code = text", "is_prefix AND starts_with(code, text) AND code <> text")


def _out_by_id(column: str) -> str:
    return (
        f"SELECT n, concept_set FROM record JOIN member_id ON record.{column} = member_id.concept_id "
        f"WHERE kind = '{Kind.EXCLUDED}'"
    )


def _out_by_text(same: str) -> str:
    return (
        f"SELECT n, concept_set FROM record JOIN member_text ON {same} "
        f"WHERE kind = '{Kind.EXCLUDED}' AND record.table_name = member_text.table_name"
    )
