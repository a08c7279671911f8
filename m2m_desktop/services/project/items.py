"""The mentions of a project in their places."""

import json
import sqlite3
from collections.abc import Iterator

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.text import encodable
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.records import Item, NewItem
from m2m_desktop.services.project.wire import state_from_json

_SELECT = f"""
    SELECT item.id, phrase_id, sheet, line, col, start, stop, kind, severity, report_id,
        addition.holds, state.body
    FROM item JOIN phrase ON phrase.id = phrase_id
    LEFT JOIN addition ON addition.item_id = item.id
    LEFT JOIN state ON state.target = 'item' AND state.target_id = item.id
    WHERE item.id NOT IN {schema.WITHDRAWN}"""


def insert_item(connection: sqlite3.Connection, phrase_id: int, item: NewItem) -> int:
    """Put a place of a phrase into the project; gives its number."""
    made = connection.execute(
        "INSERT INTO item (phrase_id, sheet, line, col, start, stop, severity, report_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            phrase_id,
            encodable(item.sheet),
            item.row,
            item.column,
            item.start,
            item.end,
            encodable(item.severity),
            encodable(item.report_id),
        ),
    )
    return int(made.lastrowid or 0)


def read_items(connection: sqlite3.Connection, phrase_id: int) -> Iterator[Item]:
    """Give the places of one phrase, in the order of the file, then those that were added."""
    return map(
        _item,
        connection.execute(f"{_SELECT} AND phrase_id = ? ORDER BY item.id", (phrase_id,)),
    )


def read_all_items(connection: sqlite3.Connection) -> Iterator[Item]:
    """Give all places in the order of the file, then those that were added."""
    return map(_item, connection.execute(f"{_SELECT} ORDER BY item.id"))


_Row = tuple[int, int, str, int, int, int, int, str, str, str, int | None, str | None]


def _item(row: _Row) -> Item:
    item_id, phrase_id, sheet, line, column, start, stop, kind, severity, report_id, *more = row
    added, state = more
    return Item(
        item_id=item_id,
        phrase_id=phrase_id,
        sheet=sheet,
        row=line,
        column=column,
        start=start,
        end=stop,
        kind=PieceKind(kind),
        severity=severity,
        report_id=report_id,
        state=None if state is None else state_from_json(json.loads(str(state))),
        is_added=added is not None,
    )
