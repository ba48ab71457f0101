"""The trend before treatment: score and dose before day 0 against after, and where the earlier trend would have led."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.analysis.dose_estimates import FEWEST_DRAWN
from refractory.analysis.estimates import Plan
from refractory.analysis.explanations.series import sign_of, turn
from refractory.analysis.explanations.trend_doubts import is_bent, mark_bent, say_bend
from refractory.analysis.results import Caution, DayCurve, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.dates import Window
from refractory.numbers import format_estimate, say_count
from refractory.outcomes.around import Around, ScoreAround
from refractory.outcomes.around_definition import TrendDefinition
from refractory.outcomes.around_doses import EVERY, DosesAround
from refractory.outcomes.durability import Visit, find_at_day
from refractory.statistics.estimate import Estimate
from refractory.statistics.location import estimate_median
from refractory.statistics.segments import FEWEST_WITH_TWO, Projection, Segments, fit_projections, fit_segments

MG = "mg prednisone equivalent a day"
_EIGHT_WEEKS = 56


@dataclass(frozen=True)
class Series:
    """A number of many persons around day 0, turned so that less is better.

    Args:
        key: Short name, for ids.
        label: In words.
        sign: 1 where less is better as it stands, -1 where it was turned round.
        floor: The best value that there can be, turned; None where that is not known.
        points: By person day and value, in order.
        at_days: By day asked for and person the point nearest to it.
        main_day: The day on which a caution rests; None for the one with the most persons.
    """

    key: str
    label: str
    sign: int
    floor: float | None
    points: Mapping[int, Sequence[Visit]]
    at_days: Mapping[int, Mapping[int, Visit]]
    main_day: int | None = None


@dataclass(frozen=True)
class Trend:
    """What was found of one series; slopes per 28 days."""

    series: Series
    segments: Segments
    projections: tuple[tuple[int, Projection], ...]


def build_score_series(score: ScoreAround, days: Sequence[int]) -> Series:
    """Turn the visits of a score into a series."""
    sign = sign_of(score)
    points = {person: [(day, sign * value) for day, value in visits] for person, visits in score.visits.items()}
    at_days: dict[int, dict[int, Visit]] = {day: {} for day in days}
    for person, visits in points.items():
        after = [visit for visit in visits if visit[0] > 0]
        for day in days:
            near = min(after, key=lambda visit: (abs(visit[0] - day), visit[0]), default=None)
            if near is not None and abs(near[0] - day) <= score.near:
                at_days[day][person] = near
    floor = None if score.best is None else sign * score.best
    return Series("score", score.name, sign, floor, points, at_days)


def build_dose_series(doses: DosesAround, follow_up_day: int) -> Series:
    """Turn the doses of every 28 days into a series; the day nearest to the end of follow-up is its main one."""
    main = min(doses.at_days, key=lambda day: (abs(day - follow_up_day), day), default=None)
    return Series("dose", f"Glucocorticoid, {MG}", 1, 0.0, doses.points, doses.at_days, main)


def fit_trend(series: Series, asked: TrendDefinition, level: float) -> Trend:
    """Fit the lines before and after day 0, and continue the earlier one.

    Args:
        series: The numbers of each person.
        asked: The days that count.
        level: Coverage of the intervals.
    """
    inside = {
        person: [(day, value) for day, value in points if _lies_in(day, asked.before) or _lies_in(day, asked.after)]
        for person, points in series.points.items()
    }
    in_months = {person: [(day / EVERY, value) for day, value in points] for person, points in inside.items()}
    before = [[point for point in points if point[0] <= 0] for points in in_months.values()]
    then = []
    for found in series.at_days.values():
        near = [found.get(person) for person in in_months]
        then.append([None if one is None else (one[0] / EVERY, one[1]) for one in near])
    days = list(series.at_days)
    projected = fit_projections(before, [day / EVERY for day in days], then, floor=series.floor, level=level)
    return Trend(
        series,
        fit_segments(list(in_months.values()), level=level),
        tuple((round(one.time * EVERY), one) for one in projected),
    )


def _lies_in(day: int, window: Window) -> bool:
    return (window.first_day or 0) <= day <= (window.last_day or 0)


def analyse_trend(around: Around, asked: TrendDefinition, plan: Plan) -> Findings:
    """Say how score and dose moved before day 0 and after, and where the earlier trend would have led.

    Args:
        around: What the records hold around day 0.
        asked: The days that count.
        plan: What the protocol chose.
    """
    series = [build_score_series(around.score, plan.follow_up.days)] if around.score else []
    if around.doses and plan.sparing:
        series.append(build_dose_series(around.doses, plan.sparing.follow_up_day))
    trends = [fit_trend(one, asked, plan.analysis.level) for one in series]
    if not trends:
        return Findings()
    tables = [_tabulate_slopes(trends)]
    if any(one.projections for one in trends):
        tables.append(_tabulate_projections(trends))
    curve = derive_score_curve_around(around.score) if around.score else None
    return Findings(
        estimates=tuple(named for one in trends for named in _name(one)),
        tables=tuple(tables),
        cautions=tuple(caution for one in trends for caution in _find_cautions(one)),
        curves=(curve,) if curve else (),
    )


def _parts(segments: Segments) -> tuple[tuple[str, str, Estimate], ...]:
    return (
        ("slope_before", "Slope before day 0, per 28 days", segments.before),
        ("slope_before_within", "The same, within persons alone", segments.within),
        ("slope_late", "Slope of the later half of the values before day 0", segments.late),
        ("bend", "The same less that of the earlier half", segments.bend),
        ("level_change", "Jump at day 0", mark_bent(segments.level, segments)),
        ("slope_after", "Slope after day 0, per 28 days", segments.after),
        ("slope_change", "Slope after less slope before", mark_bent(segments.change, segments)),
    )


def _name(trend: Trend) -> list[NamedEstimate]:
    series, key = trend.series, f"explanation.trend.{trend.series.key}"
    named = [
        NamedEstimate(f"{key}.{part}", series.label, rule, "overall", series.label, turn(estimate, series.sign))
        for part, rule, estimate in _parts(trend.segments)
    ]
    for day, one in trend.projections:
        told = (
            ("projected", "had the earlier trend gone on", mark_bent(one.projected, trend.segments)),
            ("observed", "as it was", one.observed),
            ("difference", "observed less projected", mark_bent(one.difference, trend.segments)),
        )
        named += [
            NamedEstimate(
                f"{key}.day_{day}.{part}", series.label, f"At day {day}, {rule}", "overall", series.label,
                turn(estimate, series.sign),
            )
            for part, rule, estimate in told
        ]  # fmt: skip
    return named


def _tabulate_slopes(trends: Sequence[Trend]) -> ResultTable:
    found = [one.segments for one in trends]
    rows = [
        ResultRow("Persons with two values or more before day 0", tuple(one.persons_before for one in found)),
        ResultRow("Persons with two values or more after it", tuple(one.persons_after for one in found)),
    ]
    parts = [_parts(one.segments) for one in trends]
    rows += [
        ResultRow(
            own[0][1],
            tuple(turn(estimate, one.series.sign) for (_, _, estimate), one in zip(own, trends, strict=True)),
        )
        for own in zip(*parts, strict=True)
    ]
    notes = [
        "Straight lines before day 0 and after it, from the first evidence of the disease on, by a linear mixed model "
        "with a random intercept (REML); intervals by the bias-reduced cluster-robust variance (CR2) with "
        "Satterthwaite degrees of freedom. Within persons alone: each person has an intercept, so that no difference "
        "between the persons seen early and those seen late can bend the line. The two halves of the values before day "
        "0 meet at their middle day: along a straight line their slopes differ by 0.",
    ]
    if any(one.segments.before.value is None for one in trends):
        notes.append(f"No slope is estimated where fewer than {FEWEST_WITH_TWO} persons have two values.")
    if any(one.series.key == "dose" for one in trends):
        notes.append(f"Glucocorticoid: the mean dose of every {EVERY} days, pulses apart.")
    title = "The trend before day 0 and after it"
    return ResultTable(
        "explanation-trend", title, ("", *(one.series.label for one in trends)), tuple(rows), tuple(notes)
    )


def _tabulate_projections(trends: Sequence[Trend]) -> ResultTable:
    rows, held = [], False
    for one in trends:
        if not one.projections:
            continue
        rows.append(ResultRow(one.series.label, (None,) * 4))
        for day, found in one.projections:
            projected, difference = (mark_bent(each, one.segments) for each in (found.projected, found.difference))
            told = (turn(each, one.series.sign) for each in (projected, found.observed, difference))
            rows.append(ResultRow(f"Day {day}", (found.persons, *told), indent=1))
            held = held or bool(found.projected.note and found.difference.note == found.projected.note)
    notes = [
        "Had the earlier trend gone on: the line through the values before day 0, continued. As it was: the mean at "
        "the visit nearest to that day, of persons with the same level before. A straight line need not go on "
        "straight, and the further it is continued the less it is worth; the interval holds the uncertainty of the "
        "line, not the doubt that it is one. Whoever got well before day 0 was never treated and is not here: the "
        "earlier trend of those who were is worse than that of everybody.",
    ]
    if held:
        notes.append(
            "Where the line would have passed the best value that there can be, it is held there: the earlier trend "
            "alone would have brought everybody to it."
        )
    columns = ("", "Persons", "Had the earlier trend gone on", "As it was", "Difference")
    title = "Where the earlier trend would have led, and where the persons were"
    return ResultTable("explanation-projection", title, columns, tuple(rows), tuple(notes))


def _find_cautions(trend: Trend) -> list[Caution]:
    series, segments = trend.series, trend.segments
    name = "the glucocorticoid dose" if series.key == "dose" else series.label
    if segments.before.value is None:
        text = (
            f"{say_count(segments.persons_before, 'person')} {'has' if segments.persons_before == 1 else 'have'} two "
            f"values of {name} or more before day 0, fewer than {FEWEST_WITH_TWO}: whether it had improved already "
            "before the treatment cannot be said."
        )
        code = f"explanation-trend-{series.key}-unknown"
        title = f"{_capital(name)}: trend before day 0 not known"
        return [Caution(code, title, text, Severity.NOTE, segments.persons_before)]
    cautions = []
    if segments.before.upper is not None and segments.before.upper < 0:
        slope = turn(segments.before, series.sign)
        text = (
            f"In the time before day 0 {name} moved by {format_estimate(slope)} per 28 days, the same way as after "
            "the treatment: what followed may be that trend going on."
        )
        title = f"{_capital(name)}: {'lower' if series.key == 'dose' else 'better'} already before day 0"
        cautions.append(Caution(f"explanation-trend-{series.key}", title, text, Severity.SERIOUS, slope))
    if is_bent(segments):
        cautions.append(say_bend(segments, series.key, name, series.sign))
    main = _find_main(trend)
    if main and main[1].difference.upper is not None and main[1].difference.upper >= 0:
        day, found = main
        difference = turn(found.difference, series.sign)
        text = (
            f"At day {day} {name} was {format_estimate(turn(found.observed, series.sign))}; the trend before day 0, "
            f"continued, leads to {format_estimate(turn(found.projected, series.sign))}. The difference, "
            f"{format_estimate(difference)}, may be none."
        )
        title = f"{_capital(name)}: the earlier trend may explain the change"
        code = f"explanation-projection-{series.key}"
        cautions.append(Caution(code, title, text, Severity.SERIOUS, difference))
    return cautions


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _find_main(trend: Trend) -> tuple[int, Projection] | None:
    """Find the projection on which a caution rests: that of the main day, else that of the most persons."""
    main = [one for one in trend.projections if one[0] == trend.series.main_day]
    return main[0] if main else max(trend.projections, key=lambda one: (one[1].persons, one[0]), default=None)


def derive_score_curve_around(score: ScoreAround) -> DayCurve | None:
    """Derive the median score every eight weeks before day 0 and after it, where enough persons have one.

    Returns:
        None where fewer than two points can be drawn, or none of them lies before day 0.
    """
    points = []
    for day in range(-6 * _EIGHT_WEEKS, 6 * _EIGHT_WEEKS + 1, _EIGHT_WEEKS):
        # What was seen on day 0 or before is never drawn after it, and the other way round.
        found = (
            find_at_day([visit for visit in visits if (visit[0] > 0) == (day > 0)], day, EVERY)
            for visits in score.visits.values()
        )
        values = [value for value in found if value is not None]
        if len(values) >= FEWEST_DRAWN:
            points.append((day, estimate_median(values)))
    if len(points) < 2 or points[0][0] >= 0:
        return None
    title = f"{score.name} before day 0 and after it, median and quartiles"
    return DayCurve("explanation-trend", title, score.name, tuple(points))
