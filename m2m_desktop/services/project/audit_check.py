"""A project held against what was noted of it earlier: whether its history still goes on from there.

What was noted is the chain of an audit export, a workbook with its provenance sheet, or a hash that
somebody wrote down. A history that was cut at its end, or made anew, agrees with itself; only this
shows it.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.errors import BadRequest, InputUnreadable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import silent
from m2m_desktop.services.language import CHINESE, ENGLISH, translate
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.project.audit_trail import KIND, Trail

HEAD_LABEL = N_("Audit trail, last hash")
"""What the provenance sheet calls it (`services.export.provenance`)."""
NOT_A_CHAIN = N_("it is no chain of an audit export.")
BROKEN_LINE = N_("the chain in it is broken at line {line}.")
CUT_LINES = N_("lines are missing at its end.")
NO_HEAD = N_("there is no provenance sheet with a last hash in it.")
OTHER_PROJECT = N_("what was noted is of another project.")
CHANGED_STEP = N_("step {seq} is not the one that was noted.")
MISSING_STEPS = N_("steps {first} to {last} that were noted are missing at the end.")
UNKNOWN_HEAD = N_(
    "the noted last hash is not in the history: steps were cut off or replaced since, or it is of "
    "another project."
)
_HASH = re.compile(r"[0-9a-f]{64}")
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted earlier: the hash of each step in order after that of the origin.

    A single last hash has neither origin nor steps before it.
    """

    head: str
    origin: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a project and what was noted of it go together; no ``problem``: it goes on from there.

    ``at_step``: the step that was the last one then; ``since``: how many steps came after.
    """

    problem: Message | None
    at_step: int = 0
    since: int = 0


def read_noted(told: str) -> Noted:
    """Read what was noted: a hash of 64 digits, a ``.jsonl`` chain, or a workbook of ours.

    Raises BadRequest where it holds nothing of the kind or is broken itself, InputUnreadable and
    its kinds where the file cannot be read.
    """
    if _HASH.fullmatch(told.strip().lower()):
        return Noted(told.strip().lower())
    path = Path(told)
    try:
        if path.suffix.lower() in _WORKBOOKS:
            return Noted(_head_in_workbook(path))
        return _chain_in_lines(path)
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error


def compare_with_noted(trail: Trail, noted: Noted) -> Comparison:
    """Hold the chain of a project against what was noted; names the first step that differs."""
    now = [one.hash.hex() for one in trail.links]
    if not noted.origin:
        heads = [trail.first.hex(), *now]
        if noted.head not in heads:
            return Comparison(message(UNKNOWN_HEAD))
        at_step = heads.index(noted.head)
        return Comparison(None, at_step, len(now) - at_step)
    if noted.origin != trail.first.hex():
        return Comparison(message(OTHER_PROJECT))
    for seq, (was, found) in enumerate(zip(noted.steps, now, strict=False), 1):
        if was != found:
            return Comparison(message(CHANGED_STEP, seq=seq))
    if len(noted.steps) > len(now):
        return Comparison(message(MISSING_STEPS, first=len(now) + 1, last=len(noted.steps)))
    return Comparison(None, len(noted.steps), len(now) - len(noted.steps))


def _chain_in_lines(path: Path) -> Noted:
    """Recompute the chain of a file as an outsider would."""
    with path.open("rb") as stream:
        try:
            told = json.loads(next(stream, b""))
            if told["audit"] != KIND:
                raise ValueError(KIND)
            origin, head = _digest(told["genesis_hash"]), _digest(told["head"])
            count = int(told["events"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequest(detail=message(NOT_A_CHAIN)) from error
        steps = tuple(_steps(stream, bytes.fromhex(origin)))
    if len(steps) != count or (steps[-1] if steps else origin) != head:
        raise BadRequest(detail=message(CUT_LINES))
    return Noted(head, origin, steps)


def _steps(lines: Iterator[bytes], before: bytes) -> Iterator[str]:
    for seq, line in enumerate(lines, 1):
        try:
            one = json.loads(line)
            record, digest = str(one["record"]), _digest(one["hash"])
            found = hashlib.sha256(before + record.encode()).digest()
            is_right = found.hex() == digest and one["previous"] == before.hex()
            is_right = is_right and one["seq"] == seq
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequest(detail=message(BROKEN_LINE, line=seq + 1)) from error
        if not is_right:
            raise BadRequest(detail=message(BROKEN_LINE, line=seq + 1))
        before = found
        yield digest


def _digest(told: object) -> str:
    if not isinstance(told, str) or not _HASH.fullmatch(told):
        raise ValueError("hash")
    return told


def _head_in_workbook(path: Path) -> str:
    from m2m_desktop.services.tables.opening import open_table, reading_errors

    labels = {translate(HEAD_LABEL, language) for language in (CHINESE, ENGLISH)}
    with reading_errors(path):
        grid = open_table(path)
        try:
            for sheet in reversed(grid.sheets):  # ours stand behind the user's own
                for row in grid.rows(sheet.name, silent):
                    value = row.cells.get(2, "").strip()
                    if row.cells.get(1, "").strip() in labels and _HASH.fullmatch(value):
                        return value
        finally:
            grid.close()
    raise BadRequest(detail=message(NO_HEAD))
