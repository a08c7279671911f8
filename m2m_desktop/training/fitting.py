"""Logistic regression as calibrations are fitted; needs numpy alone."""

from collections.abc import Sequence

import numpy as np

from m2m_desktop.core.calibration import Figures

DIGITS = 4


def fit_logistic(
    columns: Sequence[Figures], labels: Figures, *, ridge: float = 1e-3, steps: int = 60
) -> tuple[float, ...]:
    """Give one weight a column, by penalised logistic regression (Newton's method).

    Columns and ``labels`` have one value a candidate; labels are 1 where it is right.
    """
    values = np.stack(columns, axis=1)
    weights = np.zeros(len(columns))
    for _ in range(steps):
        predicted = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (predicted - labels) + ridge * weights
        spread = predicted * (1 - predicted)
        curve = (values * spread[:, None]).T @ values + ridge * np.eye(len(columns))
        weights = weights - np.linalg.solve(curve, slope)
    return tuple(round(float(weight), DIGITS) for weight in weights)
