"""Code all phrases of a project: what has an answer is done, so it goes on wherever it stopped."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import Band, CodingResult, Mention, Run
from m2m_desktop.services.wire import result_to_json, run_to_json

if TYPE_CHECKING:
    from m2m_desktop.services.engine import CodingOptions, Engine
    from m2m_desktop.services.project.project import Project

STORED_AT_ONCE = 16
"""A kill loses the work of so many phrases at most; each storing waits for the disk."""

_WAY_OF_CODING = (
    "terminology_id", "model_hash", "template", "alias_order", "mode", "threshold", "top_k",
    "encoder_hash", "fusion",
)  # fmt: skip


class CodedOtherwise(BadRequest):
    """A project holds answers of another model, encoder, terminology or threshold."""

    code = "M2M-417"
    what = N_(
        "This project was coded in another way (model, encoder, terminology, threshold or mode)."
    )
    hint = N_("Go on as before, or forget its answers and code it anew; decisions stay.")


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a run has done: phrases coded now, and the bands of their answers."""

    coded: int
    bands: Mapping[Band, int]
    warnings: tuple[str, ...]


def run_batch(
    project: "Project",
    engine: "Engine",
    options: "CodingOptions",
    progress: Progress = silent,
    *,
    codes_anew: bool = False,
) -> BatchResult:
    """Code the distinct reactions that have no answer yet, the most frequent first.

    Answers are stored every `STORED_AT_ONCE` phrases, and also when it is cancelled or fails.
    ``codes_anew`` forgets all answers first; decisions stay. Progress counts distinct phrases.
    Raises: `CodedOtherwise`, Cancelled, and what coding and storing raise.
    """
    options = replace(options, scores_exact=False)
    run = engine.pipeline(options, progress).run
    if codes_anew:
        project.forget_answers()
    elif project.info.coded_count and not codes_alike(project.info.run, run):
        raise CodedOtherwise
    waiting = project.unanswered()
    known = project.info.coded_count
    mentions = [Mention(str(phrase_id), text) for phrase_id, text in waiting]

    def told(done: int, total: int, note: str = "") -> None:
        progress(known + done, known + total, note)

    store = _Store(project)
    results = engine.code(mentions, options, told)
    try:
        for result in results:
            store.add(result)
    finally:
        results.close()  # type: ignore[attr-defined]  # a generator: its cleaning up is now
        store.flush()
    return BatchResult(sum(store.bands.values()), dict(store.bands), tuple(store.warnings))


def codes_alike(one: Run | None, other: Run) -> bool:
    """Whether two runs give the same answers: the same model, terminology and settings."""
    if one is None:
        return False
    return all(getattr(one, name) == getattr(other, name) for name in _WAY_OF_CODING)


class _Store:
    """Gathers answers and puts them into the project together."""

    def __init__(self, project: "Project") -> None:
        self._project = project
        self._waiting: list[tuple[int, dict[str, Any]]] = []
        self._run: Run | None = None
        self.bands: Counter[Band] = Counter()
        self.warnings: dict[str, None] = {}

    def add(self, result: CodingResult) -> None:
        self._run = result.run
        self._waiting.append((int(result.mention.mention_id), result_to_json(result)))
        self.bands[result.band] += 1
        self.warnings.update(dict.fromkeys(result.warnings))
        if len(self._waiting) >= STORED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and self._run is not None:
            self._project.store_answers(run_to_json(self._run), waiting)
