"""Gold entities and entities found, from two files or one, joined by document."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from m2m_desktop.core.evaluation.entities import CollapseMap, TaggedDocument
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.evaluation.brat import SUFFIX, read_brat
from m2m_desktop.services.evaluation.conll import read_conll
from m2m_desktop.services.evaluation.entity_lines import read_entity_lines
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.lines import Place, read_text
from m2m_desktop.services.evaluation.marked_documents import MarkedDocument, MarkedFile

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
REST = "*"


def read_documents(paths: Sequence[Path]) -> tuple[list[TaggedDocument], tuple[Message, ...]]:
    """Read the gold standard and what was found: two files or folders, or one with both tags.

    Raises InputUnreadable and below.
    """
    if len(paths) == 1:
        both = read_conll(paths[0], has_both=True)
        return _joined(both.documents, both.found or {}, [])
    if len(paths) != 2:
        detail = message(N_("give the gold standard and the predictions, or one file with both."))
        raise EvaluationFileUnfit(path=paths[2], detail=detail)
    gold, found = map(read_marked, paths)
    if gold.unit is not found.unit:
        detail = message(N_("its places are not counted like those of the gold standard."))
        raise EvaluationFileUnfit(path=paths[1], detail=detail)
    return _joined(gold.documents, found.documents, [*gold.warnings, *found.warnings])


def read_marked(path: Path) -> MarkedFile:
    """Read brat (a folder or ``.ann``), JSON lines (by the name) or else CoNLL."""
    if path.is_dir() or path.suffix.lower() == SUFFIX:
        return read_brat(path)
    if path.suffix.lower() in _JSON_SUFFIXES:
        return read_entity_lines(path)
    return read_conll(path)


def read_collapse_map(path: Path) -> CollapseMap:
    """Read which types count as which: ``type <tab> counts as`` a line (``=`` instead of the tab will do).

    Nothing after the tab leaves the type out; ``*`` stands for all types not named. Lines that begin
    with ``#`` are notes. Raises InputUnreadable and EvaluationLineBad.
    """
    names: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        separator = "\t" if "\t" in line else "="
        kind, found, target = (part.strip() for part in line.partition(separator))
        if not kind or (not found and separator == "="):
            raise Place(path.name, number).bad(N_("this is not a type and what it counts as."))
        if kind in names:
            raise Place(path.name, number).bad(N_("{key} stands twice in the file."), key=kind)
        names[kind] = target
    rest = names.pop(REST, None)
    return CollapseMap(names, rest)


def _joined(
    gold: Mapping[str, MarkedDocument],
    found: Mapping[str, MarkedDocument],
    warnings: list[Message],
) -> tuple[list[TaggedDocument], tuple[Message, ...]]:
    documents: list[TaggedDocument] = []
    missing = 0
    for name, one in gold.items():
        other = found.get(name)
        missing += other is None
        if other is not None:
            _check_tokens(one, other)
        documents.append(TaggedDocument(name, one.entities, other.entities if other else ()))
    if missing:
        warnings.append(
            message(
                N_("{count} documents have no predictions; they count as if nothing was found."),
                count=missing,
            )
        )
    left = len(found.keys() - gold.keys())
    if left:
        warnings.append(
            message(N_("{count} documents are not in the gold standard; left out."), count=left)
        )
    return documents, tuple(warnings)


def _check_tokens(gold: MarkedDocument, found: MarkedDocument) -> None:
    if gold.tokens == found.tokens:
        return
    file, _, line = found.place.rpartition(":")
    raise Place(file, int(line)).bad(
        N_("the sentence that begins here has other tokens than that in {place}."), place=gold.place
    )
