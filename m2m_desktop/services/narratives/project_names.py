"""What a project knows of its reports before their narratives are read: what they name already."""

from pathlib import Path

from m2m_desktop.core.coded_items import CodedItem
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.export.errors import SourceChanged
from m2m_desktop.services.narratives.table_check import Named, report_key
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.records import TableLayout
from m2m_desktop.services.tables.wire import layout_from_json


def read_named(snapshot: Path, source: Path) -> tuple[TableLayout, Named]:
    """Give how the table of a project is read, and what its reports name.

    The cells as a person cut them, the PTs as they were decided or proposed, and what was added out
    of narratives before. Raises SourceChanged where ``source`` is not as it was imported: the
    places of mentions would not be right; and what opening a project and reading a file raise.
    """
    with Project.open(snapshot, read_only=True) as project:
        info = project.info
        coded = project.coded_items()
    if TableInput(source).sha256() != info.source_sha256:
        raise SourceChanged(path=source)
    return layout_from_json(info.layout), named_by(coded, has_phrases=not info.texts_missing)


def named_by(items: list[CodedItem], *, has_phrases: bool = True) -> Named:
    """Give what these mentions of reactions name, report by report."""
    phrases: dict[str, list[str]] = {}
    uncoded: dict[str, list[str]] = {}
    codes: dict[str, frozenset[str]] = {}
    for item in items:
        if item.kind is PieceKind.REACTION:
            key = report_key(item.report_id, item.place.sheet, item.place.row)
            phrases.setdefault(key, []).append(item.text)
            if not item.terms:
                uncoded.setdefault(key, []).append(item.text)
            found = frozenset(term.pt_code for term in item.terms)
            codes[key] = codes.get(key, frozenset()) | found
    return Named(phrases, uncoded, codes, has_phrases)
