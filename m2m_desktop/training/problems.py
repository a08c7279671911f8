"""What can go wrong while a model is trained, said so that the next command works."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

BAD_DATA, OUT_OF_MEMORY, INTERRUPTED = 1, 3, 130
"""Exit statuses; 2 is a command line that makes no sense, as everywhere."""


class TrainingProblem(Exception):
    """Something the caller can change: ``what`` happened, and the ``hint`` what to change."""

    def __init__(self, what: str, hint: str = "", *, status: int = BAD_DATA) -> None:
        self.what, self.hint, self.status = what, hint, status
        super().__init__(f"{what} {hint}".strip())


@contextmanager
def memory_explained(hint: str) -> Iterator[None]:
    """Turn the ways in which memory runs out, on a GPU or off it, into one TrainingProblem."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(hint) from error
    except RuntimeError as error:  # torch has no class of its own for the main memory
        text = str(error).lower()
        if "allocate memory" not in text and "out of memory" not in text:
            raise
        raise _out_of_memory(hint) from error


def _out_of_memory(hint: str) -> TrainingProblem:
    return TrainingProblem("The memory is not enough for this step.", hint, status=OUT_OF_MEMORY)
