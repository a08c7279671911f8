"""Where a checkpoint comes from: a folder, read where it lies, or a zip, unpacked for a while."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from m2m_desktop.core.errors import ModelNotFound
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.bundle_files import MANIFEST
from m2m_desktop.services.conversion.checkpoint_files import (
    CheckpointFolder,
    find_roots,
    open_folder,
)
from m2m_desktop.services.conversion.checkpoint_zip import (
    looks_like_checkpoint,
    unpack,
    unwritable,
)

WORK_PREFIX = ".checkpoint-"


def is_checkpoint(path: Path) -> bool:
    """Tell cheaply whether a folder or zip looks like a checkpoint and not like a bundle."""
    try:
        if path.is_dir():
            roots = find_roots(path)
            return bool(roots) and not any((root / MANIFEST).exists() for root in roots)
    except OSError:
        return False
    return looks_like_checkpoint(path)


@contextmanager
def open_files(
    path: Path, *, work_dir: Path, progress: Progress = silent
) -> Iterator[CheckpointFolder]:
    """Give the files of a checkpoint folder or zip.

    A zip's are unpacked below ``work_dir`` with ``progress`` in bytes, and removed at the end
    whatever happens. Raises ModelNotFound, ModelDamaged, CheckpointUnsupported, NotEnoughSpace,
    OutputUnwritable.
    """
    if path.is_dir():
        yield open_folder(path)
        return
    if not path.is_file():
        raise ModelNotFound(path=path)
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=work_dir))
    except OSError as error:
        raise unwritable(work_dir, error) from error
    try:
        yield unpack(path, work, progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)
