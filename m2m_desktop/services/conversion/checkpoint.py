"""A published Hugging Face checkpoint, read and checked as a whole before anything is made of it.

A checkpoint is a folder (or a zip of one) with ``config.json``, ``model.safetensors`` and the files
of its tokenizer. Nothing in it is ever run: pickled weights are refused unopened.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.errors import ModelDamaged
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.conversion.architectures import (
    ARCHITECTURES,
    FAMILIES,
    HEADS,
    Config,
    ConfigRefused,
    Family,
    complete_config,
    declared_head,
    find_family,
    position_count,
)
from m2m_desktop.services.conversion.checkpoint_files import CONFIG, README, CheckpointFolder
from m2m_desktop.services.conversion.checkpoint_source import is_checkpoint, open_files
from m2m_desktop.services.conversion.pooling import Pooling, read_pooling
from m2m_desktop.services.conversion.tensor_shapes import (
    base_tensors,
    head_tensors,
    label_tensor,
)
from m2m_desktop.services.conversion.tokenizer_files import TokenizerText, read_tokenizer
from m2m_desktop.services.conversion.weights import Tensors, open_tensors

__all__ = ["ARCHITECTURES", "HEADS", "Checkpoint", "is_checkpoint", "open_checkpoint"]

MAX_LABELS = 10_000

# names that say where a folder was written, not what is in it
_NAMELESS = re.compile(r"(checkpoint[-_]?\d*|model|output|outputs|export|best|final|[0-9a-f]{40})")
_LICENCE = re.compile(r"^license:[ \t]*\n?[ \t]*(?:-[ \t]*)?[\"']?([^\s\"'#]+)", re.MULTILINE)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that can be converted.

    ``name`` is made of letters of any script, digits, and ".", "_", "-". ``config`` is config.json with the defaults of its
    kind filled in. ``labels`` are in the order of the logits; () for an encoder. ``tensors`` go by
    the names of `weights.plain_name` and are read when asked for; none may be kept longer than
    the checkpoint is open. ``max_length`` counts tokens, special ones included. ``pooling`` is
    "cls" or "mean" for an encoder, "" for other heads: "cls" also where no file says it, which is
    right for the published encoders that come without (they were trained on the first token), and
    which the caller may overrule. ``bytes_read`` is the size of the weights' files.
    """

    path: Path
    name: str
    architecture: str
    head: str
    config: Mapping[str, Any] = field(repr=False)
    labels: tuple[str, ...]
    tensors: Mapping[str, NDArray[np.float32]] = field(repr=False)
    tokenizer_json: str = field(repr=False)
    pad_id: int
    max_length: int
    pooling: str
    normalises: bool
    licence: str
    bytes_read: int

    @property
    def hidden(self) -> int:
        """How many numbers stand for a token."""
        return self._size(0)

    @property
    def layers(self) -> int:
        """How many blocks follow one another."""
        return self._size(1)

    def _size(self, place: int) -> int:
        return int(self.config[FAMILIES[self.config["model_type"]].sizes[place]])

    def check_finite(self, name: str, array: NDArray[Any]) -> None:
        """Raise ModelDamaged where an array holds anything but finite numbers."""
        # the extremes are NaN where any number is, and need no second array
        if array.size and not np.isfinite([array.min(), array.max()]).all():
            detail = message(
                N_("the tensor {tensor} holds numbers that are not finite"), tensor=name
            )
            raise ModelDamaged(path=self.path, detail=detail)


@contextmanager
def open_checkpoint(
    path: Path, *, work_dir: Path, head: str = "", progress: Progress = silent
) -> Iterator[Checkpoint]:
    """Open a checkpoint folder or zip, for as long as the context lasts.

    ``head`` is one of `HEADS`, or "" for the one that the checkpoint names. A zip is unpacked below
    ``work_dir``, with ``progress`` in bytes.

    Raises ModelNotFound, ModelDamaged, ModelMismatch, CheckpointUnsupported, NotEnoughSpace,
    OutputUnwritable.
    """
    if head and head not in HEADS:
        raise ValueError(head)
    with open_files(path, work_dir=work_dir, progress=progress) as folder:
        pooling = read_pooling(folder)
        network = pooling.network
        if not network.has(CONFIG):
            raise network.unreadable(CONFIG)
        fields = network.fields(CONFIG)
        try:
            family = find_family(fields)
            declared = declared_head(family, fields)
            config = complete_config(family, fields)
        except ConfigRefused as error:
            raise folder.unsupported(error.detail) from error
        with open_tensors(network, family.tensor_prefix) as tensors:
            _check_shapes(network, base_tensors(family.architecture, config), tensors)
            head = _choose_head(network, tensors, family, head, declared, pooling)
            labels = _labels(network, tensors, family, head, config)
            needed = head_tensors(family.architecture, head, config, len(labels))
            _check_shapes(network, needed, tensors)
            tokenizer = read_tokenizer(
                network,
                str(fields["model_type"]),
                pad_id=int(config["pad_token_id"]),
                lowercases=pooling.lowercases,
            )
            _check_ids(network, tokenizer, config)
            is_encoder = head == "encoder"
            yield Checkpoint(
                path=path,
                name=_name(folder, fields, f"{family.architecture}-{head.replace('_', '-')}"),
                architecture=family.architecture,
                head=head,
                config=config,
                labels=labels,
                tensors=tensors,
                tokenizer_json=tokenizer.json,
                pad_id=tokenizer.pad_id,
                max_length=_max_length(family, config, tokenizer, pooling),
                pooling=(pooling.mode or "cls") if is_encoder else "",
                normalises=pooling.normalises and is_encoder,
                licence=_licence(folder),
                bytes_read=tensors.size,
            )


