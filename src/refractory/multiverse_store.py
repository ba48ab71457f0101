"""The folder of a multiverse: one row a universe, one row a dial and result, the page; whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from refractory import __version__
from refractory.analysis.multiverse_effects import scale_of
from refractory.analysis.results import DialEffect, DialHead, MultiverseResults, UniverseRow
from refractory.multiverse import EVALUABLE, PERSONS, MultiverseRun
from refractory.report.document import write_multiverse_report
from refractory.run_store import MANIFEST, made_whole, tell_versions
from refractory.statistics.estimate import Estimate
from refractory.written_tables import write_csv

_ENDS = ("", " lower", " upper", " n")


def write_multiverse(run: MultiverseRun, results: MultiverseResults, folder: Path) -> None:
    """Write the folder of a multiverse: report.html, multiverse.csv, dials.csv, manifest.json.

    The same universes on the same records write the same bytes.
    """
    with made_whole(folder) as partial:
        write_multiverse_report(results, partial / "report.html")
        write_csv(partial / "multiverse.csv", _columns(results), _rows(results))
        write_csv(partial / "dials.csv", _DIAL_COLUMNS, _dial_rows(results))
        _write_manifest(run, results, partial / MANIFEST)


def _columns(results: MultiverseResults) -> list[str]:
    columns = ["universe", "as_written", *(dial.name for dial in results.dials), "why_not"]
    columns += ["persons", "responders", "evaluable"]
    return columns + [f"{result}{end}" for result in results.followed for end in _ENDS]


def _rows(results: MultiverseResults) -> Iterable[Sequence[Any]]:
    written = tuple(dial.written for dial in results.dials)
    for row in results.rows:
        chosen = [dial.choices[place] for dial, place in zip(results.dials, row.choices, strict=True)]
        cells: list[Any] = [row.number, "yes" if row.choices == written else "no", *chosen, row.why_not]
        cells += _counts(row)
        for result in results.followed:
            cells += _numbers(row.estimates.get(result))
        yield cells


def _counts(row: UniverseRow) -> list[int | None]:
    persons, judged = row.estimates.get(PERSONS), row.estimates.get(EVALUABLE)
    return [persons.n if persons else None, *((judged.numerator, judged.denominator) if judged else (None, None))]


def _numbers(estimate: Estimate | None) -> list[Any]:
    if estimate is None:
        return [None] * len(_ENDS)
    return [*(_round(one) for one in (estimate.value, estimate.lower, estimate.upper)), estimate.n]


def _round(number: float | None) -> float | None:
    """Write a number to twelve figures: what a machine adds in another order must not change a byte."""
    return None if number is None else float(f"{number:.12g}")


_DIAL_COLUMNS = (
    "result", "dial", "what", "alternatives", "as_written", "least_median", "largest_median", "range_of_medians",
    "main_effect", "total_effect", "largest_change_alone", "alternative_alone",
)  # fmt: skip


def _dial_rows(results: MultiverseResults) -> Iterable[Sequence[Any]]:
    by_name = {dial.name: dial for dial in results.dials}
    scales = {name: scale_of(one) for row in results.rows for name, one in row.estimates.items()}
    return [_dial_row(one, by_name[one.dial], scales.get(one.result, 1.0)) for one in results.effects]


def _dial_row(effect: DialEffect, dial: DialHead, scale: float) -> Sequence[Any]:
    """Return a row in the unit of multiverse.csv, in which a share is a fraction."""
    medians = [one / scale for one in effect.medians if one is not None]
    least, most = (min(medians), max(medians)) if medians else (None, None)
    apart = None if least is None or most is None else most - least
    alone = None if effect.alone is None else effect.alone / scale
    shares = (effect.main.value, effect.total.value if effect.total else None)
    return (
        effect.result,
        dial.name,
        dial.what,
        " | ".join(dial.choices),
        dial.choices[dial.written],
        *map(_round, (least, most, apart, *shares, alone)),
        None if effect.alone_choice is None else dial.choices[effect.alone_choice],
    )


def _write_manifest(run: MultiverseRun, results: MultiverseResults, path: Path) -> None:
    head, plan = results.head, run.plan
    manifest = {
        "study": head.name,
        "refractory": __version__,
        "protocol_hash": head.protocol_hash,
        "dials": {dial.name: list(dial.choices) for dial in results.dials},
        "as_written": {dial.name: dial.choices[dial.written] for dial in results.dials},
        "results": list(results.followed),
        "combinations": plan.combinations,
        "universes": len(results.rows),
        "not_run": sum(bool(row.why_not) for row in results.rows),
        "seed": plan.protocol.multiverse.seed if plan.is_sample else None,
        "protocol": json.loads(plan.protocol.model_dump_json()),
        "source": {"name": head.source_name, "fingerprint": run.records.fingerprint, "cdm": run.records.cdm_version},
        "labels": run.labels,
        "versions": tell_versions(),
    }
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
