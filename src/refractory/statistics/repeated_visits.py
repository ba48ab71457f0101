"""Lines through repeated values of the same persons: a random intercept by REML, intervals that trust no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, log, sqrt
from typing import Any

from refractory.statistics.distributions import check_level, student_quantile, student_upper_tail
from refractory.statistics.estimate import Estimate, EstimateKind

METHOD = "random intercept by REML, CR2 with Satterthwaite degrees of freedom"
WITHIN_METHOD = "intercept of each person, CR2 with Satterthwaite degrees of freedom"
# Below so many degrees of freedom not even Satterthwaite's interval keeps its level.
FEWEST_DEGREES = 4.0
FEW_DEGREES = "Rests on so few persons that its interval may be too short."
# The largest variance between persons, in variances within, that is looked for.
_LARGEST_RATIO = 1e6
_GOLDEN = (sqrt(5) - 1) / 2
_MOST_STEPS = 200
_GRID = 16
# Nearer to its lowest point a smooth line is flat to the last digit.
_END_FOUND = 1e-9
# Least part of the largest size of a matrix that is told from 0.
_SINGULAR = 1e-10
# Least residual, as a part of the largest value, that is more than the last digits of a sum.
_ROUNDING = 1e-10


@dataclass(frozen=True)
class RepeatedFit:
    """Coefficients of repeated values, and what each person adds to their uncertainty.

    Args:
        persons: Persons with a value.
        values: Values of all persons together.
        coefficients: One per column of the design.
        likeness: Share of the variance around the line that lies between persons, 0 to 1.
        method: The method in words.
        pulls: By person and coefficient, how far the person pulls it off, after the correction for few persons.
        spread: By person, what its part of a contrast varies by, for the degrees of freedom.
        reach: By person, what its part of a contrast shares with those of others.
        inverse: Inverse of the information.
    """

    persons: int
    values: int
    coefficients: Any
    likeness: float
    method: str
    pulls: Any
    spread: Any
    reach: Any
    inverse: Any

    def estimate(self, weights: Sequence[float], *, kind: EstimateKind, level: float = 0.95) -> Estimate:
        """Estimate a sum of the coefficients, each with a weight.

        Args:
            weights: One per column of the design; not all 0.
            kind: What the sum is.
            level: Coverage of the interval, between 0 and 1.

        Returns:
            The sum with the interval of Student's t; its P value is that of no difference from 0.

        Raises:
            ValueError: When there are not as many weights as columns, or the level is no share.
        """
        import numpy as np

        check_level(level)
        contrast = np.asarray(weights, dtype=float)
        if contrast.shape != self.coefficients.shape:
            raise ValueError(f"{len(contrast)} weights cannot weigh {len(self.coefficients)} coefficients")
        value = float(contrast @ self.coefficients)
        error = float(sqrt(((self.pulls @ contrast) ** 2).sum()))
        degrees = self._find_degrees(contrast)
        half = student_quantile((1 + level) / 2, degrees) * error if error > 0 else 0.0
        p_value = min(1.0, 2 * student_upper_tail(abs(value) / error, degrees)) if error > 0 else None
        note = FEW_DEGREES if degrees < FEWEST_DEGREES else ""
        return Estimate(
            kind, value, self.persons, self.method, lower=value - half, upper=value + half, level=level,
            p_value=p_value, note=note,
        )  # fmt: skip

    def _find_degrees(self, contrast: Any) -> float:
        """Satterthwaite's degrees of freedom of the variance of a contrast, were the working model true."""
        import numpy as np

        shared = self.reach @ contrast
        between = -(shared @ self.inverse @ shared.T)
        between[np.diag_indices_from(between)] += np.einsum("p,ipq,q->i", contrast, self.spread, contrast)
        squares = float((between**2).sum())
        return float(np.trace(between)) ** 2 / squares if squares > 0 else inf


def fit_repeated(persons: Sequence[int], design: Sequence[Sequence[float]], values: Sequence[float]) -> RepeatedFit:
    """Fit a line to values of which several belong to one person, each person being as much higher or lower.

    The weights come from a random intercept, its variance by restricted maximum likelihood. The errors do not: each
    person's residuals are taken as they are, whatever their correlation, with the bias-reduced correction for few
    persons.

    Args:
        persons: The person of each value.
        design: One row per value, one column per coefficient.
        values: The values.

    Raises:
        ValueError: When the lengths differ, a number is not finite, there are fewer than two persons, or the values
            cannot tell the coefficients apart.

    Source:
        Laird and Ware, Biometrics 38 (1982) 963-974; Bell and McCaffrey, Survey Methodology 28 (2002) 169-181;
        Pustejovsky and Tipton, J Business and Economic Statistics 36 (2018) 672-683, formulas 6 and 14.

    Example:
        >>> fit = fit_repeated([1, 1, 2, 2], [[1, 0], [1, 1], [1, 0], [1, 1]], [5, 7, 9, 12])
        >>> [round(float(one), 3) for one in fit.coefficients]
        [7.0, 2.5]
    """
    import numpy as np

    places, x, y = _read(persons, design, values)
    ratio = _find_ratio(places, x, y)
    weights = [np.eye(len(rows)) - ratio / (1 + len(rows) * ratio) for rows in places]
    shapes = [np.eye(len(rows)) + ratio for rows in places]
    return _fit(places, x, y, weights, shapes, ratio / (1 + ratio), METHOD)


