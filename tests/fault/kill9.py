"""Kill a reviewing program at any moment: what it was told is saved is there, and the file is sound.

Run by hand: ``python -m tests.fault.kill9 --n 200 --migrations 50``; `test_kill9` has a short form.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from m2m_desktop.services.project.project import Project
from tests.services.project.test_backups import as_version
from tests.services.project.toy_project import code_all, content, create, decide, items

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the program that is to be killed."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fault.review_child", *arguments],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )


def kill_reviews(folder: Path, count: int, chance: random.Random, *options: str) -> Counter[str]:
    """Kill ``count`` reviewing programs, one after the other on one project."""
    path = create(folder / "p.m2mp", items(40, 2))
    with Project.open(path) as project:
        code_all(project)
    found: Counter[str] = Counter()
    hashes: dict[int, bytes] = {}
    for number in range(count):
        child = start("review", str(path), *options)
        assert child.stdout.readline() == "open\n"
        time.sleep(chance.random() ** 2 * 0.4)
        child.kill()
        said = [int(line) for line in child.communicate()[0].splitlines() if line.isdigit()]
        found["steps"] += len(said)
        found["kills"] += 1
        # it opens, so the chain is whole; now the same chain as before, and all that was told
        with Project.open(path) as project:
            stored = dict(project._connection.execute("SELECT seq, hash FROM event"))
            is_lost = max(said, default=0) > len(stored) or any(
                stored.get(seq) != digest for seq, digest in hashes.items()
            )
            found["lost"] += is_lost
            if number % 10 == 9 or number == count - 1:
                found["unsound"] += bool(project.verify().problems)
            hashes = stored
    found["events"] = len(hashes)
    return found


def kill_migrations(folder: Path, count: int, chance: random.Random) -> Counter[str]:
    """Kill programs that bring an old project forward; it must come forward whole afterwards."""
    path = create(folder / "old.m2mp", items(40, 40))
    with Project.open(path) as project:
        code_all(project, is_counted=False)
        for phrase_id in range(1, 11):
            decide(project, phrase_id)
        expected = content(project)
    old = as_version(path, 1).read_bytes()
    took = _time_of_opening(path)
    found: Counter[str] = Counter()
    for _ in range(count):
        for left in path.parent.glob(f"{path.name}-*"):
            left.unlink()
        put_back(path, old)
        child = start("open", str(path))
        assert child.stdout.readline() == "begin\n"
        time.sleep(chance.random() * took)
        child.kill()
        rest, _ = child.communicate()
        found["kills"] += 1
        found["finished before"] += "end" in rest
        found["had begun"] += any(path.parent.glob(f"{path.name}[-.]*"))
        with Project.open(path) as project:
            found["lost"] += content(project) != expected
            found["unsound"] += bool(project.verify().problems)
    return found


def put_back(path: Path, old: bytes) -> None:
    """Put the old project back, without backups."""
    import shutil

    shutil.rmtree(f"{path}.backups", ignore_errors=True)
    path.write_bytes(old)


def _time_of_opening(path: Path) -> float:
    child = start("open", str(path))
    assert child.stdout.readline() == "begin\n"
    began = time.perf_counter()
    assert child.stdout.readline() == "end\n"
    took = time.perf_counter() - began
    child.communicate()
    return took


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--migrations", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    began = time.perf_counter()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results["review"] = kill_reviews(folder, given.n, chance)
        (folder / "slow").mkdir()
        results["review, rollback journal"] = kill_reviews(
            folder / "slow", given.n // 4, chance, "--journal", "truncate"
        )
        results["migration"] = kill_migrations(folder, given.migrations, chance)
    for work, found in results.items():
        print(f"{work}: {dict(found)}")
    print(f"{time.perf_counter() - began:.0f} s")
    return int(any(found["lost"] or found["unsound"] for found in results.values()))


if __name__ == "__main__":
    sys.exit(main())
