"""Results that were read back, as tables to look at: the answer first, then what is asked for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from refractory.analysis.comparison import compare_published
from refractory.analysis.plan import PublishedFigure
from refractory.errors import ResultsError
from refractory.numbers import format_count
from refractory.shown.files import ToldRun
from refractory.shown.reading import OVERALL, ToldResult, ToldResults
from refractory.shown.values import NOT_SHARED, say_value

# What the answer of a study is made of, of each group: the first word of its id.
_OF_GROUPS = ("stratum", "response", "supporting", "cycles_to_response", "cycles", "grams_per_kg")
_MOST_GROUPS = 4
_MOST_OTHERS = 40


@dataclass(frozen=True)
class ShownTable:
    """One table to be shown.

    Args:
        title: Its caption; empty for none.
        columns: Its heads.
        rows: Its cells, row by row.
        right: Places of the columns that are set to the right.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


def tabulate_answer(run: ToldRun) -> list[ShownTable]:
    """Tabulate the answer: published beside reproduced, else the main result; the flow of persons; the groups."""
    results = run.results
    if not results.is_ours or not results.estimates:
        return [*tabulate_attrition(results), *tabulate_results(results.results)]
    main = _tabulate_published(run) or _tabulate_main(results)
    return [*main, *tabulate_attrition(results), *_tabulate_groups(results)]


def _tabulate_published(run: ToldRun) -> list[ShownTable]:
    protocol = run.manifest.get("protocol") if run.manifest else None
    figures = protocol.get("published") if isinstance(protocol, dict) else None
    # A manifest that lies beside results of another study says nothing of them.
    if not figures or not isinstance(figures, list) or not _is_of(run.manifest, run.results):
        return []
    estimates = run.results.estimates
    try:
        published = [PublishedFigure.model_validate(one) for one in figures]
    except ValidationError:
        return []
    told = [one for one in published if one.result in estimates]
    compared = dict(zip(map(id, told), compare_published(told, list(estimates.values())), strict=True))
    rows = [
        (one.statement, one.published, one.reproduced, "same" if one.agrees else "differs", one.detail)
        if (one := compared.get(id(figure)))
        else (figure.statement, figure.value, NOT_SHARED, "", "")
        for figure in published
    ]
    heads = ("Figure", "Published", "Reproduced", "", "In full")
    return [ShownTable("Published and reproduced", heads, tuple(rows), (1, 2))] if told else []


def _is_of(manifest: Mapping[str, Any] | None, results: ToldResults) -> bool:
    return manifest is not None and manifest.get("protocol_hash") in results.settings_of("protocol_hash")


def _tabulate_main(results: ToldResults) -> list[ShownTable]:
    main = [one for one in results.results if one.id.startswith("response.") and one.id.count(".") == 1]
    if not main:
        return []
    rows = tuple((_say_group(one), say_value(one)) for one in main if one.id.count(".") == 1 and _is_group(one))
    return [ShownTable(main[0].place.variable_name, ("Persons", "Result"), rows)]


def _is_group(one: ToldResult) -> bool:
    return one.id == f"response.{one.place.strata_level}"


def _say_group(one: ToldResult) -> str:
    return "All persons" if one.place.strata_level == OVERALL else one.place.stratum


def tabulate_attrition(results: ToldResults) -> list[ShownTable]:
    """Tabulate the flow of persons through the criteria, one table for each cohort."""
    flows: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
    for one in results.attrition:
        place = one.place
        flow = flows.setdefault((place.result_id, place.cdm_name, place.group), {})
        step = flow.setdefault(f"{place.additional_level}\n{place.strata_level}", {"reason": place.stratum})
        step[place.variable_name] = say_value(one)
    tables = []
    for (_, source, group), flow in flows.items():
        told = {name: head for name, head in _COUNTED.items() if any(name in step for step in flow.values())}
        rows = tuple(
            (str(number), step["reason"], *(step.get(name, "") for name in told))
            for number, step in enumerate(flow.values(), start=1)
        )
        title = "Flow of persons" if len(flows) == 1 else f"Flow of persons: {group}, {source}"
        tables.append(ShownTable(title, ("", "Criterion", *told.values()), rows, (0, *range(2, 2 + len(told)))))
    return tables


_COUNTED = {
    "number_subjects": "Persons",
    "excluded_subjects": "Left out",
    "number_records": "Records",
    "excluded_records": "Records left out",
}