# -- head and labels -------------------------------------------------------------------------------


def _choose_head(
    folder: CheckpointFolder,
    tensors: Tensors,
    family: Family,
    wanted: str,
    declared: str,
    pooling: Pooling,
) -> str:
    """Settle the head; an encoder is in every checkpoint, another head only in its own."""
    if pooling.mode:
        declared = "encoder"
    has_labels = any(_has_head(tensors, family, head) for head in HEADS if head != "encoder")
    if not wanted and not declared and has_labels:
        detail = message(N_("{file} does not say what its answers are for"), file=CONFIG)
        raise folder.unsupported(detail)
    head = wanted or declared or "encoder"
    if head == "encoder":
        return head
    if declared not in ("", head) or not _has_head(tensors, family, head):
        raise folder.unsupported(message(N_("it was not trained for this use ({head})"), head=head))
    return head


def _has_head(tensors: Tensors, family: Family, head: str) -> bool:
    return label_tensor(family.architecture, head) in tensors


def _labels(
    folder: CheckpointFolder, tensors: Tensors, family: Family, head: str, config: Config
) -> tuple[str, ...]:
    """Give the labels in the order of the logits, by the usual names where none are given."""
    if head == "encoder":
        return ()
    shape = tensors.stored(label_tensor(family.architecture, head)).shape
    rows = shape[0] if shape else 0
    named = config.get("id2label") or {}
    try:
        labels = {int(number): str(label) for number, label in named.items()}
        counted = config.get("num_labels", rows)
        if type(counted) is not int:
            raise TypeError(type(counted).__name__)
    except (ValueError, TypeError, AttributeError) as error:
        detail = message(N_("{file} does not name its labels in a usable way"), file=CONFIG)
        raise folder.damaged(detail) from error
    if not 0 < rows <= MAX_LABELS or counted != rows or sorted(labels) not in ([], [*range(rows)]):
        detail = message(
            N_("{file} names {count} labels, the weights are for {rows}"),
            file=CONFIG,
            count=len(labels) or counted,
            rows=rows,
        )
        raise folder.mismatch(detail)
    return tuple(labels.get(number, f"LABEL_{number}") for number in range(rows))


# -- checks ----------------------------------------------------------------------------------------


def _check_shapes(
    folder: CheckpointFolder, needed: Mapping[str, tuple[int, ...]], tensors: Tensors
) -> None:
    for name, shape in needed.items():
        try:
            stored = tensors.stored(name)
        except KeyError:
            detail = message(N_("the weights lack the tensor {tensor}"), tensor=name)
            raise folder.damaged(detail) from None
        if not stored.is_float:
            detail = message(
                N_("the tensor {tensor} is of the type {dtype}, which cannot be converted"),
                tensor=name,
                dtype=stored.dtype,
            )
            raise folder.unsupported(detail)
        if stored.shape != shape:
            detail = message(
                N_("the tensor {tensor} is of size {given}, but {file} asks for {wanted}"),
                tensor=name,
                given=_size(stored.shape),
                file=CONFIG,
                wanted=_size(shape),
            )
            raise folder.mismatch(detail)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "1"


def _check_ids(folder: CheckpointFolder, tokenizer: TokenizerText, config: Config) -> None:
    rows = config["vocab_size"]
    if tokenizer.size > rows or tokenizer.pad_id >= rows:
        detail = message(
            N_("its tokenizer knows {tokens} tokens, the weights are for {rows}"),
            tokens=max(tokenizer.size, tokenizer.pad_id + 1),
            rows=rows,
        )
        raise folder.mismatch(detail)


# -- what it says of itself ------------------------------------------------------------------------


def _max_length(family: Family, config: Config, tokenizer: TokenizerText, pooling: Pooling) -> int:
    """The least of what positions, tokenizer and sentence-transformers allow; too short is unsaid."""
    said = (tokenizer.max_length, pooling.max_length)
    positions = position_count(family.architecture, config)
    return min(positions, *(length for length in said if length >= 8), positions)


def _name(folder: CheckpointFolder, config: Config, otherwise: str) -> str:
    """Find a name: that of the folder or zip, else what config.json says."""
    root = folder.root if folder.chosen.is_dir() else folder.chosen
    of_files = root.stem if root.suffix.lower() == ".zip" else root.name
    if root.parent.name == "snapshots":  # a hub cache: models--maker--name/snapshots/revision
        of_files = root.parent.parent.name.rpartition("--")[2]
    of_config = str(config.get("_name_or_path") or "").replace("\\", "/").rstrip("/")
    for text in (of_files, of_config.rpartition("/")[2]):
        # one form of each letter: some systems take the accents of file names apart
        plain = unicodedata.normalize("NFC", text)
        name = re.sub(r"[^\w.-]+", "-", plain).strip("._-")[:64].rstrip("._-")
        if name and not _NAMELESS.fullmatch(name.lower()):
            return name
    return otherwise


def _licence(folder: CheckpointFolder) -> str:
    """Read ``license:`` from the front matter of the model card, "" where there is none."""
    if not folder.has(README):
        return ""
    try:
        text = folder.text(README)
    except ModelDamaged:  # a card that cannot be read says nothing, and breaks nothing
        return ""
    parts = text.split("---\n", 2)
    found = _LICENCE.search(parts[1]) if len(parts) == 3 and not parts[0].strip() else None
    return found[1][:100] if found else ""
