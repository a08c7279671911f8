"""From a published checkpoint to a bundle: read, calibrate, quantise, write, compare.

Needs neither torch nor transformers. The float32 graph runs on the checkpoint's own memory-mapped
weights; the quantised one is written weight by weight.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import BatchRunner, Check
from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.errors import BadRequest, ModelMismatch, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, TEMPLATE_NAMES, Template
from m2m_desktop.services.bundle_files import KINDS, LABELS, MODEL_FILE, TOKENIZER_FILE
from m2m_desktop.services.bundle_session import OpenedModel, core_count, open_tokenizer, wrap
from m2m_desktop.services.bundle_writer import (
    BundleDescription,
    no_numbers,
    open_files,
    write_manifest,
)
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.checkpoint import Checkpoint, open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.graph import Graph, GraphTooLarge
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import Arithmetic, FloatArithmetic
from m2m_desktop.services.conversion.int8 import Int8Arithmetic
from m2m_desktop.services.conversion.parity import (
    compare_encoders,
    compare_rerankers,
    compare_taggers,
)
from m2m_desktop.services.conversion.samples import Samples, Texts
from m2m_desktop.services.conversion.statistics import (
    InputStatistics,
    collect,
    input_arrays,
    observing,
)
from m2m_desktop.services.model_steps import (
    CHECKING,
    COMPARING,
    CONVERTED,
    MEASURING,
    QUANTISED_STEPS,
    QUANTISING,
    READING,
    WRITING,
)

PRECISIONS = ("int8", "fp32")
HEAD_OF_KIND = {
    "reranker": "sequence_classification",
    "encoder": "encoder",
    "ner": "token_classification",
}
KIND_OF_HEAD = {head: kind for kind, head in HEAD_OF_KIND.items()}

MATCH_LABEL, TEMPLATE = "match_label", "template"
"""The questions that a checkpoint may leave open."""

RERANKER_LENGTH = 64
"""Tokens of a pair: what the published rerankers were trained with, whatever the network takes."""

TEXT_LENGTH = 512
"""Tokens of a single text: networks that take 8,192 would need gigabytes for one such text."""

COMPARED_TOKENS = 128
"""In a batch of the float32 model: it is slow, and a cancel should act at once."""

TOTAL = 100
_BEGINS = {**dict(zip(QUANTISED_STEPS, (0, 10, 30, 60, 90), strict=True)), WRITING: 30}
_ID_LETTERS = 56


@dataclass(frozen=True, slots=True)
class ConversionWish:
    """How to convert; what is empty is taken from the checkpoint.

    ``kind`` is one of `KINDS`, ``precision`` one of `PRECISIONS`, ``match_label`` the label that
    means a match, ``template`` the name of one, ``name`` what the model is to be called.
    """

    kind: str = ""
    precision: str = "int8"
    match_label: str = ""
    template: str = ""
    name: str = ""

    def check(self) -> None:
        """Raise BadRequest for a value that makes no sense."""
        if self.kind and self.kind not in KINDS:
            raise BadRequest(detail=message(N_("there is no kind {kind}"), kind=self.kind[:40]))
        if self.precision not in PRECISIONS:
            detail = message(N_("there is no precision {precision}"), precision=self.precision[:40])
            raise BadRequest(detail=detail)
        if self.template and self.template not in TEMPLATE_NAMES:
            detail = message(N_("there is no template {name}"), name=self.template[:40])
            raise BadRequest(detail=detail)


class AnswersMissing(BadRequest):
    """A wish leaves ``questions`` open: `MATCH_LABEL`, `TEMPLATE`, or both. Fields: detail."""

    def __init__(self, *, questions: tuple[str, ...], **fields: object) -> None:
        self.questions = questions
        super().__init__(**fields)


@dataclass(frozen=True, slots=True)
class CheckpointSummary:
    """What a checkpoint is, before anything is made of it; ``questions`` are those it leaves open."""

    name: str
    kind: str
    architecture: str
    layers: int
    hidden: int
    vocab_size: int
    labels: tuple[str, ...]
    max_length: int
    bytes: int
    licence: str
    questions: tuple[str, ...]
    suggested_template: str


MakeSamples = Callable[[str, Template], Samples]
"""Gives the texts to convert a model of a kind with; the template is that of a reranker."""

AcceptId = Callable[[str], None]
"""Is told the id of a bundle before it is made; raises to have none made."""


def accept_any(model_id: str) -> None:
    """Let a bundle of any id be made."""


def summarise_checkpoint(
    path: Path, *, work_dir: Path, kind: str = "", progress: Progress = silent
) -> CheckpointSummary:
    """Look at a checkpoint; raises what `open_checkpoint` raises."""
    ConversionWish(kind=kind).check()
    with _opened(path, kind, work_dir, progress) as checkpoint:
        found = KIND_OF_HEAD[checkpoint.head]
        is_published = found == "reranker" and _has_known_labels(checkpoint)
        is_open = found == "reranker" and not is_published
        return CheckpointSummary(
            name=checkpoint.name,
            kind=found,
            architecture=checkpoint.architecture,
            layers=checkpoint.layers,
            hidden=checkpoint.hidden,
            vocab_size=int(checkpoint.config["vocab_size"]),
            labels=checkpoint.labels,
            max_length=_max_length(checkpoint),
            bytes=checkpoint.bytes_read,
            licence=checkpoint.licence,
            questions=(MATCH_LABEL, TEMPLATE) if is_open else (),
            suggested_template=REFERENCE_TEMPLATE.name if is_published else "",
        )


def convert_checkpoint(
    path: Path,
    folder: Path,
    wish: ConversionWish,
    make_samples: MakeSamples,
    *,
    work_dir: Path,
    progress: Progress = silent,
    accept: AcceptId = accept_any,
) -> None:
    """Write the bundle of a checkpoint into an empty folder.

    The manifest is written last: without it the folder is no bundle. ``progress`` counts to
    `CONVERTED` of 100. ``accept`` is asked before anything is computed.

    Raises what `open_checkpoint` raises, and ``accept``; BadRequest for a wish that makes no sense,
    AnswersMissing; ModelMismatch where the checkpoint does not work; OutputUnwritable.
    """
    wish.check()
    with _opened(path, wish.kind, work_dir, _part(progress, READING)) as checkpoint:
        conversion = _Conversion(checkpoint, wish, folder)
        accept(conversion.model_id)
        samples = make_samples(conversion.kind, conversion.template)
        try:
            # what is not finite shows in the answers, and is refused there
            with np.errstate(over="ignore", invalid="ignore"):
                conversion.run(samples, progress)
        except ModelMismatch as error:  # of the folder that is being written
            raise ModelMismatch(**{**error.fields, "path": path}) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputUnwritable(path=folder, detail=reason) from error
        except GraphTooLarge as error:
            detail = message(N_("it cannot be written as one file ({detail})"), detail=str(error))
            raise CheckpointUnsupported(path=path, detail=detail) from error


class _Conversion:
    """One checkpoint on its way to a bundle in ``folder``."""

    def __init__(self, checkpoint: Checkpoint, wish: ConversionWish, folder: Path) -> None:
        self._checkpoint = checkpoint
        self._wish = wish
        self._folder = folder
        self.kind = KIND_OF_HEAD[checkpoint.head]
        self._name = wish.name or checkpoint.name
        self.model_id = bundle_id(self._name, wish.precision)
        self.template, self._labels = Template(), checkpoint.labels
        if self.kind == "reranker":
            self.template, self._labels = _answers(checkpoint, wish)
        content = checkpoint.tokenizer_json.encode("utf-8")
        self._tokenizer_json = content
        self._tokenizer = open_tokenizer(
            content,
            max_length=_max_length(checkpoint),
            vocab_size=int(checkpoint.config["vocab_size"]),
            path=str(checkpoint.path),
        )

    def run(self, samples: Samples, progress: Progress) -> None:
        reading = _part(progress, READING)
        for name in self._checkpoint.tensors:
            reading(1, 1)
            self._checkpoint.check_finite(name, self._checkpoint.tensors[name])
        graph = self._graph(FloatArithmetic())
        statistics: dict[str, InputStatistics] = {}
        if self._wish.precision == "int8":
            statistics = self._measure(graph, samples, _part(progress, MEASURING))
        step = QUANTISING if self._wish.precision == "int8" else WRITING
        self._write(graph, statistics, _part(progress, step))
        description = self._description()
        opens_for = COMPARING if self._wish.precision == "int8" else CHECKING
        _part(progress, opens_for)(0, 1)
        model = open_files(self._folder, description, workers=core_count())
        if self._wish.precision == "int8":
            parity = self._compare(graph, model, samples, _part(progress, COMPARING))
            description = self._description(parity)
        golden = samples.golden
        check = _counted(_part(progress, CHECKING), len(golden))
        write_manifest(self._folder, description, model, golden, check)

    def _graph(self, arithmetic: Arithmetic) -> Graph:
        checkpoint = self._checkpoint
        return build_graph(
            checkpoint.architecture,
            checkpoint.head,
            checkpoint.config,
            checkpoint.tensors,
            arithmetic=arithmetic,
            pooling=checkpoint.pooling or "cls",
            normalises=checkpoint.normalises,
        )

    def _measure(
        self, graph: Graph, samples: Samples, progress: Progress
    ) -> dict[str, InputStatistics]:
        session = open_graph(observing(graph), core_count())
        inputs = self._inputs(graph, samples.calibration, progress)
        statistics, answers = collect(graph, session, inputs)
        figures = (*answers, *(one.square for one in statistics.values()))
        if not all(np.isfinite(one).all() for one in figures):
            raise no_numbers(self._checkpoint.path)
        return statistics

    def _inputs(
        self, graph: Graph, texts: Sequence[Texts], progress: Progress
    ) -> Iterator[dict[str, NDArray[np.int64]]]:
        for done, one in enumerate(texts):
            progress(done, len(texts))
            yield input_arrays(self._tokenizer.encode(*one), graph.inputs)

    def _write(
        self, graph: Graph, statistics: dict[str, InputStatistics], progress: Progress
    ) -> None:
        with ThreadPoolExecutor(core_count(), "quantise") as executor:
            if self._wish.precision == "int8":
                graph = self._graph(Int8Arithmetic(statistics, executor))
            try:
                with (self._folder / MODEL_FILE).open("wb") as file:
                    graph.write(file, progress)
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise
        (self._folder / TOKENIZER_FILE).write_bytes(self._tokenizer_json)

    def _compare(
        self, graph: Graph, quantised: OpenedModel, samples: Samples, progress: Progress
    ) -> dict[str, float]:
        progress(0, 1)
        session = open_graph(graph, core_count())
        runner = BatchRunner(
            session,
            input_names=graph.inputs,
            max_length=_max_length(self._checkpoint),
            pad_id=self._checkpoint.pad_id,
            tokens_per_batch=COMPARED_TOKENS,
        )
        original = wrap(self.kind, self._labels, runner, self._tokenizer)
        texts = samples.compared
        step = _counted(progress, len(texts))  # several go together, but there are two models
        if isinstance(original, CrossEncoder) and isinstance(quantised, CrossEncoder):
            groups = [(group[0][0], [texts[1] for texts in group]) for group in samples.groups]
            before, after = (
                np.concatenate([model.logits(*group, step) for group in groups])
                for model in (original, quantised)
            )
            match = self._labels.index("match")
            sizes = [len(group) for group in samples.groups]
            return compare_rerankers(before, after, match=match, group_sizes=sizes)
        plain = [text for (text,) in texts]
        if isinstance(original, TextEncoder) and isinstance(quantised, TextEncoder):
            vectors = original.encode(plain, step), quantised.encode(plain, step)
            return compare_encoders(*(one.astype(np.float64) for one in vectors))
        assert not isinstance(original, CrossEncoder | TextEncoder)
        assert not isinstance(quantised, CrossEncoder | TextEncoder)
        tagged = original.tag(plain, step), quantised.tag(plain, step)
        return compare_taggers(*([one.probabilities for one in texts] for texts in tagged))

    def _description(self, parity: dict[str, float] | None = None) -> BundleDescription:
        checkpoint = self._checkpoint
        return BundleDescription(
            kind=self.kind,
            architecture=checkpoint.architecture,
            labels=self._labels,
            config=_plain_config(checkpoint),
            max_length=_max_length(checkpoint),
            vocab_size=int(checkpoint.config["vocab_size"]),
            pad_id=checkpoint.pad_id,
            precision=self._wish.precision,
            template=self.template,
            parity=parity or {},
            card={
                "id": self.model_id,
                "name": self._name,
                "origin": f"checkpoint {checkpoint.name}",
                "licence": checkpoint.licence,
            },
        )


def bundle_id(name: str, precision: str) -> str:
    """Give the id of the bundle made from a checkpoint of this name, in plain letters.

    Where these do not hold all letters of the name, a part of its hash tells such names apart.
    """
    name = normalize("NFC", name)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    plain = plain.strip("-._")
    kept = sum(c.isalnum() for c in plain[:_ID_LETTERS])
    if not kept or kept < sum(c.isalnum() for c in name):
        digits = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        plain = f"{plain[: _ID_LETTERS - 7].rstrip('-._') or 'model'}-{digits}"
    return f"{plain[:_ID_LETTERS]}-{precision}"


# -- what the checkpoint says ----------------------------------------------------------------------


@contextmanager
def _opened(path: Path, kind: str, work_dir: Path, progress: Progress) -> Iterator[Checkpoint]:
    head = HEAD_OF_KIND[kind] if kind else ""
    with open_checkpoint(path, work_dir=work_dir, head=head, progress=progress) as checkpoint:
        if checkpoint.head == "sequence_classification" and len(checkpoint.labels) != len(LABELS):
            detail = message(
                N_("a reranker has two labels (no match, match), this one has {count}"),
                count=len(checkpoint.labels),
            )
            raise CheckpointUnsupported(path=checkpoint.path, detail=detail)
        yield checkpoint


def _max_length(checkpoint: Checkpoint) -> int:
    is_reranker = checkpoint.head == "sequence_classification"
    return min(checkpoint.max_length, RERANKER_LENGTH if is_reranker else TEXT_LENGTH)


def _has_known_labels(checkpoint: Checkpoint) -> bool:
    return sorted(label.casefold() for label in checkpoint.labels) == sorted(LABELS)


def _answers(checkpoint: Checkpoint, wish: ConversionWish) -> tuple[Template, tuple[str, ...]]:
    """Give a reranker's template and the names of its outputs, "match" and "not_match", in order.

    What was not asked for is, of a model labelled as published, the published. AnswersMissing.
    """
    is_published = _has_known_labels(checkpoint)
    has_label = wish.match_label in checkpoint.labels or (is_published and not wish.match_label)
    has_template = is_published or bool(wish.template)
    if not (has_label and has_template):
        raise _answers_missing(checkpoint, has_label=has_label, has_template=has_template)
    template = Template(wish.template) if wish.template else REFERENCE_TEMPLATE
    if not wish.match_label:
        return template, tuple(label.casefold() for label in checkpoint.labels)
    is_match = (label == wish.match_label for label in checkpoint.labels)
    return template, tuple("match" if is_it else "not_match" for is_it in is_match)


def _answers_missing(
    checkpoint: Checkpoint, *, has_label: bool, has_template: bool
) -> AnswersMissing:
    labels, names = ", ".join(checkpoint.labels), ", ".join(TEMPLATE_NAMES)
    if has_template:
        detail = message(
            N_(
                "the checkpoint does not say which of its labels means a match; say which: {labels}"
            ),
            labels=labels,
        )
        return AnswersMissing(detail=detail, questions=(MATCH_LABEL,))
    if has_label:
        detail = message(
            N_(
                "the checkpoint does not say what candidate text it was trained on; "
                "say which: {names}"
            ),
            names=names,
        )
        return AnswersMissing(detail=detail, questions=(TEMPLATE,))
    detail = message(
        N_(
            "the checkpoint does not say which of its labels means a match, nor what candidate "
            "text it was trained on; say which label ({labels}) and which text ({names})"
        ),
        labels=labels,
        names=names,
    )
    return AnswersMissing(detail=detail, questions=(MATCH_LABEL, TEMPLATE))


def _plain_config(checkpoint: Checkpoint) -> dict[str, Any]:
    """Give config.json without the labels: those of the bundle stand in its manifest."""
    left_out = {"id2label", "label2id", "_name_or_path", "transformers_version"}
    return {name: value for name, value in checkpoint.config.items() if name not in left_out}


# -- progress --------------------------------------------------------------------------------------


def _counted(progress: Progress, total: int) -> Check:
    """Give a check that reports how often it was called, which may be oftener than expected."""
    done = 0

    def check() -> None:
        nonlocal done
        progress(min(done, total), total)
        done += 1

    return check


def _part(progress: Progress, step: str) -> Progress:
    """Report the progress of one step as that of the whole, under the step's name."""
    begin = _BEGINS[step]
    following = [place for place in (*_BEGINS.values(), CONVERTED) if place > begin]
    width = following[0] - begin

    def report(done: int, total: int, note: str = "") -> None:  # noqa: ARG001 (one name a step)
        progress(begin + (width * done // total if total else 0), TOTAL, step)

    return report
