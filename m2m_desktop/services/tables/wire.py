"""Records of tables as plain JSON values, and back: for other processes and for files."""

from collections.abc import Mapping
from typing import Any

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.tables.records import (
    ColumnRole,
    ReadCounts,
    SheetLayout,
    SheetPreview,
    SniffedTable,
    TableLayout,
    TableRow,
)
from m2m_desktop.services.tables.reports import ReadEnd

Json = dict[str, Any]


def layout_to_json(layout: TableLayout) -> Json:
    """A layout; roles are named by their value."""
    return {
        "sheets": [
            {
                "sheet": sheet.sheet,
                "header_row": sheet.header_row,
                "columns": {role.value: list(found) for role, found in sheet.columns.items()},
                "fills_merged": sheet.fills_merged,
                "one_per_report": sheet.one_per_report,
            }
            for sheet in layout.sheets
        ],
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
    }


def layout_from_json(value: object) -> TableLayout:
    """A layout out of what `layout_to_json` gave. Raises: BadRequest for anything else."""
    try:
        return _layout(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest(detail=message(N_("this is not a layout of a table."))) from error


def _layout(value: Any) -> TableLayout:
    return TableLayout(
        tuple(_sheet_layout(sheet) for sheet in value["sheets"]),
        _text(value.get("encoding", "")),
        _text(value.get("delimiter", "")),
    )


def _sheet_layout(value: Any) -> SheetLayout:
    columns = {
        ColumnRole(role): tuple(_count(column, 1) for column in found)
        for role, found in value["columns"].items()
    }
    return SheetLayout(
        _text(value["sheet"]),
        _count(value["header_row"], 0),
        columns,
        value.get("fills_merged", False) is True,
        value.get("one_per_report", False) is True,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TypeError
    return value


def message_to_json(value: Message) -> Json:
    """A message with its fields, still untranslated."""
    return {"template": value.template, "fields": fields_to_json(value.fields)}


def message_from_json(value: Mapping[str, Any]) -> Message:
    """A message out of what `message_to_json` gave."""
    return Message(value["template"], fields_from_json(value["fields"]))


def fields_to_json(fields: Mapping[str, object]) -> Json:
    """Fields of a message or an error; messages among them stay messages."""
    return {name: _field_to_json(field) for name, field in fields.items()}


def _field_to_json(field: object) -> object:
    if isinstance(field, Message):
        return message_to_json(field)
    return field if isinstance(field, int) else str(field)


def fields_from_json(fields: Mapping[str, Any]) -> dict[str, object]:
    """Fields out of what `fields_to_json` gave."""
    return {
        name: message_from_json(field) if isinstance(field, dict) else field
        for name, field in fields.items()
    }


def sniffed_to_json(table: SniffedTable) -> Json:
    """What is known of a table before it is read."""
    return {
        "kind": table.kind,
        "name": table.name,
        "sha256": table.sha256,
        "sheets": [
            {
                "name": sheet.name,
                "rows": [list(row) for row in sheet.rows],
                "row_count": sheet.row_count,
                "is_hidden": sheet.is_hidden,
                "merged_ranges": list(sheet.merged_ranges),
                "formulas_without_value": sheet.formulas_without_value,
            }
            for sheet in table.sheets
        ],
        "layout": layout_to_json(table.layout),
        "is_certain": table.is_certain,
        "is_national_export": table.is_national_export,
        "is_remembered": table.is_remembered,
        "signature": table.signature,
        "notes": [message_to_json(note) for note in table.notes],
    }


def sniffed_from_json(value: Mapping[str, Any]) -> SniffedTable:
    """What `sniffed_to_json` gave."""
    sheets = tuple(
        SheetPreview(
            sheet["name"],
            tuple(tuple(row) for row in sheet["rows"]),
            sheet["row_count"],
            sheet["is_hidden"],
            tuple(sheet["merged_ranges"]),
            sheet["formulas_without_value"],
        )
        for sheet in value["sheets"]
    )
    return SniffedTable(
        kind=value["kind"],
        name=value["name"],
        sha256=value["sha256"],
        sheets=sheets,
        layout=layout_from_json(value["layout"]),
        is_certain=value["is_certain"],
        is_national_export=value["is_national_export"],
        is_remembered=value["is_remembered"],
        signature=value["signature"],
        notes=tuple(message_from_json(note) for note in value["notes"]),
    )


def row_to_json(row: TableRow) -> list[Any]:
    """A row, as an array: there are many of them."""
    return [
        row.sheet, row.row, row.reactions, row.report_id, row.severity, row.drug, row.narrative,
        row.row_count,
    ]  # fmt: skip


def row_from_json(value: list[Any]) -> TableRow:
    """What `row_to_json` gave."""
    sheet, row, reactions, *others = value
    return TableRow(sheet, row, tuple((column, text) for column, text in reactions), *others)


def end_to_json(end: ReadEnd) -> Json:
    """What there is to say of a table after its last row."""
    counts = end.counts
    return {
        "rows": counts.rows,
        "kept": counts.kept,
        "merged": counts.merged,
        "empty": counts.empty,
        "unreadable": counts.unreadable,
        "problems": [message_to_json(problem) for problem in counts.problems],
        "last_rows": dict(end.last_rows),
        "repeated": list(end.repeated.items()),
    }


def end_from_json(value: Mapping[str, Any]) -> ReadEnd:
    """What `end_to_json` gave."""
    counts = ReadCounts(
        value["rows"],
        value["kept"],
        value["merged"],
        value["empty"],
        value["unreadable"],
        tuple(message_from_json(problem) for problem in value["problems"]),
    )
    return ReadEnd(counts, value["last_rows"], dict(value["repeated"]))
