"""Let the power fail at any moment of a review: what was confirmed is there, the file is sound.

What a reviewing program writes is recorded once, then thousands of disks are made of it as they
might be found. The same with weaker settings must lose steps: else this would prove nothing.

Run by hand: ``python -m tests.fault.powerloss --images 2000``; `test_powerloss` has a short form.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.project.project import Project
from tests.fault.disk import (
    ROOT,
    Disk,
    File,
    Op,
    build_shim,
    files_below,
    read_log,
    shim_environment,
)
from tests.services.project.toy_project import QUICK_FOLDER, code_all, create, items

SETTINGS = {
    "as shipped": [],
    "as shipped, rollback journal": ["--journal", "truncate"],
    "control: NORMAL": ["--synchronous", "NORMAL"],
    "control: OFF": ["--synchronous", "OFF"],
    "control: OFF, rollback journal": ["--synchronous", "OFF", "--journal", "truncate"],
}


@dataclass(frozen=True)
class Recording:
    """A review, change by change, and the events that it had made in the end."""

    before: dict[str, bytes]
    ops: Sequence[Op]
    path: str
    ack_file: str
    hashes: dict[int, bytes]


def record(folder: Path, options: Sequence[str], *, steps: int = 60) -> Recording:
    """Let a program review below ``folder`` and write down what it does to the disk."""
    library = build_shim(folder)
    root = folder / "disk"
    path = create(root / "p.m2mp", items(30, 2))
    with Project.open(path) as project:
        code_all(project)
    Project.open(path).close()
    before = files_below(root)
    ack, log = root / "ACK", folder / "log"
    command = ["-m", "tests.fault.review_child", "review", str(path), "--steps", str(steps)]
    subprocess.run(
        [sys.executable, *command, "--ack", str(ack), "--checkpoint", "30", *options],
        env=dict(shim_environment(library, root, log)),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with Project.open(path, read_only=True) as project:
        hashes = dict(project._connection.execute("SELECT seq, hash FROM event"))
    return Recording(before, list(read_log(log)), str(path), str(ack), hashes)


def lose_power(
    recording: Recording, folder: Path, images: int, chance: random.Random
) -> Counter[str]:
    """Make so many disks and look at each."""
    found: Counter[str] = Counter()
    moments = sorted(chance.randrange(len(recording.ops) + 1) for _ in range(images))
    for syncs_names in (False, True):
        disk = Disk(
            {path: File(content) for path, content in recording.before.items()},
            syncs_names,
            recording.ack_file,
        )
        done = 0
        for moment in moments[syncs_names::2]:
            for op in recording.ops[done:moment]:
                disk.do(op)
            done = moment
            found[_look_at(disk, recording, folder, chance)] += 1
    return found


def _look_at(disk: Disk, recording: Recording, folder: Path, chance: random.Random) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    root = Path(recording.path).parent
    for name, content in disk.after_power_loss(chance).items():
        path = folder / Path(name).relative_to(root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    path = folder / Path(recording.path).name
    try:
        with Project.open(path) as project:
            stored = dict(project._connection.execute("SELECT seq, hash FROM event"))
            is_sound = chance.random() > 0.2 or not project.verify().problems
    except CodingToolError:
        return "corrupt"
    if not is_sound or any(recording.hashes[seq] != digest for seq, digest in stored.items()):
        return "corrupt"
    return "good" if len(stored) >= disk.confirmed else "lost"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    is_right = True
    for name, options in SETTINGS.items():
        began = time.perf_counter()
        chance = random.Random(given.seed)
        images = given.images if not name.startswith("control") else given.images // 4
        with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as folder:
            recording = record(Path(folder), options)
            found = lose_power(recording, Path(folder) / "image", images, chance)
        syncs = sum(op.kind == "S" for op in recording.ops)
        print(
            f"{name}: {dict(found)} of {images} images, {len(recording.ops)} changes, "
            f"{syncs} syncs, {len(recording.hashes)} steps, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        is_right &= (found["good"] == images) is not name.startswith("control")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
