"""From a published checkpoint to a bundle: read, measure, quantise, write, check.

Needs neither torch nor transformers. The float32 graph runs once, on the checkpoint's own
memory-mapped weights and on a few texts; the quantised one is written weight by weight and opened
once, from what was written.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np

from m2m_desktop.core.errors import ModelMismatch, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, counted, part, silent
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.services.bundle_files import (
    BUNDLE_FILES,
    MODEL_FILE,
    TOKENIZER_FILE,
    ModelInfo,
    folder_reader,
    mapped_hash,
    read_manifest,
)
from m2m_desktop.services.bundle_session import (
    Parts,
    core_count,
    open_known_session,
    open_tokenizer,
    physical_count,
)
from m2m_desktop.services.bundle_writer import BundleDescription, no_numbers, record_answers
from m2m_desktop.services.comparison_record import ComparisonRecord, write_record
from m2m_desktop.services.conversion.checkpoint import Checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.comparing import fingerprint
from m2m_desktop.services.conversion.graph import Graph, GraphTooLarge
from m2m_desktop.services.conversion.graph_writer import FloatArithmetic
from m2m_desktop.services.conversion.int8 import Int8Arithmetic
from m2m_desktop.services.conversion.known_texts import readable
from m2m_desktop.services.conversion.measuring import Answer, Measurement, measure
from m2m_desktop.services.conversion.parity import compare_quickly, is_another_model
from m2m_desktop.services.conversion.samples import Samples
from m2m_desktop.services.conversion.sources import (
    HEAD_OF_KIND,
    KIND_OF_HEAD,
    RERANKER_LENGTH,
    graph_of,
    length_of,
    open_source,
)
from m2m_desktop.services.conversion.wishes import (
    MATCH_LABEL,
    TEMPLATE,
    AnswersMissing,
    ConversionWish,
    has_known_labels,
    settle_answers,
)
from m2m_desktop.services.found_model import FoundModel
from m2m_desktop.services.golden_answers import answer_golden, check_golden
from m2m_desktop.services.model_kinds import INT8, RERANKER
from m2m_desktop.services.model_steps import (
    CHECKING,
    COMPARING,
    MEASURING,
    QUANTISED_STEPS,
    QUANTISING,
    READING,
    WRITING,
)

__all__ = [
    "HEAD_OF_KIND",
    "RERANKER_LENGTH",
    "AcceptId",
    "AnswersMissing",
    "ConversionWish",
    "MakeSamples",
    "bundle_id",
    "convert_checkpoint",
    "summarise_checkpoint",
]

_BEGINS = {**dict(zip(QUANTISED_STEPS, (0, 15, 40, 65, 80), strict=True)), WRITING: 40}
_ENDS = {READING: 15, MEASURING: 40, QUANTISING: 65, WRITING: 80, COMPARING: 80, CHECKING: 100}
_ID_LETTERS = 56


Hashes = tuple[str, str]
"""Those of the graph and the tokenizer of a bundle."""

MakeSamples = Callable[[str, Template], Samples]
"""Gives the texts to convert a model of a kind with; the template is that of a reranker."""

AcceptId = Callable[[str], None]
"""Is told the id of a bundle before it is made; raises to have none made."""


def accept_any(model_id: str) -> None:
    """Let a bundle of any id be made."""


def summarise_checkpoint(
    path: Path, *, work_dir: Path, kind: str = "", progress: Progress = silent
) -> FoundModel:
    """Look at a checkpoint; raises what `open_checkpoint` raises."""
    ConversionWish(kind=kind).check()
    with open_source(path, kind, work_dir, progress) as checkpoint:
        found = KIND_OF_HEAD[checkpoint.head]
        is_published = found == RERANKER and has_known_labels(checkpoint)
        is_open = found == RERANKER and not is_published
        return FoundModel(
            is_bundle=False,
            is_known=False,
            model_id=bundle_id(checkpoint.name, INT8),
            name=checkpoint.name,
            kind=found,
            architecture=checkpoint.architecture,
            layers=checkpoint.layers,
            hidden=checkpoint.hidden,
            vocab_size=int(checkpoint.config["vocab_size"]),
            labels=checkpoint.labels,
            max_length=length_of(checkpoint),
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
) -> ModelInfo:
    """Write the bundle of a checkpoint into an empty folder, open it from there and check it.

    The manifest is written last: without it the folder is no bundle. ``progress`` counts to 100.
    ``accept`` is asked before anything is computed.

    Raises what `open_checkpoint` raises, and ``accept``; BadRequest for a wish that makes no sense,
    AnswersMissing; ModelMismatch where the checkpoint does not work; OutputUnwritable.
    """
    wish.check()
    with open_source(path, wish.kind, work_dir, _step(progress, READING)) as checkpoint:
        conversion = _Conversion(checkpoint, wish, folder, progress)
        accept(conversion.model_id)
        samples = conversion.readable(make_samples(conversion.kind, conversion.template))
        try:
            # what is not finite shows in the answers, and is refused there
            with np.errstate(over="ignore", invalid="ignore"):
                return conversion.run(samples)
        except ModelMismatch as error:  # of the folder that is being written
            raise type(error)(**{**error.fields, "path": path}) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputUnwritable(path=folder, detail=reason) from error
        except GraphTooLarge as error:
            detail = message(N_("it cannot be written as one file ({detail})"), detail=str(error))
            raise CheckpointUnsupported(path=path, detail=detail) from error


class _Conversion:
    """One checkpoint on its way to a bundle in ``folder``."""

    def __init__(
        self, checkpoint: Checkpoint, wish: ConversionWish, folder: Path, progress: Progress
    ) -> None:
        self._checkpoint = checkpoint
        self._wish = wish
        self._folder = folder
        self._progress = progress
        self._max_length = length_of(checkpoint)
        self.kind = KIND_OF_HEAD[checkpoint.head]
        self._name = wish.name or checkpoint.name
        self.model_id = bundle_id(self._name, wish.precision)
        self.template, self._labels = Template(), checkpoint.labels
        if self.kind == RERANKER:
            self.template, self._labels = settle_answers(checkpoint, wish)
        self._tokenizer_json = checkpoint.tokenizer_json.encode("utf-8")
        self._tokenizer = self._opened_tokenizer(self._tokenizer_json)

    def readable(self, samples: Samples) -> Samples:
        """Give texts that the model can read; a reranker is there for this terminology alone."""
        return samples if self.kind == RERANKER else readable(samples, self._tokenizer)

    def run(self, samples: Samples) -> ModelInfo:
        self._check_numbers()
        graph = graph_of(self._checkpoint, FloatArithmetic())
        measured: Measurement | None = None
        if self._wish.precision == INT8:
            measured = self._measure(graph, samples)
            hashes = self._write_int8(measured)
        else:
            hashes = self._write(graph, _step(self._progress, WRITING))
        parts = self._reopened(hashes, COMPARING if measured else CHECKING)
        parity = self._compare(measured, parts) if measured else {}
        info = self._complete(parts, hashes, samples, self._description(parity))
        if measured:
            original = str(self._checkpoint.path.absolute())
            mark = fingerprint(self._checkpoint)
            write_record(self._folder, ComparisonRecord(info.hash, original, mark))
        return info

    def _check_numbers(self) -> None:
        """Look through all weights at once: for most of them it is the first time they are read."""
        tensors, reading = self._checkpoint.tensors, _step(self._progress, READING)
        reading(0, 1)

        def look(name: str) -> None:
            with np.errstate(invalid="ignore"):  # of this thread
                self._checkpoint.check_finite(name, tensors[name])

        with ThreadPoolExecutor(core_count(), "read") as executor:
            futures = [executor.submit(look, name) for name in tensors]
            try:
                for done, future in enumerate(as_completed(futures), 1):
                    future.result()
                    reading(done, len(futures))
            finally:
                for future in futures:
                    future.cancel()

    def _measure(self, graph: Graph, samples: Samples) -> Measurement:
        progress = _step(self._progress, MEASURING)
        measured = measure(
            graph, self._tokenizer, samples.calibration, progress, threads=physical_count()
        )
        if not measured.is_finite:
            raise no_numbers(self._checkpoint.path)
        return measured

    def _write_int8(self, measured: Measurement) -> Hashes:
        progress = _step(self._progress, QUANTISING)
        progress(0, 1)
        with ThreadPoolExecutor(core_count(), "quantise") as executor:
            graph = graph_of(self._checkpoint, Int8Arithmetic(measured.statistics, executor))
            try:
                return self._write(graph, progress)
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise

    def _write(self, graph: Graph, progress: Progress) -> Hashes:
        (self._folder / TOKENIZER_FILE).write_bytes(self._tokenizer_json)
        with (self._folder / MODEL_FILE).open("wb") as file:
            return graph.write(file, progress), sha256(self._tokenizer_json).hexdigest()

    def _reopened(self, hashes: Hashes, step: str) -> Parts:
        """Open what was written and make sure that it is what should have been written."""
        _step(self._progress, step)(0, 1)
        files = [self._folder / name for name in (MODEL_FILE, TOKENIZER_FILE)]
        with ThreadPoolExecutor(1, "hash") as executor:  # while the runtime reads it as well
            found = [executor.submit(mapped_hash, file) for file in files]
            session = open_known_session(files[0])
            if tuple(one.result() for one in found) != hashes:
                detail = message(N_("what was written could not be read back"))
                raise OutputUnwritable(path=self._folder, detail=detail)
        tokenizer = self._opened_tokenizer(files[1].read_bytes())
        pad_id = self._checkpoint.pad_id
        return Parts(self.kind, self._labels, session, tokenizer, self._max_length, pad_id)

    def _compare(self, measured: Measurement, parts: Parts) -> dict[str, float]:
        """Compare the answers of the float32 graph with those of the quantised one."""
        _step(self._progress, COMPARING)(1, 2)
        match = self._labels.index("match") if self.kind == RERANKER else 0
        padded = parts.runner().run(measured.rows)
        answers = [_without_padding(*one) for one in zip(padded, measured.answers, strict=True)]
        parity = compare_quickly(self.kind, measured.answers, answers, match=match)
        if is_another_model(self.kind, parity):
            detail = message(
                N_("in int8 it answers quite differently; it can be installed as fp32")
            )
            raise CheckpointUnsupported(path=self._checkpoint.path, detail=detail)
        return parity

    def _complete(
        self, parts: Parts, hashes: Hashes, samples: Samples, description: BundleDescription
    ) -> ModelInfo:
        """Record the golden answers; read the manifest back and compare them with it."""
        check = counted(_step(self._progress, CHECKING), 2 * len(samples.golden) + 1)
        models = parts.copies(physical_count())
        answers = answer_golden(models, self._labels, samples.golden, check)
        record_answers(self._folder, description, answers, hashes)
        manifest = read_manifest(folder_reader(self._folder), self._folder)
        check_golden(manifest, models, check)
        size = sum((self._folder / name).stat().st_size for name in BUNDLE_FILES)
        return replace(manifest.info, bytes=size)

    def _opened_tokenizer(self, content: bytes) -> Any:
        return open_tokenizer(
            content,
            max_length=self._max_length,
            vocab_size=int(self._checkpoint.config["vocab_size"]),
            path=str(self._checkpoint.path),
        )

    def _description(self, parity: dict[str, float]) -> BundleDescription:
        checkpoint = self._checkpoint
        return BundleDescription(
            kind=self.kind,
            architecture=checkpoint.architecture,
            labels=self._labels,
            config=_plain_config(checkpoint),
            max_length=self._max_length,
            vocab_size=int(checkpoint.config["vocab_size"]),
            pad_id=checkpoint.pad_id,
            precision=self._wish.precision,
            template=self.template,
            parity=parity,
            parity_is_quick=bool(parity),
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


def _plain_config(checkpoint: Checkpoint) -> dict[str, Any]:
    """Give config.json without the labels: those of the bundle stand in its manifest."""
    left_out = {"id2label", "label2id", "_name_or_path", "transformers_version"}
    return {name: value for name, value in checkpoint.config.items() if name not in left_out}


def _without_padding(answer: Answer, unpadded: Answer) -> Answer:
    """Cut an answer for each token to those that the text has."""
    return answer[: len(unpadded)]


def _step(progress: Progress, step: str) -> Progress:
    """Report the progress of one step as that of the whole, under the step's name."""
    return part(progress, _BEGINS[step], _ENDS[step], step)
