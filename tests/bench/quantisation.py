"""Ways to quantise one reranker, compared: what they cost in answers, what they gain in speed.

    python -m tests.bench.quantisation --checkpoint DIR [--template pt_llt] [--pairs 240] [--json FILE]

DIR is a Hugging Face checkpoint with two labels. Pairs are mentions, made from names of the demo
dictionary, with the ten candidates each that read most like them, which is where models are in
doubt. Nothing that calibrates the quantiser is among them. Each way is compared with the float32
graph of the same checkpoint:

    max, mean |Δp|   changes of the probability of a match
    Spearman         agreement of the candidates' order, mean over the mentions
    top-1, set       mentions with another first candidate; with another set selected at 0.3
    ms a pair        processor time of one thread, least and median of the rounds, which alternate
    speed            float32's time through this one's, median of the rounds

Answers and times are those of this processor; `cpu_mask` shows those of an older one:

    python -m tests.bench.cpu_mask avx2 -- python -m tests.bench.quantisation ...

On a busy machine times are rough even so, for cores share caches and memory. All models are open at
once: some 3 GB for a base-size one. Not part of CI: seconds for a small model, minutes for a large.
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import BatchRunner, TokenRow
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.pairs import PairAssembler, Phrase
from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.core.templates import TEMPLATE_NAMES, Template
from m2m_desktop.services.bundle_session import open_runner, open_tokenizer
from m2m_desktop.services.conversion.checkpoint import Checkpoint, open_checkpoint
from m2m_desktop.services.conversion.convert import RERANKER_LENGTH
from m2m_desktop.services.conversion.parity import compare_rerankers
from m2m_desktop.services.conversion.samples import pair_samples
from m2m_desktop.services.language import explain
from m2m_desktop.services.quiet import silence_libraries
from tests.bench._quantisation_pairs import CANDIDATES, hard_pairs, open_demo
from tests.bench._quantisation_schemes import SCHEMES, Material, prepare
from tests.bench._rerank_setup import cpu_name
from tests.bench.cpu_mask import LEVELS

ORIGINAL = "float32"

HEAD = (
    "quantisation", "max |Δp|", "mean |Δp|", "Spearman", "top-1 changes", "set changes",
    "ms a pair, least", "median", "speed", "MB",
)  # fmt: skip

Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One way of quantising: ``parity`` of `compare_rerankers`, times in milliseconds a pair."""

    name: str
    parity: dict[str, float]
    least_ms: float
    median_ms: float
    speed: float
    bytes: int

    def __str__(self) -> str:
        parity = self.parity
        cells = (
            self.name,
            f"{parity['max_change']:.4f}",
            f"{parity['mean_change']:.5f}",
            f"{parity['rank_agreement']:.4f}",
            f"{100 * parity['top1_changes']:.1f} %",
            f"{100 * parity['selected_changes']:.1f} %",
            f"{self.least_ms:.2f}",
            f"{self.median_ms:.2f}",
            f"{self.speed:.2f}",
            f"{self.bytes / 1e6:.1f}",
        )
        return _line(cells)


def main(words: Sequence[str] | None = None) -> None:
    silence_libraries()
    logging.getLogger().setLevel(logging.ERROR)  # the runtime's tool advises on every file
    options = _options(words)
    template = Template(options.template)
    with TemporaryDirectory(prefix="m2m-quantisation-") as scratch:
        folder = Path(scratch)
        engine = open_demo(folder / "home")
        calibration = pair_samples(engine.terminology(), template).calibration
        pairs = hard_pairs(engine, template, options.pairs)
        try:
            with open_checkpoint(
                options.checkpoint, work_dir=folder, head="sequence_classification"
            ) as checkpoint:
                match = _match_row(checkpoint, options.match_label)
                tokenizer = _tokenizer(checkpoint)
                material = prepare(checkpoint, tokenizer, calibration, folder / f"{ORIGINAL}.onnx")
                files = {ORIGINAL: material.original, **_write_all(material, folder)}
                runners = {name: _open(file, checkpoint) for name, file in files.items()}
        except CodingToolError as error:
            sys.exit(explain(error))
        logits, times = _measure(runners, PairAssembler(tokenizer).assemble(pairs), options.rounds)
        sizes = {name: file.stat().st_size for name, file in files.items()}
    rows = _rows(logits, times, sizes, [len(texts) for _, texts in pairs], match)
    spread = float(softmax_probability(logits[ORIGINAL], match).std())
    _show(options, pairs, rows, spread)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="a Hugging Face folder")
    parser.add_argument("--template", choices=TEMPLATE_NAMES, default="full")
    parser.add_argument("--match-label", default="match", help="which label means a match")
    parser.add_argument("--pairs", type=int, default=240, help="ten of each mention (240)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed (5)")
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args(words)
    if options.pairs < CANDIDATES or options.rounds < 1:
        parser.error(f"at least {CANDIDATES} pairs and one round are needed")
    return options


