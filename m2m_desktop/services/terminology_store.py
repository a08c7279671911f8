"""Compiled terminologies in the user's data folder: import once, open in a moment, delete at will.

Each terminology is one folder of plain numpy files and a ``manifest.json`` with the SHA-256 of
each. A folder is written under another name and renamed when it is whole, so a crash or a cancel
leaves nothing that could be opened by mistake. What is damaged is deleted and must be imported
again: the source files are the truth, this is only a faster form of them.
"""

import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.errors import (
    BadRequest,
    OutputUnwritable,
    ReleaseNotFound,
    ReleaseUnreadable,
    TerminologyUnknown,
)
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.import_plans import (
    CsvPlan,
    Hashes,
    Manifest,
    Plan,
    Rf2Plan,
    plans_for,
)
from m2m_desktop.services.import_report import Anomaly, ImportReport
from m2m_desktop.services.meddra_identity import combined_hash
from m2m_desktop.services.release_files import FoundRelease, find_releases
from m2m_desktop.services.snomed.files import find_rf2

FORMAT = 1
MANIFEST = "manifest.json"
_TEMPORARY = ".building-"
_REMOVED = ".removed-"
_STALE_AFTER_S = 3600

Imported = tuple[ReleaseInfo, ImportReport]
Choose = Callable[[Sequence[FoundRelease]], Sequence[FoundRelease]]

# `list` is a method of the store, so inside the class the lists need names of their own.
AllImported = list[Imported]
Infos = list[ReleaseInfo]
Ids = list[str]
Folders = list[Path]
Manifests = list[Manifest]
Plans = list[Plan]


class CompiledCopyDamaged(ReleaseUnreadable):
    """A compiled terminology is damaged or of another app version; it was deleted. Fields: path."""

    hint = N_("The compiled copy was deleted. Import the release again.")


