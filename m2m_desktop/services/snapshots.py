"""Copies of projects that live for a moment, and what is left of them when a program was killed.

They hold phrases or numbers of reports, so nothing of them may stay. Each is named after the process
that made it: what belongs to none that runs is deleted, by the next program that makes one itself,
and before a purge of texts is done.
"""

import contextlib
import os
import re
import shutil
from itertools import count
from pathlib import Path

_numbers = count()
_NAME = re.compile(r"\.?(\d+)-.+")


def snapshot_prefix() -> str:
    """The beginning of the names of this process's snapshots and folders of them."""
    return f"{os.getpid()}-"


def snapshot_name() -> str:
    """A name that no other snapshot has, without a suffix."""
    return f"{snapshot_prefix()}{next(_numbers)}"


def sweep_snapshots(folder: Path) -> None:
    """Delete what a crash left behind: snapshots, drafts of them, folders they were made in.

    Those of a running program are not touched. What cannot be deleted now is at the next time.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named is None or _is_running(int(named[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def _is_running(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process; a file that is open cannot be deleted
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
