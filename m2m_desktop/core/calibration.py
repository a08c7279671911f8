"""From a small model's opinion and the first stage's to one probability that holds what it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over two figures, fitted on development mentions.

    ``margin`` weighs the log-odds of the model's own probability, ``share`` the candidate's
    first-stage score as a share of the best score for the same text (0..1). A model whose softmax
    is to be believed as it is has no calibration.
    """

    bias: float
    margin: float
    share: float

    def apply(
        self, probabilities: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the calibrated probability of each candidate."""
        safe = np.clip(probabilities, _FLOOR, 1 - _FLOOR)
        odds = self.bias + self.margin * np.log(safe / (1 - safe)) + self.share * shares
        calibrated: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return calibrated
