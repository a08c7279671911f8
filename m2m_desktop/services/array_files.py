"""A folder of numpy arrays: written whole or not at all, checked before use, mapped not read.

No pickle is ever written or read. ``manifest.json`` names every file with its SHA-256 and carries a
hash of its own content.
"""

import json
import logging
import shutil
import uuid
from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
FORMAT = 2
MAPPED_FROM_BYTES = 1 << 16

Arrays = dict[str, NDArray[Any]]


class ArrayFilesDamaged(Exception):
    """A file is missing, cut short, changed, or of another format."""


def write_arrays(
    folder: Path, arrays: Mapping[str, NDArray[Any]], extra: Mapping[str, Any] | None = None
) -> None:
    """Write ``arrays`` and the JSON-able ``extra`` to ``folder``, replacing what is there.

    Everything is written beside the target and moved into place at the end. Raises OSError; then
    nothing is left behind.
    """
    work = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.part")
    try:
        work.mkdir(parents=True)
        files = {}
        for number, (name, array) in enumerate(sorted(arrays.items())):
            path = work / f"{number:03d}.npy"
            np.save(path, np.ascontiguousarray(array), allow_pickle=False)
            files[name] = {"file": path.name, "sha256": _hash(path)}
        content = {"format": FORMAT, "arrays": files, "extra": dict(extra or {})}
        sealed = {"seal": _seal(content), **content}
        text = json.dumps(sealed, ensure_ascii=False, indent=1)
        (work / MANIFEST).write_text(text, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def read_arrays(folder: Path) -> Arrays:
    """Map the arrays of ``folder`` into memory, read-only.

    Raises FileNotFoundError where there is no such folder, ArrayFilesDamaged where a hash differs.
    """
    manifest = read_manifest(folder)
    return {
        name: _read(folder / entry["file"], entry) for name, entry in manifest["arrays"].items()
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; same errors as `read_arrays`."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("seal") != _seal(content) or content["format"] != FORMAT:
            raise ValueError("changed, or of another format")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArrayFilesDamaged(f"{MANIFEST}: {type(error).__name__}") from error
    return content


def _read(path: Path, entry: Mapping[str, str]) -> NDArray[Any]:
    try:
        if _hash(path) != entry["sha256"]:
            raise ArrayFilesDamaged(f"{path.name} was changed")
        # an empty array cannot be mapped, and a small one is not worth a mapping
        is_small = path.stat().st_size < MAPPED_FROM_BYTES
        array: NDArray[Any] = np.load(path, mmap_mode=None if is_small else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ArrayFilesDamaged(f"{path.name}: {type(error).__name__}") from error
    array = array.view(np.ndarray)
    array.flags.writeable = False
    return array


def _seal(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def keep_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an index for the next time, and delete those of its kind that it takes the place of.

    The kind is what the name of the folder begins with, up to a hyphen. Where writing fails (a full
    disk, a folder that cannot be written) work goes on all the same.
    """
    try:
        write_arrays(folder, arrays)
    except OSError as error:
        _log.info("an index could not be kept: %s", error.strerror or type(error).__name__)
        return
    kind = folder.name.partition("-")[0]
    for other in folder.parent.glob(f"{kind}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
