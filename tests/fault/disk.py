"""A disk whose changes are written down, and what may be on it after the power fails.

`disk_shim.c` records what a program writes below a folder. What was not synced when the power
fails may be there or not, each write for itself, in part or whole; a new, removed or renamed file
is certain only once its folder was synced (the later of such changes go first, as journals of file
systems have it).
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_shim.c")
ROOT = Path(__file__).parents[2]
SECTOR = 512


def can_record() -> bool:
    """Whether this machine can build and use the shim."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


def build_shim(folder: Path) -> Path:
    """Compile the shim."""
    library = folder / "disk_shim.so"
    subprocess.run(
        ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-lpthread"], check=True
    )
    return library


def shim_environment(library: Path, root: Path, log: Path | None = None) -> Mapping[str, str]:
    """Give the environment of a program whose disk is watched."""
    told = {**os.environ, "LD_PRELOAD": str(library), "DISK_ROOT": str(root)}
    return told if log is None else {**told, "DISK_LOG": str(log)}


@dataclass(frozen=True, slots=True)
class Op:
    """One change: W write at, T truncate to, S sync, U unlink, R rename to ``data``, C create."""

    kind: str
    number: int
    path: str
    data: bytes = b""


def read_log(log: Path) -> Iterator[Op]:
    """Give the recorded changes in order."""
    content = log.read_bytes()
    at = 0
    while at < len(content):
        end = content.index(b"\n", at)
        kind, number, size, path = content[at:end].decode().split(" ", 3)
        at = end + 1 + int(size)
        yield Op(kind, int(number), path, content[end + 1 : at])


@dataclass
class File:
    """What is certain of a file, and the changes that are not."""

    certain: bytes = b""
    pending: list[Op] = field(default_factory=list)


Names = dict[str, File]


@dataclass
class Disk:
    """The files below a folder while a program runs. ``confirmed`` is the last thing it said.

    ``syncs_names`` False: names are certain at once (file systems that order them so).
    """

    names: Names
    syncs_names: bool
    ack_file: str
    confirmed: int = 0
    certain_names: Names = field(default_factory=dict)
    pending_names: list[tuple[Op, File | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.certain_names = dict(self.names)

    def do(self, op: Op) -> None:
        """Let a change happen."""
        if op.path == self.ack_file:
            if op.kind == "W":
                self.confirmed = int(op.data)
        elif op.kind in "WT":
            self.names[op.path].pending.append(op)
        elif op.kind == "S" and op.path in self.names:
            file = self.names[op.path]
            file.certain, file.pending = _applied(file.certain, file.pending), []
        elif op.kind == "S":
            self._sync_folder(op.path)
        else:
            # a name stands for the file that it had when it was given
            kept = (op, self.names.get(op.path))
            _rename(self.names, op, File())
            if op.kind == "C":
                kept = (op, self.names[op.path])
            if self.syncs_names:
                self.pending_names.append(kept)
            else:
                self.certain_names = dict(self.names)

    def _sync_folder(self, folder: str) -> None:
        rest = []
        for op, file in self.pending_names:
            if str(Path(op.path).parent) == folder:
                _rename(self.certain_names, op, file)
            else:
                rest.append((op, file))
        self.pending_names = rest

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """Give files as they may be found."""
        names = dict(self.certain_names)
        count = chance.randint(0, len(self.pending_names))
        for op, file in self.pending_names[:count]:
            _rename(names, op, file)
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        return {
            path: _applied(file.certain, _some(file.pending, share, chance))
            for path, file in names.items()
        }


def _rename(names: Names, op: Op, new: File | None) -> None:
    if op.kind == "C":
        names[op.path] = new or File()
    elif op.kind == "U":
        names.pop(op.path, None)
    elif op.kind == "R":
        file = names.pop(op.path, None) or new
        if file is not None:
            names[op.data.decode()] = file


def _applied(content: bytes, ops: Sequence[Op]) -> bytes:
    changed = bytearray(content)
    for op in ops:
        if op.kind == "T":
            del changed[op.number :]
            changed.extend(bytes(op.number - len(changed)))
        else:
            changed.extend(bytes(max(0, op.number - len(changed))))
            changed[op.number : op.number + len(op.data)] = op.data
    return bytes(changed)


def _some(ops: Sequence[Op], share: float, chance: random.Random) -> list[Op]:
    """Choose which unsynced changes reached the disk; of a write, perhaps only some sectors."""
    kept = []
    for op in ops:
        if chance.random() >= share:
            continue
        if op.kind == "W" and len(op.data) > SECTOR and chance.random() < 0.3:
            for start in range(0, len(op.data), SECTOR):
                if chance.random() < 0.5:
                    part = op.data[start : start + SECTOR]
                    kept.append(Op("W", op.number + start, op.path, part))
        else:
            kept.append(op)
    return kept


def files_below(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
