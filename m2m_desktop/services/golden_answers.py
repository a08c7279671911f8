"""What a model answers to the golden inputs of its bundle: to be recorded, and to be compared.

Hashes cannot tell whether graph, tokenizer and labels belong together; the golden inputs can: the
opened model must give the answers that its makers recorded.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait

import numpy as np

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import TextEncoder, TokenTagger
from m2m_desktop.core.errors import Cancelled, ModelMismatch
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.reranking import CrossEncoder, softmax_probability
from m2m_desktop.services.bundle_files import GoldenInput, Manifest

GOLDEN_TOLERANCE = 0.02
LOGIT_TOLERANCE = 0.1
"""Without AVX-512 a trained model differs by a thousandth or two, one with random weights of base size
by a hundredth; other tokens or weights, a tenth and more. Changed files are found by their hashes."""

FIGURES = 16
"""So many numbers are recorded as golden figures of a text, those of one token at least."""

OpenedModel = CrossEncoder | TextEncoder | TokenTagger
Texts = tuple[str, ...]
Figures = tuple[float, ...]


def answer_golden(
    models: Sequence[OpenedModel],
    labels: tuple[str, ...],
    golden: Sequence[Texts],
    check: Check = never_cancelled,
) -> list[GoldenInput]:
    """Give what a model with these labels answers for each of the golden texts, each on its own.

    ``models`` are one model several times over, so that as many threads can work. ``check`` is
    called before the first answer and after every one but the last.
    """
    check()
    if len(models) == 1:
        return _answered_in_turn(models[0], labels, golden, check)
    count = len(models)
    free = list(models)  # its methods are atomic

    def answer(texts: Texts) -> GoldenInput:
        model = free.pop()
        try:
            return _answer(model, labels, texts)
        finally:
            free.append(model)

    with ThreadPoolExecutor(count, "golden") as executor:
        futures = [executor.submit(answer, texts) for texts in golden]
        try:
            for number, future in enumerate(as_completed(futures), 1):
                future.result()
                if number < len(golden):
                    check()
        finally:
            wait([future for future in futures if not future.cancel()])
    return [future.result() for future in futures]


def _answered_in_turn(
    model: OpenedModel, labels: tuple[str, ...], golden: Sequence[Texts], check: Check
) -> list[GoldenInput]:
    answers: list[GoldenInput] = []
    for texts in golden:
        if answers:
            check()
        answers.append(_answer(model, labels, texts))
    return answers


def _answer(model: OpenedModel, labels: tuple[str, ...], texts: Texts) -> GoldenInput:
    if isinstance(model, CrossEncoder):
        mention, candidate = texts
        logits = model.logits(mention, [candidate])
        match, other = labels.index("match"), labels.index("not_match")
        [probability] = softmax_probability(logits, match)
        return GoldenInput(
            texts, (float(probability),), (float(logits[0, other]), float(logits[0, match]))
        )
    if isinstance(model, TextEncoder):
        vector = model.encode(texts)[0].astype(np.float64)
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return GoldenInput(texts, tuple(unit[:FIGURES].tolist()))
    [tagged] = model.tag(texts)
    by_name = sorted(range(len(model.labels)), key=model.labels.__getitem__)
    tokens = max(1, FIGURES // len(by_name))
    return GoldenInput(texts, tuple(tagged.probabilities[:tokens, by_name].ravel().tolist()))


def check_golden(manifest: Manifest, models: Sequence[OpenedModel], check: Check) -> None:
    """Compare the recorded answers with those of an opened model; see `answer_golden`.

    ``check`` is called once more before the longest input there can be. ModelMismatch.
    """
    info, golden = manifest.info, manifest.golden
    try:
        given = answer_golden(models, info.labels, [one.texts for one in golden], check)
        check()
        longest = golden[0].texts[-1] * info.max_length
        is_one_figure_a_label = _answers_longest(models[0], len(info.labels), longest)
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except BaseException as error:  # a wrong graph fails in the runtime's own ways; panics
        detail = message(N_("it cannot score a text ({kind})"), kind=type(error).__name__)
        raise ModelMismatch(path=info.path, detail=detail) from error
    if not is_one_figure_a_label:
        detail = message(N_("the graph does not give one figure per label"))
        raise ModelMismatch(path=info.path, detail=detail)
    pairs = list(zip(golden, given, strict=True))
    figures = _largest_difference([(one.figures, own.figures) for one, own in pairs])
    logits = _largest_difference([(one.logits, own.logits) for one, own in pairs if one.logits])
    for worst, tolerance in ((figures, GOLDEN_TOLERANCE), (logits, LOGIT_TOLERANCE)):
        if not worst <= tolerance:  # also where it is not a number
            detail = message(
                N_("its golden inputs do not give the recorded answers (off by {worst})"),
                worst=f"{worst:.3f}",
            )
            raise ModelMismatch(path=info.path, detail=detail)


def _answers_longest(model: OpenedModel, labels: int, text: str) -> bool:
    """Run the longest input there can be, which no golden input may have reached.

    Tells whether the answer has one figure for each label.
    """
    if isinstance(model, CrossEncoder):
        return bool(model.logits(text, [text]).shape == (1, labels))
    if isinstance(model, TextEncoder):
        return len(model.encode([text])) == 1
    return bool(model.tag([text])[0].probabilities.shape[1] == labels)


def _largest_difference(pairs: Sequence[tuple[Figures, Figures]]) -> float:
    """Give the largest difference of any two figures; infinity where they differ in shape."""
    if any(np.shape(one) != np.shape(other) for one, other in pairs):
        return np.inf
    if not pairs:
        return 0.0
    recorded, given = (np.concatenate(figures) for figures in zip(*pairs, strict=True))
    return float(np.abs(given - recorded).max())
