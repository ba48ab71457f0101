"""Models of several predictors: exact, ridge, with gaps imputed, and what a term could have shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np
from cells import RATES, Cell, drawn_mean, drawn_share, holds, turns

from refractory.statistics.combined import fit_firth_to_sets
from refractory.statistics.exact_logistic import fit_exact
from refractory.statistics.firth import FirthTerm, fit_firth
from refractory.statistics.imputation import derive_completed_sets, find_why_not
from refractory.statistics.power_of_models import find_detectable_odds_ratio
from refractory.statistics.ridge import fit_ridge


def is_found(p_value: float | None) -> bool:
    return p_value is not None and p_value <= 0.05


def draw_answers(draw: np.random.Generator, effect: np.ndarray, rate: float) -> list[bool]:
    """Answers of persons with these log odds beside the intercept, of whom a share of `rate` is expected to say yes."""
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-effect - middle))) < rate else (low, middle)
    return (draw.random(len(effect)) < 1 / (1 + np.exp(-effect - low))).tolist()


def run_exact_model(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1501 + n), []
    for rate in RATES:
        for slope in (0.0, 1.0):
            held, found, without = [], [], []
            for _ in turns(1000):
                muscle = draw.random(n) < 0.5
                treated = draw.random(n) < np.where(muscle, 0.55, 0.25)
                answers = draw_answers(draw, slope * treated + 1.0 * muscle, rate)
                columns = {"treated": treated.astype(int).tolist(), "muscle": muscle.astype(int).tolist()}
                term = fit_exact(answers, columns)[0]
                without.append(term.odds_ratio.value is None)
                # What says nothing leaves nothing out, and finds nothing.
                held.append(holds(term.odds_ratio, exp(slope)))
                found.append(is_found(term.test.p_value))
            setting = f"rate {rate}, log odds ratio {slope}"
            cells.append(drawn_share("exact logistic, interval", "coverage", n, setting, 0.95, held))
            if slope == 0:
                cells.append(drawn_share("exact logistic, test", "type I error", n, setting, 0.05, found))
            if any(without):
                cells.append(drawn_share("exact logistic", "no interval", n, setting, None, without))
    return cells


def run_ridge(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1502 + n), []
    for rate in RATES:
        for slope in (0.0, 1.0):
            ridge, firth, at_one, without = [], [], [], []
            for _ in turns(400):
                treated, age = draw.random(n) < 0.4, draw.normal(0, 1, n)
                answers = draw_answers(draw, slope * treated, rate)
                columns = {"treated": treated.astype(float).tolist(), "age": age.tolist()}
                fit, other = fit_ridge(answers, columns), fit_firth(answers, columns).terms[0].coefficient
                shrunken = fit.terms[0].coefficient
                without.append(shrunken is None)
                if other is None or shrunken is None:
                    continue
                ridge.append(shrunken - slope)
                firth.append(other - slope)
                at_one.append(fit.penalty == np.inf)
            setting = f"rate {rate}, log odds ratio {slope}"
            cells.append(drawn_mean("ridge, log odds ratio", "bias", n, setting, 0.0, ridge))
            ratio = sqrt(sum(one**2 for one in ridge) / max(sum(one**2 for one in firth), 1e-12))
            cells.append(Cell("ridge, log odds ratio", "error as a share of Firth's", n, setting, None, ratio))
            cells.append(drawn_share("ridge", "all odds ratios at 1", n, setting, None, at_one))
            if any(without):
                cells.append(drawn_share("ridge", "no value", n, setting, None, without))
    return cells


@dataclass
class Gaps:
    """What a simulation of gaps has seen of one predictor."""

    held: list[bool] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    imputed: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)


def run_imputed(n: int) -> list[Cell]:
    """A score is unknown of most who were treated and responded: complete persons alone bend the treatment's effect."""
    draw, cells = np.random.default_rng(1503 + n), []
    for rate in (0.5, 0.83):
        for slope in (0.0, 1.0):
            seen, refused = {"treated": Gaps(), "score": Gaps()}, []
            for _ in turns(100):
                treated = draw.random(n) < 0.4
                score = draw.normal(0, 1, n) + 0.5 * treated
                answers = draw_answers(draw, slope * treated + slope * score, rate)
                is_gap = draw.random(n) < np.where(treated & np.array(answers), 0.5, 0.1)
                refused.append(not _see_gaps(seen, answers, treated, score, is_gap, slope))
            setting = f"rate {rate}, log odds ratios {slope}"
            cells += _tell_gaps(seen, n, setting, slope)
            if any(refused):
                cells.append(drawn_share("imputed sets", "cannot be imputed or fitted", n, setting, None, refused))
    return cells


