"""Model bundles: find, verify, open, install and remove them.

Every bundle is checked before each load (`bundle_files`, `bundle_session`); one that fails is
never half used: the app goes on with lexical search and says so.
"""

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.errors import (
    BadRequest,
    ModelDamaged,
    ModelError,
    ModelMismatch,
    ModelUnknown,
    OutputUnwritable,
)
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, counted, part, silent
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import (
    BUNDLE_FILES,
    MANIFEST,
    MODEL_FILE,
    TOKENIZER_FILE,
    Bundle,
    ModelInfo,
    ModelUnsupported,
    bundle_reader,
    folder_reader,
    read_bundle,
    read_manifest,
)
from m2m_desktop.services.bundle_session import open_bundle
from m2m_desktop.services.comparison_record import with_full_parity
from m2m_desktop.services.conversion.checkpoint_source import is_checkpoint
from m2m_desktop.services.found_model import FoundModel
from m2m_desktop.services.golden_answers import OpenedModel
from m2m_desktop.services.model_steps import CHECKING, COMPARING, READING, WRITING

if TYPE_CHECKING:
    from m2m_desktop.services.conversion.convert import ConversionWish, MakeSamples

__all__ = ["FoundModel", "ModelInfo", "ModelStore", "NoModel", "OpenModel"]

_TEMPORARY = ".installing-"
_REMOVED = ".removed-"
_UNPACKED = ".checkpoint-"  # a zip that is being converted (`conversion.checkpoint_source`)
_STALE_AFTER_S = 3600
_COPIED = 50  # of 100, when a bundle is read and written
_VERIFIED = 20  # of 100, when a bundle was checked and is yet to be compared in full

Infos = list[ModelInfo]  # `list` is a method of the store


class NoModel(ModelUnknown):
    """There is no model at all. No fields."""

    what = N_("There is no model on this computer.")
    hint = N_("Install a model bundle. Until then, lexical search works.")


_SOURCE_HINT = N_("Copy the folder or zip again from where it came. Nothing was installed.")


class SourceDamaged(ModelDamaged):
    """What is to be installed is missing a file, cut short or changed. Fields: path, detail."""

    hint = _SOURCE_HINT


class SourceMismatch(ModelMismatch):
    """The parts of what is to be installed do not belong together. Fields: path, detail."""

    hint = _SOURCE_HINT


