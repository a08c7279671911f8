"""Mutated releases: whatever the bytes, only a CodingToolError may come out of the loader.

``python -m tests.fuzz.fuzz_meddra --n 100000 [--seed 1]`` mutates the toy release in memory, by
bytes and by structure, and prints the rate and what became of the cases. What loads must also
answer: a sample of look-ups is made on every terminology.
"""

import argparse
import random
import time
from collections import Counter

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import japanese_files, toy_files

Files = dict[str, bytes]

_PIECES = [
    b"$", b"$$", b"\n", b"\r", b"\r\n", b"\x00", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff",
    b"\xef\xbf\xbd", b"\xc2\x85", b"\xe2\x80\xa8", b'"', b"Y", b"N", b"A", b"0", b"90000101",
    b"99999999", b"-1", b"\xd6\xd0", "９".encode(), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"x" * 300,
]  # fmt: skip


def _bases() -> list[Files]:
    return [
        toy_files("Chinese"),
        toy_files("Chinese", encoding="gb18030", is_cyclic=True),
        toy_files("English", line_end="\n"),
        toy_files("Spanish", encoding="latin_1"),
        japanese_files(),
    ]


def mutate(files: Files, chance: random.Random) -> Files:
    """Change a few things in one or two of the files."""
    files = dict(files)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        name = chance.choice(sorted(files))
        files[name] = _mutated(files[name], files, chance)
        if chance.random() < 0.02:
            del files[name]
        if not files:
            break
    return files


def _mutated(data: bytes, files: Files, chance: random.Random) -> bytes:
    kind = chance.randrange(12)
    at = chance.randrange(len(data) + 1)
    if kind == 0 and data:
        at = chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + chance.choice(_PIECES) + data[at:]
    if kind == 2:
        return data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:]
    if kind == 3:
        return data[:at] + data[at + chance.randrange(1, 60) :]
    if kind == 4:
        return data[:at]
    if kind == 5:
        return files[chance.choice(sorted(files))]
    if kind == 6:
        return chance.choice((b"", b"$", b"\n", data * 2, data[::-1], data.swapcase()))
    lines = data.split(b"\n")
    row = chance.randrange(len(lines))
    if kind == 7:
        lines.insert(chance.randrange(len(lines)), lines[row])
    elif kind == 8:
        del lines[row]
    elif kind == 9:
        chance.shuffle(lines)
    else:
        fields = lines[row].split(b"$")
        column = chance.randrange(len(fields))
        other = chance.choice(lines).split(b"$")
        fields[column] = chance.choice([*_PIECES, chance.choice(other), chance.choice(fields)])
        lines[row] = b"$".join(fields)
    return b"\n".join(lines)


def ask(terminology: Terminology, chance: random.Random) -> None:
    """Look a few things up: what was loaded must hold together."""
    pt = chance.randrange(terminology.count(TermLevel.PT))
    term = terminology.preferred_term_at(pt)
    assert [path.is_primary for path in term.paths].count(True) == 1
    assert term.paths[0].is_primary
    for llt in terminology.llts(term.code):
        assert llt.pt_code == term.code
    assert terminology.find(term.name, [TermLevel.PT])
    terminology.socs()
    terminology.smqs_of(term.code)
    for smq in terminology.smqs():
        terminology.smq_members(smq.code)
        terminology.smq_children(smq.code)
    terminology.history(term.code)


def run(count: int, seed: int) -> Counter[str]:
    """Try ``count`` mutations; AssertionError or any foreign exception is a find."""
    bases = _bases()
    outcomes: Counter[str] = Counter()
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        files = mutate(chance.choice(bases), chance)
        try:
            release = load_release(ReleaseSources("toy", "toy", files))
            ask(release.terminology, chance)
            outcomes["loaded, odd" if len(release.report.anomalies) > 2 else "loaded"] += 1
        except CodingToolError as error:
            str(error)
            outcomes[type(error).__name__] += 1
        except BaseException:
            print(f"case {seed}-{number}")
            raise
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.perf_counter()
    outcomes = run(arguments.n, arguments.seed)
    seconds = time.perf_counter() - start
    print(f"{arguments.n} cases in {seconds:.0f} s, {arguments.n / seconds:.0f} a second")
    for outcome, cases in outcomes.most_common():
        print(f"{cases:8}  {outcome}")


if __name__ == "__main__":
    main()
