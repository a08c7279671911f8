"""``python -m m2m_desktop.training``: prepare data, train, and make models that can be installed."""

import argparse
import sys
from collections.abc import Sequence

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.quiet import silence_libraries
from m2m_desktop.training import (
    calibrate,
    make_commands,
    prepare_commands,
    ship_commands,
    ship_export,
    ship_vectors,
    train_commands,
)
from m2m_desktop.training.checkpoints import silence_transformers
from m2m_desktop.training.problems import BAD_DATA, INTERRUPTED, TrainingProblem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one training command; gives the exit status (see `problems`)."""
    silence_libraries()
    silence_transformers()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except TrainingProblem as problem:
        print(f"{problem.what} {problem.hint}".strip(), file=sys.stderr)
        return problem.status
    except CodingToolError as error:
        print(f"{error.code} {error.sentence()}", file=sys.stderr)
        return BAD_DATA
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last saved step.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m m2m_desktop.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    prepare_commands.add_prepare(commands)
    kinds = commands.add_parser("train", help="train a model").add_subparsers(
        dest="kind", required=True
    )
    train_commands.add_training(kinds)
    ship_commands.add_training(kinds)
    train_commands.add_others(commands)
    make_commands.add_making(commands)
    ship_export.add_shipping(commands)
    calibrate.add_calibrating(commands)
    ship_vectors.add_vectors(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
