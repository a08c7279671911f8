"""What an evaluation found: figures for programs, tables and charts for people."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from m2m_desktop import __version__
from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.evaluation.tallies import SEED, Interval, Tally, intervals
from m2m_desktop.core.messages import Message
from m2m_desktop.services.phrases import os_reason

Json = dict[str, object]
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Resampling:
    """Whether and how confidence intervals are drawn; 0 resamples draw none."""

    resamples: int = 0
    seed: int = SEED

    def of(self, tally: Tally) -> dict[str, Interval]:
        """Give the intervals of all figures of a tally, or nothing."""
        if not self.resamples:
            return {}
        return intervals(tally, resamples=self.resamples, seed=self.seed)

    def to_json(self) -> Json:
        """The settings as they are reported."""
        return {"resamples": self.resamples, "seed": self.seed, "confidence": 0.95}


NO_RESAMPLING = Resampling()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was evaluated: its name without folders, and what it held."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of 0..1 to draw, with the bounds of its interval if there are any."""

    label: str
    value: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A series of shares to draw over the labels of a `Curves`; None leaves a gap."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over common labels."""

    labels: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the language of the reader; the first column names what a row is about."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    bars: tuple[Bar, ...] = ()
    curves: Curves | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation. ``figures`` and ``details`` have stable keys; ``intervals`` those of figures."""

    kind: str
    title: str
    files: tuple[SourceFile, ...]
    settings: Mapping[str, object]
    figures: Mapping[str, object]
    tables: tuple[Table, ...]
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    def to_json(self) -> Json:
        """Everything but the tables; warnings are in English."""
        return {
            "format": FORMAT,
            "program": f"m2m {__version__}",
            "kind": self.kind,
            "files": [{"name": one.name, "sha256": one.sha256} for one in self.files],
            "settings": dict(self.settings),
            "figures": dict(self.figures),
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "details": dict(self.details),
            "warnings": [one.text() for one in self.warnings],
        }


def source_files(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Name and hash the files; of a folder the files in it, by name."""
    found: list[SourceFile] = []
    for path in paths:
        try:
            if path.is_dir():
                total = hashlib.sha256()
                for one in sorted(path.iterdir()):
                    if one.is_file():
                        total.update(one.name.encode() + b"\0" + _digest(one))
                found.append(SourceFile(path.name, total.hexdigest()))
            else:
                found.append(SourceFile(path.name, _digest(path).hex()))
        except OSError as error:
            raise InputUnreadable(path=path, detail=os_reason(error)) from error
    return tuple(found)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
