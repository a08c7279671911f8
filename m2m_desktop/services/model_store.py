"""Model bundles: find, verify, open, install and remove them.

Every bundle is checked before each load (`bundle_files`, `bundle_session`); one that fails is
never half used: the app goes on with lexical search and says so.
"""

import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from m2m_desktop.core.errors import BadRequest, ModelError, ModelUnknown, OutputUnwritable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import (
    MANIFEST,
    MODEL_FILE,
    TOKENIZER_FILE,
    Bundle,
    ModelInfo,
    folder_reader,
    read_bundle,
    read_manifest,
)
from m2m_desktop.services.bundle_session import open_bundle

__all__ = ["ModelInfo", "ModelStore", "NoModel", "OpenModel"]

_TEMPORARY = ".installing-"
_REMOVED = ".removed-"
_STALE_AFTER_S = 3600

Infos = list[ModelInfo]  # `list` is a method of the store


class NoModel(ModelUnknown):
    """There is no model at all. No fields."""

    what = N_("There is no model on this computer.")
    hint = N_("Install a model bundle. Until then, lexical search works.")


@dataclass(frozen=True)
class OpenModel:
    """A verified model ready to score."""

    info: ModelInfo
    reranker: CrossEncoder


class ModelStore:
    """Bundles the app ships (``shipped``) and those the user installed (``root``).

    Where both have one of the same id (an update may bring that about), the shipped one is meant.
    """

    def __init__(self, root: Path, shipped: Path) -> None:
        self._root = root
        self._shipped = shipped

    def list(self) -> Infos:
        """List all bundles, the shipped ones first; a damaged one is listed with its problem.

        Only manifests are read: `verify` tells whether a bundle is whole.
        """
        return [*self._all(self._shipped), *self._all(self._root)]

    def verify(self, name_or_path: str) -> ModelInfo:
        """Check every hash, open the model and compare the golden answers."""
        return self.open(name_or_path).info

    def open(self, name_or_path: str, *, threads: int = 0) -> OpenModel:
        """Verify and open a bundle by id, beginning of an id, or path; empty means the default.

        The default is the first usable one, shipped before installed. ``threads`` 0 leaves one
        core to the rest of the PC. Raises ModelUnknown, ModelDamaged or ModelMismatch.
        """
        path = self._find(name_or_path) if name_or_path else self._default()
        bundle = read_bundle(path)
        reranker = open_bundle(bundle, threads)
        return OpenModel(replace(bundle.info, is_shipped=path.parent == self._shipped), reranker)

    def install(self, path: Path) -> ModelInfo:
        """Verify a bundle folder or zip and copy its three files into the user's data folder.

        An installed bundle of the same id is replaced, in one step.
        """
        bundle = read_bundle(path)
        model_id = bundle.info.model_id
        # folders of some systems do not tell capitals from small letters
        if model_id.casefold() in {info.model_id.casefold() for info in self._all(self._shipped)}:
            detail = message(N_("a model called {name} already ships with the app"), name=model_id)
            raise BadRequest(detail=detail)
        open_bundle(bundle, threads=1)
        try:
            self._write(bundle, self._root / model_id)
        except OSError as error:
            raise _unwritable(self._root / model_id, error) from error
        return replace(bundle.info, path=str(self._root / model_id))

    def remove(self, model_id: str) -> None:
        """Delete an installed bundle by id; a shipped one cannot be removed."""
        installed = [info for info in self._all(self._root) if info.model_id == model_id]
        if not installed:
            if any(info.model_id == model_id for info in self._all(self._shipped)):
                detail = message(
                    N_("the model {name} ships with the app and cannot be removed"), name=model_id
                )
                raise BadRequest(detail=detail)
            raise self._unknown(model_id)
        folder = Path(installed[0].path)
        # renamed first, so that what is half deleted is never taken for a bundle
        doomed = self._root / f"{_REMOVED}{uuid.uuid4().hex}"
        try:
            folder.rename(doomed)
            shutil.rmtree(doomed)
        except OSError as error:
            raise _unwritable(folder, error) from error

    # -- finding ---------------------------------------------------------------------------------

    def _all(self, parent: Path) -> Infos:
        if not parent.is_dir():
            return []
        return [
            replace(_look(entry), is_shipped=parent == self._shipped)
            for entry in sorted(parent.iterdir())
            if entry.is_dir() and not entry.name.startswith(".")
        ]

    def _default(self) -> Path:
        found = self.list()
        usable = [info for info in found if info.problem is None] or found
        if not usable:
            raise NoModel
        return Path(usable[0].path)

    def _find(self, name: str) -> Path:
        found = self.list()
        exact = [info for info in found if info.model_id == name]
        matching = exact[:1] or [info for info in found if info.model_id.startswith(name)]
        if len(matching) == 1:
            return Path(matching[0].path)
        path = Path(name)
        with suppress(OSError, ValueError):  # a name that can be no path on this system
            if path.exists():
                return path
        raise self._unknown(name)

    def _unknown(self, name: str) -> ModelUnknown:
        known = ", ".join(dict.fromkeys(info.model_id for info in self.list()))
        return ModelUnknown(name=name, known=known or "-")

    # -- writing ---------------------------------------------------------------------------------

    def _write(self, bundle: Bundle, target: Path) -> None:
        """Write beside the target and move into place, so that no bundle is ever there in part."""
        work = self._root / f"{_TEMPORARY}{uuid.uuid4().hex}"
        old = self._root / f"{_REMOVED}{uuid.uuid4().hex}"
        try:
            work.mkdir(parents=True)
            self._sweep()
            (work / MODEL_FILE).write_bytes(bundle.model)
            (work / TOKENIZER_FILE).write_bytes(bundle.tokenizer)
            (work / MANIFEST).write_bytes(bundle.manifest.content)
            if target.exists():
                target.rename(old)
            try:
                work.rename(target)
            except OSError:
                if old.exists():
                    old.rename(target)
                raise
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a crash or a power cut left behind an hour ago or more."""
        for prefix in (_TEMPORARY, _REMOVED):
            for folder in self._root.glob(f"{prefix}*"):
                with suppress(OSError):
                    if time.time() - folder.stat().st_mtime > _STALE_AFTER_S:
                        shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path) -> ModelInfo:
    try:
        return read_manifest(folder_reader(folder), folder).info
    except ModelError as error:
        return _unreadable(folder, message(error.what, **error.fields))


def _unwritable(path: Path, error: OSError) -> OutputUnwritable:
    return OutputUnwritable(path=path, detail=error.strerror or type(error).__name__)


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