class TerminologyStore:
    """The compiled terminologies below ``root``, one folder each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # -- look ------------------------------------------------------------------------------------

    def list(self) -> Infos:
        """List what can be opened, by id; damaged copies are left out."""
        return [manifest.info for manifest in self._manifests()]

    def report(self, terminology_id: str) -> ImportReport:
        """Give the report of the import; TerminologyUnknown for an unknown id."""
        return self._read_manifest(self._folder(terminology_id)).report

    def open(
        self,
        terminology_id_or_path: str | Path,
        *,
        password: str | None = None,
        encoding: str | None = None,
        progress: Progress = silent,
    ) -> Terminology:
        """Open a terminology by id (or the beginning of one), or by the path of its release.

        A release that was compiled before is not read again in full: only its hashes are taken.
        Raises: TerminologyUnknown, CompiledCopyDamaged, BadRequest where a path holds several
        releases that cannot be joined, and all that `import_release` raises.
        """
        wanted = str(terminology_id_or_path)
        known = self._matching(wanted) if isinstance(terminology_id_or_path, str) else []
        if len(known) == 1:
            return self._open_folder(self.root / known[0])
        path = Path(terminology_id_or_path)
        if known or not _exists(path):
            raise self._unknown(wanted)
        found = self.import_release(path, password=password, encoding=encoding, progress=progress)
        if len(found) > 1:
            detail = message(
                N_("{path} holds several terminologies; choose one of {known}."),
                path=wanted,
                known=", ".join(info.terminology_id for info, _ in found),
            )
            raise BadRequest(detail=detail)
        terminology_id = found[0][0].terminology_id
        try:
            return self._open_folder(self.root / terminology_id)
        except CompiledCopyDamaged:
            self.import_release(path, password=password, encoding=encoding, progress=progress)
            return self._open_folder(self.root / terminology_id)

    # -- change ----------------------------------------------------------------------------------

    def import_release(
        self,
        path: Path,
        *,
        password: str | None = None,
        encoding: str | None = None,
        choose: Choose | None = None,
        progress: Progress = silent,
    ) -> AllImported:
        """Read, check and compile every release in a folder or zip, or a reference CSV.

        A Chinese and an English release of the same version become one terminology. ``choose`` is
        asked which to take where a selection holds several; without it all are taken. Either all
        of them are stored or none. A release that is already there is not stored again. All files
        of SNOMED CT below the place become one terminology.
        """
        plans: Plans
        if path.suffix.lower() == ".csv":
            plans = [CsvPlan(path)]
        else:
            plans = _plans_at(path, password, choose, progress)
        if not plans:
            raise ReleaseNotFound(path=path)
        results: AllImported = []
        with self._workshop() as workshop:
            built: Folders = []
            for plan in plans:
                for imported, folder in self._carry_out(plan, encoding, workshop, progress):
                    results.append(imported)
                    if folder is not None:
                        built.append(folder)
            progress(0, 0, "")
            for folder in built:
                self._put_in_place(folder)
        return results

    def remove(self, terminology_id: str) -> None:
        """Delete a compiled terminology for good; TerminologyUnknown for an unknown id."""
        self._delete(self._folder(terminology_id))

    # -- importing -------------------------------------------------------------------------------

    def _carry_out(
        self, plan: Plan, encoding: str | None, workshop: Path, progress: Progress
    ) -> Iterator[tuple[Imported, Path | None]]:
        for loaded in plan.load(self._stored, encoding, progress):
            if isinstance(loaded, Manifest):
                yield (loaded.info, loaded.report), None
                continue
            release, hashes = loaded
            info = release.terminology.info
            report = self._with_other_versions(info, release.report)
            manifest = Manifest(info, report, combined_hash(hashes, None), encoding, {})
            folder = _write(workshop, manifest, release.terminology, progress)
            yield (info, report), folder

    def _stored(self, hashes: Hashes, encoding: str | None) -> Manifest | None:
        """The compiled form of exactly these files, if it is there and sound enough to list."""
        source = combined_hash(hashes, None)
        same = [each for each in self._manifests() if each.source == source]
        exact = [each for each in same if each.encoding == encoding]
        return next(iter(exact or (same if encoding is None else [])), None)

    def _with_other_versions(self, info: ReleaseInfo, report: ImportReport) -> ImportReport:
        others = [
            other.terminology_id
            for other in self.list()
            if (other.kind, other.version, other.language, other.language2)
            == (info.kind, info.version, info.language, info.language2)
            and other.kind == "meddra"
            and other.hashes != info.hashes
        ]
        if not others:
            return report
        return report.with_anomaly(
            Anomaly("same_version_other_files", len(others), tuple(others[:5]))
        )

    # -- folders ---------------------------------------------------------------------------------

    @contextmanager
    def _workshop(self) -> Iterator[Path]:
        """A folder to build in that is gone afterwards, whatever happens."""
        folder = self.root / f"{_TEMPORARY}{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True)
            self._sweep()
            yield folder
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise OutputUnwritable(path=self.root, detail=detail) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a crash or a power cut left behind an hour ago or more."""
        for prefix in (_TEMPORARY, _REMOVED):
            for folder in self.root.glob(f"{prefix}*"):
                with suppress(OSError):
                    if time.time() - folder.stat().st_mtime > _STALE_AFTER_S:
                        shutil.rmtree(folder, ignore_errors=True)

    def _put_in_place(self, folder: Path) -> None:
        target = self.root / folder.name
        try:
            folder.rename(target)
        except OSError:
            if not (target / MANIFEST).is_file():  # another import of the same was faster
                raise

    def _delete(self, folder: Path) -> None:
        """Rename first, so that a half-deleted folder is never taken for a terminology."""
        doomed = self.root / f"{_REMOVED}{uuid.uuid4().hex}"
        try:
            folder.rename(doomed)
            shutil.rmtree(doomed)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise OutputUnwritable(path=folder, detail=detail) from error

    def _folder(self, terminology_id: str) -> Path:
        known = self._matching(terminology_id)
        if len(known) != 1:
            raise self._unknown(terminology_id)
        return self.root / known[0]

    def _folders(self) -> Folders:
        if not self.root.is_dir():
            return []
        return sorted(
            each
            for each in self.root.iterdir()
            if not each.name.startswith(".") and (each / MANIFEST).is_file()
        )

    def _matching(self, name: str) -> Ids:
        """Ids that equal ``name``, or else begin with it."""
        names = [folder.name for folder in self._folders()]
        return (
            [name] if name in names else [each for each in names if name and each.startswith(name)]
        )

    def _unknown(self, name: str) -> TerminologyUnknown:
        known = ", ".join(info.terminology_id for info in self.list())
        return TerminologyUnknown(name=name, known=known or "-")

    # -- manifests and arrays --------------------------------------------------------------------

    def _manifests(self) -> Manifests:
        found = []
        for folder in self._folders():
            with suppress(CompiledCopyDamaged):
                found.append(self._read_manifest(folder, delete=False))
        return found

    def _read_manifest(self, folder: Path, *, delete: bool = True) -> Manifest:
        try:
            return _manifest_from_json((folder / MANIFEST).read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged(folder, MANIFEST, delete=delete) from error

    def _open_folder(self, folder: Path) -> Terminology:
        manifest = self._read_manifest(folder)
        if manifest.info.terminology_id != folder.name:
            raise self._damaged(folder, MANIFEST)
        arrays: dict[str, NDArray[np.generic]] = {}
        for name, (file, digest) in manifest.arrays.items():
            try:
                arrays[name] = _mapped(folder / file, digest)
            except (OSError, ValueError) as error:
                raise self._damaged(folder, file) from error
        return Terminology(manifest.info, arrays)

    def _damaged(self, folder: Path, file: str, *, delete: bool = True) -> CompiledCopyDamaged:
        if delete:
            with suppress(OutputUnwritable):
                self._delete(folder)
        detail = message(N_("{file} was changed or is from another version of the app."), file=file)
        return CompiledCopyDamaged(path=folder, detail=detail)


def _plans_at(path: Path, password: str | None, choose: Choose | None, progress: Progress) -> Plans:
    """What a folder or a zip holds: SNOMED CT, releases of MedDRA, or both."""
    snomed = find_rf2(path, progress)
    plans: Plans = [] if snomed is None else [Rf2Plan(snomed)]
    try:
        found = find_releases(path, password=password, progress=progress)
    except ReleaseNotFound:
        if not plans:
            raise
        return plans
    if choose is not None and len(found) > 1:
        found = list(choose(found))
    return [*plans, *plans_for(found, progress)]


# -- files of one terminology ----------------------------------------------------------------------


def _write(
    workshop: Path, manifest: Manifest, terminology: Terminology, progress: Progress
) -> Path:
    folder = workshop / manifest.info.terminology_id
    folder.mkdir()
    arrays: dict[str, list[str]] = {}
    for done, (name, array) in enumerate(sorted(terminology.arrays.items())):
        progress(done, len(terminology.arrays), "")
        file = folder / f"{name}.npy"
        np.save(file, np.ascontiguousarray(array), allow_pickle=False)
        arrays[name] = [file.name, _digest(file)]
    content = {
        "format": FORMAT,
        "info": asdict(manifest.info),
        "report": manifest.report.to_json(),
        "source": manifest.source,
        "encoding": manifest.encoding,
        "arrays": arrays,
    }
    sealed = {"seal": _seal(content), **content}
    text = json.dumps(sealed, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return folder


def _seal(content: dict[str, object]) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _manifest_from_json(data: bytes) -> Manifest:
    content = json.loads(data.decode("utf-8"))
    if content.pop("seal") != _seal(content) or content["format"] != FORMAT:
        raise ValueError("not a manifest of this version")
    info = dict(content["info"])
    info["hashes"] = tuple((name, digest) for name, digest in info["hashes"])
    return Manifest(
        info=ReleaseInfo(**info),
        report=ImportReport.from_json(content["report"]),
        source=content["source"],
        encoding=content["encoding"],
        arrays={name: (file, digest) for name, (file, digest) in content["arrays"].items()},
    )


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mapped(file: Path, digest: str) -> NDArray[np.generic]:
    """Map an array file into memory after checking it byte for byte."""
    if _digest(file) != digest:
        raise ValueError("changed")
    array: NDArray[np.generic] = np.load(file, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
