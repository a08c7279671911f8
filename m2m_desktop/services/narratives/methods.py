"""What the engine process can be asked about narratives."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from m2m_desktop.core.progress import Progress
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter

if TYPE_CHECKING:
    from m2m_desktop.services.engine_methods import Methods
    from m2m_desktop.services.narratives.reader import NarrativeReader

LONGEST_NARRATIVE = 1_000_000
"""Characters. Nobody writes so much about one patient."""

_readers: "WeakKeyDictionary[Methods, NarrativeReader]" = WeakKeyDictionary()


def narrative_read(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Find the mentions of a narrative (``text``) and judge whether they occurred.

    ``model`` is a bundle of the kind ner, "none" for names alone.
    """
    from m2m_desktop.services.narratives.wire import narrative_to_json

    found = _reader(methods).read(
        _narrative(params),
        model=params.text("model", ""),
        terminology=params.text("terminology", ""),
        progress=progress,
    )
    return narrative_to_json(found)


def narrative_code(methods: "Methods", params: Params, progress: Progress) -> Iterator[Json]:
    """Code mentions (``start`` and ``end`` in ``text``); one partial answer each, in order.

    The parameters and answers are those of ``code``; each answer has its ``start`` and ``end``.
    """
    text = _narrative(params)
    spans = _spans(params, text)
    mentions = [
        {"mention_id": str(number), "text": text[start:end]}
        for number, (start, end) in enumerate(spans)
    ]
    answers = methods.code(Params({**params.values, "mentions": mentions}), progress)
    return ({**answer, **_place(spans[int(answer["mention_id"])])} for answer in answers)


def narrative_check(methods: "Methods", params: Params, progress: Progress) -> Iterator[Json]:
    """Give what the narratives of a table (``path``) tell and its name column leaves out.

    One partial answer each. ``finder`` is what finds mentions; the others are those of ``code``.
    ``snapshot`` is the copy of a project that was made from the table: it knows the columns and
    what was decided. ``details``: also what is not present, the candidates as ``code`` has them,
    and before all of it what finds the mentions (``model_id``, ``warnings``).
    """
    from m2m_desktop.services.engine_methods import coding_options
    from m2m_desktop.services.narratives.project_names import read_named
    from m2m_desktop.services.narratives.table_check import NOTHING_NAMED, TableCheck
    from m2m_desktop.services.narratives.wire import unmentioned_to_json

    check = TableCheck(
        methods.engine,
        _reader(methods),
        coding_options(params),
        params.text("finder", ""),
        progress,
    )
    path, snapshot = params.path("path"), params.optional("snapshot")
    layout, named = read_named(Path(snapshot), path) if snapshot else (None, NOTHING_NAMED)
    details = params.flag("details", default=False)
    found = check.unmentioned(
        path, methods.reader, progress, layout=layout, named=named, every_status=details
    )
    how = [{"model_id": check.model_id, "warnings": list(check.warnings)}] if details else []
    return chain(how, (unmentioned_to_json(one, with_candidates=details) for one in found))


def narrative_list_save(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write what name columns leave out (``rows``, cells as they are shown) to a workbook."""
    from m2m_desktop.services.narratives.list_workbook import write_list

    rows = params.values.get("rows")
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise bad_parameter("rows")
    info = methods.engine.terminology(params.text("terminology", ""), progress).info
    written = write_list(params.path("target"), rows, info, progress)
    return {"written": str(written)}


def _is_row(row: object) -> bool:
    return isinstance(row, list) and all(isinstance(cell, str) for cell in row)


def _reader(methods: "Methods") -> "NarrativeReader":
    from m2m_desktop.services.narratives.reader import NarrativeReader

    if methods not in _readers:
        _readers[methods] = NarrativeReader(methods.engine, methods.locations)
    return _readers[methods]


def _narrative(params: Params) -> str:
    text = params.text("text")
    if len(text) > LONGEST_NARRATIVE:
        raise bad_parameter("text")
    return text


def _spans(params: Params, text: str) -> list[tuple[int, int]]:
    items = params.values.get("mentions")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_parameter("mentions")
    spans = [(item.get("start"), item.get("end")) for item in items]
    for start, end in spans:
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            raise bad_parameter("mentions")
    return spans


def _place(span: tuple[int, int]) -> Json:
    return {"start": span[0], "end": span[1]}


NARRATIVE_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    method.__name__: method
    for method in (narrative_read, narrative_code, narrative_check, narrative_list_save)
}
