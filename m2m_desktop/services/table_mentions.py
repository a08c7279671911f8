"""The distinct phrases of a table, for commands that only look at them."""

from collections.abc import Callable
from pathlib import Path

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import Mention
from m2m_desktop.services.table_choice import chosen_layout
from m2m_desktop.services.table_import import TableInput, split_distinct
from m2m_desktop.services.tables.table_reader import TableReader


def read_table_mentions(
    path: Path, *, is_known: Callable[[str], bool], progress: Progress = silent
) -> list[Mention]:
    """Read the distinct reactions of a workbook, in the order of their first appearance.

    ``mention_id`` is the place of that first appearance, as ``sheet!row.part``.
    Raises: InputUnreadable, BadRequest where it is not clear which column to read, Cancelled.
    """
    table = TableInput(path)
    with TableReader() as reader:
        layout = chosen_layout(table.sniff(reader, {}, progress=progress))
        read = table.read(reader, layout, progress)
    distinct = dict.fromkeys(text for row in read.rows for _, text in row.reactions)
    splits = split_distinct(list(distinct), is_known, progress=progress)
    found: dict[str, Mention] = {}
    for row in read.rows:
        pieces = [piece for _, text in row.reactions for piece in splits[text].pieces]
        for part, piece in enumerate(pieces, 1):
            if piece.kind is PieceKind.REACTION:
                mention = Mention(f"{row.sheet}!{row.row}.{part}", piece.text)
                found.setdefault(piece.text, mention)
    return list(found.values())
