"""A list of phrases through a pipeline: each question once, answers in the order of the list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from m2m_desktop.core.pipeline import Look, Pipeline, Question
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import CodingResult, Mention


def code_list(
    pipeline: Pipeline,
    mentions: Sequence[Mention],
    progress: Progress = silent,
    *,
    first_answers: bool = False,
) -> Iterator[CodingResult]:
    """Code mentions in their order, each answer as soon as it is there.

    Phrases that a model would read alike are coded once; each mention gets the answer with its own
    text, and `CodingResult.pairs_scored` counts where the work was done. With ``first_answers``
    and a cascade, the provisional answers of all mentions come first. ``progress`` is called
    between batches of the models too, so that a cancel acts at once.

    The small model too is asked phrase by phrase: common batches of sixteen phrases proved no
    faster, and a list would have to wait for sixteen answers.
    """
    questions = [pipeline.question(mention) for mention in mentions]
    looks: dict[Question, Look] = {}
    if first_answers and pipeline.cascade is not None:
        yield from _provisional(pipeline, mentions, questions, looks, progress)
    answers: dict[Question, CodingResult] = {}
    to_come = Counter(questions)
    for done, (mention, question) in enumerate(zip(mentions, questions, strict=True)):
        check = _Check(progress, done, len(mentions))
        check()
        if question in answers:
            result = _again(answers[question], mention)
        else:
            look = looks.pop(question, None) or pipeline.look(question, check)
            result = answers[question] = pipeline.decide(mention, look, check)
        to_come[question] -= 1
        if not to_come[question]:
            del answers[question]
        yield result
    progress(len(mentions), len(mentions))


def _provisional(
    pipeline: Pipeline,
    mentions: Sequence[Mention],
    questions: Sequence[Question],
    looks: dict[Question, Look],
    progress: Progress,
) -> Iterator[CodingResult]:
    """Give the answers of the small model; what it took to get them is kept in ``looks``."""
    check = _Check(progress, 0, len(mentions))
    for mention, question in zip(mentions, questions, strict=True):
        check()
        if question not in looks:
            looks[question] = pipeline.look(question, check)
        answer = pipeline.first_answer(mention, looks[question])
        if answer is not None:
            yield answer


def _again(known: CodingResult, mention: Mention) -> CodingResult:
    """Give a known answer to another mention of the same question: nothing was scored for it."""
    pairs = known.pairs_scored + known.pairs_kept
    return replace(known, mention=mention, pairs_scored=0, pairs_kept=pairs)


class _Check:
    """Says again how far the work is; whoever does not want it any more stops it there."""

    def __init__(self, progress: Progress, done: int, total: int) -> None:
        self._progress = progress
        self._done = done
        self._total = total

    def __call__(self) -> None:
        self._progress(self._done, self._total)
