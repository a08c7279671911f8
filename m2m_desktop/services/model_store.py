"""Model bundles: find, verify, open, install and remove them.

A bundle is a folder (or a zip of one) with ``manifest.json``, ``model.onnx`` and
``tokenizer.json``. A flipped bit in a model loads without complaint and answers wrongly, and
nothing in a tokenizer says which model it belongs to; so the manifest's hashes are checked before
every load, and its golden inputs must give their recorded probabilities.
"""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from m2m_desktop.core.errors import ModelDamaged, ModelMismatch, ModelUnknown, OutputUnwritable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import Template

BUNDLE_FORMAT = 1
MANIFEST = "manifest.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MAX_FILE_BYTES = 2 << 30
MIN_GOLDEN = 20
GOLDEN_TOLERANCE = 1e-3
KNOWN_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})

ReadFile = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a bundle says of itself. ``problem`` tells why it cannot be used, if it cannot.

    ``hash`` is the SHA-256 of the manifest, which holds the hashes of the other files.
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
    is_shipped: bool = False
    problem: Message | None = None


@dataclass(frozen=True)
class OpenModel:
    """A verified model ready to score."""

    info: ModelInfo
    reranker: CrossEncoder


@dataclass(frozen=True, slots=True)
class _Bundle:
    """A verified bundle's content in memory."""

    manifest: Mapping[str, Any]
    info: ModelInfo
    model: bytes
    tokenizer: str


class ModelStore:
    """Bundles the app ships (``shipped``) and those the user installed (``root``)."""

    def __init__(self, root: Path, shipped: Path) -> None:
        self._root = root
        self._shipped = shipped

    def list(self) -> "list[ModelInfo]":
        """List all bundles, the shipped ones first; a damaged one is listed with its problem."""
        found = []
        for folder in self._folders():
            try:
                info = _manifest_of(folder_reader(folder), str(folder))[1]
            except ModelDamaged as error:
                info = _unreadable(folder, message(error.what, **error.fields))
            found.append(replace(info, is_shipped=folder.parent == self._shipped))
        return found

    def verify(self, name_or_path: str) -> ModelInfo:
        """Check every hash, open the model and compare the golden answers."""
        return self.open(name_or_path).info

    def open(self, name_or_path: str, *, threads: int = 0) -> OpenModel:
        """Verify and open a bundle. ``threads`` 0 leaves one core to the rest of the PC.

        Raises ModelUnknown, ModelDamaged or ModelMismatch.
        """
        path = self._find(name_or_path)
        with bundle_reader(path) as read:
            bundle = _verified(read, str(path))
        return _open(bundle, threads or max(1, (os.cpu_count() or 2) - 1))

    def install(self, path: Path) -> ModelInfo:
        """Verify a bundle folder or zip and copy it into the user's data folder."""
        with bundle_reader(path) as read:
            bundle = _verified(read, str(path))
            manifest = read(MANIFEST)
        _open(bundle, threads=1)
        target = self._root / _safe_name(bundle.info.model_id)
        work = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            (work / MODEL_FILE).write_bytes(bundle.model)
            (work / TOKENIZER_FILE).write_text(bundle.tokenizer, encoding="utf-8", newline="")
            (work / MANIFEST).write_bytes(manifest)
            shutil.rmtree(target, ignore_errors=True)
            work.replace(target)
        except OSError as error:
            raise OutputUnwritable(path=target, detail=error.strerror or "") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return replace(bundle.info, path=str(target))

    def remove(self, model_id: str) -> None:
        """Delete an installed bundle; a shipped one cannot be removed."""
        folder = self._root / _safe_name(model_id)
        if not folder.is_dir():
            raise ModelUnknown(name=model_id, known=self._known())
        shutil.rmtree(folder)

    def _folders(self) -> Iterator[Path]:
        for parent in (self._shipped, self._root):
            if parent.is_dir():
                yield from (
                    entry
                    for entry in sorted(parent.iterdir())
                    if entry.is_dir() and not entry.name.endswith(".part")
                )

    def _find(self, name: str) -> Path:
        folders = [*self._folders()]
        if not name:
            usable = [info for info in self.list() if info.kind == "reranker"]
            if usable:
                return Path(usable[0].path)
            raise ModelUnknown(name="", known=self._known())
        exact = [folder for folder in folders if folder.name == name]
        matching = exact or [folder for folder in folders if folder.name.startswith(name)]
        if len(matching) == 1:
            return matching[0]
        path = Path(name)
        if path.is_dir() or path.is_file():
            return path
        raise ModelUnknown(name=name, known=self._known())

    def _known(self) -> str:
        return ", ".join(folder.name for folder in self._folders()) or "-"


