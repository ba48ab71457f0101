"""The figures that any reader may see, derived from estimates and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from refractory.analysis.effect_series import derive_effects
from refractory.analysis.estimates import Plan
from refractory.analysis.figures import AlluvialFigure, AnyFigure, Band, ForestFigure, ForestRow, StepFigure
from refractory.analysis.results import NamedEstimate, ResultTable
from refractory.exposures.line_definition import LineDefinition
from refractory.outcomes.assess import Patient
from refractory.outcomes.sparing import SparingClass, SparingDefinition

MOST_CYCLES = 12
_MOST_LINES = 4
_MOST_REGIMENS = 5
# Limits in mg prednisone equivalent a day: 5 and 10 as in sparing.over_time, 20 where a dose is called high.
_DOSES: tuple[tuple[float, str], ...] = (
    (20, "20 or more"),
    (10, "10 to below 20"),
    (5, "5 to below 10"),
    (0, "above 0, below 5"),
)
_NO_DOSE, _UNKNOWN = "none", "not known"


def derive_figures(
    patients: Sequence[Patient], plan: Plan, estimates: Sequence[NamedEstimate], tables: Sequence[ResultTable]
) -> tuple[AnyFigure, ...]:
    """Derive the figures of a study that show no single person.

    Args:
        patients: The analysis set.
        plan: What the protocol chose.
        estimates: All estimates of the run.
        tables: All tables of the run.
    """
    found: list[AnyFigure | None] = [
        _derive_by_cycle(plan, estimates, tables),
        _derive_subtypes(plan, estimates),
        _derive_agreement(estimates),
        derive_effects(patients, plan, estimates),
        _derive_doses(patients, plan.sparing) if plan.sparing else None,
        _derive_lines(patients, plan.lines) if plan.lines else None,
    ]
    return tuple(figure for figure in found if figure is not None)


def _derive_by_cycle(
    plan: Plan, estimates: Sequence[NamedEstimate], tables: Sequence[ResultTable]
) -> StepFigure | None:
    """Derive the cumulative proportion responding by cycle, with who is at risk below."""
    by_id = {one.id: one.estimate for one in estimates}
    table = next((one for one in tables if one.id == "by_cycle"), None)
    if table is None:
        return None
    points, rows = [], []
    for cycle, row in enumerate(table.rows[:MOST_CYCLES], start=1):
        estimate = by_id.get(f"cumulative_response.cycle_{cycle}.evaluable")
        if estimate is not None and estimate.value is not None:
            points.append((cycle, estimate))
            rows.append(row.cells)
    if len(points) < 2:
        return None
    below = tuple(
        (name, tuple(count for cells in rows if isinstance(count := cells[place], int)))
        for place, name in enumerate(("At risk", "Responded", "Stopped without"))
    )
    note = "Aalen-Johansen estimate with its interval; the end of treatment without a response is a competing event."
    title = f"{plan.response.name}: cumulative proportion by cycle"
    return StepFigure("by-cycle", title, f"{plan.response.name}, %", "Cycle", tuple(points), below, note)


def _derive_subtypes(plan: Plan, estimates: Sequence[NamedEstimate]) -> ForestFigure | None:
    """Derive the response of all, of each stratum, and of each subtype alone and in the light of the others."""
    by_id = {one.id: one.estimate for one in estimates}
    if "response.overall" not in by_id:
        return None
    rows = [ForestRow("All persons", by_id["response.overall"])]
    rows += [
        ForestRow(name, by_id[f"response.{name}"])
        for name in (stratum.name for stratum in plan.strata)
        if f"response.{name}" in by_id
    ]
    rows += [
        ForestRow(name, by_id.get(f"response.subtype.{name}"), by_id.get(f"subgroup.{name}.shrunken"))
        for name in (subtype.name for subtype in plan.subtypes)
        if f"response.subtype.{name}" in by_id
    ]
    further = by_id.get("subgroup.further")
    rows += [ForestRow("A subtype not yet seen", None, further)] if further is not None else []
    if len(rows) < 3:
        return None
    title = f"{plan.response.name} by stratum and subtype"
    note = (
        "Alone: the proportion of the group. In the light of the others: drawn towards what all subtypes have in "
        "common, the more the fewer persons a subtype has."
    )
    return ForestFigure("groups", title, f"{plan.response.name}, %", tuple(rows), note)


def _derive_agreement(estimates: Sequence[NamedEstimate]) -> ForestFigure | None:
    """Derive how often each supporting rule, and a second reviewer, has the same answer as the primary rule."""
    found = [one for one in estimates if one.id.startswith("agreement.") and one.id.endswith(".percent")]
    rows = tuple(
        ForestRow(one.id.removeprefix("agreement.").removesuffix(".percent"), one.estimate)
        for one in found
        if one.estimate.value is not None
    )
    rows += tuple(
        ForestRow("Two reviewers of one chart", one.estimate)
        for one in estimates
        if one.id == "explanation.reviewers.agreement" and one.estimate.value is not None
    )
    if not rows:
        return None
    note = (
        "Rules: with the primary rule, in persons judged by both. Percent agreement with its interval; kappa and AC1, "
        "which allow for chance, stand in the table."
    )
    title = "How often rules, and reviewers, have the same answer"
    return ForestFigure("agreement", title, "Same answer, %", rows, note, has_whole=False)


def _name_dose(mg: float | None, *, is_covered: bool) -> str:
    if not is_covered:
        return _NO_DOSE
    if mg is None:
        return _UNKNOWN
    return next((name for limit, name in _DOSES if mg >= limit), _NO_DOSE) if mg > 0 else _NO_DOSE


def _derive_doses(patients: Sequence[Patient], definition: SparingDefinition) -> AlluvialFigure | None:
    """Derive how persons pass from their dose at baseline to that at the end of follow-up."""
    pairs = []
    for one in patients:
        if one.sparing is None:
            continue
        ends = [
            _name_dose(None if window.unknown_days else window.mg_per_day, is_covered=window.covered_days > 0)
            for window in (one.sparing.baseline, one.sparing.follow_up)
        ]
        is_followed = one.sparing.glucocorticoid is not SparingClass.NOT_EVALUABLE or ends[0] == _NO_DOSE
        pairs.append((ends[0], ends[1] if is_followed else _UNKNOWN))
    if len(pairs) < 2:
        return None
    names = [*(name for _, name in _DOSES), _NO_DOSE, _UNKNOWN]
    headings = (str(definition.baseline).capitalize(), str(definition.follow_up).capitalize())
    title = f"{definition.glucocorticoid.capitalize()} before and at the end of follow-up"
    note = "Mean dose, in mg prednisone equivalent a day; the height of a stream is the number of persons."
    flow = _flow("doses", title, headings, pairs, lambda found: [name for name in names if name in found], note)
    return replace(flow, is_ordered=True)


def _derive_lines(patients: Sequence[Patient], definition: LineDefinition) -> AlluvialFigure | None:
    """Derive how persons pass from one line of treatment to the next before day 0."""
    most = min(max((len(one.lines) for one in patients), default=0), _MOST_LINES)
    if most < 2:
        return None
    counts = Counter(" + ".join(line.drugs) for one in patients for line in one.lines[:most])
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    shown = ranked[:_MOST_REGIMENS]
    paths = []
    for one in patients:
        names = [" + ".join(line.drugs) for line in one.lines[:most]]
        named = [name if name in shown else "another regimen" for name in names]
        paths.append((*named, *["no further line"] * (most - len(named))))
    order = [*shown, "another regimen", "no further line"]
    headings = tuple(f"Line {number}" for number in range(1, most + 1))
    note = f"Lines of {definition.among} before day 0; the height of a stream is the number of persons."
    return _flow(
        "lines", "Lines of treatment before day 0", headings, paths,
        lambda found: [name for name in order if name in found], note,
    )  # fmt: skip


def _flow(
    figure_id: str,
    title: str,
    headings: Sequence[str],
    paths: Sequence[Sequence[str]],
    put_in_order: Callable[[set[str]], list[str]],
    note: str,
) -> AlluvialFigure:
    columns, places = [], []
    for number, heading in enumerate(headings):
        counts = Counter(path[number] for path in paths)
        names = put_in_order(set(counts))
        places.append({name: place for place, name in enumerate(names)})
        columns.append((heading, tuple(Band(name, counts[name]) for name in names)))
    streams = Counter(
        (number, places[number][path[number]], places[number + 1][path[number + 1]])
        for path in paths
        for number in range(len(headings) - 1)
    )
    return AlluvialFigure(
        figure_id, title, tuple(columns), tuple((*key, persons) for key, persons in sorted(streams.items())), note=note
    )
