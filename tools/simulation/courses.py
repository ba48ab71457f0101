"""Repeated values of the same persons: lines before and after day 0, reliability, and intervals that are joined."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
from cells import Cell, drawn_mean, drawn_share, holds, share_without, turns

from refractory.statistics.estimate import Estimate, EstimateKind
from refractory.statistics.joining import estimate_remainder
from refractory.statistics.regression_to_mean import find_fall_of_these
from refractory.statistics.reliability import estimate_reliability
from refractory.statistics.segments import Point, Points, fit_projections, fit_segments
from refractory.statistics.trajectory import estimate_mean_by_t

ALIKE, OWN_SLOPES = "persons higher or lower", "persons with slopes of their own, errors that last"
# Months of the visits; each takes place with a chance of 0.85, up to half a month off.
VISITS = (-6, -4, -2, 0, 2, 4, 6)


def draw_courses(
    draw: np.random.Generator, n: int, shape: str, *, slope: float = 0.0, start: float = 20.0
) -> list[Points]:
    """Scores of standard deviation 5 around one line without a bend; a person moves up to half a point a month."""
    persons: list[Points] = []
    for _ in range(n):
        times = [month - float(draw.uniform(0, 0.5)) for month in VISITS if draw.random() < 0.85]
        own = draw.normal(0, 4), draw.normal(0, 0.5) if shape == OWN_SLOPES else 0.0
        error, points = draw.normal(0, 3), []
        for time in times:
            points.append((time, start + own[0] + (slope + own[1]) * time + error))
            stays = 0.6 if shape == OWN_SLOPES else 0.0
            error = stays * error + draw.normal(0, 3 * sqrt(1 - stays**2))
        persons.append(points)
    return persons


def find_last(points: Points, *, slope: float) -> Point | None:
    """The visit of month 6, as it would be had the line not gone on by its slope after day 0."""
    if not points or points[-1][0] <= 5:
        return None
    time, value = points[-1]
    return 6.0, value - slope * time


def run_segments(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1601 + n), []
    for shape in (ALIKE, OWN_SLOPES):
        seen: dict[str, list[Estimate]] = {}
        for _ in turns(1500):
            persons = draw_courses(draw, n, shape)
            found = fit_segments(persons)
            told = {
                "slope before": found.before,
                "jump at day 0": found.level,
                "change of slope": found.change,
                "slope before, within persons": found.within,
            }
            before = [[point for point in points if point[0] <= 0] for points in persons]
            then = [find_last(points, slope=0.0) for points in persons]
            (projection,) = fit_projections(before, [6.0], [then])
            told["observed less earlier trend"] = projection.difference
            for name, one in told.items():
                seen.setdefault(name, []).append(one)
        for name, all_told in seen.items():
            method = f"segments, {name}"
            said = [one.p_value is not None and one.p_value <= 0.05 for one in all_told]
            cells.append(drawn_share(method, "coverage", n, shape, 0.95, [holds(one, 0.0) for one in all_told]))
            cells.append(drawn_share(method, "type I error", n, shape, 0.05, said))
            cells += share_without(method, n, shape, all_told)
    return cells


def draw_pairs(draw: np.random.Generator, n: int, reliability: float, shape: str) -> np.ndarray:
    """Two measurements of variance 1 per person."""

    def draw_parts(size: tuple[int, ...]) -> np.ndarray:
        return draw.exponential(1, size) - 1 if shape == "skewed" else draw.normal(0, 1, size)

    return sqrt(reliability) * draw_parts((n, 1)) + sqrt(1 - reliability) * draw_parts((n, 2))


def run_reliability(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1602 + n), []
    for reliability in (0.5, 0.8, 0.95):
        for shape in ("normal", "skewed"):
            told = [
                estimate_reliability([(a, b) for a, b in draw_pairs(draw, n, reliability, shape).tolist()])
                for _ in turns(4000)
            ]
            setting = f"reliability {reliability}, {shape}"
            held = [holds(one, reliability) for one in told]
            cells.append(drawn_share("intraclass correlation, exact F", "coverage", n, setting, 0.95, held))
            values = [one.value - reliability for one in told if one.value is not None]
            cells.append(drawn_mean("intraclass correlation", "bias", n, setting, 0.0, values))
    return cells


def run_joins(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1603 + n), []
    for shape in ("normal", "skewed"):
        for together in (0.0, 0.6):
            held = []
            for _ in turns(4000):
                shared = draw_pairs(draw, n, together, shape)
                whole, part = (estimate_mean_by_t(column.tolist()) for column in shared.T)
                held.append(holds(estimate_remainder(whole, part), 0.0))
            setting = f"two means of {n}, {shape}, correlation {together}"
            cells.append(drawn_share("intervals joined by their squares", "coverage", n, setting, 0.95, held))
    return [*cells, *_run_fall_less_chance(n, draw), *_run_held_at_the_least(n, draw)]


def _run_fall_less_chance(n: int, draw: np.random.Generator) -> list[Cell]:
    """Persons of a score of 20 or more, mean 20 and SD 10 in all, do not change: chance alone makes them fall."""
    cells = []
    for reliability in (0.5, 0.8, 0.95):
        held = []
        for _ in turns(3000):
            known = estimate_reliability([(a, b) for a, b in draw_pairs(draw, n, reliability, "normal").tolist()])
            pairs = 20 + 10 * draw_pairs(draw, 4 * n, reliability, "normal")
            first, later = pairs[pairs[:, 0] >= 20][:n].T
            ends = [
                None
                if one is None
                else find_fall_of_these(first.tolist(), mean=20, reliability=min(1.0, max(0.0, one)))
                for one in (known.value, known.upper, known.lower)
            ]
            fall = replace(estimate_mean_by_t((first - later).tolist()), kind=EstimateKind.SHIFT)
            expected = Estimate(EstimateKind.SHIFT, ends[0], n, "population", ends[1], ends[2], 0.95)
            held.append(holds(estimate_remainder(fall, expected), 0.0))
        setting = f"fall less regression to the mean, reliability {reliability} from {n} pairs"
        cells.append(drawn_share("intervals joined by their squares", "coverage", n, setting, 0.95, held))
    return cells


def _run_held_at_the_least(n: int, draw: np.random.Generator) -> list[Cell]:
    """The trend would lead 4 below the least value; the persons are 2 above it."""
    held = []
    for _ in turns(1500):
        persons = draw_courses(draw, n, ALIKE, slope=-1.0, start=2.0)
        before = [[point for point in points if point[0] <= 0] for points in persons]
        then = [find_last(points, slope=-1.0) for points in persons]
        (found,) = fit_projections(before, [6.0], [then], floor=0.0)
        # 2 - 6 is held at 0; the persons are at 2 again.
        held.append(holds(found.difference, 2.0))
    setting = "observed less an earlier trend that is held at the least value"
    return [drawn_share("intervals joined by their squares", "coverage", n, setting, 0.95, held)]


BLOCKS = {"segments": run_segments, "reliability": run_reliability, "joined intervals": run_joins}
