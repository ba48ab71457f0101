"""The logistic likelihood with Jeffreys' penalty: where it is largest, and how far a coefficient may go from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

# No step moves a coefficient of an even predictor further than this, nor is a step halved more often.
_LONGEST_STEP = 3.0
_MOST_HALVINGS = 30
_MOST_STEPS = 500
# Gain of a step, as a share of the log-likelihood, that is no more than its last digits.
_NO_GAIN = 1e-15
# Least bend, as a share of all of it, of a surface that a step of Newton's is right for.
_NO_BEND = 1e-10
# The slope of the log-likelihood, in every direction, at which the search ends.
_FLAT = 1e-9
# Least part of the largest size of an information that can still be inverted.
_SINGULAR = 1e-15
# Doublings of the way outwards after which a coefficient is said to have no end.
_MOST_DOUBLINGS = 12
_MOST_CUTS = 100
_END_FOUND = 1e-11


@dataclass(frozen=True)
class PenalisedFit:
    """Where the penalised likelihood is largest.

    Args:
        coefficients: One per column of the design.
        log_likelihood: Penalised.
        information: Fisher's, at the coefficients, without the penalty.
        steps: Steps that the search took.
        is_converged: Whether the slope is flat in every free direction.
    """

    coefficients: Any
    log_likelihood: float
    information: Any
    steps: int
    is_converged: bool


def fit_penalised(
    responded: Any, design: Any, fixed: Mapping[int, float] | None = None, *, start: Any = None
) -> PenalisedFit:
    """Find the coefficients at which the log-likelihood plus half the logarithm of its information is largest.

    Each step is Newton's, for Firth's modified score x'(y - p + h (1/2 - p)) with h the hat values; that of Fisher's
    scoring where the surface does not bend down on all sides. It is shortened where it is long, and halved while the
    penalised likelihood falls.

    Args:
        responded: 1 or 0 per person.
        design: One row per person, one column per coefficient, of full rank.
        fixed: Coefficients, by column, that are held; the determinant is that of the whole design all the same.
        start: Coefficients from which the search starts; else 0.

    Source:
        Heinze and Schemper, Statistics in Medicine 21 (2002) 2409-2419, section 2.
    """
    import numpy as np

    held = dict(fixed or {})
    free = [column for column in range(design.shape[1]) if column not in held]
    beta = np.zeros(design.shape[1]) if start is None else np.array(start, dtype=float)
    for column, value in held.items():
        beta[column] = value
    now = _look(responded, design, beta)
    for step in range(_MOST_STEPS):
        slope = now.score[free]
        if now.log_likelihood == -inf:
            break
        if not free or float(np.abs(slope).max()) <= _FLAT:
            return PenalisedFit(beta, now.log_likelihood, now.information, step, True)
        bend = now.find_bend(design)[np.ix_(free, free)]
        if float(np.linalg.eigvalsh(bend)[0]) <= _NO_BEND * float(np.trace(bend)):
            bend = now.information[np.ix_(free, free)]
        move = np.linalg.solve(bend, slope)
        move *= min(1.0, _LONGEST_STEP / float(np.abs(move).max()))
        for _ in range(_MOST_HALVINGS):
            tried = beta.copy()
            tried[free] += move
            then = _look(responded, design, tried)
            if then.log_likelihood >= now.log_likelihood:
                break
            move = move / 2
        else:
            # No shorter step rises either: the slope that is left is the last digits of the likelihood.
            return PenalisedFit(beta, now.log_likelihood, now.information, step, _is_nearly_flat(slope))
        gain = then.log_likelihood - now.log_likelihood
        beta, now = tried, then
        if gain <= _NO_GAIN * max(1.0, abs(now.log_likelihood)):
            return PenalisedFit(beta, now.log_likelihood, now.information, step + 1, _is_nearly_flat(now.score[free]))
    is_flat = now.log_likelihood > -inf and _is_nearly_flat(now.score[free])
    return PenalisedFit(beta, now.log_likelihood, now.information, _MOST_STEPS, is_flat)


def find_profile_end(responded: Any, design: Any, fit: PenalisedFit, column: int, fall: float, direction: int) -> float:
    """Find how far a coefficient may go until the penalised log-likelihood, the others fitted anew, has fallen so far.

    Args:
        responded: 1 or 0 per person.
        design: One row per person, one column per coefficient.
        fit: Where the likelihood is largest.
        column: Of the coefficient.
        fall: In units of the log-likelihood; half a quantile of chi-square with one degree of freedom.
        direction: -1 downwards, 1 upwards.

    Returns:
        Infinite where the likelihood does not fall so far.

    Source:
        Venzon and Moolgavkar, Applied Statistics 37 (1988) 87-94, for the interval; Heinze and Schemper (2002) for
        the penalised one.
    """
    import numpy as np

    wanted = sqrt(2 * fall)
    coefficients = fit.coefficients
    variances = np.linalg.inv(fit.information)
    # How the other coefficients follow this one, near the top.
    along = variances[column] / variances[column, column]

    def surplus(value: float) -> float:
        """How far the root of the deviance, nearly a straight line in the coefficient, lies above the wanted one."""
        nonlocal coefficients
        start = coefficients + (value - coefficients[column]) * along
        there = fit_penalised(responded, design, {column: value}, start=start)
        if there.log_likelihood > -inf:
            coefficients = there.coefficients
        return sqrt(2 * max(0.0, fit.log_likelihood - there.log_likelihood)) - wanted

    near, below = float(fit.coefficients[column]), -wanted
    reach = wanted * sqrt(float(variances[column, column]))
    for _ in range(_MOST_DOUBLINGS):
        far = near + direction * reach
        above = surplus(far)
        if above >= 0:
            return find_between(surplus, near, below, far, above)
        near, below, reach = far, above, 2 * reach
    return direction * inf


def find_between(surplus: Callable[[float], float], near: float, below: float, far: float, above: float) -> float:
    """Find where a rising function is 0, by straight lines; an end that stays twice counts half (the Illinois rule).

    Args:
        surplus: The function.
        near: A place where it is at most 0.
        below: What it is there.
        far: A place where it is at least 0.
        above: What it is there.
    """
    stayed = 0
    for _ in range(_MOST_CUTS):
        if abs(far - near) <= _END_FOUND * max(1.0, abs(far)):
            break
        cut = (near * above - far * below) / (above - below) if above < inf else (near + far) / 2
        value = surplus(cut)
        if abs(value) <= _END_FOUND:
            return cut
        if value < 0:
            near, below, above = cut, value, above / 2 if stayed < 0 else above
            stayed = -1
        else:
            far, above, below = cut, value, below / 2 if stayed > 0 else below
            stayed = 1
    return (near + far) / 2


def is_separated(responded: Any, design: Any) -> bool:
    """Whether some sum of the columns is never below 0 for responders, never above 0 for others, and not 0 for all.

    Then no plain likelihood has its largest value at finite coefficients. By Gordan's theorem there is no such sum
    just when the rows, those of the others turned round, add up to nothing with weights of at least 1: the least
    distance from nothing is found, and is not 0 where there is separation.

    Args:
        responded: 1 or 0 per person.
        design: One row per person, the constant among its columns.

    Source:
        Albert and Anderson, Biometrika 71 (1984) 1-10.
    """
    import numpy as np

    turned = design * np.where(responded > 0, 1.0, -1.0)[:, None]
    return bool(_find_least_distance(turned) > 1e-7 * np.abs(design).max())


def _find_least_distance(rows: Any) -> float:
    """How near to nothing the rows add up with weights of at least 1, by least squares with bounds.

    Source:
        Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23; the more than 1 is what is not negative.
    """
    import numpy as np

    wanted = -rows.sum(axis=0)
    more, is_free = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    for _ in range(10 * len(rows)):
        gain = np.where(is_free, -inf, rows @ (wanted - rows.T @ more))
        if gain.max() <= 1e-10 * np.abs(rows).max() ** 2 * len(rows):
            break
        is_free[gain.argmax()] = True
        while True:
            tried = np.zeros(len(rows))
            tried[is_free] = np.linalg.lstsq(rows[is_free].T, wanted, rcond=None)[0]
            against = is_free & (tried <= 0)
            if not against.any():
                break
            reach = float((more[against] / (more[against] - tried[against])).min())
            more = more + reach * (tried - more)
            is_free &= more > 1e-12
        more = tried
    return float(np.linalg.norm(wanted - rows.T @ more))


@dataclass(frozen=True)
class _View:
    """The penalised likelihood at given coefficients, its slope, and what its bend is made of."""

    log_likelihood: float
    score: Any
    information: Any
    chance: Any = None
    weights: Any = None
    leverage: Any = None

    def find_bend(self, design: Any) -> Any:
        """Minus the second derivatives: the information, less those of half the logarithm of its determinant."""
        import numpy as np

        # First and second derivatives of a person's weight p (1 - p) with respect to the linear predictor.
        first = self.weights * (1 - 2 * self.chance)
        second = self.weights * (1 - 6 * self.weights)
        inverse = np.linalg.inv(self.information)
        slopes = np.einsum("i,ij,ik,il->jkl", first, design, design, design, optimize=True)
        turned = inverse @ slopes @ inverse
        of_determinant = design.T @ ((second * self.leverage)[:, None] * design)
        of_determinant -= np.einsum("jkl,mkl->jm", turned, slopes)
        return self.information - of_determinant / 2


def _look(responded: Any, design: Any, beta: Any) -> _View:
    import numpy as np

    linear = design @ beta
    # The logarithm of 1 + e^x, without overflow on either side.
    softplus = np.maximum(linear, 0) + np.log1p(np.exp(-np.abs(linear)))
    chance = np.exp(linear - softplus)
    weights = np.exp(linear - 2 * softplus)
    information = design.T @ (weights[:, None] * design)
    sizes = np.linalg.eigvalsh(information)
    if not sizes[0] > _SINGULAR * sizes[-1]:
        return _View(-inf, np.zeros(len(beta)), information)
    leverage = np.einsum("ij,ji->i", design, np.linalg.solve(information, design.T))
    score = design.T @ (responded - chance + weights * leverage * (0.5 - chance))
    log_likelihood = float((responded * linear - softplus).sum() + np.log(sizes).sum() / 2)
    return _View(log_likelihood, score, information, chance, weights, leverage)


def _is_nearly_flat(slope: Any) -> bool:
    import numpy as np

    return bool(float(np.abs(slope).max()) <= 1e-5)
