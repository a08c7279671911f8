"""Damage the files of a score cache: a probability is right or unknown, and coding goes on.

Run by hand: ``python -m tests.fuzz.fuzz_score_cache --n 20000``; tests/services has a short form.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from m2m_desktop.services import score_rows
from m2m_desktop.services.score_cache import ScoreCache, ScoreScope

SCOPE = ScoreScope("a" * 64, "full/8/file", 192, "demo")
TEXTS = [f"PT: 痛{number}" for number in range(100)]
PHRASES = [f"左上肢疼痛{number}" for number in range(60)]
VALUES = [np.random.default_rng(number).random(len(TEXTS)) for number in range(len(PHRASES))]
QUESTIONS = [(phrase, TEXTS) for phrase in PHRASES]

Files = dict[str, bytes]


def whole_files(folder: Path) -> Files:
    """Give the files of a cache that knows all phrases."""
    cache = ScoreCache(folder)
    cache.scoped(SCOPE).put_many(list(zip(PHRASES, [TEXTS] * len(PHRASES), VALUES, strict=True)))
    cache.close()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def damage(content: bytes, chance: random.Random) -> bytes:
    """Change a little or much; most of it where a page says what lies in it."""
    changed = bytearray(content)
    kind = chance.randrange(8)
    page = chance.randrange(max(1, len(content) // score_rows.PAGE_BYTES)) * score_rows.PAGE_BYTES
    if kind < 2:
        changed[chance.randrange(100)] ^= 1 << chance.randrange(8)
    elif kind < 4:
        changed[page + chance.randrange(64)] ^= 1 << chance.randrange(8)
    elif kind == 4:
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind == 5:
        at, size = chance.randrange(len(changed)), chance.choice((2, 8, 100, 5000))
        changed[at : at + size] = chance.choice(
            (bytes(size), b"\xff" * size, chance.randbytes(size))
        )
    elif kind == 6:
        return content[: chance.randrange(len(content))]
    else:
        other = chance.randrange(len(content) // score_rows.PAGE_BYTES) * score_rows.PAGE_BYTES
        changed[page : page + score_rows.PAGE_BYTES] = content[
            other : other + score_rows.PAGE_BYTES
        ]
    return bytes(changed)


def ask(cache: ScoreCache) -> int:
    """Give the number of known phrases; a wrong probability is a find."""
    known = 0
    for found, expected in zip(cache.scoped(SCOPE).get_many(QUESTIONS), VALUES, strict=True):
        assert ((found.view(np.uint64) == expected.view(np.uint64)) | np.isnan(found)).all()
        known += not np.isnan(found).all()
    return known


def run(count: int, seed: int) -> Counter[str]:
    """Try ``count`` cases; AssertionError or any other exception is a find."""
    outcomes: Counter[str] = Counter()
    # hundreds of files are written in vain: no need to wait for the disk
    score_rows._SETTINGS = score_rows._SETTINGS.replace("synchronous = NORMAL", "synchronous = OFF")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = whole_files(folder)
        for number in range(count):
            chance = random.Random(f"{seed}-{number}")
            for path in folder.iterdir():
                path.unlink()
            for file, content in files.items():
                is_damaged = file.endswith(".db")
                (folder / file).write_bytes(damage(content, chance) if is_damaged else content)
            try:
                outcomes[_try(folder)] += 1
            except BaseException:
                print(f"case {seed}-{number}")
                raise
    return outcomes


def _try(folder: Path) -> str:
    cache = ScoreCache(folder)
    known = ask(cache)
    scores = cache.scoped(SCOPE)
    for _ in range(3):  # what meets the damage is lost; what comes after it is not
        scores.put("another", TEXTS, VALUES[0])
        is_kept = scores.get("another", TEXTS).tobytes() == VALUES[0].tobytes()
        if is_kept:
            break
    assert is_kept
    cache.forget_model("another")
    cache.close()
    cache = ScoreCache(folder)
    ask(cache)
    cache.close()
    return {0: "begun anew", len(PHRASES): "nothing lost"}.get(known, "some rows lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.perf_counter()
    outcomes = run(arguments.n, arguments.seed)
    print(f"{arguments.n} cases in {time.perf_counter() - start:.0f} s")
    for outcome, cases in outcomes.most_common():
        print(f"{cases:8}  {outcome}")


if __name__ == "__main__":
    main()