def _match_row(checkpoint: Checkpoint, label: str) -> int:
    labels = [name.casefold() for name in checkpoint.labels]
    if len(labels) != 2 or label.casefold() not in labels:
        sys.exit(f"--match-label: the labels are {', '.join(checkpoint.labels)}")
    return labels.index(label.casefold())


# -- models ----------------------------------------------------------------------------------------


def _max_length(checkpoint: Checkpoint) -> int:
    return min(checkpoint.max_length, RERANKER_LENGTH)


def _tokenizer(checkpoint: Checkpoint) -> Any:
    return open_tokenizer(
        checkpoint.tokenizer_json.encode(),
        max_length=_max_length(checkpoint),
        vocab_size=int(checkpoint.config["vocab_size"]),
        path=str(checkpoint.path),
    )


def _write_all(material: Material, folder: Path) -> dict[str, Path]:
    files = {}
    for number, scheme in enumerate(SCHEMES):
        files[scheme.name] = folder / f"{number}.onnx"
        scheme.write(material, files[scheme.name])
    return files


def _open(file: Path, checkpoint: Checkpoint) -> BatchRunner:
    """Open as the product does, but for one thread."""
    model = file.read_bytes()
    return open_runner(model, max_length=_max_length(checkpoint), pad_id=checkpoint.pad_id)


# -- figures ---------------------------------------------------------------------------------------


def _measure(
    runners: dict[str, BatchRunner], rows: Sequence[TokenRow], rounds: int
) -> tuple[dict[str, Logits], dict[str, list[float]]]:
    """Give the logits of each model, and its milliseconds a pair in every round."""
    logits: dict[str, Logits] = {}
    times: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            start = time.thread_time()
            answers = runner.run(rows)
            times[name].append((time.thread_time() - start) * 1000 / len(rows))
            logits[name] = np.stack(answers)
    return logits, times


def _rows(
    logits: dict[str, Logits],
    times: dict[str, list[float]],
    sizes: dict[str, int],
    group_sizes: Sequence[int],
    match: int,
) -> list[Row]:
    base = times[ORIGINAL]
    return [
        Row(
            name=name,
            parity=compare_rerankers(
                logits[ORIGINAL], answers, match=match, group_sizes=group_sizes
            ),
            least_ms=min(times[name]),
            median_ms=median(times[name]),
            speed=median(before / after for before, after in zip(base, times[name], strict=True)),
            bytes=sizes[name],
        )
        for name, answers in logits.items()
    ]


def _show(
    options: argparse.Namespace, pairs: Sequence[Phrase], rows: Sequence[Row], spread: float
) -> None:
    count = sum(len(texts) for _, texts in pairs)
    print(
        f"{options.checkpoint.name}: {count} pairs of {len(pairs)} mentions, "
        f"standard deviation of p {spread:.2f}; {cpu_name()} seen as {_level()}, one thread, "
        f"{options.rounds} rounds, load {os.getloadavg()[0]:.1f}\n"
    )
    print(_line(HEAD), _line(["---", *["--:"] * (len(HEAD) - 1)]), *rows, sep="\n")
    print("\n\\* answers differ between processors with and without VNNI")
    if options.json:
        figures = {
            "checkpoint": options.checkpoint.name,
            "machine": cpu_name(),
            "cpu": _level(),
            "pairs": count,
            "mentions": len(pairs),
            "rounds": options.rounds,
            "spread": spread,
            "rows": [asdict(row) for row in rows],
        }
        text = json.dumps(figures, ensure_ascii=False, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")


def _level() -> str:
    """Tell which CPU `cpu_mask` pretends to be."""
    return os.environ.get("M2M_CPU", LEVELS[0])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
