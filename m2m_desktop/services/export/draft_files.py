"""Results written whole or not at all, beside files that other programs may hold open.

A draft is written in the folder of the target, flushed to the disk, checked, and only then moved
into place: whatever goes wrong before, the old file is there as it was.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.phrases import os_reason

TRIES = 6
FIRST_PAUSE_S = 0.08
"""Before the second try, twice as long before each further one: 2.5 s in all."""
STALE_AFTER_S = 600.0
_STEM_LENGTH = 60


def write_whole(
    target: Path, write: Callable[[Path], None], check: Callable[[Path], None] | None = None
) -> Path:
    """Write ``target`` by ``write(draft)`` and ``check(draft)``; give where the result stands.

    That is ``target``, or ``name (2)`` beside it where another program keeps the target open.
    Drafts that a killed program left for this target are removed; they hold what was exported.
    Raises OutputUnwritable, and whatever ``write`` and ``check`` raise; then nothing has changed.
    """
    draft = target.with_name(f"{_draft_start(target)}{os.getpid()}{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(target)
        write(draft)
        with draft.open("r+b") as stream:
            os.fsync(stream.fileno())
        if check is not None:
            check(draft)
        written = _move(draft, target)
        _sync_folder(written.parent)
        return written
    except OSError as error:
        raise OutputUnwritable(path=target, detail=os_reason(error)) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def free_name(target: Path) -> Path:
    """``name (2)``, ``name (3)`` …: the first that does not exist."""
    number = 2
    while (path := target.with_name(f"{target.stem} ({number}){target.suffix}")).exists():
        number += 1
    return path


def _move(draft: Path, target: Path) -> Path:
    for attempt in range(TRIES):
        try:
            draft.replace(target)
        except PermissionError:
            # Windows: a scanner or an indexer holds it for a moment, or Excel until it is closed
            if attempt < TRIES - 1:
                time.sleep(FIRST_PAUSE_S * 2**attempt)
        else:
            return target
    if not target.is_file():
        draft.replace(target)  # not held open but refused: say why
    beside = free_name(target)
    draft.replace(beside)
    return beside


def _draft_start(target: Path) -> str:
    return f".{target.stem[:_STEM_LENGTH]}.m2m-draft."


def _remove_stale(target: Path) -> None:
    """Old drafts only: a younger one may belong to another window that is writing it now."""
    start = _draft_start(target)
    for path in target.parent.iterdir():
        if path.name.startswith(start) and path.suffix == target.suffix:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE_AFTER_S:
                    path.unlink()


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too; Windows has no such call and does so itself."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the file is written
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
