"""Where interchangeable wordings come from: the shipped thesaurus and the demo dictionary."""

from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus

MAX_NAME_LENGTH = 10


def read_thesaurus(resources: Path) -> Thesaurus:
    """Read the thesaurus files that ship with the program."""
    return Thesaurus.parse(
        line
        for path in sorted((resources / "thesaurus").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def names_by_term(terminology: Terminology) -> Iterator[list[str]]:
    """Give the short current names of each PT: wordings that may stand for one another.

    What the demo dictionary knows of everyday wording helps to search any other terminology.
    Whole sentences and single characters are left out: they are no building blocks of phrases.
    """
    names = terminology.names(TermLevel.LLT).to_list()
    for pt_row in range(terminology.count(TermLevel.PT)):
        rows = (int(row) for row in terminology.pt_llts[pt_row])
        current = (names[row] for row in rows if terminology.llt_current[row])
        yield [name for name in current if 1 < len(name) <= MAX_NAME_LENGTH]
