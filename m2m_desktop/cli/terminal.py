"""The terminal: aligned tables, JSON, the progress line, errors."""

import json
import math
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.pace import Pace
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.export.words import NOTHING
from m2m_desktop.services.language import _, explain

if TYPE_CHECKING:
    from m2m_desktop.core.messages import Message


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_tree(value: object, indent: str = "") -> None:
    """Print nested values, one a line."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, Mapping | list) and item:
                print(f"{indent}{name}:")
                print_tree(item, indent + "  ")
            else:
                print(f"{indent}{name}: {NOTHING if item in ({}, [], '', None) else item}")
    elif isinstance(value, list):
        for item in value:
            print_tree(item, indent)
    else:
        print(f"{indent}{value}")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of cells in aligned columns."""
    for line in align(rows):
        print(line)


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Pad cells to columns; a Chinese character takes two places on a terminal."""
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = (
            cell + " " * (width - display_width(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return lines


def display_width(text: str) -> int:
    """How many places a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def progress_line(done: int, total: int, note: str = "") -> None:
    """Show how far the work is, on a terminal only."""
    if sys.stderr.isatty() and total:
        text = f"{done}/{total} {note}"
        print(f"\r{text[:70]:<70}", end="", file=sys.stderr, flush=True)


def step_line(done: int, total: int, note: str = "") -> None:
    """Show how far the work is, in the user's language."""
    progress_line(done, total, _(note) if note else "")


def paced_line() -> Progress:
    """A progress line that also tells the rate, and the time that is left."""
    pace = Pace()

    def told(done: int, total: int, note: str = "") -> None:
        pace.mark(time.monotonic(), done)
        left = pace.seconds_left(total)
        if note or left is None:
            step_line(done, total, note)
            return
        words = _("{rate} phrases a second, {minutes} min left").format(
            rate=f"{pace.per_second:.1f}", minutes=math.ceil(left / 60)
        )
        progress_line(done, total, words)

    return told


def end_progress_line() -> None:
    """Clear the line of `progress_line`."""
    if sys.stderr.isatty():
        print(f"\r{'':<70}\r", end="", file=sys.stderr, flush=True)


def print_error(error: CodingToolError) -> None:
    """Print an error with its code, and all defects of a broken release."""
    end_progress_line()
    print(f"{error.code}: {explain(error)}", file=sys.stderr)
    defects: Sequence[Message] = getattr(error, "defects", ())
    for defect in defects[1:]:
        print(f"  {defect.text(_)}", file=sys.stderr)
