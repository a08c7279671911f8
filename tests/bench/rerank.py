"""The second stage measured: speed, memory and agreement, beside the usual tools, in one run.

    python -m tests.bench.rerank                          side by side, phrase by phrase, in turns
    python -m tests.bench.rerank --list 500               default path against exact path
    python -m tests.bench.rerank --export 5000            a realistic export
    python -m tests.bench.rerank --same-answers 500       the same answers on other CPUs?

Engines of the side-by-side run, on the same pairs, the same pinned cores, one thread a core:

    cross-encoder   sentence-transformers ``CrossEncoder``, torch float32, batch 32: ratio 1
    ort-default     ONNX Runtime, dynamic quantisation with its defaults, pairs padded to 64
    openvino        OpenVINO, post-training int8, sorted batches of 8
    ours-exact      the product scoring all 100 candidates
    ours-default    the product deciding where its model must look
    ort-float, openvino-float   (``--engines``) the plain float32 export

Every engine lives in a process of its own. ``ours`` is timed from phrase to answer, first stage
included, the others from pairs to probabilities. Rounds alternate, and the least and the greatest
time are printed beside the median: on a busy machine they lie far apart, and the figures then mean
little. "cpu" is processor time over all threads. Peak memory is that of the whole process.

``--cpu avx2`` (avxvnni, avx512, avx512vnni) lets every engine see an older CPU; see `cpu_mask`.
Without it a CPU with AMX is measured as such: few desktops have that.

Peers are needed here only: ``pip install torch sentence-transformers transformers onnx openvino``.
What is missing is skipped with a line. They may live in an environment of their own, named with
``--peers-python``; ours then runs without them, as it does for its users.

Without ``--checkpoint`` one of MacBERT's size with random weights is written: right for speed and
memory; answers of random weights say little. Not part of CI: minutes to hours of a whole machine.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench._rerank_child import Child, ChildFailed
from tests.bench._rerank_cpus import measure_same_answers
from tests.bench._rerank_engines import DEFAULT_ENGINES, side_by_side
from tests.bench._rerank_lists import measure_export, measure_list
from tests.bench._rerank_setup import Setup, cpu_name, physical_cores
from tests.bench.cpu_mask import LEVELS, MaskUnavailable

MACBERT = "macbert-size"


def main(words: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(words)
    with TemporaryDirectory(prefix="m2m-rerank-") as scratch:
        root = (options.work or Path(scratch)).absolute()
        try:
            _run(options, root)
        except (MaskUnavailable, ChildFailed) as error:
            sys.exit(f"{type(error).__name__}: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_argument_group("what is measured; side by side if none is given")
    what.add_argument("--list", type=int, default=0, metavar="N", help="N distinct phrases")
    what.add_argument("--export", type=int, default=0, metavar="ROWS", help="an export of ROWS")
    what.add_argument("--same-answers", type=int, default=0, metavar="N", help="on other CPUs")
    model = parser.add_argument_group("the model")
    model.add_argument("--checkpoint", type=Path, help="a Hugging Face folder")
    model.add_argument(
        "--bundle", type=Path, help="a bundle folder made from it, to install instead"
    )
    model.add_argument("--template", default="", help="of candidate texts, if it does not say")
    model.add_argument("--match-label", default="", help="which label means a match, likewise")
    model.add_argument("--model", default="", help="a shipped model; peers need --checkpoint")
    run = parser.add_argument_group("the run")
    run.add_argument("--engines", default=",".join(DEFAULT_ENGINES), help="joined by commas")
    run.add_argument("--mentions", type=int, default=20, help="phrases for ours (20)")
    run.add_argument("--peer-mentions", type=int, default=6, help="phrases for the others (6)")
    run.add_argument("--threads", type=int, default=0, help="0: one for each physical core")
    run.add_argument("--cpu", choices=LEVELS, default="full")
    run.add_argument("--peers-python", default=sys.executable, help="an interpreter with torch")
    run.add_argument("--work", type=Path, help="keeps exports and installed models for later runs")
    run.add_argument("--reinstall", action="store_true", help="what --work has kept is out of date")
    run.add_argument("--json", type=Path, help="write all figures there")
    cpus = parser.add_argument_group("with --same-answers")
    cpus.add_argument("--levels", default="full,avx512,avx2", help="the first is the base")
    cpus.add_argument("--path", choices=("exact", "default"), default="default")
    cpus.add_argument("--qemu", type=int, default=0, metavar="K", help="K phrases under qemu-user")
    return parser


def _run(options: argparse.Namespace, root: Path) -> None:
    cores = physical_cores()
    threads = options.threads or len(cores)
    if threads > len(cores):
        sys.exit(f"--threads: there are {len(cores)} physical cores")
    checkpoint = options.checkpoint
    if checkpoint is None and not options.model:
        checkpoint = _made_checkpoint(root)
    setup = Setup(
        checkpoint=str(checkpoint.absolute()) if checkpoint else "",
        work=str(root / (_stamp(checkpoint.absolute()) if checkpoint else options.model)),
        model=options.model,
        cores=cores[:threads],
        peers_python=options.peers_python,
        level=options.cpu,
    )
    print(
        f"{cpu_name()} seen as {setup.level}, {threads} of {len(cores)} cores, "
        f"load {os.getloadavg()[0]:.1f}, {setup.folder.name}"
    )
    figures: dict[str, Any] = {"machine": cpu_name(), "cpu": setup.level, "threads": threads}
    if not setup.model:
        setup, figures["install"] = _installed(setup, options)
    if options.list:
        figures["list"] = measure_list(
            setup, count=options.list, peer_mentions=options.peer_mentions
        )
    if options.export:
        figures["export"] = measure_export(
            setup, rows=options.export, peer_mentions=options.peer_mentions
        )
    if options.same_answers:
        figures["same_answers"] = measure_same_answers(
            setup,
            engine=f"ours-{options.path}",
            levels=options.levels.split(","),
            count=options.same_answers,
            emulated=options.qemu,
        )
    if not (options.list or options.export or options.same_answers):
        figures["engines"] = side_by_side(
            options.engines.split(","),
            setup,
            mentions=options.mentions,
            peer_mentions=options.peer_mentions,
        )
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _made_checkpoint(root: Path) -> Path:
    """A checkpoint folder of MacBERT's size with random weights, written once."""
    folder = root / MACBERT
    if not (folder / "config.json").exists():
        from tests.toy.checkpoints import write_macbert_size

        print("writing a checkpoint of MacBERT's size ...", flush=True)
        write_macbert_size(folder)
    return folder


