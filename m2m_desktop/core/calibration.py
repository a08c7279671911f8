"""From a small model's opinion and the first stage's to one probability that holds what it says."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-12

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near candidates are by meaning, one figure each.

    ``cosines`` are NaN where no encoder was asked; ``behind`` is how much less that is than the
    greatest cosine of any candidate to the same text, 0 for the nearest itself.
    """

    cosines: Figures
    behind: Figures


@dataclass(frozen=True, slots=True)
class WithEncoder:
    """What a `Calibration` becomes where an encoder proposes beside wording.

    Fitted anew, for other candidates compete: ``near`` weighs the cosine, ``behind`` what it lacks
    to the nearest candidate's, and ``first`` counts for the nearest. The cosines of another encoder
    mean something else, so ``encoder_hash`` names the one it was fitted with.
    """

    encoder_hash: str
    bias: float
    margin: float
    share: float
    near: float
    behind: float
    first: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over two figures, fitted on development mentions.

    ``margin`` weighs the log-odds of the model's own probability, ``share`` the candidate's
    first-stage score as a share of the best score for the same text (0..1). ``with_encoder``
    stands in its place for candidates with a cosine. A model whose softmax is to be believed as it
    is has no calibration.
    """

    bias: float
    margin: float
    share: float
    with_encoder: WithEncoder | None = None

    def for_encoder(self, encoder_hash: str) -> "Calibration":
        """Give what holds beside an encoder ("" for none): the cosines of others do not count."""
        near = self.with_encoder
        if near is None or near.encoder_hash == encoder_hash:
            return self
        return replace(self, with_encoder=None)

    def apply(
        self, probabilities: Figures, shares: Figures, nearness: Nearness | None = None
    ) -> Figures:
        """Give the calibrated probability of each candidate."""
        odds = weighed(figures(probabilities, shares), (self.bias, self.margin, self.share))
        if self.with_encoder is not None and nearness is not None:
            _, *weights = astuple(self.with_encoder)
            near = weighed(figures(probabilities, shares, nearness), weights)
            odds = np.where(np.isnan(nearness.cosines), odds, near)
        calibrated: Figures = 1 / (1 + np.exp(-odds))
        return calibrated


def figures(
    probabilities: Figures, shares: Figures, nearness: Nearness | None = None
) -> tuple[Figures, ...]:
    """Give what is weighed of each candidate, one array for each weight and in their order."""
    safe = np.clip(probabilities, _FLOOR, 1 - _FLOOR)
    plain = (np.ones_like(safe), np.log(safe / (1 - safe)), shares)
    if nearness is None:
        return plain
    return (*plain, nearness.cosines, nearness.behind, (nearness.behind == 0).astype(np.float64))


def weighed(columns: Sequence[Figures], weights: Sequence[float]) -> Figures:
    """Add figures up by their weights, always in the same order: no processor rounds otherwise."""
    total = np.zeros_like(columns[0])
    for column, weight in zip(columns, weights, strict=True):
        total = total + weight * column
    return total
