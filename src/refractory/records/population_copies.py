"""Drug records that are exact copies of each other, found inside the source; of each group one record stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.records.clinical import ClinicalTable
from refractory.records.drug_kinds import spell_kind
from refractory.records.population_faults import columns_to_read, judge_drugs
from refractory.records.population_slices import Slice
from refractory.records.source import UNREAD_PERSON, small_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

# So many groups of copies are told one by one, and all but one record of each left out by its key.
MOST_GROUPS = 500_000


@dataclass(frozen=True)
class Copies:
    """The copies among the drug records of one table that a concept set names.

    Args:
        counted: For each kind, fault (beside being copies) and note: records that are not used because they are copies.
        dropped: Keys of these records; empty when `is_told_by_key` is false.
        is_told_by_key: False when the keys cannot tell which records are copies: a key is missing or stands twice, or
            the copies are too many.
    """

    counted: tuple[tuple[tuple[Any, ...], int, int, int], ...] = ()
    dropped: frozenset[int] = frozenset()
    is_told_by_key: bool = True


def find_copies(
    source: Source,
    table: ClinicalTable,
    columns: Sequence[str],
    named_kinds: Collection[tuple[Any, ...]],
    named: ir.BooleanValue | None,
    slices: Sequence[Slice] = (Slice(),),
) -> Copies:
    """Find the records that are exact copies of each other.

    Copies are of one person, concept and day. Records that share these are found first, which takes few columns; only
    they are compared in all columns.

    Args:
        source: Where the records are.
        table: The table of OMOP.
        columns: Columns in which kinds differ.
        named_kinds: The kinds that a concept set names.
        named: Says of each row of the table whether it is looked at; None for all.
        slices: Persons that are looked at one after another.
    """
    told = [*columns, "fault", "note", "copies"]
    has_key = table.key in source.columns(table.name)
    parts = [_derive_groups(source, table, columns, named, part) for part in slices]
    found: list[tuple[Any, ...]] = []
    for groups in parts:
        room = MOST_GROUPS + 1 - len(found)
        found += source.rows(groups.select(*told, *(["keys"] if has_key else [])).limit(room))
        if len(found) > MOST_GROUPS:
            return _count_alone(source, columns, named_kinds, parts)
    width = len(columns)
    found = [row for row in found if spell_kind(columns, row[:width]) in named_kinds]
    counted = [(spell_kind(columns, row[:width]), row[width], row[width + 1], row[width + 2] - 1) for row in found]
    keys = [Counter[int](row[-1] or ()) if has_key else Counter[int]() for row in found]
    if not all(key.total() == len(key) == row[width + 2] for key, row in zip(keys, found, strict=True)):
        return Copies(tuple(counted), is_told_by_key=False)
    dropped = frozenset[int]().union(*(key.keys() - {min(key)} for key in keys))
    if not _are_keys_of_copies_alone(source, table, dropped, named):
        return Copies(tuple(counted), is_told_by_key=False)
    return Copies(tuple(counted), dropped)


def _count_alone(
    source: Source, columns: Sequence[str], named_kinds: Collection[tuple[Any, ...]], parts: Sequence[ir.Table]
) -> Copies:
    counted: Counter[tuple[tuple[Any, ...], int, int]] = Counter()
    for groups in parts:
        counts = groups.group_by([*columns, "fault", "note"]).aggregate(extra=(groups.copies - 1).sum().cast("int64"))
        for *kind, fault, note, extra in source.rows(counts):
            counted[spell_kind(columns, kind), fault, note] += extra
    named = tuple((*what, extra) for what, extra in counted.items() if what[0] in named_kinds)
    return Copies(named, is_told_by_key=False)


def _derive_groups(
    source: Source, table: ClinicalTable, columns: Sequence[str], named: ir.BooleanValue | None, part: Slice
) -> ir.Table:
    """Derive one row per group of copies: its kind, fault, note, copies, and keys where there is a key."""
    whole = source.table(table.name)
    start = next(column for column in table.starts if column in whole.columns)
    told = [column for column in ("person_id", table.concept, start) if column in whole.columns]
    narrow = part.of(whole if named is None else whole.filter(named)).select(*told)
    tied = narrow.group_by(told).aggregate(tied=narrow.count())
    tied = tied.filter(tied.tied > 1)
    own = part.of(whole)
    candidates = own.semi_join(tied, [_known(own[column]) == _known(tied[column]) for column in told])
    others = [column for column in whole.columns if column not in (table.key, UNREAD_PERSON)]
    counts: dict[str, Any] = {"_copies": candidates.count()}
    if table.key in whole.columns:
        counts["_keys"] = candidates[table.key].collect()
    groups = candidates.group_by(others).aggregate(**counts)
    groups = groups.filter(groups["_copies"] > 1)
    read = dict.fromkeys((*columns, *columns_to_read(table, whole.columns)))
    groups = groups.select(*read, **{name.strip("_"): groups[name] for name in counts})
    return judge_drugs(source, table, groups)


def _known(column: Any) -> Any:
    """Give an unknown value a place of its own: two that are unknown are alike."""
    import ibis

    kind = column.type()
    if kind.is_date() or kind.is_timestamp():
        return ibis.coalesce(column, ibis.literal("0001-01-01").cast(kind))
    return ibis.coalesce(column, "" if kind.is_string() else -1)


def _are_keys_of_copies_alone(
    source: Source, table: ClinicalTable, dropped: Collection[int], named: ir.BooleanValue | None
) -> bool:
    """Say whether no other record has the key of a copy: it would be dropped too."""
    if not dropped:
        return True
    whole = source.table(table.name)
    rows = whole if named is None else whole.filter(named)
    keys = small_table(source, {"dropped": "int64"}, [(key,) for key in sorted(dropped)])
    rows = rows.semi_join(keys, rows[table.key] == keys.dropped)
    ((found,),) = source.rows(rows.aggregate(rows=rows.count()))
    return int(found) == len(dropped)


def without_copies(source: Source, table: ClinicalTable, copies: Copies, named: ir.BooleanValue | None) -> ir.Table:
    """Return the rows of a table that are looked at; of each group of copies the one with the lowest key."""
    whole = source.table(table.name)
    rows = whole if named is None else whole.filter(named)
    if not copies.counted:
        return rows
    if copies.is_told_by_key:
        keys = small_table(source, {"dropped": "int64"}, [(key,) for key in sorted(copies.dropped)])
        return rows.anti_join(keys, rows[table.key] == keys.dropped)
    others = [column for column in rows.columns if column not in (table.key, UNREAD_PERSON)]
    lowest = {table.key: rows[table.key].min()} if table.key in rows.columns else {}
    return rows.group_by(others).aggregate(**lowest)