class bundle_reader:  # noqa: N801 - used like a function
    """Opens a bundle folder or zip for reading files by name, whatever folder they lie in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zip: zipfile.ZipFile | None = None

    def __enter__(self) -> ReadFile:
        if self._path.is_dir():
            return folder_reader(self._path)
        try:
            self._zip = zipfile.ZipFile(self._path)
        except (OSError, zipfile.BadZipFile) as error:
            detail = message(N_("it is neither a bundle folder nor a zip of one"))
            raise ModelDamaged(path=self._path, detail=detail) from error
        return _zip_reader(self._zip, self._path)

    def __exit__(self, *error: object) -> None:
        if self._zip is not None:
            self._zip.close()


def folder_reader(folder: Path) -> ReadFile:
    """Give a function that reads the files of a bundle folder."""

    def read(name: str) -> bytes:
        try:
            return (folder / name).read_bytes()
        except OSError as error:
            detail = message(N_("{file} is missing or cannot be read"), file=name)
            raise ModelDamaged(path=folder, detail=detail) from error

    return read


def _zip_reader(archive: zipfile.ZipFile, path: Path) -> ReadFile:
    members = {Path(entry.filename).name: entry for entry in archive.infolist()}

    def read(name: str) -> bytes:
        try:
            entry = members[name]
            if entry.file_size > MAX_FILE_BYTES:
                raise ModelDamaged(path=path, detail=message(N_("{file} is too large"), file=name))
            return archive.read(entry)
        except (KeyError, OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            detail = message(N_("{file} is missing or cannot be read"), file=name)
            raise ModelDamaged(path=path, detail=detail) from error

    return read


def _manifest_of(read: ReadFile, path: str) -> tuple[Mapping[str, Any], ModelInfo]:
    content = read(MANIFEST)
    try:
        manifest = json.loads(content)
        if manifest["format"] != BUNDLE_FORMAT:
            detail = message(N_("its manifest is of format {format}"), format=manifest["format"])
            raise ModelDamaged(path=path, detail=detail)
        info = ModelInfo(
            model_id=str(manifest["id"]),
            name=str(manifest["name"]),
            kind=str(manifest["kind"]),
            architecture=str(manifest["architecture"]),
            origin=str(manifest["origin"]),
            licence=str(manifest["licence"]),
            trained_on=str(manifest.get("trained_on", "")),
            scores={str(k): float(v) for k, v in manifest.get("scores", {}).items()},
            template=Template(**manifest["template"]),
            max_length=int(manifest["max_length"]),
            hash=sha256(content).hexdigest(),
            path=path,
        )
        if sorted(manifest["labels"]) != ["match", "not_match"]:
            raise ValueError("labels")
        for file in (MODEL_FILE, TOKENIZER_FILE):
            str(manifest["files"][file])
        for entry in manifest["golden"]:
            str(entry["mention"]), str(entry["candidate"]), float(entry["prob_1"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        detail = message(N_("{file} is not a usable manifest"), file=MANIFEST)
        raise ModelDamaged(path=path, detail=detail) from error
    return manifest, info


def _verified(read: ReadFile, path: str) -> _Bundle:
    manifest, info = _manifest_of(read, path)
    contents = {}
    for name in (MODEL_FILE, TOKENIZER_FILE):
        contents[name] = read(name)
        if sha256(contents[name]).hexdigest() != manifest["files"][name]:
            detail = message(N_("{file} was changed or cut short"), file=name)
            raise ModelDamaged(path=path, detail=detail)
    if len(manifest["golden"]) < MIN_GOLDEN:
        detail = message(N_("its manifest has too few golden inputs to check it by"))
        raise ModelDamaged(path=path, detail=detail)
    return _Bundle(manifest, info, contents[MODEL_FILE], contents[TOKENIZER_FILE].decode("utf-8"))


def _open(bundle: _Bundle, threads: int) -> OpenModel:
    path = bundle.info.path
    session = _open_session(bundle, threads)
    tokenizer = _open_tokenizer(bundle)
    names = [entry.name for entry in session.get_inputs()]
    if not set(names) <= KNOWN_INPUTS or "input_ids" not in names:
        detail = message(N_("the graph asks for {names}"), names=", ".join(names))
        raise ModelMismatch(path=path, detail=detail)
    reranker = CrossEncoder(
        session,
        tokenizer,
        input_names=names,
        match_label=bundle.manifest["labels"].index("match"),
    )
    _check_golden(bundle, reranker)
    return OpenModel(bundle.info, reranker)


def _open_session(bundle: _Bundle, threads: int) -> Any:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            bundle.model, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 - the runtime raises many unrelated classes
        detail = message(N_("the runtime cannot load the graph ({kind})"), kind=type(error).__name__)
        raise ModelDamaged(path=bundle.info.path, detail=detail) from error


def _open_tokenizer(bundle: _Bundle) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(bundle.tokenizer)
        tokenizer.enable_truncation(bundle.info.max_length, strategy="longest_first")
        tokenizer.no_padding()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # its panics are no Exception
        detail = message(N_("{file} is not a usable tokenizer"), file=TOKENIZER_FILE)
        raise ModelDamaged(path=bundle.info.path, detail=detail) from error
    if tokenizer.get_vocab_size() != int(bundle.manifest["vocab_size"]):
        detail = message(N_("the tokenizer belongs to another model"))
        raise ModelMismatch(path=bundle.info.path, detail=detail)
    return tokenizer


def _check_golden(bundle: _Bundle, reranker: CrossEncoder) -> None:
    """Compare the recorded answers, one pair a batch as they were recorded."""
    worst = 0.0
    try:
        for entry in bundle.manifest["golden"]:
            value = float(reranker.score(entry["mention"], [entry["candidate"]])[0])
            worst = max(worst, abs(value - float(entry["prob_1"])))
    except Exception as error:  # noqa: BLE001 - a wrong graph fails in the runtime's own ways
        detail = message(N_("it cannot score a pair ({kind})"), kind=type(error).__name__)
        raise ModelMismatch(path=bundle.info.path, detail=detail) from error
    if not worst <= GOLDEN_TOLERANCE:
        detail = message(
            N_("its golden inputs do not give the recorded probabilities (off by {worst})"),
            worst=f"{worst:.3f}",
        )
        raise ModelMismatch(path=bundle.info.path, detail=detail)


def _unreadable(folder: Path, problem: Message) -> ModelInfo:
    return ModelInfo(
        model_id=folder.name,
        name=folder.name,
        kind="",
        architecture="",
        origin="",
        licence="",
        trained_on="",
        scores={},
        template=Template(),
        max_length=0,
        hash="",
        path=str(folder),
        problem=problem,
    )


def _safe_name(model_id: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in model_id).strip(".-")
    return kept or "model"
