"""A folder of numpy arrays: written whole or not at all, checked before use, mapped not read.

No pickle is ever written or read. ``manifest.json`` names every file with its SHA-256.
"""

import json
import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANIFEST = "manifest.json"
FORMAT = 1


class ArrayFilesDamaged(Exception):
    """A file is missing, cut short, changed, or of another format."""


def write_arrays(
    folder: Path, arrays: Mapping[str, NDArray[Any]], extra: Mapping[str, Any] | None = None
) -> None:
    """Write ``arrays`` and the JSON-able ``extra`` to ``folder``, replacing what is there.

    Everything is written beside the target and moved into place at the end.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        files = {}
        for number, (name, array) in enumerate(sorted(arrays.items())):
            path = work / f"{number:03d}.npy"
            np.save(path, np.ascontiguousarray(array), allow_pickle=False)
            files[name] = {"file": path.name, "sha256": _hash(path)}
        content = {"format": FORMAT, "arrays": files, "extra": dict(extra or {})}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (work / MANIFEST).write_text(text, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        work.replace(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def read_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of ``folder`` into memory, read-only.

    Raises FileNotFoundError where there is no such folder, ArrayFilesDamaged where a hash differs.
    """
    manifest = read_manifest(folder)
    arrays: dict[str, NDArray[Any]] = {}
    for name, entry in manifest["arrays"].items():
        path = folder / entry["file"]
        try:
            if _hash(path) != entry["sha256"]:
                raise ArrayFilesDamaged(f"{path.name} was changed")
            empty = path.stat().st_size <= 128
            arrays[name] = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ArrayFilesDamaged(f"{path.name}: {error}") from error
    return arrays


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; same errors as `read_arrays`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        usable = manifest["format"] == FORMAT and isinstance(manifest["arrays"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise ArrayFilesDamaged(f"{MANIFEST}: {error}") from error
    if not usable:
        raise ArrayFilesDamaged(f"{MANIFEST} has another format")
    return dict(manifest)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