def _tabulate_groups(results: ToldResults) -> list[ShownTable]:
    """Tabulate what is told of all persons and of each stratum side by side."""
    groups = [
        one.place.strata_level for one in results.results if one.id == f"stratum.{one.place.strata_level}.persons"
    ]
    if not groups or len(groups) > _MOST_GROUPS:
        return []
    rows: dict[str, dict[str, str]] = {}
    for one in results.results:
        word, _, rest = one.id.partition(".")
        group = one.place.strata_level
        is_main = word in _OF_GROUPS and rest.endswith(group) and group in (OVERALL, *groups)
        if is_main and (word == "supporting" or rest == group or rest == f"median.{group}"):
            name = f"{one.place.variable_name}{', median' if rest == f'median.{group}' else ''}"
            rows.setdefault(f"{word}\n{name}", {})[group] = say_value(one)
    told = tuple(
        (key.partition("\n")[2], *(own.get(group, "") for group in (OVERALL, *groups))) for key, own in rows.items()
    )
    return [ShownTable("By stratum", ("", "All persons", *groups), told)] if told else []


def tabulate_results(results: Sequence[ToldResult]) -> list[ShownTable]:
    """Tabulate results as they come, one table for each kind: each with its group, its value and its name."""
    kinds: dict[str, list[ToldResult]] = {}
    for one in results:
        kinds.setdefault(_kind_of(one), []).append(one)
    return [_tabulate_kind(kind, own) for kind, own in kinds.items()]


def _kind_of(one: ToldResult) -> str:
    if one.place.additional_name == "result":
        return one.id.partition(".")[0]
    return ", ".join(filter(None, (one.place.cdm_name, one.place.group)))


def _tabulate_kind(kind: str, results: Sequence[ToldResult]) -> ShownTable:
    is_ours = all(one.place.additional_name == "result" for one in results)
    columns: dict[str, list[str]] = {
        "Result": [one.id if is_ours else one.place.variable for one in results],
        "What": [one.place.variable_name if is_ours else one.place.more for one in results],
        "Group": [_say_group(one) for one in results],
        "Value": [say_value(one) for one in results],
    }
    if not any(columns["What"]):
        del columns["What"]
    if set(columns["Group"]) == {"All persons"}:
        del columns["Group"]
    return ShownTable(kind, tuple(columns), tuple(zip(*columns.values(), strict=True)))


def list_kinds(results: ToldResults) -> ShownTable | None:
    """List how many results of each kind there are, by the first word of their names; None where there is one kind."""
    counts: dict[str, int] = {}
    for one in results.results:
        counts[_kind_of(one)] = counts.get(_kind_of(one), 0) + 1
    if len(counts) < 2:
        return None
    rows = tuple((kind, format_count(count)) for kind, count in list(counts.items())[:_MOST_OTHERS])
    return ShownTable("All results", ("Kind", "Results"), rows, (1,))


def find_named(results: ToldResults, names: Sequence[str]) -> list[ToldResult]:
    """Find results by their names.

    Raises:
        ResultsError: When one is not there; names those that are spelled most alike.
    """
    found: list[ToldResult] = []
    for name in names:
        own = [one for one in results.results if one.id == name]
        if not own:
            known = list(dict.fromkeys(one.id for one in results.results))
            close = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known[:3]
            raise ResultsError(
                f'no result is called "{name}".', where=f"--result {name}",
                remedy=f"the nearest are: {', '.join(close)}; `--like WORD` shows those whose name holds a word.",
            )  # fmt: skip
        found += own
    return found


def find_like(results: ToldResults, word: str) -> list[ToldResult]:
    """Find the results whose name, variable or group holds a word, whatever its case.

    Raises:
        ResultsError: When there is none.
    """
    wanted = word.lower()
    found = [
        one
        for one in results.results
        if any(wanted in text.lower() for text in (one.id, one.place.variable, one.place.stratum, one.place.group))
    ]
    if not found:
        kinds = list(dict.fromkeys(map(_kind_of, results.results)))[:_MOST_OTHERS]
        raise ResultsError(
            f'no result holds "{word}" in its name, its variable or its group.', where=f"--like {word}",
            remedy=f"there are: {', '.join(kinds)}.",
        )  # fmt: skip
    return found


def tabulate_in_full(results: Sequence[ToldResult]) -> ShownTable:
    """Tabulate single results with everything that is told of each."""
    heads = ("Result", "What", "Group", "Value", "Method", "Note")

    def text(one: ToldResult, name: str) -> str:
        return next((value for known, _, value in one.numbers if known == name), "")

    rows = [
        (one.id, one.place.variable, _say_group(one), say_value(one), text(one, "method"), text(one, "note"))
        for one in results
    ]
    kept = [place for place in range(len(heads)) if place < 4 or any(row[place] for row in rows)]
    return ShownTable(
        "", tuple(heads[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows)
    )
