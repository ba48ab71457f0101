"""Two files of results side by side: which numbers differ, and what could be behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from refractory.numbers import say_count
from refractory.shown.files import ToldRun
from refractory.shown.reading import OVERALL, ToldResult, ToldResults
from refractory.shown.tables import ShownTable
from refractory.shown.values import say_value

_MOST_KEYS = 30
_MOST_NAMES = 20
_LONGEST = 60


@dataclass(frozen=True)
class SideBySide:
    """What two files of results say of the same things.

    Args:
        same: Results that print alike in both.
        tables: What differs, what only one has, and what could be behind it.
    """

    same: int
    differing: int
    tables: tuple[ShownTable, ...]


def compare_runs(one: ToldRun, other: ToldRun, ids: tuple[str, ...] = ()) -> SideBySide:
    """Compare two runs, or two sites, result by result.

    Args:
        one: The first.
        other: The second.
        ids: Names of the results that are looked at; all where none is named.
    """
    first, second = _by_name(one.results, ids), _by_name(other.results, ids)
    names = one.name, other.name
    heads = names if names[0] != names[1] else (str(one.path), str(other.path))
    differing, same = [], 0
    for key, result in first.items():
        if key not in second:
            continue
        values = say_value(result), say_value(second[key])
        if values[0] == values[1]:
            same += 1
        else:
            differing.append((key[0], _say_group(result), *values))
    tables = [ShownTable("Differs", ("Result", "Group", *heads), tuple(differing))] if differing else []
    for head, own, others in ((heads[0], first, second), (heads[1], second, first)):
        alone = [key[0] for key in own if key not in others]
        if alone:
            first_ones = f", the first {_MOST_NAMES} of them" if len(alone) > _MOST_NAMES else ""
            rows = tuple((name,) for name in alone[:_MOST_NAMES])
            title = f"Only in {head}: {say_count(len(alone), 'result')}{first_ones}"
            tables.append(ShownTable(title, ("Result",), rows))
    reasons = tuple(find_reasons(one, other))
    if reasons:
        tables.append(ShownTable("What could be behind it", ("", *heads), reasons))
    return SideBySide(same, len(differing), tuple(tables))


def _by_name(results: ToldResults, ids: tuple[str, ...]) -> dict[tuple[str, ...], ToldResult]:
    """Give each result by what it is of, but for the name of its source: that of the other file differs."""
    found: dict[tuple[str, ...], ToldResult] = {}
    for one in (*results.attrition, *results.results):
        place = one.place
        is_step = place.additional_name == "reason_id"
        name = f"attrition: {place.variable_name}" if is_step else one.id
        if not ids or one.id in ids:
            key = (name, place.strata_name, place.strata_level, place.variable, "" if is_step else place.more)
            found[(*key, "" if place.additional_name == "result" or is_step else place.group)] = one
    return found


def _say_group(one: ToldResult) -> str:
    return "" if one.place.strata_level == OVERALL else one.place.stratum


def find_reasons(one: ToldRun, other: ToldRun) -> Iterator[tuple[str, str, str]]:
    """Find what differs between two runs and could move a number: protocol, version, records, labels, small counts."""
    for label, name in (
        ("Version of refractory", "package_version"),
        ("Fingerprint of the protocol", "protocol_hash"),
        ("Smallest count that is told", "min_cell_count"),
        ("Written by", "package_name"),
    ):
        before, after = (", ".join(run.results.settings_of(name)) for run in (one, other))
        if before != after:
            yield label, before or "not told", after or "not told"
    before, after = (", ".join(run.results.sources) for run in (one, other))
    if before != after:
        yield "Source", before, after
    if one.manifest is None or other.manifest is None:
        return
    for label, path in (
        ("Fingerprint of the records", ("source", "fingerprint")),
        ("Version of OMOP's tables", ("source", "cdm")),
        ("Labels", ("labels",)),
        ("Version of Python", ("versions", "python")),
        ("Version of DuckDB", ("versions", "duckdb")),
    ):
        found = [_find(run.manifest, path) for run in (one, other)]
        if found[0] != found[1]:
            yield label, _say(found[0]), _say(found[1])
    keys = list(_find_changes(one.manifest.get("protocol"), other.manifest.get("protocol"), ""))
    for key, before, after in keys[:_MOST_KEYS]:
        yield f"Protocol: {key}", _say(before), _say(after)
    if len(keys) > _MOST_KEYS:
        yield "Protocol", say_count(len(keys) - _MOST_KEYS, "more key"), "differ"


def _find(manifest: Mapping[str, Any] | None, path: tuple[str, ...]) -> Any:
    found: Any = manifest
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _find_changes(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Give each key of a protocol whose values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _find_changes(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True), start=1):
            yield from _find_changes(*pair, f"{path}[{place}]")
    elif one != other:
        yield path, one, other


def _say(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