@dataclass(frozen=True)
class OpenModel:
    """A verified reranker ready to score."""

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

    def verify(
        self,
        name_or_path: str,
        make_samples: "MakeSamples | None" = None,
        progress: Progress = silent,
    ) -> ModelInfo:
        """Check every hash, open the model and compare the golden answers.

        Where a model was only compared quickly with the checkpoint it was made from, and that is
        still there, the comparison is now made in full, with ``make_samples`` as for `install`; it
        is kept with the model. Progress counts to 100, by unknown steps where nothing is compared.
        """
        path = self._path(name_or_path)
        bundle, model = self._open(path, check=lambda: progress(0, 0))
        info = self._described(bundle, path)
        # a bundle from elsewhere could name any place as that of its original
        is_ours = path.parent == self._root
        if not (info.parity_is_quick and is_ours) or make_samples is None:
            return info
        compared = part(progress, _VERIFIED, 100, COMPARING)
        from m2m_desktop.services.conversion.comparing import complete_comparison

        samples = make_samples(info.kind, info.template)
        compared = part(progress, _VERIFIED, 100, COMPARING)
        with self._work_folder() as work:
            return complete_comparison(bundle, info, model, samples, work, compared)

    def open(self, name_or_path: str, *, threads: int = 0) -> OpenModel:
        """Verify and open a reranker by id, beginning of an id, or path; empty means the default.

        The default is the first usable one, shipped before installed. ``threads`` 0 means
        `worker_count`. Raises ModelUnknown, ModelNotFound, ModelDamaged or ModelMismatch.
        """
        info, model = self.open_any(name_or_path, threads=threads)
        if not isinstance(model, CrossEncoder):
            detail = message(N_("it is no reranker; phrases cannot be coded with it"))
            raise ModelUnsupported(path=info.path, detail=detail)
        return OpenModel(info, model)

    def open_any(
        self, name_or_path: str, *, threads: int = 0, check: Check = never_cancelled
    ) -> tuple[ModelInfo, OpenedModel]:
        """Verify and open a model of any kind; see `open`. ``check`` as `open_bundle` says."""
        path = self._path(name_or_path)
        bundle, model = self._open(path, threads=threads, check=check)
        return self._described(bundle, path), model

    @staticmethod
    def _open(
        path: Path, *, threads: int = 0, check: Check = never_cancelled
    ) -> tuple[Bundle, OpenedModel]:
        check()
        bundle = read_bundle(path)
        return bundle, open_bundle(bundle, threads, check)

    def _described(self, bundle: Bundle, path: Path) -> ModelInfo:
        is_shipped = path.parent == self._shipped
        return replace(with_full_parity(bundle.info), is_shipped=is_shipped)

    def info(self, name: str) -> ModelInfo:
        """Give what the manifest of a bundle says, by id, beginning of an id, or path.

        Raises ModelUnknown, ModelNotFound, ModelDamaged or ModelMismatch.
        """
        path = self._path(name)
        with bundle_reader(path) as read:
            info = read_manifest(read, path).info
        return replace(info, is_shipped=path.parent == self._shipped)

    def inspect(self, path: Path, *, kind: str = "", progress: Progress = silent) -> FoundModel:
        """Look at a bundle or a checkpoint without keeping anything; raises ModelError.

        ``kind`` is what a checkpoint is wanted for, if not what it says itself.
        """
        if not is_checkpoint(path):
            with _of_source(path):
                return self._inspect_bundle(path)
        from m2m_desktop.services.conversion.convert import summarise_checkpoint

        with self._work_folder() as work, _of_source(path):
            return summarise_checkpoint(path, work_dir=work, kind=kind, progress=progress)

    def _inspect_bundle(self, path: Path) -> FoundModel:
        bundle = read_bundle(path)
        info = bundle.info
        return FoundModel(
            is_bundle=True,
            is_known=info.hash in {own.hash for own in self._all(self._shipped)},
            model_id=info.model_id,
            name=info.name,
            kind=info.kind,
            architecture=info.architecture,
            layers=info.layers,
            hidden=info.hidden,
            vocab_size=bundle.manifest.vocab_size,
            labels=info.labels,
            max_length=info.max_length,
            bytes=len(bundle.model) + len(bundle.tokenizer),
            licence=info.licence,
        )

    def install(
        self,
        path: Path,
        wish: "ConversionWish | None" = None,
        make_samples: "MakeSamples | None" = None,
        progress: Progress = silent,
    ) -> ModelInfo:
        """Install a bundle, or the bundle made from a checkpoint, below the user's data folder.

        What is installed was opened and gave its golden answers. An installed model of the same
        id is replaced, in one step. ``wish`` and ``make_samples`` are for checkpoints
        (`convert_checkpoint`); progress counts to 100.

        Raises ModelError, BadRequest, OutputUnwritable.
        """
        progress(0, 100, READING)
        with self._work_folder() as work, _of_source(path):
            if is_checkpoint(path):
                info = self._convert(path, work, wish, make_samples, progress)
            else:
                info = self._copy(path, work, progress)
            target = self._root / info.model_id
            try:
                self._place(work, target)
            except OSError as error:
                raise _unwritable(target, error) from error
        progress(100, 100, CHECKING)
        return replace(info, path=str(target))

    def _convert(
        self,
        path: Path,
        work: Path,
        wish: "ConversionWish | None",
        make_samples: "MakeSamples | None",
        progress: Progress,
    ) -> ModelInfo:
        from m2m_desktop.services.conversion.convert import ConversionWish, convert_checkpoint

        if make_samples is None:
            raise ValueError("a checkpoint is converted with samples")
        return convert_checkpoint(
            path,
            work,
            wish or ConversionWish(),
            make_samples,
            work_dir=self._root,
            progress=progress,
            accept=self._refuse_shipped,
        )

    def _copy(self, path: Path, work: Path, progress: Progress) -> ModelInfo:
        bundle = read_bundle(path)
        self._refuse_shipped(bundle.info.model_id)
        progress(_COPIED // 2, 100, WRITING)
        try:
            _write_bundle(bundle, work)
        except OSError as error:
            raise _unwritable(work, error) from error
        steps = len(bundle.manifest.golden) + 2
        open_bundle(bundle, check=counted(part(progress, _COPIED, 100, CHECKING), steps))
        return bundle.info

    def _refuse_shipped(self, model_id: str) -> None:
        # folders of some systems do not tell capitals from small letters
        if model_id.casefold() in {info.model_id.casefold() for info in self._all(self._shipped)}:
            detail = message(N_("a model called {name} already ships with the app"), name=model_id)
            raise BadRequest(detail=detail)

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

    def _path(self, name_or_path: str) -> Path:
        return self._find(name_or_path) if name_or_path else self._default()

    def _all(self, parent: Path) -> Infos:
        if not parent.is_dir():
            return []
        return [
            replace(_look(entry), is_shipped=parent == self._shipped)
            for entry in sorted(parent.iterdir())
            if entry.is_dir() and not entry.name.startswith(".")
        ]

    def _default(self) -> Path:
        found = [info for info in self.list() if info.kind in ("reranker", "")]
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

    @contextmanager
    def _work_folder(self) -> Iterator[Path]:
        """Give a folder beside the models, so that a bundle is moved into place whole; then no more."""
        work = self._root / f"{_TEMPORARY}{uuid.uuid4().hex}"
        try:
            work.mkdir(parents=True)
        except OSError as error:
            raise _unwritable(work, error) from error
        try:
            self._sweep()
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _place(self, work: Path, target: Path) -> None:
        """Move a bundle into place, so that none is ever there in part."""
        old = self._root / f"{_REMOVED}{uuid.uuid4().hex}"
        if target.exists():
            target.rename(old)
        try:
            work.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a crash or a power cut left behind an hour ago or more."""
        for prefix in (_TEMPORARY, _REMOVED, _UNPACKED):
            for folder in self._root.glob(f"{prefix}*"):
                with suppress(OSError):
                    if time.time() - folder.stat().st_mtime > _STALE_AFTER_S:
                        shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path) -> ModelInfo:
    try:
        info = read_manifest(folder_reader(folder), folder).info
        files = [file for file in folder.iterdir() if file.name in BUNDLE_FILES]
        size = sum(file.stat().st_size for file in files)
        return with_full_parity(replace(info, bytes=size))
    except ModelError as error:
        return _unreadable(folder, message(error.what, **error.fields))


@contextmanager
def _of_source(path: Path) -> Iterator[None]:
    """Say of what cannot be installed what to do then: to install it again is no advice."""
    try:
        yield
    except ModelUnsupported:
        raise
    except ModelDamaged as error:
        raise SourceDamaged(**{**error.fields, "path": path}) from error
    except ModelMismatch as error:
        raise SourceMismatch(**{**error.fields, "path": path}) from error


def _write_bundle(bundle: Bundle, folder: Path) -> None:
    (folder / MODEL_FILE).write_bytes(bundle.model)
    (folder / TOKENIZER_FILE).write_bytes(bundle.tokenizer)
    (folder / MANIFEST).write_bytes(bundle.manifest.content)


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
