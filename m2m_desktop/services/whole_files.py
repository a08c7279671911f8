"""Writes a small file whole or not at all, whoever reads it or pulls the plug meanwhile."""

import os
import time
from contextlib import suppress
from pathlib import Path

TRIES = 5
PAUSE_S = 0.02
"""Before the second try, twice as long before each further one: 0.3 s in all."""


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of a file, in one step; its folder is made if need be.

    The old file stays until the new one is on the disk. On Windows a file that another program
    has open for a moment (a virus scanner, an indexer) cannot be replaced at once: it is tried
    again. Raises OSError, and then leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.urandom(16).hex()}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(draft, path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _replace(draft: Path, path: Path) -> None:
    for number in range(TRIES - 1):
        try:
            draft.replace(path)
        except PermissionError:
            time.sleep(PAUSE_S * 2**number)
        else:
            return
    draft.replace(path)
