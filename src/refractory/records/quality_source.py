"""Quality of a whole source, one scan a table and no row handed over: days, columns, persons in one table only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from refractory.records.checks import COLUMNS_BY_USE
from refractory.records.clinical import CLINICAL_TABLES, ClinicalTable
from refractory.records.quality import QualityFinding, build_finding
from refractory.records.reading import RawTable
from refractory.records.store import Store
from refractory.records.translation import IsTranslated

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

# A column that is the same everywhere tells something from so many rows on.
_FEWEST_ROWS = 20


@dataclass(frozen=True)
class SourceScan:
    """What one scan of each table of a source found.

    Args:
        findings: What is doubtful.
        days: Rows by day, of each table whose days can be read.
    """

    findings: tuple[QualityFinding, ...] = ()
    days: Mapping[str, Mapping[date, int]] = field(default_factory=dict)


def scan_source(source: Source, progress: Callable[[str], None] = lambda _: None) -> SourceScan:
    """Scan each table of a source once for its columns, once for its days, and all for their persons.

    Everything is counted inside the source: what is handed over is one row per day and one per table.

    Args:
        source: Where the records are; only read.
        progress: Is told each step as it begins.
    """
    store = Store(source.connect_store())
    # Columns of tables that were made of files are empty or the same because the files have none such.
    has_own_columns = not isinstance(source, IsTranslated)
    findings: list[QualityFinding] = []
    days: dict[str, Mapping[date, int]] = {}
    try:
        for table in CLINICAL_TABLES:
            if source.has(table.name):
                progress(f"Scanning {table.name}")
                findings += _look_at_columns(source, table.name, table) if has_own_columns else []
                days[table.name] = _count_days(source, store, table)
        if source.has("person"):
            progress("Scanning person")
            findings += _look_at_columns(source, "person", None) if has_own_columns else []
            findings += _look_at_persons(source)
    finally:
        store.connection.close()
    return SourceScan(tuple(findings), {name: by_day for name, by_day in days.items() if by_day})


def _look_at_columns(source: Source, name: str, clinical: ClinicalTable | None) -> list[QualityFinding]:
    import ibis

    table = source.table(name)
    uses = [
        (use, [column for column in columns if column in table.columns])
        for columns, use in COLUMNS_BY_USE.get(name, ())
    ]
    uses += [("when it was", [clinical.starts[0]])] if clinical and clinical.starts[0] in table.columns else []
    columns = sorted({column for _, several in uses for column in several})
    asked: dict[str, Any] = {"rows": table.count()}
    for column in columns:
        value = _filled(table, column)
        asked |= {f"known_{column}": value.count(), f"least_{column}": value.min().cast("string")}
        asked[f"most_{column}"] = value.max().cast("string")
    if clinical and clinical.source_value in table.columns:
        asked["uncoded"] = ibis.ifelse(_is_uncoded(table, clinical), 1, 0).sum()
    found = dict(zip(asked, source.rows(table.aggregate(**asked))[0], strict=True))
    rows = int(found["rows"])
    if not rows:
        return []
    findings = []
    for use, several in uses:
        if several and not any(found[f"known_{column}"] for column in several):
            where = tuple(f"{name}.{column}" for column in several)
            findings.append(build_finding("empty_column", rows, None, where, more=f"It would be for {use}."))
    for column in columns:
        is_same = found[f"least_{column}"] == found[f"most_{column}"]
        if is_same and int(found[f"known_{column}"]) == rows >= _FEWEST_ROWS:
            findings.append(build_finding("constant_column", rows, None, (f"{name}.{column}",)))
    uncoded = int(found.get("uncoded") or 0)
    if uncoded and clinical:
        findings.append(build_finding("uncoded_rows", uncoded, None, (f"{name}.{clinical.source_value}",)))
    return findings


def _filled(table: ir.Table, column: str) -> Any:
    """Return a column whose blank texts, and concepts that stand for none, are null."""
    value = table[column]
    if value.type().is_string():
        return value.strip().nullif("")
    if column.endswith("concept_id"):
        return value.nullif(0)
    return value.cast("int64") if value.type().is_boolean() else value


def _is_uncoded(table: ir.Table, clinical: ClinicalTable) -> Any:
    import ibis

    test = table[clinical.source_value].strip().nullif("").notnull()
    for column in (clinical.concept, clinical.source_concept):
        if column in table.columns:
            test = test & (ibis.coalesce(table[column], 0) == 0)
    return test


def _count_days(source: Source, store: Store, table: ClinicalTable) -> dict[date, int]:
    """Count the rows of each day; a date that is written as text is read here, as the reading does."""
    whole = source.table(table.name)
    start = next(column for column in table.starts if column in whole.columns)
    value = whole[start]
    if value.type().is_timestamp():
        value = value.cast("date")
    by_day = whole.select(**{start: value}).group_by(start).aggregate(rows=lambda t: t.count())
    source.extract(by_day, store, "raw_days")
    raw = RawTable("raw_days", {column: str(kind).lower() for column, kind in by_day.schema().items()})
    counted: Counter[date] = Counter()
    for day, rows in store.connection.execute(f"SELECT {raw.date((start,))}, rows FROM raw_days").fetchall():
        if day is not None:
            counted[day] += int(rows)
    return dict(counted)


def _look_at_persons(source: Source) -> list[QualityFinding]:
    """Count persons without any record, and those with records in one table only."""
    import ibis

    tables = [table.name for table in CLINICAL_TABLES if source.has(table.name)]
    if not tables:
        return []
    parts = [source.table(name).select("person_id").distinct().mutate(table_name=ibis.literal(name)) for name in tables]
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    person = source.table("person").select("person_id").distinct()
    by_person = whole.group_by("person_id").aggregate(tables=whole.count(), only=whole.table_name.max())
    joined = person.left_join(by_person, "person_id")
    told = joined.mutate(only=ibis.ifelse(joined.tables == 1, joined.only, ibis.null("string")))
    counted = told.group_by(["tables", "only"]).aggregate(persons=told.count())
    findings = []
    for number, only, persons in sorted(source.rows(counted), key=str):
        if number is None:
            findings.append(build_finding("person_without_records", int(persons), int(persons), ("person",)))
        elif only is not None and len(tables) > 1:
            findings.append(build_finding("person_in_one_table", int(persons), int(persons), (only,)))
    return findings
