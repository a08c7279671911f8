"""The drive and the folders: room, rights, long Chinese names."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene
from m2m_desktop.services.whole_files import write_whole

LEAST_BYTES = 200 << 20
ENOUGH_BYTES = 1 << 30
LONG = 280
"""Longer than the 260 characters of older programs for Windows."""

CONTENT = "写入后读回：不良反应 ①②③ ‰ 𠮷".encode()
_LONG_NAME = "药品不良反应报告汇总表（国家监测系统导出）"

_ROOM = N_("{gigabytes} GB free where projects are kept")
_TIGHT = N_("Only {megabytes} MB are free where projects are kept.")
_MAKE_ROOM = N_("Make room on this drive: 1 GB is enough for most work.")
_WRITABLE = N_("The folders for data, settings and log can be written, and read back the same.")
_UNWRITABLE = N_("The folder {name} cannot be written: {reason}")
_CHANGED = N_("What was written to the folder {name} was read back differently.")
_RIGHTS = N_("Ask whoever looks after this computer for the right to write to your own folders.")
_DRIVE = N_("Do not use this drive; have it examined.")
_LONG_PATH = N_("A path of {length} characters with Chinese names works.")
_NO_LONG_PATH = N_("A path of {length} characters does not work here: {reason}")
_SHORT = N_("Keep workbooks and projects in folders with short paths (less than 260 characters).")


def check_disk(scene: Scene) -> Iterator[Finding]:
    """Look at room, rights and paths."""
    yield judge_room(_free_bytes(scene.locations.data))
    problems = [
        problem
        for name, folder in (
            ("data", scene.locations.data),
            ("config", scene.locations.config),
            ("logs", scene.locations.logs),
        )
        if (problem := _written_and_read(name, folder))
    ]
    yield from problems or [good(message(_WRITABLE))]
    yield _long_path(scene)


def judge_room(free: int) -> Finding:
    """Judge how many bytes are free."""
    tight = message(_TIGHT, megabytes=free >> 20)
    if free < LEAST_BYTES:
        return bad(tight, message(_MAKE_ROOM))
    if free < ENOUGH_BYTES:
        return doubtful(tight, message(_MAKE_ROOM))
    return good(message(_ROOM, gigabytes=f"{free / (1 << 30):.1f}"))


def _free_bytes(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _written_and_read(name: str, folder: Path) -> Finding | None:
    path = folder / ".selftest-自检"
    try:
        write_whole(path, CONTENT)
        try:
            is_same = path.read_bytes() == CONTENT
        finally:
            path.unlink()
    except OSError as error:
        detail = message(_UNWRITABLE, name=name, reason=os_reason(error))
        return bad(detail, message(_RIGHTS))
    return None if is_same else bad(message(_CHANGED, name=name), message(_DRIVE))


def _long_path(scene: Scene) -> Finding:
    folder = scene.folder("路径")
    while len(str(folder)) < LONG:
        folder /= _LONG_NAME
    try:
        write_whole(folder / "汇总.xlsx", CONTENT)
        is_same = (folder / "汇总.xlsx").read_bytes() == CONTENT
    except OSError as error:
        detail = message(_NO_LONG_PATH, length=LONG, reason=os_reason(error))
        return doubtful(detail, message(_SHORT))
    if not is_same:
        return bad(message(_CHANGED, name="data"), message(_DRIVE))
    return good(message(_LONG_PATH, length=len(str(folder))))
