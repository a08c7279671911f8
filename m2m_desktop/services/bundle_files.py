"""The files of a model bundle, read into memory and checked, from a folder or a zip.

A bundle is ``manifest.json``, ``model.onnx`` and ``tokenizer.json``. A flipped bit in a model loads
without complaint and answers wrongly, so the manifest holds the hash of both other files and a
seal over itself: whatever changed, by one bit or more, is refused here. Nothing is ever extracted:
a zip's members are read by their base names, so what folders it names does not matter.
"""

import json
import math
import mmap
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import Any

from m2m_desktop.core.calibration import Calibration, WithEncoder
from m2m_desktop.core.errors import ModelDamaged, ModelMismatch, ModelNotFound
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.templates import Template
from m2m_desktop.services.model_kinds import KINDS

BUNDLE_FORMAT = 1
MANIFEST = "manifest.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
BUNDLE_FILES = (MANIFEST, MODEL_FILE, TOKENIZER_FILE)
LABELS = ("not_match", "match")
"""Those of a reranker; ``match`` may be either of its two outputs."""

QUICK = "quick"
"""What a manifest calls a comparison of a few texts."""

MIN_GOLDEN = 20
LOGITS = ("logit_0", "logit_1")
"""The fields of a golden input for the logits of ``not_match`` and ``match``."""

# Far above any bundle, far below what takes a PC down; a graph's own limit is 2 GiB.
MAX_BYTES = {MANIFEST: 4 << 20, TOKENIZER_FILE: 64 << 20, MODEL_FILE: 2 << 30}
MAX_RATIO = 200
RATIO_FREE_BYTES = 10 << 20

ReadFile = Callable[[str], bytes]

_MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PLAIN = ("bias", "margin", "share")
_WITH_ENCODER = (*_PLAIN, "near", "behind", "first")
_SHA256 = re.compile("[0-9a-f]{64}")
_SEAL = re.compile(rb'"seal": "([0-9a-f]{64})"')
# what zipfile and its decompressors raise for files that are damaged or made to do harm
_ZIP_TROUBLE = (
    OSError, ValueError, RuntimeError, EOFError, struct.error, zlib.error, LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip


class ModelUnsupported(ModelMismatch):
    """A whole bundle that this version of the app has no use for. Fields: path, detail."""

    what = N_("This version of the app cannot use the model in {path}: {detail}")
    hint = N_("Install a model made for this version. Until then, lexical search works.")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a bundle says of itself. ``problem`` tells why it cannot be used, if it cannot.

    ``kind`` is one of `KINDS`; ``labels`` are in the order of the model's outputs; ``layers`` and
    ``hidden`` are the size of the network, ``bytes`` that of the files (0: not looked at).
    ``parity`` compares it with the checkpoint it was made from (`conversion.parity`), on a few
    texts only where ``parity_is_quick``. ``hash`` is the SHA-256 of the manifest, which holds the
    hashes of the other files. A reranker whose softmax is to be taken as it is has no
    ``calibration``.
    """

    model_id: str
    name: str
    kind: str
    architecture: str
    origin: str
    licence: str
    trained_on: str
    scores: Mapping[str, float]
    template: Template
    max_length: int
    hash: str
    path: str
    labels: tuple[str, ...] = ()
    precision: str = "int8"
    layers: int = 0
    hidden: int = 0
    bytes: int = 0
    parity: Mapping[str, float] = field(default_factory=dict)
    parity_is_quick: bool = False
    calibration: Calibration | None = None
    is_shipped: bool = False
    problem: Message | None = None

    def calibration_for(self, encoder_hash: str) -> Calibration | None:
        """Give its calibration beside an encoder ("" for none); see `Calibration.for_encoder`."""
        return self.calibration and self.calibration.for_encoder(encoder_hash)


@dataclass(frozen=True, slots=True)
class GoldenInput:
    """A text, or a pair of texts, with what the model's makers recorded as its answer.

    A reranker's ``figures`` are the probability of ``match``; an encoder's the first numbers of the
    vector, brought to length 1; a recogniser's the probabilities of all labels, in the order of
    their names, for each of the first tokens.

    ``logits`` are a reranker's two, of ``not_match`` and ``match``: they tell models apart whose
    probabilities are all next to 0. Bundles of old have none.
    """

    texts: tuple[str, ...]
    figures: tuple[float, ...]
    logits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read and makes sense; ``files`` are hashes, ``content`` its bytes."""

    info: ModelInfo
    vocab_size: int
    pad_id: int
    files: Mapping[str, str]
    golden: tuple[GoldenInput, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose every hash was right, in memory."""

    manifest: Manifest
    model: bytes
    tokenizer: bytes

    @property
    def info(self) -> ModelInfo:
        """What it says of itself."""
        return self.manifest.info


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle folder or zip; ModelNotFound, ModelDamaged or ModelUnsupported."""
    with bundle_reader(path) as read:
        manifest = read_manifest(read, path)
        contents = {}
        for name in (MODEL_FILE, TOKENIZER_FILE):
            contents[name] = read(name)
            if sha256(contents[name]).hexdigest() != manifest.files[name]:
                raise _damaged(path, message(N_("{file} was changed or cut short"), file=name))
    size = len(manifest.content) + sum(map(len, contents.values()))
    manifest = replace(manifest, info=replace(manifest.info, bytes=size))
    return Bundle(manifest, contents[MODEL_FILE], contents[TOKENIZER_FILE])


def mapped_hash(path: Path) -> str:
    """Give the SHA-256 of a file that is not empty; other threads may go on meanwhile."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return sha256(content).hexdigest()


# -- reading ---------------------------------------------------------------------------------------


@contextmanager
def bundle_reader(path: Path) -> Iterator[ReadFile]:
    """Open a bundle folder or zip for reading its files by name."""
    if path.is_dir():
        yield folder_reader(path)
        return
    if not path.is_file():
        raise ModelNotFound(path=path)
    try:
        archive = zipfile.ZipFile(path)
    except _ZIP_TROUBLE as error:
        detail = message(N_("it is neither a bundle folder nor a zip of one"))
        raise _damaged(path, detail) from error
    with archive:
        yield _zip_reader(archive, path)


def folder_reader(folder: Path) -> ReadFile:
    """Give a function that reads the files of a bundle folder.

    Many tools extract a zip into a folder around its own: one folder deeper is looked at too.
    """
    inner = folder
    if not (folder / MANIFEST).is_file():
        deeper = [path.parent for path in folder.glob(f"*/{MANIFEST}")]
        inner = deeper[0] if len(deeper) == 1 else folder

    def read(name: str) -> bytes:
        if name == MANIFEST and not any((inner / part).exists() for part in MAX_BYTES):
            raise ModelNotFound(path=folder)
        try:
            status = (inner / name).stat()
            if not stat.S_ISREG(status.st_mode):
                raise FileNotFoundError(name)
            if status.st_size > MAX_BYTES[name]:
                raise _damaged(folder, message(N_("{file} is too large"), file=name))
            return (inner / name).read_bytes()
        except OSError as error:
            detail = message(N_("{file} is missing or cannot be read"), file=name)
            raise _damaged(folder, detail) from error

    return read


def _zip_reader(archive: zipfile.ZipFile, path: Path) -> ReadFile:
    members: dict[str, list[zipfile.ZipInfo]] = {}
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        members.setdefault(PurePosixPath(entry.filename.replace("\\", "/")).name, []).append(entry)

    def read(name: str) -> bytes:
        if name == MANIFEST and not any(part in members for part in MAX_BYTES):
            raise ModelNotFound(path=path)
        found = members.get(name, [])
        if len(found) > 1:
            raise _damaged(path, message(N_("it holds several files called {file}"), file=name))
        if found and found[0].flag_bits & 1:
            detail = message(N_("the zip has a password; extract it and choose the folder"))
            raise _damaged(path, detail)
        if found and (
            found[0].file_size > MAX_BYTES[name]
            or found[0].file_size > RATIO_FREE_BYTES + MAX_RATIO * found[0].compress_size
        ):
            raise _damaged(path, message(N_("{file} is too large"), file=name))
        try:
            return archive.read(found[0])
        except (IndexError, *_ZIP_TROUBLE) as error:
            detail = message(N_("{file} is missing or cannot be read"), file=name)
            raise _damaged(path, detail) from error

    return read


# -- the manifest ----------------------------------------------------------------------------------


def sealed(content: bytes) -> bytes:
    """Fill in the seal of a manifest: the hash of its bytes, the seal's own digits being zeros.

    ValueError where ``content`` has no place for exactly one.
    """
    places = list(_SEAL.finditer(content))
    if len(places) != 1:
        raise ValueError("a manifest has one seal")
    start, stop = places[0].span(1)
    digits = sha256(content[:start] + b"0" * (stop - start) + content[stop:]).hexdigest()
    return content[:start] + digits.encode() + content[stop:]


def read_manifest(read: ReadFile, path: Path) -> Manifest:
    """Read a manifest whole and check that everything in it makes sense."""
    content = read(MANIFEST)
    try:
        fields = json.loads(content)
        if not isinstance(fields, dict):
            raise TypeError(type(fields).__name__)
        if fields["format"] != BUNDLE_FORMAT:
            detail = message(N_("its manifest is of format {format}"), format=fields["format"])
            raise ModelUnsupported(path=path, detail=detail)
        if fields["kind"] not in KINDS:
            detail = message(N_("it is of the kind {kind}"), kind=str(fields["kind"])[:40])
            raise ModelUnsupported(path=path, detail=detail)
        if sealed(content) != content:
            raise _damaged(path, message(N_("{file} was changed or cut short"), file=MANIFEST))
        manifest = _parse(fields, content, path)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = message(N_("{file} is not a usable manifest"), file=MANIFEST)
        raise _damaged(path, detail) from error
    if len(manifest.golden) < MIN_GOLDEN:
        detail = message(N_("its manifest has too few golden inputs to check it by"))
        raise _damaged(path, detail)
    return manifest


def _parse(fields: Mapping[str, Any], content: bytes, path: Path) -> Manifest:
    kind, labels = str(fields["kind"]), tuple(map(str, fields["labels"]))
    config = fields.get("config", {})
    info = ModelInfo(
        model_id=str(fields["id"]),
        name=str(fields["name"]),
        kind=kind,
        architecture=str(fields["architecture"]),
        origin=str(fields["origin"]),
        licence=str(fields["licence"]),
        trained_on=str(fields.get("trained_on", "")),
        scores=_figures(fields.get("scores", {})),
        template=Template(**fields["template"]) if kind == "reranker" else Template(),
        max_length=int(fields["max_length"]),
        hash=sha256(content).hexdigest(),
        path=str(path),
        labels=labels,
        precision=str(fields.get("precision", "int8")),
        layers=_size(config, "num_hidden_layers", "n_layers"),
        hidden=_size(config, "hidden_size", "dim"),
        parity=_figures(fields.get("parity", {})),
        parity_is_quick=fields.get("comparison") == QUICK,
        calibration=_calibration(fields.get("calibration")),
    )
    golden = tuple(_golden(kind, entry) for entry in fields["golden"])
    # the id becomes the name of a folder
    if not _MODEL_ID.fullmatch(info.model_id) or info.model_id.endswith("."):
        raise ValueError("id")
    if kind == "reranker" and sorted(labels) != sorted(LABELS):
        raise ValueError("labels")
    if kind == "ner" and (len(labels) < 2 or len(set(labels)) != len(labels)):
        raise ValueError("labels")
    if info.max_length < 8 or int(fields["vocab_size"]) < 1:
        raise ValueError("sizes")
    files = {name: str(fields["files"][name]) for name in (MODEL_FILE, TOKENIZER_FILE)}
    pad_id = int(fields.get("pad_id", 0))
    return Manifest(info, int(fields["vocab_size"]), pad_id, files, golden, content)


def _golden(kind: str, entry: Mapping[str, Any]) -> GoldenInput:
    """Read one golden input; rerankers keep the field names of the published pair files."""
    is_pair = kind == "reranker"
    texts = [entry["mention"], entry["candidate"]] if is_pair else [entry["text"]]
    figures = [entry["prob_1"]] if is_pair else entry["figures"]
    values = tuple(map(float, figures))
    has_logits = is_pair and any(name in entry for name in LOGITS)
    logits = tuple(float(entry[name]) for name in LOGITS) if has_logits else ()
    if not values or not all(-1 <= value <= 1 for value in values):
        raise ValueError("golden")
    if not all(map(math.isfinite, logits)):
        raise ValueError("golden")
    return GoldenInput(tuple(map(str, texts)), values, logits)


def _figures(fields: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in fields.items()}


def _size(config: Mapping[str, Any], *names: str) -> int:
    """Read a size by the first name that the config has; 0 where it has none."""
    return next((int(config[name]) for name in names if name in config), 0)


def _calibration(fields: Mapping[str, Any] | None) -> Calibration | None:
    if fields is None:
        return None
    figures = _finite(fields, *_PLAIN)
    plain = Calibration(figures["bias"], figures["margin"], figures["share"])
    near = fields.get("with_encoder")
    if near is None:
        return plain
    encoder_hash = str(near["encoder_hash"])
    if not _SHA256.fullmatch(encoder_hash):
        raise ValueError("calibration")
    with_encoder = WithEncoder(encoder_hash, **_finite(near, *_WITH_ENCODER))
    return replace(plain, with_encoder=with_encoder)


def _finite(fields: Mapping[str, Any], *names: str) -> dict[str, float]:
    figures = {name: float(fields[name]) for name in names}
    if not all(map(math.isfinite, figures.values())):
        raise ValueError("calibration")
    return figures


def _damaged(path: Path, detail: Message) -> ModelDamaged:
    return ModelDamaged(path=path, detail=detail)
