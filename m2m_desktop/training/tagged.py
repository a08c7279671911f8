"""Texts with marked entities: read from brat, CoNLL, and one character a line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.training.problems import TrainingProblem


@dataclass(frozen=True, slots=True)
class Span:
    """An entity: characters ``start`` to ``end`` of its text."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text with its entities, which do not overlap, in order."""

    text: str
    spans: tuple[Span, ...]


def read_tagged(path: Path, kinds: Mapping[str, str] | None = None) -> list[Tagged]:
    """Read a brat folder, or a file of ``token TAG`` lines with blank lines between texts.

    Tokens of one character are joined as they stand (Chinese), others by blanks. ``kinds`` maps
    the types that are wanted to their names; without it all are kept as they are. Raises
    TrainingProblem with the place of what cannot be read.
    """
    texts = list(_brat(path) if path.is_dir() else _lines(path))
    if not texts:
        raise TrainingProblem(f"{path} holds no texts.", "Name a file of tags or a brat folder.")
    return [Tagged(one.text, tuple(_chosen(one.spans, kinds))) for one in texts]


def named_kinds(told: Sequence[str] | None) -> dict[str, str] | None:
    """Read ``TYPE`` and ``TYPE=NAME`` as `read_tagged` takes them; None: all types."""
    if not told:
        return None
    return {old: new or old for old, _, new in (one.partition("=") for one in told)}


def _chosen(spans: Iterable[Span], kinds: Mapping[str, str] | None) -> Iterator[Span]:
    for span in spans:
        if kinds is None:
            yield span
        elif span.kind in kinds:
            yield Span(span.start, span.end, kinds[span.kind])


def _lines(path: Path) -> Iterator[Tagged]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingProblem(f"{path} cannot be read.", "It must be UTF-8 text.") from error
    tokens: list[tuple[str, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        parts = line.rstrip("\r").replace("\t", " ").rsplit(" ", 1)
        if line.strip() and (len(parts) != 2 or not _is_tag(parts[1])):
            raise TrainingProblem(
                f"{path}, line {number}: not a token and its tag.",
                "Write `token TAG`, the tag being O, B-type or I-type.",
            )
        if line.strip():
            tokens.append((parts[0], parts[1]))
        elif tokens:
            yield _joined(tokens)
            tokens = []


def _is_tag(tag: str) -> bool:
    return tag == "O" or (len(tag) > 2 and tag[0] in "BIES" and tag[1] in "-_")


def _joined(tokens: Sequence[tuple[str, str]]) -> Tagged:
    between = "" if all(len(token) == 1 for token, _ in tokens) else " "
    text, spans, open_span = "", list[Span](), None
    for token, tag in tokens:
        start = len(text) + (len(between) if text else 0)
        text = text + (between if text else "") + token
        kind = tag[2:]
        continues = tag[0] in "IE" and open_span is not None and open_span.kind == kind
        if open_span is not None and not continues:
            spans.append(open_span)
            open_span = None
        if tag != "O":
            begin = open_span.start if open_span is not None else start
            open_span = Span(begin, len(text), kind)
    if open_span is not None:
        spans.append(open_span)
    return Tagged(text, tuple(spans))


def _brat(folder: Path) -> Iterator[Tagged]:
    for notes in sorted(folder.glob("*.ann")):
        source = notes.with_suffix(".txt")
        if not source.exists():
            raise TrainingProblem(f"{notes} has no text beside it.", f"{source.name} is missing.")
        text = source.read_text(encoding="utf-8")
        found = [
            _brat_span(notes, line)
            for line in notes.read_text(encoding="utf-8").splitlines()
            if line.startswith("T")
        ]
        yield Tagged(text, tuple(without_overlaps(span for span in found if span.end > span.start)))


def _brat_span(notes: Path, line: str) -> Span:
    """Read an entity; one in several pieces becomes what lies between its ends."""
    try:
        kind, *numbers = line.split("\t")[1].replace(";", " ").split(" ")
        return Span(int(numbers[0]), int(numbers[-1]), kind)
    except (IndexError, ValueError) as error:
        raise TrainingProblem(
            f"{notes}: the line {line.split(chr(9))[0]} cannot be read.",
            "An entity is `T1<TAB>Type START END<TAB>words`.",
        ) from error


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Keep the longest of entities that overlap, in the order of the text."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)
