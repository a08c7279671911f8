"""How to code: what a front end may choose."""

from dataclasses import dataclass

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import DEFAULT_THRESHOLD, DEFAULT_TOP_K

MODES = ("default", "full", "reference", "lexical")


@dataclass(frozen=True, slots=True)
class CodingOptions:
    """How to code. Empty names mean the defaults: the settings' choice, else what ships.

    ``mode`` "full" is "default" with every candidate scored by the model; "reference" is the
    published way; "lexical" asks no model. ``scores_exact`` False spares the model phrases that
    are exact names: their answer is the same, but their candidates come without probabilities (for
    long lists). ``encoder`` is what proposes PTs by meaning beside wording, "none" for nothing; the
    modes "reference" and "lexical" do without. ``keeps_scores`` False neither uses nor keeps scores
    beyond this run; ``uses_memory`` False answers nothing from the memory (the reference never
    does).
    """

    terminology: str = ""
    model: str = ""
    top_k: int = DEFAULT_TOP_K
    threshold: float = DEFAULT_THRESHOLD
    mode: str = "default"
    scores_exact: bool = True
    keeps_scores: bool = True
    uses_memory: bool = True
    encoder: str = ""

    def check(self) -> None:
        """Raise BadRequest for a value that makes no sense."""
        if self.mode not in MODES:
            detail = message(N_("there is no mode {mode}"), mode=self.mode)
            raise BadRequest(detail=detail)
        if not 0 <= self.threshold <= 1:
            raise BadRequest(detail=message(N_("the threshold must lie between 0 and 1")))
        if self.top_k < 1:
            raise BadRequest(detail=message(N_("at least one candidate must be asked for")))
