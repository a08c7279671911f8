"""Import and reopen of a release of real size against a plain csv-module parse of its files.

``python -m tests.bench.bench_load_release [--rounds 7] [--dir DIR]``: alternating rounds in child
processes (each imports the program afresh), medians, ratios, and the peak memory above what the
interpreter with numpy takes anyway.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.toy.big_release import write_big_release

JOBS = ("csv", "import", "reopen")


def _peak_mb() -> float:
    """The most memory this process has held; getrusage would count the parent's on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _parse_with_csv(release: Path) -> None:
    """The yardstick: decode every file and let the csv module split it; rows are thrown away."""
    import csv
    import io

    for file in sorted(release.glob("*.asc")):
        text = file.read_bytes().decode("utf-8")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter="$", quoting=csv.QUOTE_NONE)
        for _ in rows:
            pass


def _job(name: str, release: Path, root: Path) -> dict[str, float]:
    from m2m_desktop.services.terminology_store import TerminologyStore

    csv_limit = __import__("csv").field_size_limit
    csv_limit(1 << 30)
    store = TerminologyStore(root)
    before = _peak_mb()
    start = time.perf_counter()
    if name == "csv":
        _parse_with_csv(release)
    elif name == "import":
        store.import_release(release)
    else:
        store.open(store.list()[0].terminology_id)
    return {"seconds": time.perf_counter() - start, "growth_mb": _peak_mb() - before}


def _in_child(name: str, release: Path, root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--job", name, "--dir", str(release)]
    output = subprocess.run(
        [*command, "--root", str(root)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(output.stdout)
    return found


def measure(release: Path, rounds: int) -> dict[str, float]:
    """Give the medians of each job in seconds, their ratios, and the worst memory growth."""
    found: dict[str, list[dict[str, float]]] = {job: [] for job in JOBS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as root:
            for job in JOBS:
                found[job].append(_in_child(job, release, Path(root)))
    seconds = {job: statistics.median(each["seconds"] for each in found[job]) for job in JOBS}
    pairs = list(zip(found["import"], found["csv"], found["reopen"], strict=True))
    return {
        **{f"{job}_s": round(value, 4) for job, value in seconds.items()},
        "import_to_csv": round(
            statistics.median(i["seconds"] / c["seconds"] for i, c, _ in pairs), 2
        ),
        "import_to_reopen": round(
            statistics.median(i["seconds"] / r["seconds"] for i, _, r in pairs), 1
        ),
        "import_growth_mb": round(max(each["growth_mb"] for each in found["import"]), 1),
        "reopen_growth_mb": round(max(each["growth_mb"] for each in found["reopen"]), 1),
    }


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dir", type=Path, help="an existing release; else one is generated")
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if arguments.job:
        print(json.dumps(_job(arguments.job, arguments.dir, arguments.root)))
        return
    with tempfile.TemporaryDirectory() as folder:
        release = arguments.dir or write_big_release(Path(folder))
        print(json.dumps(measure(release, arguments.rounds), indent=1))


if __name__ == "__main__":
    main()
