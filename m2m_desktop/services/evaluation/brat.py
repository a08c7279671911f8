"""Brat annotations: a ``.ann`` beside each ``.txt``, entities with places in characters."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.evaluation.entities import Entity, Spans, without_doubles
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.lines import Place, numbered_lines
from m2m_desktop.services.evaluation.marked_documents import MarkedDocument, MarkedFile, Unit
from m2m_desktop.services.phrases import os_reason

SUFFIX = ".ann"
_ENTITY = re.compile(r"^(\S+) (\d+ \d+(?:;\d+ \d+)*)$")
_NOTE = re.compile(r"^AnnotatorNotes (T\S+)$")


def read_brat(path: Path) -> MarkedFile:
    """Read a folder of documents, or one ``.ann``; only entities (T) and confidences count.

    A note on an entity that is a number of 0..1 is how confident the model was of it. Where the text
    lies beside, places must lie in it; other words at a place are only warned of, as published data
    have such faults. Raises InputUnreadable and below.
    """
    files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not files:
        raise EvaluationFileUnfit(path=path, detail=message(N_("it holds no .ann files.")))
    documents, odd = {}, list[Place]()
    for file in files:
        documents[file.stem] = MarkedDocument(file.stem, file.name, _read(file, odd))
    warnings: tuple[Message, ...] = ()
    if odd:
        warnings = (
            message(
                N_("{count} entities are not the words at their place; the first is {place}."),
                count=len(odd),
                place=str(odd[0]),
            ),
        )
    return MarkedFile(Unit.CHARACTERS, documents, warnings=warnings)


def _read(path: Path, odd: list[Place]) -> tuple[Entity, ...]:
    text = _text(path.with_suffix(".txt"))
    entities: dict[str, tuple[Spans, str]] = {}
    confidences: dict[str, float] = {}
    for place, line in numbered_lines(path):
        key, *cells = line.split("\t")
        if key.startswith("#") and len(cells) > 1 and (note := _NOTE.match(cells[0])):
            with contextlib.suppress(ValueError):
                confidences[note[1]] = float(cells[1])
        if not key.startswith("T"):
            continue
        head = _ENTITY.match(cells[0]) if cells else None
        if head is None:
            raise place.bad(N_("this is not an entity with its place."))
        spans = tuple(_spans(place, head[2], None if text is None else len(text)))
        if key in entities:
            raise place.bad(N_("{key} stands twice in the file."), key=key)
        entities[key] = spans, head[1]
        if text is not None and len(cells) > 1 and not _is_there(text, spans, cells[1]):
            odd.append(place)
    return without_doubles(
        Entity(spans, kind, _sound(confidences.get(key))) for key, (spans, kind) in entities.items()
    )


def _text(path: Path) -> str | None:
    try:
        with path.open(
            encoding="utf-8", newline=""
        ) as file:  # places count the line ends as they are
            return file.read()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise Place(path.name, 1).bad(N_("this is not UTF-8 text.")) from error
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error


def _spans(place: Place, listed: str, length: int | None) -> Iterator[tuple[int, int]]:
    reached = 0
    for pair in listed.split(";"):
        start, end = map(int, pair.split(" "))
        if start >= end or start < reached or (length is not None and end > length):
            raise place.bad(N_("its place lies outside the text, or ends before it begins."))
        reached = end
        yield start, end


def _is_there(text: str, spans: Spans, words: str) -> bool:
    """Whether the words stand there; line ends and double spaces are written as one space."""
    there = " ".join(text[start:end] for start, end in spans)
    return there.split() == words.split()


def _sound(confidence: float | None) -> float | None:
    return confidence if confidence is not None and 0 <= confidence <= 1 else None
