"""The check of data quality: the records of a study read as a run reads them, and each rule asked of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractory.analysis.quality_results import MonthlyRows, QualityResults
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.exposures.written_doses import keep_written_doses
from refractory.records.quality import (
    FLAGS,
    QualityFinding,
    Uses,
    Weight,
    begin_flags,
    build_finding,
    count_flags,
    list_flagged,
    sort_findings,
)
from refractory.records.quality_dates import find_heaps, flag_dates, keep_dated
from refractory.records.quality_faults import count_file_problems, flag_faults, flag_person_problems
from refractory.records.quality_persons import flag_labels, flag_persons
from refractory.records.quality_rules import READING_RULES, TOPICS
from refractory.records.quality_source import scan_source
from refractory.records.quality_values import DAILY_LIMITS_MG, flag_values
from refractory.records.translation import IsTranslated
from refractory.study import read_study
from refractory.study_head import build_head

if TYPE_CHECKING:
    from refractory.protocol import Protocol
    from refractory.records.schema import Problem
    from refractory.records.source import Source
    from refractory.records.store import Store

_LABELS = "label"
# The parts of a protocol that decide who is in the cohort, and from when.
_DECIDING = {"treatment", "disease", "eligibility", "refractory", "exclude", "feature", "stratum", "subtype"}
# What the readers of files say of a column that nothing uses, and of a text without a code.
UNUSED_COLUMN, KEPT_AS_TEXT = "the mapping does not use this column", "kept as text"
# What readers of files say they did with a row or a cell that is lost to the study.
_LOST = ("left out", "not used")
# So many places of a rule are named on the page; problems.csv has them all.
_PLACES = 3


@dataclass(frozen=True)
class QualityCheck:
    """A check of data quality that has ended.

    Args:
        results: What may be printed.
        problems: Each row that was not used as written, or is doubtful.
        fingerprint: Hash of what was read.
    """

    results: QualityResults
    problems: tuple[Problem, ...]
    fingerprint: str


def check_quality(
    protocol: Protocol, source: Source, labels: Path | None = None, progress: Callable[[str], None] = lambda _: None
) -> QualityCheck:
    """Ask every rule of data quality of the records of a study; no outcome is looked at.

    Rows of persons who ever had the treatment are looked at one by one, as a run reads them; of the whole source only
    counts are taken, one scan a table.

    Args:
        protocol: The study.
        source: Where the records are; only read.
        labels: CSV of adjudicated labels; None without.
        progress: Is told each step as it begins.

    Raises:
        RecordsError: When a table that no study can do without is missing, or the source cannot be read.
    """
    uses = derive_uses(protocol)
    records, problems = read_study(protocol, source, labels, progress, _look_at_reading)
    progress("Looking for what is doubtful")
    store = records.store
    label_file = labels.name if labels else _LABELS
    flag_person_problems(store, problems, label_files=[label_file])
    written = keep_written_doses(store)
    exposures = store.keep("exposures", derive_exposures(store.table("drug"), written))
    store.keep("dosed", derive_daily_doses(exposures, written))
    keep_dated(store)
    flag_dates(store)
    flag_values(store, uses)
    flag_persons(store, uses)
    flag_labels(store, uses, label_file)
    scan = scan_source(source, progress)
    doubtful = list_flagged(store, READING_RULES)
    findings = [
        *count_flags(store, uses),
        *find_heaps(store),
        *_join_tables(scan.findings),
        *_of_files(source, problems),
    ]
    if isinstance(source, IsTranslated):
        doubtful = list(source.trace(doubtful))
        findings = _at_their_origin(store, source, findings)
    ordered = sort_findings(findings)
    found = {one.rule for one in ordered}
    results = QualityResults(
        head=build_head(protocol, records),
        persons=source.count("person"),
        treated=store.tally("person")[0],
        findings=ordered,
        kept=tuple(
            (topic, tuple(rule.title for name, rule in rules.items() if name not in found and rule.title))
            for topic, rules in TOPICS.items()
        ),
        accounts=tuple(records.accounts),
        over_time=tuple(_over_time(table, by_day) for table, by_day in scan.days.items()),
    )
    return QualityCheck(results, (*problems, *_unlisted(doubtful, problems)), records.fingerprint)


def _look_at_reading(work: Store) -> None:
    begin_flags(work)
    flag_faults(work)


def _unlisted(doubtful: Iterable[Problem], problems: Sequence[Problem]) -> Iterator[Problem]:
    """Leave out what the reading has listed under the same row and column; a doubt about a whole row is another one."""
    listed = {(one.table, one.row, one.column) for one in problems if one.row is not None and one.column}
    return (one for one in doubtful if (one.table, one.row, one.column) not in listed)


def derive_uses(protocol: Protocol) -> Uses:
    """Say what a study uses its concept sets for."""
    leaves = protocol.leaves
    cycle = protocol.treatment.cycle
    weights = {name for name in (cycle.weight if cycle else None, _refractory_weight(protocol)) if name}
    named = set(_find_names([protocol.model_dump(include=_DECIDING), protocol.response.primary.model_dump()]))
    score = protocol.response.primary.score or ""
    scores = [score] if score in protocol.instrument else []
    deciding = {leaf for name in named - weights if name in leaves for leaf in leaves[name]}
    deciding |= {source for name in scores for source in protocol.instrument[name].name_sources(name)}
    return Uses(
        deciding=frozenset(deciding),
        treatment=tuple(leaves[protocol.treatment.concept]),
        disease=tuple(leaves.get(protocol.disease.concept, ())),
        weights=tuple(leaf for name in sorted(weights) for leaf in leaves[name]),
        glucocorticoids=tuple(leaves[protocol.sparing.glucocorticoid]) if protocol.sparing else (),
        scores=protocol.score_sets,
        ranges=tuple(_list_ranges(protocol)),
        drug_names=tuple(
            (leaf, max(names, key=len))
            for leaf in protocol.drug_sets
            if (names := [name for name in DAILY_LIMITS_MG if name in leaf.lower()])
        ),
        response_item=protocol.response.primary.label or "",
        is_per_kg=bool(cycle and cycle.weight),
        has_infusions=cycle is not None,
    )


def _refractory_weight(protocol: Protocol) -> str | None:
    return protocol.refractory.weight if protocol.refractory else None


def _join_tables(findings: Iterable[QualityFinding]) -> Iterator[QualityFinding]:
    """Tell what one rule found in several tables in one line."""
    by_rule: dict[str, list[QualityFinding]] = {}
    for one in findings:
        by_rule.setdefault(one.rule, []).append(one)
    for several in by_rule.values():
        persons = [one.persons for one in several if one.persons is not None]
        where = tuple(place for one in several for place in one.where)
        yield replace(several[0], rows=sum(one.rows for one in several), persons=sum(persons) or None, where=where)


def _find_names(value: Any) -> Iterator[str]:
    """Find every text in nested values: among them are the concept sets that a definition names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _find_names(key)
            yield from _find_names(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _find_names(one)


def _list_ranges(protocol: Protocol) -> Iterator[tuple[str, float, float]]:
    """List the possible values of the items and totals of each instrument, by leaf concept set."""
    for name, definition in protocol.instrument.items():
        if definition.is_of_change:
            continue
        instrument = definition.instrument
        for key, own in definition.name_item_sets(name).items():
            item = instrument.item(key)
            yield from ((leaf, float(item.least), float(item.most)) for leaf in protocol.leaves[own])
        if definition.recorded:
            total = instrument.total(definition.total_key)
            leaves = protocol.leaves[definition.recorded]
            yield from ((leaf, float(total.least), float(total.most)) for leaf in leaves)


def _of_files(source: Source, problems: Iterable[Problem]) -> Iterator[QualityFinding]:
    """Tell what the reader of the files listed, and the columns that nothing uses."""
    if not isinstance(source, IsTranslated):
        return
    tables = {one.table for one in source.read_accounts} | {one.table for one in source.problems}
    for rule, done, rows, where in count_file_problems(problems, tables):
        if rule == UNUSED_COLUMN:
            yield build_finding("unused_column", rows, None, where)
            continue
        is_lost = any(said in done for said in _LOST)
        kind = "file_text" if done == KEPT_AS_TEXT else "file_row" if is_lost else "file_note"
        finding = build_finding(kind, rows, None, where)
        yield replace(finding, title=f"{rule[:1].upper()}{rule[1:]} ({done})")


def _at_their_origin(store: Store, source: IsTranslated, findings: Sequence[QualityFinding]) -> list[QualityFinding]:
    """Say of each finding the first lines of the files that its rows came from."""
    rows = store.connection.execute(
        f"SELECT DISTINCT rule, source_table, row_id, coalesce(column_name, '') FROM {FLAGS} WHERE row_id IS NOT NULL"
    ).fetchall()
    origins = source.find_cells((table, row, column) for _, table, row, column in rows)
    by_rule: dict[str, dict[tuple[str, str], set[int]]] = {}
    for rule, table, row, column in rows:
        for file, line, place in origins.get((table, row, column), ()):
            by_rule.setdefault(rule, {}).setdefault((file, place), set()).add(line or 0)
    return [
        replace(one, where=tuple(_say_places(by_rule[one.rule]))) if one.rule in by_rule else one for one in findings
    ]


def _say_places(places: Mapping[tuple[str, str], set[int]]) -> Iterator[str]:
    """Say the first lines of each file and column.

    Example:
        >>> list(_say_places({("charts.xlsx", "dose"): {7, 2}, ("charts.xlsx", ""): {4, 5, 6, 9}}))
        ['charts.xlsx, lines 4, 5, 6 and 1 more', 'charts.xlsx (dose), lines 2, 7']
    """
    for file, place in sorted(places):
        lines = sorted(places[file, place])
        more = len(lines) - _PLACES
        said = ", ".join(map(str, lines[:_PLACES])) + (f" and {more} more" if more > 0 else "")
        said = f"line{'s' if len(lines) > 1 else ''} {said}"
        yield f"{file} ({place}), {said}" if place else f"{file}, {said}"


def _over_time(table: str, by_day: Mapping[date, int]) -> MonthlyRows:
    """Count rows by month and by day of the month; what lies far off the others is no part of the picture."""
    days = sorted(by_day)
    total, so_far = sum(by_day.values()), 0
    bounds = []
    for day in days:
        before, so_far = so_far, so_far + by_day[day]
        if so_far > 0.001 * total and before < 0.999 * total:
            bounds.append(day.year)
    first, last = bounds[0], bounds[-1]
    months: Counter[int] = Counter()
    of_month: Counter[int] = Counter()
    for day, rows in by_day.items():
        of_month[day.day] += rows
        if first <= day.year <= last:
            months[(day.year - first) * 12 + day.month - 1] += rows
    span = (last - first + 1) * 12
    return MonthlyRows(
        table, first, tuple(months[place] for place in range(span)), tuple(of_month[place] for place in range(1, 32))
    )


def count_by_weight(findings: Iterable[QualityFinding]) -> dict[Weight, int]:
    """Count findings by what they can do to the answer."""
    counted = Counter(one.weight for one in findings)
    return {weight: counted[weight] for weight in Weight}
