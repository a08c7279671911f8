"""The vectors of a terminology's names by one encoder: computed once, in slices, kept, forgotten.

They lie beside the other indexes of their terminology and go with it. A slice is kept as soon as it
is computed, so that a cancel or a power cut costs no more than one. What ships with the program is
looked for first.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import Vectors
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_
from m2m_desktop.core.name_vectors import (
    Names,
    NameVectors,
    Stored,
    packing,
    unit_vectors,
)
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.steps import Steps
from m2m_desktop.core.text import normalise
from m2m_desktop.services.array_files import ArrayFilesDamaged, Arrays, read_arrays, write_arrays

VECTOR_FORMAT = 1
SLICE = 1024
"""Names computed between two writes: a few seconds on an old PC."""

ENCODING = N_("Reading names for their meaning")

Encode = Callable[[Sequence[str], Check], Vectors]

_KIND = "dense"
_PROBE = "Ⅱ度ＡＬＴ↑（血小板減少），二度 α-GT 10%·左上肢 i型"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VectorName:
    """What vectors are of: an encoder, a terminology, and which of its languages."""

    terminology_id: str
    encoder_hash: str
    first: bool = True
    second: bool = True

    def folder(self, root: Path, end: str = "whole") -> Path:
        """Name a folder by all that the vectors depend on.

        The probe stands for the code that brings names to one form.
        """
        parts = [self.first, self.second, normalise(_PROBE)]
        digest = sha256(repr(parts).encode()).hexdigest()[:8]
        name = f"{_KIND}-{VECTOR_FORMAT}-{self.encoder_hash[:16]}-{digest}-{end}"
        return root / self.terminology_id / name


@dataclass(frozen=True)
class VectorStore:
    """Keeps vectors below ``root``, one folder per terminology; ``shipped`` is read only."""

    root: Path
    shipped: Path

    def open(self, name: VectorName) -> NameVectors | None:
        """Map vectors into memory; None where they are yet to be computed."""
        for parent in (self.shipped, self.root):
            try:
                return _unpack(read_arrays(name.folder(parent)))
            except FileNotFoundError:
                continue
            except (ArrayFilesDamaged, KeyError, IndexError, ValueError) as damage:
                _log.info("vectors are computed again: %s", damage)
        return None

    def compute(
        self, name: VectorName, names: Names, encode: Encode, progress: Progress = silent
    ) -> NameVectors:
        """Compute what is not kept yet; ``progress`` counts names, and may raise Cancelled.

        ``encode`` gives the vectors of texts; they are brought to length 1 here. Where nothing can
        be written the vectors serve until the program ends.
        """
        done, total = 0, len(names.texts)

        def check() -> None:
            progress(done, total, ENCODING)

        steps = self.steps(name, names, encode, check=check)
        while True:
            try:
                done, _ = next(steps)
            except StopIteration as end:
                progress(total, total, ENCODING)
                made: NameVectors = end.value
                return made

    def steps(
        self,
        name: VectorName,
        names: Names,
        encode: Encode,
        *,
        size: int = 0,
        check: Check = never_cancelled,
    ) -> Steps[NameVectors]:
        """Do the same in steps of ``size`` names, of whole slices without; they count names.

        What was begun of a slice is lost where the steps are not gone on with.
        """
        parts, whole = name.folder(self.root, "parts"), name.folder(self.root)
        total = len(names.texts)
        slices: list[Stored] = []
        for start in range(0, total, SLICE):
            texts, folder = names.texts[start : start + SLICE], parts / f"{start:08d}"
            kept = _read_slice(folder, len(texts))
            if kept is None:
                computed = []
                for at in range(0, len(texts), size or SLICE):
                    yield start + at, total
                    computed.append(encode(texts[at : at + (size or SLICE)], check))
                kept = _keep_slice(folder, np.concatenate(computed))
            slices.append(kept)
        vectors = np.concatenate(slices) if slices else np.empty((0, 0), np.float16)
        slices.clear()  # a file that is mapped cannot be deleted everywhere
        packed = yield from packing(names, vectors)
        try:
            write_arrays(whole, _pack(packed))
        except OSError as error:
            _log.info("vectors could not be kept: %s", error.strerror or type(error).__name__)
            return packed
        # the slices, and what an older form of the program left of this encoder
        for other in whole.parent.glob(f"{_KIND}-*-{name.encoder_hash[:16]}-*"):
            if other == parts or f"{_KIND}-{VECTOR_FORMAT}-" not in other.name:
                shutil.rmtree(other, ignore_errors=True)
        with suppress(ArrayFilesDamaged, OSError):
            return _unpack(read_arrays(whole))  # from the file, not from memory
        return packed

    def forget_model(self, encoder_hash: str) -> None:
        """Delete everything that one encoder computed; raises OutputUnwritable."""
        for folder in self.root.glob(f"*/{_KIND}-*-{encoder_hash[:16]}-*"):
            try:
                shutil.rmtree(folder)
            except OSError as error:
                detail = error.strerror or type(error).__name__
                raise OutputUnwritable(path=folder, detail=detail) from error


def _keep_slice(folder: Path, vectors: Vectors) -> Stored:
    stored: Stored = unit_vectors(vectors).astype(np.float16)
    try:
        write_arrays(folder, {"vectors": stored})
    except OSError as error:
        _log.info("a slice could not be kept: %s", error.strerror or type(error).__name__)
        return stored
    kept = _read_slice(folder, len(stored))  # large slices are mapped, and need no memory
    return stored if kept is None else kept


def _read_slice(folder: Path, count: int) -> Stored | None:
    with suppress(FileNotFoundError, ArrayFilesDamaged, KeyError):
        kept: Stored = read_arrays(folder)["vectors"]
        return kept if len(kept) == count else None
    return None


def _pack(vectors: NameVectors) -> Arrays:
    return {
        "llt": vectors.llt,
        "pt": vectors.pt,
        "vectors": vectors.vectors,
        "codes": vectors.codes,
        "lows": vectors.lows,
        "steps": vectors.steps,
        "error": np.array([vectors.error]),
    }


def _unpack(arrays: Arrays) -> NameVectors:
    columns = {one: arrays[one] for one in ("llt", "pt", "vectors", "codes", "lows", "steps")}
    return NameVectors(**columns, error=float(arrays["error"][0]))
