"""Entities as JSON lines: one document a line, as ``narrative_read`` answers.

``{"id": "1", "mentions": [{"start": 0, "end": 2, "kind": "symptom", "confidence": 0.9}]}``; places are
characters. ``entities`` is read as ``mentions``, ``type`` and ``label`` as ``kind``.
"""

from pathlib import Path

from m2m_desktop.core.evaluation.entities import Entity, without_doubles
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.lines import Fields, read_fields
from m2m_desktop.services.evaluation.marked_documents import MarkedDocument, MarkedFile, Unit

_NAME = ("id", "document", "doc", "name")
_MENTIONS = ("mentions", "entities")
_KIND = ("kind", "type", "label")
_CONFIDENCE = ("confidence", "score")


def read_entity_lines(path: Path) -> MarkedFile:
    """Read documents; one without a name is called by the number of its line.

    Raises InputUnreadable and EvaluationLineBad.
    """
    documents: dict[str, MarkedDocument] = {}
    for fields in read_fields(path):
        name = fields.text(_NAME) or str(fields.place.line)
        if name in documents:
            raise fields.place.bad(
                N_("the same document stands in {place}."), place=documents[name].place
            )
        listed = fields.first(_MENTIONS)
        if not isinstance(listed, list):
            raise fields.place.bad(N_("it has no list of mentions."))
        entities = without_doubles(_entity(fields, one) for one in listed)
        documents[name] = MarkedDocument(name, str(fields.place), entities)
    if not documents:
        raise EvaluationFileUnfit(path=path, detail=message(N_("it holds no documents.")))
    return MarkedFile(Unit.CHARACTERS, documents)


def _entity(fields: Fields, value: object) -> Entity:
    one = Fields(fields.place, value if isinstance(value, dict) else {})
    start, end, kind = one.values.get("start"), one.values.get("end"), one.text(_KIND)
    is_place = type(start) is int and type(end) is int
    if not (is_place and kind and 0 <= start < end):  # type: ignore[operator]
        raise fields.place.bad(N_("a mention needs start, end and kind."))
    confidence = one.number(_CONFIDENCE)
    if confidence is not None and not 0 <= confidence <= 1:
        raise fields.place.bad(N_("{names} must lie between 0 and 1."), names="/".join(_CONFIDENCE))
    return Entity(((start, end),), kind, confidence)  # type: ignore[arg-type]
