"""What was asked before is not asked again: for judging several fits on the same mentions."""

from collections.abc import Sequence

import numpy as np

from m2m_desktop.core.calibration import Figures
from m2m_desktop.core.retrieval import FirstStage, Retriever


class KeptFirstStages:
    """A retriever that is asked only once about each text."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._known: dict[tuple[str, int], FirstStage] = {}

    def retrieve(self, text: str, *, k: int) -> FirstStage:
        """Give what the retriever gave before, or gives now."""
        if (text, k) not in self._known:
            self._known[text, k] = self._retriever.retrieve(text, k=k)
        return self._known[text, k]


class KeptOpinions:
    """Keeps what a model said, in memory (`core.ranking_model.KeptScores`)."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] = {}

    def get(self, phrase: str, candidates: Sequence[str]) -> Figures:
        """Give the probability of each candidate text, NaN where it is not known."""
        return np.array([self._known.get((phrase, one), np.nan) for one in candidates])

    def put(self, phrase: str, candidates: Sequence[str], probabilities: Figures) -> None:
        """Keep the probabilities of candidates."""
        for one, probability in zip(candidates, probabilities, strict=True):
            self._known[phrase, one] = float(probability)
