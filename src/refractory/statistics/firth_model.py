"""Predictors as a logistic model takes them: moved to mean 0 and spread 1, and none fixed by those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractory.statistics.penalised_likelihood import PenalisedFit

THE_SAME_IN_EVERYBODY = "It is the same in everybody, so that it predicts nothing."
# What is left of a predictor beyond those before it, as a share of its spread, below which they are one and the same.
_COLLINEAR = 1e-6


@dataclass(frozen=True)
class FirthModel:
    """The predictors moved to mean 0 and spread 1: the fit is the same, and the steps towards it are even."""

    responded: Any
    design: Any
    centres: Any
    scales: Any

    @staticmethod
    def build(responded: Sequence[bool], columns: Sequence[Sequence[float]]) -> FirthModel:
        import numpy as np

        plain = np.array([list(map(float, column)) for column in columns]).reshape(len(columns), len(responded))
        centres, scales = plain.mean(axis=1), plain.std(axis=1)
        even = (plain - centres[:, None]) / scales[:, None]
        design = np.column_stack([np.ones(len(responded)), *even])
        return FirthModel(np.array([float(bool(one)) for one in responded]), design, centres, scales)

    def find_intercept(self, fit: PenalisedFit) -> float:
        return float(fit.coefficients[0] - (fit.coefficients[1:] / self.scales) @ self.centres)

    def find_log_scale(self) -> float:
        """What the penalty gains when the predictors are given back the spread that they came with."""
        import numpy as np

        return float(np.log(self.scales).sum())


def find_what_is_fixed(predictors: Mapping[str, Sequence[float]], n: int) -> dict[str, str]:
    """Say of each predictor that those before it fix by which of them it is fixed."""
    import numpy as np

    notes: dict[str, str] = {}
    free: dict[str, Any] = {}
    for name, values in predictors.items():
        column = np.array(list(map(float, values)))
        spread = float(np.abs(column - column.mean()).max()) if n else 0.0
        if spread <= _COLLINEAR * float(np.abs(column).max(initial=0.0)):
            notes[name] = THE_SAME_IN_EVERYBODY
            continue
        even = (column - column.mean()) / column.std()
        before = np.array([*free.values()]).reshape(len(free), n).T
        shares = np.linalg.lstsq(before, even, rcond=None)[0] if free else np.zeros(0)
        if float(np.abs(even - before @ shares).max()) > _COLLINEAR:
            free[name] = even
        else:
            by = [other for other, share in zip(free, shares, strict=True) if abs(share) > _COLLINEAR]
            notes[name] = f"It is fixed by {' and '.join(by)}, and left out of the model."
    return notes
