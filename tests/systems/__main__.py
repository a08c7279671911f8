"""``packaging/dev.py systems``: every published kind of model at its real size, with random weights.

Each system in turn is written as `transformers` writes it, then installed, run and evaluated by the
program's own commands, and its float32 bundle is compared with `transformers`. One system takes a
minute or two on a core, up to 3 GB of memory and 2 GB of disk, which are free again before the next.
"""

import argparse
import sys
from pathlib import Path

import torch
import transformers

from tests.systems.kinds import SYSTEMS
from tests.systems.table import markdown, row_of

TOLERANCE = 1e-4


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    rows = []
    for system in SYSTEMS:
        if options.only and system.key not in options.only:
            continue
        chosen = system.small() if options.small else system
        row = row_of(chosen, options.folder, inputs=options.inputs, threads=options.threads)
        rows.append(row)
        print(f"== {row.system.name}", *row.commands, sep="\n  ", flush=True)
        figures = ", ".join(f"{name} {value:.3f}" for name, value in row.done.items())
        print(f"  largest difference {row.compared.difference:.1e}; {figures}\n", flush=True)
    print(markdown(rows))
    return int(any(row.compared.difference > TOLERANCE for row in rows))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py systems", description=__doc__)
    keys = [system.key for system in SYSTEMS]
    parser.add_argument("--only", nargs="+", choices=keys, help="systems; all where left out")
    parser.add_argument("--small", action="store_true", help="the same kinds in tiny sizes")
    parser.add_argument("--inputs", type=int, default=200, help="texts for the comparison")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where there is room; else the system's own")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
