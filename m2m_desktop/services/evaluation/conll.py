"""Tagged tokens: one token or character a line, blank lines between sentences (CoNLL, IOB, BIOES).

Columns are parted by a tab or a space; the first is the token. Tags are in the last column, or, where
the last two columns hold tags and both tag sets are asked for, gold then predicted ones. A number after
the tag is how confident the model was of it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.evaluation.entities import Entity, without_doubles
from m2m_desktop.core.evaluation.tags import Tag, entities_of, parse_tag
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.lines import Place, read_text
from m2m_desktop.services.evaluation.marked_documents import MarkedDocument, MarkedFile, Unit

_DOCUMENT_START = "-DOCSTART-"


@dataclass(frozen=True, slots=True)
class _Token:
    place: Place
    text: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which cells after the token hold what, from the end; 0 is none."""

    tag: int
    gold: int = 0
    confidence: int = 0


def read_conll(path: Path, *, has_both: bool = False) -> MarkedFile:
    """Read sentences; ``has_both`` asks for gold and predicted tags. Places are numbers of tokens.

    Raises InputUnreadable; EvaluationLineBad with file and line.
    """
    sentences = [one for one in _sentences(path) if one]
    if not sentences:
        raise EvaluationFileUnfit(path=path, detail=message(N_("it holds no tagged tokens.")))
    columns = _columns(path, sentences, has_both)
    documents, found = {}, {}
    for number, tokens in enumerate(sentences, 1):
        name = str(number)
        texts = tuple(token.text for token in tokens)
        place = str(tokens[0].place)
        entities = _entities(tokens, columns.tag, columns.confidence)
        marked = MarkedDocument(name, place, entities, texts)
        if columns.gold:
            found[name] = marked
            marked = MarkedDocument(name, place, _entities(tokens, columns.gold, 0), texts)
        documents[name] = marked
    return MarkedFile(Unit.TOKENS, documents, found if columns.gold else None)


def _sentences(path: Path) -> Iterator[list[_Token]]:
    tokens: list[_Token] = []
    width, separator = 0, "\t"
    for number, line in enumerate(read_text(path).split("\n"), 1):
        place, line = Place(path.name, number), line.rstrip()
        if not line or line.startswith(_DOCUMENT_START):
            yield tokens
            tokens = []
            continue
        if not width:
            separator = "\t" if "\t" in line else " "
            width = line.count(separator)
        # from the right: the token may be a space itself
        text, *cells = line.rsplit(separator, width)
        if len(cells) != width or not width:
            raise place.bad(N_("it is not a token with its tags, like the lines before."))
        tokens.append(_Token(place, text, tuple(cell.strip() for cell in cells)))
    yield tokens


def _columns(path: Path, sentences: Sequence[Sequence[_Token]], has_both: bool) -> _Columns:
    width = len(sentences[0][0].cells)

    def holds(place: int, parse: object) -> bool:
        assert callable(parse)
        return place <= width and all(
            parse(token.cells[-place]) is not None for tokens in sentences for token in tokens
        )

    has_confidence = width > 1 and holds(1, _confidence)
    tag = 2 if has_confidence else 1
    if not has_both:
        return _Columns(tag, confidence=int(has_confidence))
    if not holds(tag + 1, parse_tag):
        detail = message(
            N_("it has no second column of tags; give the predictions as a second file.")
        )
        raise EvaluationFileUnfit(path=path, detail=detail)
    return _Columns(tag, gold=tag + 1, confidence=int(has_confidence))


def _confidence(cell: str) -> float | None:
    with contextlib.suppress(ValueError):
        if 0 <= float(cell) <= 1:
            return float(cell)
    return None


def _entities(tokens: Sequence[_Token], column: int, confidence: int) -> tuple[Entity, ...]:
    said = [float(token.cells[-confidence]) for token in tokens] if confidence else []
    return without_doubles(entities_of([_tag(token, column) for token in tokens], said))


def _tag(token: _Token, column: int) -> Tag:
    tag = parse_tag(token.cells[-column])
    if tag is None:
        raise token.place.bad(N_("its tag is none such as O, B-… or I-…"))
    return tag