def _stamp(checkpoint: Path) -> str:
    """A folder name that tells checkpoints apart by place, size and age of their files."""
    files = sorted(path for path in checkpoint.iterdir() if path.is_file())
    state = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    digest = sha256(f"{checkpoint} {state}".encode()).hexdigest()
    return f"{checkpoint.name}-{digest[:8]}"


def _installed(setup: Setup, options: argparse.Namespace) -> tuple[Setup, dict[str, Any]]:
    """Install the model with the product, as on the real CPU; every home gets links to its files.

    Kept with ``--work``; a bundle given by hand is installed anew each time. The time is set beside
    that of reading the source (from wherever the system has it) and writing the result.
    """
    bundle: Path | None = options.bundle
    source = setup.at_home("installed")
    home = Path(source.home)
    note = home / "installed.json"
    is_kept = bundle is None and note.exists() and not options.reinstall
    if not is_kept:
        shutil.rmtree(home, ignore_errors=True)
        path = (bundle or Path(setup.checkpoint)).absolute()
        started = time.perf_counter()
        size = sum(len(file.read_bytes()) for file in path.iterdir() if file.is_file())
        reading = time.perf_counter() - started
        with Child("ours-install", replace(source, level="full")) as child:
            answer = child.ask(
                "install",
                path=str(path),
                template=options.template,
                match_label=options.match_label,
            )
            figures = {
                "model": answer.result,
                "seconds": answer.seconds,
                "read_seconds": reading,
                "read_mb": size / 1e6,
                **_write_cost(home),
                "peak_mb": child.ask("peak_mb").result,
            }
        note.write_text(json.dumps(figures), encoding="utf-8")
    figures = json.loads(note.read_text(encoding="utf-8"))
    plain = figures["read_seconds"] + figures["write_seconds"]
    print(
        f"installed{' in an earlier run:' if is_kept else ''} {figures['model']} in {figures['seconds']:.1f} s, "
        f"{figures['seconds'] / plain:.1f} times reading its {figures['read_mb']:.0f} MB and "
        f"writing {figures['write_mb']:.0f} MB ({plain:.1f} s); peak {figures['peak_mb']:.0f} MB"
    )
    return replace(setup, model=figures["model"], model_home=source.home), figures


def _write_cost(home: Path) -> dict[str, float]:
    """How long it takes to write as many bytes as were installed, down to the disk."""
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    content = os.urandom(1 << 20) * (size // (1 << 20) + 1)
    started = time.perf_counter()
    with (home / "written").open("wb") as file:
        file.write(content[:size])
        file.flush()
        os.fsync(file.fileno())
    seconds = time.perf_counter() - started
    (home / "written").unlink()
    return {"write_seconds": seconds, "write_mb": size / 1e6}


if __name__ == "__main__":
    main()
