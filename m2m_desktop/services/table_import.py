"""From a table to a project: read it, cut its cells, and write down every mention in its place."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from m2m_desktop.core.errors import BadRequest, InputUnreadable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import CellSplit, PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.splitting import split_by_hand, split_cell
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem, NewSource
from m2m_desktop.services.tables.pasted import PASTED_NAME
from m2m_desktop.services.tables.reading import read_pasted
from m2m_desktop.services.tables.records import ReadCounts, ReadTable, SniffedTable, TableLayout
from m2m_desktop.services.tables.sniffing import sniff_text
from m2m_desktop.services.tables.table_reader import TableReader
from m2m_desktop.services.tables.wire import layout_to_json

IsKnown = Callable[[str], bool]
Span = tuple[int, int]
Edits = Mapping[str, Sequence[Span]]
"""Cells that a person has cut: the text of the cell, and the spans of its pieces."""

PREVIEW_CELLS = 2000
SPLITTING = N_("cutting the cells")
_STEP = 200
_NO_EDITS: Edits = {}


@dataclass(frozen=True, slots=True)
class TableInput:
    """A table to be read: a file, or (without a ``path``) the text that was pasted."""

    path: Path | None = None
    pasted: str = ""

    @property
    def name(self) -> str:
        """What the source is called."""
        return self.path.name if self.path else PASTED_NAME

    def sniff(
        self, reader: TableReader, known: Mapping[str, TableLayout], *, encoding: str = "",
        delimiter: str = "", progress: Progress = silent,
    ) -> SniffedTable:  # fmt: skip
        """Look at it. Raises: InputUnreadable, BadRequest, Cancelled."""
        if self.path is None:
            return sniff_text(self.pasted, name=self.name, known=known)
        return reader.sniff(
            self.path, encoding=encoding, delimiter=delimiter, known=known, progress=progress
        )

    def read(
        self, reader: TableReader, layout: TableLayout, progress: Progress = silent
    ) -> ReadTable:
        """Read its rows. Raises: InputUnreadable, Cancelled."""
        if self.path is None:
            return read_pasted(self.pasted, layout)
        return reader.read(self.path, layout, progress)

    def sha256(self) -> str:
        """The fingerprint of its content. Raises: InputUnreadable."""
        if self.path is None:
            return hashlib.sha256(self.pasted.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputUnreadable(path=self.path, detail=os_reason(error)) from error


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """The distinct cells of a table as they would be cut, the most frequent first.

    At most `PREVIEW_CELLS` of ``cell_count``; each with how many rows have it.
    """

    cells: tuple[tuple[str, int, CellSplit], ...]
    cell_count: int
    counts: ReadCounts


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that was made.

    ``texts`` are its distinct phrases, of all kinds; ``problems`` what could not be read.
    """

    path: Path
    items: int
    phrases: int
    counts: Mapping[str, int]
    texts: tuple[str, ...]
    problems: tuple[Message, ...] = ()


def preview_split(
    table: TableInput,
    layout: TableLayout,
    *,
    is_known: IsKnown,
    reader: TableReader,
    progress: Progress = silent,
) -> SplitPreview:
    """Show how the cells of a table would be cut; nothing is kept."""
    read = table.read(reader, layout, progress)
    counted = Counter(text for row in read.rows for _, text in row.reactions)
    shown = counted.most_common(PREVIEW_CELLS)
    splits = split_distinct([text for text, _ in shown], is_known, progress=progress)
    cells = tuple((text, count, splits[text]) for text, count in shown)
    return SplitPreview(cells, len(counted), read.counts)


def create_project_from_table(
    target: Path,
    table: TableInput,
    layout: TableLayout,
    *,
    is_known: IsKnown,
    reader: TableReader,
    terminology_id: str,
    now: datetime,
    edits: Edits = _NO_EDITS,
    remembers_texts: bool = True,
    progress: Progress = silent,
) -> NewProject:
    """Read a table and write a project of all its mentions; only the mapped columns are looked at.

    Raises: InputUnreadable, ProjectExists, OutputUnwritable, Cancelled; BadRequest for edits that
    do not fit their text. Nothing is left behind then.
    """
    sha256 = table.sha256()
    read = table.read(reader, layout, progress)
    if table.sha256() != sha256:
        detail = message(N_("it was changed while it was read. Close it in other programs."))
        raise InputUnreadable(path=table.path, detail=detail)
    distinct = dict.fromkeys(text for row in read.rows for _, text in row.reactions)
    splits = split_distinct(list(distinct), is_known, edits, progress)
    items = list(new_items(read, splits))
    counts = _counts(read.counts, len(distinct), items)
    source = NewSource(
        name=table.name,
        sha256=sha256,
        path=str(table.path.absolute()) if table.path else "",
        layout=layout_to_json(layout),
        counts=counts,
    )
    Project.create(
        target,
        source,
        items,
        terminology_id=terminology_id,
        remembers_texts=remembers_texts,
        now=now,
        progress=progress,
    )
    phrases = {(item.text, item.kind) for item in items}
    texts = tuple(dict.fromkeys(item.text for item in items))
    return NewProject(target, len(items), len(phrases), counts, texts, read.counts.problems)


def split_distinct(
    texts: Sequence[str], is_known: IsKnown, edits: Edits = _NO_EDITS, progress: Progress = silent
) -> dict[str, CellSplit]:
    """Cut every distinct cell once, by hand where a person has done so."""
    splits = {}
    for done, text in enumerate(texts):
        if done % _STEP == 0:
            progress(done, len(texts), SPLITTING)
        if text in edits:
            splits[text] = _by_hand(text, edits[text], is_known)
        else:
            splits[text] = split_cell(text, is_known=is_known)
    progress(len(texts), len(texts), SPLITTING)
    return splits


def new_items(read: ReadTable, splits: Mapping[str, CellSplit]) -> Iterator[NewItem]:
    """Give every mention of a table with its place, in the order of the file."""
    for row in read.rows:
        for column, text in row.reactions:
            for piece in splits[text].pieces:
                yield NewItem(
                    sheet=row.sheet,
                    row=row.row,
                    column=column,
                    start=piece.start,
                    end=piece.end,
                    text=piece.text,
                    kind=piece.kind,
                    severity=piece.severity,
                    report_id=row.report_id,
                )


def _by_hand(text: str, spans: Sequence[Span], is_known: IsKnown) -> CellSplit:
    try:
        return split_by_hand(text, spans, is_known=is_known)
    except ValueError as error:
        detail = message(N_("the cuts of a cell do not fit its text."))
        raise BadRequest(detail=detail) from error


def _counts(counts: ReadCounts, cells: int, items: Sequence[NewItem]) -> dict[str, int]:
    kinds = Counter(item.kind for item in items)
    return {
        "rows": counts.rows,
        "kept": counts.kept,
        "merged": counts.merged,
        "empty": counts.empty,
        "unreadable": counts.unreadable,
        "reports": len({item.report_id for item in items if item.report_id}),
        "cells": cells,
        **{kind.value: kinds[kind] for kind in PieceKind},
    }
