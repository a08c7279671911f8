"""Dense search at real size: time a query and memory, beside faiss and numpy; equal top 100.

    python -m tests.bench.dense [--names 91082] [--columns 768] [--queries 20] [--rounds 5]

Vectors are invented: clusters on a sphere, with neighbours as close as those of trained encoders,
and 27,361 PTs share them. Engines run in turns, one query at a time; a figure is the median over
the rounds of the median over the queries, a ratio the median of the ratios of the rounds. Memory is
counted in processes of their own, twice: what is private, and with it the mapped file as far as it
was touched, which the system takes back when it needs to. faiss is compared where it is installed
(it is no part of this project); numpy and faiss search names and are pooled to PTs as we are.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from m2m_desktop.core.name_vectors import Names, pack_vectors, unit_vectors
from m2m_desktop.services import vector_store
from m2m_desktop.services.array_files import read_arrays, write_arrays
from m2m_desktop.services.integer_product import open_product
from m2m_desktop.services.quiet import silence_libraries

PTS = 27_361
K = 100
ENGINES = ("ours", "numpy", "faiss")
FOLDER, PLAIN, ASKED = "packed", "vectors.npy", "queries.npy"

Search = Callable[[np.ndarray], list[int]]


def write_vectors(folder: Path, names: int, columns: int, queries: int) -> None:
    """Write clustered vectors in our form and as float32, and questions near some of them."""
    chance = np.random.default_rng(11)
    centres = chance.standard_normal((max(1, names // 30), columns), dtype=np.float32)
    vectors = np.empty((names, columns), np.float16)
    cluster = np.sort(chance.integers(0, len(centres), names))
    for start in range(0, names, 8192):
        some = centres[cluster[start : start + 8192]]
        noise = chance.standard_normal(some.shape, dtype=np.float32)
        vectors[start : start + 8192] = unit_vectors(some + 0.7 * noise)
    pts = np.sort(chance.integers(0, min(PTS, names), names)).astype(np.int32)
    told = Names(np.arange(names, dtype=np.int32), pts, ("",) * names)
    write_arrays(folder / FOLDER, vector_store._pack(pack_vectors(told, vectors)))
    np.save(folder / PLAIN, vectors.astype(np.float32))
    near = vectors[chance.integers(0, names, queries)].astype(np.float32)
    near += 0.4 / np.sqrt(columns) * chance.standard_normal(near.shape, dtype=np.float32)
    np.save(folder / ASKED, unit_vectors(near).astype(np.float32))


def open_engine(name: str, folder: Path) -> Search:
    """Open one engine; each gives the 100 nearest PTs, nearest first."""
    if name == "ours":
        vectors = vector_store._unpack(read_arrays(folder / FOLDER))
        multiply = open_product()
        return lambda query: [near.pt_row for near in vectors.search(query[None], K, multiply)[0]]
    pts = np.array(read_arrays(folder / FOLDER)["pt"])
    firsts = np.flatnonzero(np.append(True, np.diff(pts) != 0))
    if name == "numpy":
        plain = np.load(folder / PLAIN)

        def search(query: np.ndarray) -> list[int]:
            bests = np.maximum.reduceat(plain @ query, firsts)
            top = np.argpartition(-bests, min(K, len(bests) - 1))[:K]
            return pts[firsts[top[np.lexsort((top, -bests[top]))]]].tolist()

        return search
    import faiss

    flat = np.load(folder / PLAIN)
    index = faiss.IndexFlatIP(flat.shape[1])
    index.add(flat)
    del flat

    def ask(query: np.ndarray) -> list[int]:
        _, places = index.search(query[None], 5 * K)  # names; several may be of one PT
        return list(dict.fromkeys(pts[places[0]].tolist()))[:K]

    return ask


def memory_mb(key: str) -> float:
    """Read what this process holds, from the system."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.split(":")[0] in key.split()) / 1024


def measure_memory(name: str, folder: Path) -> None:
    """Print what an engine takes after its queries: in a process of its own."""
    queries = np.load(folder / ASKED)
    if name == "ours":
        open_product()(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.int8))  # the library itself
    elif name == "faiss":
        import faiss

        faiss.IndexFlatIP(4)
    before = [memory_mb("Private_Dirty"), memory_mb("Rss")]
    search = open_engine(name, folder)
    for query in queries:
        search(query)
    after = [memory_mb("Private_Dirty"), memory_mb("Rss")]
    print(json.dumps({"mb": [b - a for a, b in zip(before, after, strict=True)]}))


def is_installed(name: str) -> bool:
    from importlib.util import find_spec

    return name != "faiss" or find_spec("faiss") is not None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=91_082)
    parser.add_argument("--columns", type=int, default=768)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    silence_libraries()
    if options.memory_of:
        measure_memory(options.memory_of[0], Path(options.memory_of[1]))
        return
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_vectors(folder, options.names, options.columns, options.queries)
        queries = np.load(folder / ASKED)
        engines = {name: open_engine(name, folder) for name in ENGINES if is_installed(name)}
        found = {name: [search(query) for query in queries] for name, search in engines.items()}
        rounds: dict[str, list[float]] = {name: [] for name in engines}
        for _ in range(options.rounds):
            for name, search in engines.items():
                times = []
                for query in queries:
                    started = time.perf_counter()
                    search(query)
                    times.append((time.perf_counter() - started) * 1000)
                rounds[name].append(statistics.median(times))
        print(
            f"{options.names} names x {options.columns}, {len(queries)} queries, {os.cpu_count()} cores"
        )
        head = ("ms", "ours is faster", "private MB", "with mapped", "same PTs", "same order")
        print(f"{'engine':<8}" + "".join(f"{word:>16}" for word in head))
        for name, values in rounds.items():
            ratio = statistics.median(b / a for a, b in zip(rounds["ours"], values, strict=True))
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.dense", "--memory-of", name, scratch],
                check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
            private, resident = json.loads(told)["mb"]
            pairs = list(zip(found["ours"], found[name], strict=True))
            same = sum(set(one) == set(other) for one, other in pairs)
            ordered = sum(one == other for one, other in pairs)
            cells = (
                f"{statistics.median(values):.2f}", f"{ratio:.2f} x", f"{private:.0f}",
                f"{resident:.0f}", f"{same}/{len(pairs)}", f"{ordered}/{len(pairs)}",
            )  # fmt: skip
            print(f"{name:<8}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