def _see_gaps(
    seen: dict[str, Gaps],
    answers: list[bool],
    treated: np.ndarray,
    score: np.ndarray,
    is_gap: np.ndarray,
    slope: float,
) -> bool:
    """Fit the persons without gaps, with gaps imputed, and the complete ones; say whether all three could be."""
    numbers = {
        "treated": treated.astype(float).tolist(),
        "score": [None if gap else float(value) for gap, value in zip(is_gap, score, strict=True)],
    }
    kept = np.flatnonzero(~is_gap)
    some = [answers[place] for place in kept]
    if find_why_not(answers, numbers, {}) or len({*answers}) < 2 or len({*some}) < 2:
        return False
    sets = derive_completed_sets(answers, numbers, {})
    whole = fit_firth(answers, {"treated": numbers["treated"], "score": score.tolist()}).terms
    imputed = fit_firth_to_sets(answers, [one.numbers for one in sets])
    complete = fit_firth(some, {"treated": treated[kept].astype(float).tolist(), "score": score[kept].tolist()}).terms
    if any(term.coefficient is None for term in (*whole, *complete)):
        return False
    for one, combined, rest in zip(whole, imputed, complete, strict=True):
        told = seen[one.name]
        told.held.append(holds(combined.odds_ratio, exp(slope)))
        told.found.append(is_found(combined.test.p_value))
        told.imputed.append(_find_distance(combined.odds_ratio.value or 1.0, one))
        told.complete.append(_find_distance(exp(rest.coefficient or 0.0), one))
    return True


def _find_distance(odds_ratio: float, whole: FirthTerm) -> float:
    return log(odds_ratio) - (whole.coefficient or 0.0)


def _tell_gaps(seen: dict[str, Gaps], n: int, setting: str, slope: float) -> list[Cell]:
    cells = []
    for name, told in seen.items():
        of = f"{setting}; {name}"
        cells.append(drawn_share("imputed sets, combined profiles", "coverage", n, of, 0.95, told.held))
        if slope == 0:
            cells.append(drawn_share("imputed sets, combined profiles", "type I error", n, of, 0.05, told.found))
        cells.append(drawn_mean("imputed sets, less Firth without gaps", "bias", n, of, 0.0, told.imputed))
        cells.append(drawn_mean("complete persons, less Firth without gaps", "bias", n, of, 0.0, told.complete))
    return cells


def run_detectable_terms(n: int) -> list[Cell]:
    draw, cells = np.random.default_rng(1504 + n), []
    for rate in RATES:
        seen: dict[str, list[bool]] = {"below": [], "above": []}
        none = []
        for _ in turns(800):
            treated, age = draw.random(n) < 0.4, draw.normal(0, 1, n)
            columns = {"treated": treated.astype(float).tolist(), "age": age.tolist()}
            found = find_detectable_odds_ratio(columns, "treated", rate)
            none.append(found.below is None and found.above is None)
            for side, ratio in (("below", found.below), ("above", found.above)):
                if ratio is not None:
                    answers = draw_answers(draw, log(ratio) * treated, rate)
                    seen[side].append(is_found(fit_firth(answers, columns).terms[0].test.p_value))
        for side, said in seen.items():
            if len(said) >= 50:
                setting = f"rate {rate}, {side} 1"
                cells.append(drawn_share("detectable odds ratio (Firth)", "power", n, setting, 0.8, said))
        if any(none):
            cells.append(drawn_share("detectable odds ratio (Firth)", "none", n, f"rate {rate}", None, none))
    return cells


BLOCKS = {
    "exact model": run_exact_model,
    "ridge": run_ridge,
    "imputed gaps": run_imputed,
    "detectable terms": run_detectable_terms,
}
