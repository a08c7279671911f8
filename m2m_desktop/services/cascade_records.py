"""What the audits of a cascade have found, kept between runs: counts, no texts, no hashes of any.

One small JSON file for each big model, small model and template below one folder. It is only
evidence: a damaged file is begun anew, and where nothing can be written coding goes on with what
is known (one line in the log). What ships, learnt with the models of this project
(`tests.bench.cascade`), stands in until there is evidence of one's own.
"""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from m2m_desktop.core.cascade import CELLS, NO_COUNTS, StopCounts, error_bound
from m2m_desktop.services.whole_files import write_whole

RECORDS_FORMAT = 1
AUDIT_ONE_IN = 50
"""In all 1.8 pairs more for each phrase coded, beside the ten or more it takes anyway."""
KEY_BYTES = 16
MAX_COUNT = 10**9
SHIPPED = {True: "cascade/calibrated.json", False: "cascade/plain.json"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was counted: for the stop table, and how often an answer would have been another."""

    counts: StopCounts = NO_COUNTS
    audited: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class CascadeName:
    """Which cascade the evidence is about."""

    big_hash: str
    small_hash: str
    template: str
    """Name, number of aliases and their order, in one string."""

    def file_name(self) -> str:
        """Name its file: a hash, of the same length for all."""
        whole = "\n".join((self.big_hash, self.small_hash, self.template))
        return f"{blake2b(whole.encode('utf-8'), digest_size=12).hexdigest()}.json"


class CascadeRecords:
    """The evidence about one cascade; chooses the phrases to audit and takes in what they show.

    Phrases are chosen by a keyed hash, so that one phrase is always or never audited, and nobody
    else can tell which; the key is made at random with the file, at once. Several programs may add
    to one file: each reads it again before it writes.
    """

    def __init__(self, folder: Path, name: CascadeName, *, one_in: int = AUDIT_ONE_IN) -> None:
        self._path = folder / name.file_name()
        self._one_in = one_in
        self._key, self._evidence = new_key(), Evidence()
        known = _read(self._path)
        if known is None:
            self._write()
        else:
            self._key, self._evidence = known

    @property
    def counts(self) -> StopCounts:
        """What the audited phrases showed, for the stop table."""
        return self._evidence.counts

    @property
    def audited(self) -> int:
        """How many phrases were audited."""
        return self._evidence.audited

    def error(self) -> float | None:
        """Bound the share of phrases whose answer the cascade changes; None if nothing is known."""
        if not self.audited:
            return None
        return error_bound(self._evidence.changed, self.audited)

    def wants(self, phrase: str) -> bool:
        """Whether this phrase is to be scored to the end."""
        digest = blake2b(phrase.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8)
        return int.from_bytes(digest.digest()) % self._one_in == 0

    def note(self, counts: StopCounts, *, is_changed: bool) -> None:
        """Take in what one audited phrase showed."""
        known = _read(self._path)
        if known is not None:
            self._key, self._evidence = known
        self._evidence = replace(
            self._evidence,
            counts=self._evidence.counts + counts,
            audited=self._evidence.audited + 1,
            changed=self._evidence.changed + is_changed,
        )
        self._write()

    def _write(self) -> None:
        try:
            write_evidence(self._path, self._evidence, self._key)
        except OSError as error:
            _log.info("the records of the cascade cannot be written: %s", type(error).__name__)


def shipped_counts(resources: Path, *, is_calibrated: bool) -> StopCounts:
    """Read what was counted with the models of this project; nothing where that is damaged.

    There are two tables: for big models that are calibrated and for those taken as they are.
    """
    known = _read(resources / SHIPPED[is_calibrated])
    return known[1].counts if known else NO_COUNTS


def write_evidence(path: Path, evidence: Evidence, key: bytes) -> None:
    """Write a file whole or not at all; OSError."""
    cells = evidence.counts.cells
    filled = np.flatnonzero(cells)
    fields = {
        "format": RECORDS_FORMAT,
        "shape": list(cells.shape),
        "audit_key": key.hex(),
        "audited": evidence.audited,
        "changed": evidence.changed,
        "phrases": evidence.counts.phrases,
        "cells": filled.tolist(),
        "counts": cells.ravel()[filled].tolist(),
    }
    content = json.dumps(fields, separators=(",", ":")) + "\n"
    write_whole(path, content.encode("ascii"))


def _read(path: Path) -> tuple[bytes, Evidence] | None:
    """Give the key and the evidence of a file; None where it is not usable."""
    try:
        return _parse(json.loads(path.read_text(encoding="ascii")))
    except FileNotFoundError:
        pass
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        _log.info("records of a cascade are damaged and begun anew: %s", type(error).__name__)
    return None


def new_key() -> bytes:
    """Make the key of a new file."""
    return secrets.token_bytes(KEY_BYTES)


def _parse(fields: Mapping[str, Any]) -> tuple[bytes, Evidence]:
    if fields["format"] != RECORDS_FORMAT or tuple(fields["shape"]) != CELLS:
        raise ValueError("made by another version")
    key = bytes.fromhex(fields["audit_key"])
    counts = np.array(fields["counts"], dtype=np.int64)
    places = np.array(fields["cells"], dtype=np.int64)
    phrases, audited, changed = (_count(fields[n]) for n in ("phrases", "audited", "changed"))
    if len(key) != KEY_BYTES or changed > audited:
        raise ValueError("figures that contradict one another")
    if counts.shape != places.shape or counts.ndim != 1 or len(np.unique(places)) != len(places):
        raise ValueError("cells")
    if len(counts) and not (counts.min() > 0 and counts.max() <= phrases and places.min() >= 0):
        raise ValueError("counts")
    cells = np.zeros(CELLS, np.int64)
    cells.ravel()[places] = counts
    return key, Evidence(StopCounts(cells, phrases), audited, changed)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
        raise ValueError("a count")
    return value