def fit_within(persons: Sequence[int], design: Sequence[Sequence[float]], values: Sequence[float]) -> RepeatedFit:
    """Fit a line by what changes within persons alone: every person has an intercept.

    Whoever is seen once says nothing, and no difference between persons that does not change can bend the line.

    Args:
        persons: The person of each value.
        design: One row per value, one column per coefficient; without a column for the intercept.
        values: The values.

    Raises:
        ValueError: As `fit_repeated`.

    Source:
        Pustejovsky and Tipton, J Business and Economic Statistics 36 (2018) 672-683, theorem 2.

    Example:
        >>> fit = fit_within([1, 1, 2, 2], [[0], [1], [0], [2]], [5, 7, 9, 13])
        >>> round(float(fit.coefficients[0]), 3)
        2.0
    """
    import numpy as np

    places, x, y = _read(persons, design, values, is_centred=True)
    shapes = [np.eye(len(rows)) for rows in places]
    return _fit(places, x, y, shapes, shapes, 1.0, WITHIN_METHOD)


def _read(
    persons: Sequence[int], design: Sequence[Sequence[float]], values: Sequence[float], *, is_centred: bool = False
) -> tuple[list[Any], Any, Any]:
    """Check what was given, and sort it by person: the rows of each person, the design, the values."""
    import numpy as np

    if not len(persons) == len(design) == len(values):
        raise ValueError(f"{len(values)} values have {len(persons)} persons and {len(design)} rows of a design")
    if not all(map(isfinite, values)) or not all(isfinite(one) for row in design for one in row):
        raise ValueError("a value, or a number of the design, is not finite")
    rows: dict[int, list[int]] = {}
    for row, person in enumerate(persons):
        rows.setdefault(person, []).append(row)
    if len(rows) < 2:
        raise ValueError("one person alone has no spread between persons")
    places = [np.array(rows[person]) for person in sorted(rows)]
    x, y = np.array(design, dtype=float), np.array(values, dtype=float)
    if is_centred:
        for place in places:
            x[place] -= x[place].mean(axis=0)
            y[place] -= y[place].mean()
    scale = np.sqrt((x**2).sum(axis=0))
    if x.ndim != 2 or not scale.all() or np.linalg.matrix_rank(x / scale, tol=_SINGULAR) < x.shape[1]:
        raise ValueError("the values cannot tell the coefficients apart")
    return places, x, y


def _find_ratio(places: Sequence[Any], x: Any, y: Any) -> float:
    """Find the variance between persons, in variances within, at which the restricted likelihood is largest."""
    import numpy as np

    sizes = np.array([len(rows) for rows in places], dtype=float)
    sums_x, sums_y = np.array([x[rows].sum(axis=0) for rows in places]), np.array([y[rows].sum() for rows in places])
    xx, xy, yy = x.T @ x, x.T @ y, float(y @ y)
    free = len(y) - x.shape[1]

    def minus_likelihood(share: float) -> float:
        ratio = share / (1 - share)
        taken = ratio / (1 + sizes * ratio)
        information = xx - (sums_x * taken[:, None]).T @ sums_x
        score = xy - sums_x.T @ (taken * sums_y)
        left = yy - float(taken @ sums_y**2) - float(score @ np.linalg.solve(information, score))
        size = np.log1p(sizes * ratio).sum() + np.linalg.slogdet(information)[1]
        return float(free * log(max(left, yy * 1e-15)) + size)

    if yy == 0 or free < 1:
        return 0.0
    most = _LARGEST_RATIO / (1 + _LARGEST_RATIO)
    share = _find_lowest(minus_likelihood, [most * place / _GRID for place in range(_GRID + 1)])
    return share / (1 - share)


def _find_lowest(height: Callable[[float], float], grid: Sequence[float]) -> float:
    """Find the lowest point of a line with one valley near the lowest of some points."""
    lowest = min(range(len(grid)), key=lambda place: height(grid[place]))
    low, high = grid[max(lowest - 1, 0)], grid[min(lowest + 1, len(grid) - 1)]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = height(left), height(right)
    for _ in range(_MOST_STEPS):
        if high - low < _END_FOUND:
            break
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = height(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = height(right)
    middle = (low + high) / 2
    return min((grid[0], middle, grid[-1]), key=height)


def _fit(
    places: Sequence[Any], x: Any, y: Any, weights: Sequence[Any], shapes: Sequence[Any], likeness: float, method: str
) -> RepeatedFit:
    """Fit by weighted least squares, and find each person's part of the errors."""
    import numpy as np

    weighed = [weight @ x[rows] for rows, weight in zip(places, weights, strict=True)]
    information = sum(part.T @ x[rows] for rows, part in zip(places, weighed, strict=True))
    inverse = np.linalg.inv(information)
    coefficients = inverse @ sum(part.T @ y[rows] for rows, part in zip(places, weighed, strict=True))
    nothing = _ROUNDING * float(np.abs(y).max())
    pulls, spread, reach = [], [], []
    for rows, part, shape in zip(places, weighed, shapes, strict=True):
        own = x[rows]
        adjusted = _adjust(shape, shape - own @ inverse @ own.T) @ part @ inverse
        left = y[rows] - own @ coefficients
        pulls.append(np.where(np.abs(left) > nothing, left, 0.0) @ adjusted)
        spread.append(adjusted.T @ shape @ adjusted)
        reach.append(own.T @ adjusted)
    parts = (np.array(pulls), np.array(spread), np.array(reach))
    return RepeatedFit(len(places), len(y), coefficients, likeness, method, *parts, inverse)


def _adjust(shape: Any, left: Any) -> Any:
    """The matrix that gives residuals of a person back the spread that fitting took from them."""
    import numpy as np

    root = np.linalg.cholesky(shape).T
    sizes, directions = np.linalg.eigh(root @ left @ root.T)
    is_left = sizes > _SINGULAR * max(float(sizes[-1]), 1.0)
    turned = directions[:, is_left]
    return root.T @ (turned / np.sqrt(sizes[is_left])) @ turned.T @ root
