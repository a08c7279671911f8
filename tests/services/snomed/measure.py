"""Import an edition of real size and say what it costs: ``python -m tests.services.snomed.measure``.

Write one first with ``python -m tests.toy.rf2 DIR`` (370,000 concepts, 1.5 million descriptions,
0.8 GB), then give the same DIR here. The ratio is to reading all rows with the csv module.
"""

import argparse
import csv
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.services.terminology_store import TerminologyStore


def peak_mb() -> float:
    """The most memory this process ever had, in MiB (Linux)."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path) -> dict[str, float]:
    """Import, open again, and read plainly: seconds of processor time, and MiB."""
    with TemporaryDirectory() as place:
        store = TerminologyStore(Path(place))
        begin = time.process_time()
        ((info, report),) = store.import_release(folder)
        found = {"import_s": time.process_time() - begin, "peak_mb": peak_mb()}
        begin = time.process_time()
        store.open(info.terminology_id)
        found["open_s"] = time.process_time() - begin
        found.update({name: float(count) for name, count in report.counts.items() if count})
    begin = time.process_time()
    for path in folder.rglob("*.txt"):
        with path.open(encoding="utf-8", newline="") as stream:
            for _row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                pass
    found["csv_s"] = time.process_time() - begin
    found["ratio"] = found["import_s"] / found["csv_s"]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    for name, value in measure(parser.parse_args().folder).items():
        print(f"{name:12} {value:14.2f}")
