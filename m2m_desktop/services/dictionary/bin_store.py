"""The research bin on disk: the terms a person collected, kept between starts. Terms only."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.whole_files import write_whole

logger = logging.getLogger(__name__)

FILE_NAME = "research_bin.json"


@dataclass(frozen=True, slots=True)
class CollectedTerm:
    """A term in the bin, with the names it had when it was put there."""

    term: Term
    is_current: bool = True


class BinStore:
    """Reads and writes the bin of one user."""

    def __init__(self, locations: Locations) -> None:
        self.path = locations.data / FILE_NAME

    def load(self) -> tuple[CollectedTerm, ...]:
        """Give the terms in the order they were put there.

        A file that cannot be read counts as empty, and an entry that makes no sense as missing.
        """
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            entries = list(stored["terms"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            logger.warning("the research bin cannot be read (%s)", type(error).__name__)
            return ()
        terms = (_collected(entry) for entry in entries)
        return tuple(term for term in terms if term is not None)

    def save(self, terms: Sequence[CollectedTerm]) -> None:
        """Keep these terms instead of what was kept before. Raises: OutputUnwritable."""
        entries = [
            {
                "level": kept.term.level.name.lower(),
                "code": kept.term.code,
                "name": kept.term.name,
                "name2": kept.term.name2,
                "is_current": kept.is_current,
            }
            for kept in terms
        ]
        text = json.dumps({"terms": entries}, ensure_ascii=False, indent=1)
        try:
            write_whole(self.path, f"{text}\n".encode())
        except OSError as error:
            raise OutputUnwritable(path=self.path, detail=os_reason(error)) from error


def _collected(entry: object) -> CollectedTerm | None:
    if not isinstance(entry, dict):
        return None
    texts = [entry.get(name, "") for name in ("level", "code", "name", "name2")]
    if not all(isinstance(text, str) for text in texts):
        return None
    level, code, name, name2 = texts
    if level.upper() not in TermLevel.__members__ or not code:
        return None
    term = Term(TermLevel[level.upper()], code, name, name2)
    return CollectedTerm(term, entry.get("is_current") is not False)
