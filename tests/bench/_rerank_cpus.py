"""The same phrases on CPUs with and without AVX-512 and VNNI: are the answers the same?

The bundle is installed once; then each pretended CPU codes all phrases with it.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any

from tests.bench._rerank_child import QEMU, Child
from tests.bench._rerank_figures import Agreement, Opinion, progress
from tests.bench._rerank_phrases import reported_phrases
from tests.bench._rerank_setup import Setup

CHUNK = 10
EMULATED_LEVEL = "avx2"
"""What `QEMU` emulates: a CPU of 2013."""


def measure_same_answers(
    setup: Setup, *, engine: str, levels: Sequence[str], count: int, emulated: int
) -> dict[str, Any]:
    """Code ``count`` phrases on each level in turns, the first level being the base.

    ``emulated`` phrases are also coded under qemu, which carries out every instruction in software:
    slow, but free of this CPU.
    """
    phrases = reported_phrases(count)
    opinions: dict[str, list[Opinion]] = {level: [] for level in levels}
    seconds = dict.fromkeys(levels, 0.0)
    with ExitStack() as stack:
        children = {
            level: stack.enter_context(
                Child(engine, replace(setup.at_home(f"{engine}-{level}"), level=level))
            )
            for level in levels
        }
        for start in range(0, count, CHUNK):
            for level, child in children.items():
                answer = child.ask("code", phrases=phrases[start : start + CHUNK])
                seconds[level] += answer.seconds
                opinions[level] += map(Opinion.of_answer, answer.result)
            progress(min(start + CHUNK, count), count)
    if emulated:
        with Child(engine, replace(setup.at_home("emulated"), level="full"), QEMU) as child:
            answer = child.ask("code", phrases=phrases[:emulated])
            opinions["qemu"] = [Opinion.of_answer(given) for given in answer.result]
            seconds["qemu"] = answer.seconds
    base = levels[0]
    print(f"{engine}, against the CPU {base}")
    print(
        f"{'CPU':<12}{'phrases':>8}{'ms each':>9}{'max|dp|':>9}{'mean':>9}{'top-1':>10}{'set':>8}"
        f"{'bit-equal':>11}"
    )
    figures: dict[str, Any] = {"engine": engine}
    for level, given in opinions.items():
        agreement = Agreement.between(opinions[base][: len(given)], given)
        print(
            f"{level:<12}{len(given):>8}{1000 * seconds[level] / len(given):>9.1f}{agreement}"
            f"{agreement.equal_to_the_bit:>9}"
        )
        figures[level] = {"seconds": seconds[level], **asdict(agreement)}
    if emulated and EMULATED_LEVEL in opinions:
        masked = opinions[EMULATED_LEVEL][:emulated]
        agreement = Agreement.between(masked, opinions["qemu"])
        print(
            f"the mask {EMULATED_LEVEL} against the emulator: {agreement.equal_to_the_bit} of "
            f"{emulated} answers equal to the bit, max|dp| {agreement.max_change:.2g}"
        )
        figures["mask_against_qemu"] = asdict(agreement)
    return figures
