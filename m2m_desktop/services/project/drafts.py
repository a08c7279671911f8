"""Files that are written whole beside their place and then moved there."""

import os
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.project.project_file import reason

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite may leave beside a file that was not closed."""

_TRIES = 6
_PAUSE_S = 0.08
"""Before the second try, twice as long before each further one: 2.5 s in all."""


@contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """Give a place to write a whole file; it is synced and moved to ``path`` at the end.

    Raises OutputUnwritable for what the disk says; the draft is gone then.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield draft
            sync_file(draft)
            _move(draft, path)
            _sync_folder(path.parent)
        except BaseException:
            for ending in ("", *SIDE_FILES):
                with suppress(OSError):
                    draft.with_name(draft.name + ending).unlink(missing_ok=True)
            raise
    except sqlite3.Error as error:
        raise OutputUnwritable(path=path, detail=reason(error)) from error
    except OSError as error:
        raise OutputUnwritable(path=path, detail=error.strerror or type(error).__name__) from error


def delete_drafts(folder: Path, name: str = "") -> None:
    """Delete what a program that was killed had not finished: for ``name``, or for any file.

    Raises OSError. Only for who has the project open: nobody else is writing such drafts then.
    """
    middle = re.escape(name) if name else ".+"
    pattern = re.compile(rf"\.{middle}\.[0-9a-f]{{8}}\.draft(?:{'|'.join(SIDE_FILES)})?")
    for draft in folder.iterdir() if folder.is_dir() else ():
        if pattern.fullmatch(draft.name):
            draft.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(draft: Path, path: Path) -> None:
    """Move a draft into place; on Windows, others may have the old file open for a moment."""
    for number in range(_TRIES - 1):
        try:
            draft.replace(path)
        except PermissionError:
            time.sleep(_PAUSE_S * 2**number)
        else:
            return
    draft.replace(path)


def _sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some shares cannot, and the file is in its place already
            os.fsync(handle)
    finally:
        os.close(handle)
