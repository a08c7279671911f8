"""The wordings that are looked up in narratives where no model finds mentions."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.narratives.folding import fold
from m2m_desktop.core.narratives.names import NameFinder
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus

if TYPE_CHECKING:
    from m2m_desktop.services.memory.store import MemoryStore

READING_NAMES = "names"
_STEP = 5000
# Operations, social circumstances and product issues are no reactions of a patient.
_NO_REACTIONS = frozenset({"10042613", "10041244", "10077536", "90000030"})
# Of examinations and their results only those count that say what was found.
_RESULTS = frozenset({"10022891", "90000027", "90000028", "90000029"})

_log = logging.getLogger(__name__)


def open_name_finder(
    terminology: Terminology,
    thesaurus: Thesaurus,
    remembered: Iterable[str] = (),
    progress: Progress = silent,
) -> NameFinder:
    """Prepare the names of a terminology, wordings that may stand for them, and ``remembered``.

    A wording of the thesaurus counts where its group holds a name: 拉肚子 stands for 腹泻. Takes
    about a second for a hundred thousand names.
    """
    names, tests = _names(terminology, progress)
    known = {fold(name) for name in names}
    wordings = (
        member
        for group in thesaurus.groups
        if not known.isdisjoint(map(fold, group))
        for member in group
    )
    return NameFinder.of([*names, *remembered], wordings, tests)


def remembered_phrases(memory: "MemoryStore") -> frozenset[str]:
    """Give the remembered phrases; none where the memory cannot be read."""
    try:
        return memory.keys()
    except CodingToolError as error:
        _log.warning("narratives without the memory: %s", error.code)
        return frozenset()


def _names(terminology: Terminology, progress: Progress) -> tuple[list[str], list[str]]:
    """Give the names of reactions, and those of results of examinations: PTs and current LLTs."""
    names: list[str] = []
    tests: list[str] = []
    count = terminology.count(TermLevel.PT)
    codes = terminology.codes(TermLevel.SOC)
    for row in range(count):
        if row % _STEP == 0:
            progress(row, count, READING_NAMES)
        soc = terminology.primary_rows(row)[2]
        code = codes[soc] if soc >= 0 else ""
        if code not in _NO_REACTIONS:
            (tests if code in _RESULTS else names).extend(_names_of(terminology, row))
    progress(count, count, READING_NAMES)
    return names, tests


def _names_of(terminology: Terminology, pt_row: int) -> Iterator[str]:
    rows = [int(row) for row in terminology.pt_llts[pt_row] if terminology.llt_current[row]]
    for level, places in ((TermLevel.PT, [pt_row]), (TermLevel.LLT, rows)):
        for column in (terminology.names(level), terminology.names2(level)):
            if column is not None:
                yield from (name for place in places if (name := column[place]))
