"""Which PT a code or a name means: only what is certain, with the reason where nothing is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from m2m_desktop.core.analysis.records import Reason
from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key, tidy

CODE_LENGTH = 8
MAX_LENGTH = 400
"""Characters of a name that are looked up: no name is nearly as long."""

_CODE = re.compile(r"(\d{6,8})(?:\.0+)?", re.ASCII)
_HIGHER = (TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC)
_STEP = 4000

PREPARING = N_("Preparing the names")

RowsOf = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means: a PT and the LLT that bears the code or name, or why nothing is certain.

    ``rows``: of an ambiguous name all PTs that bear it; of a term above the PT nothing.
    """

    pt_row: int = -1
    llt_row: int = -1
    reason: Reason | None = None
    rows: tuple[int, ...] = ()
    level: TermLevel = TermLevel.PT

    @property
    def is_found(self) -> bool:
        """Whether it means one PT; a reason may still say that the LLT is not current."""
        return self.pt_row >= 0


def looks_like_code(text: str) -> bool:
    """Whether a text is a code of eight digits, or what a spreadsheet made of one.

    ``10000001.0`` is one, and so is ``1000001``, whose leading zero a spreadsheet took off.
    """
    return _CODE.fullmatch(tidy(text)) is not None


class NameTables:
    """Rows of PTs and of LLTs by their names, made when first asked for.

    They hold nothing of the release but names, so that it can be closed while they are kept.
    """

    def __init__(self) -> None:
        self._names: tuple[RowsOf, RowsOf] | None = None
        self._keys: tuple[RowsOf, RowsOf] | None = None

    def names(self, terminology: Terminology) -> tuple[RowsOf, RowsOf]:
        """By the names as they stand: nearly all that is pasted stands as it should."""
        if self._names is None:
            self._names = _tables(terminology, str, silent)
        return self._names

    def keys(self, terminology: Terminology, progress: Progress) -> tuple[RowsOf, RowsOf]:
        """By `match_key`: seconds for a whole release, so only when a name needs it."""
        if self._keys is None:
            self._keys = _tables(terminology, match_key, progress)
        return self._keys


class TermFinder:
    """Looks texts up in one release, in both its languages.

    What was found is kept, so a finder should live no longer than the work it is made for;
    ``tables`` may be those of an earlier one for the same release.
    """

    def __init__(
        self,
        terminology: Terminology,
        tables: NameTables | None = None,
        progress: Progress = silent,
    ) -> None:
        self.terminology = terminology
        self._tables = tables or NameTables()
        self._progress = progress
        self._kept: dict[str, Meaning] = {}

    def find(self, text: str) -> Meaning:
        """Tell what a code or a name means.

        A PT's own name means that PT, whatever LLTs of other PTs share it. Current LLTs come
        before those that are not.
        """
        asked = text[:MAX_LENGTH].strip()
        if asked not in self._kept:
            self._kept[asked] = self._found(asked)
        return self._kept[asked]

    def pt_of_code(self, code: str) -> Meaning:
        """Tell what the code of a coded term means: the PT, or the LLT that it has become."""
        row = self.terminology.index(TermLevel.PT, code)
        if row >= 0:
            return Meaning(row, self.terminology.index(TermLevel.LLT, code))
        llt = self.terminology.index(TermLevel.LLT, code)
        if llt >= 0:
            return Meaning(int(self.terminology.llt_pt[llt]), llt, Reason.DEMOTED)
        return Meaning(reason=Reason.UNKNOWN_CODE)

    def _found(self, asked: str) -> Meaning:
        text = tidy(asked)
        if not text:
            return Meaning(reason=Reason.EMPTY)
        by_code = self._by_code(text)
        if by_code.reason is not Reason.UNKNOWN_CODE or looks_like_code(text):
            return by_code
        return self._by_name(asked)

    def _by_code(self, text: str) -> Meaning:
        """By the code as it stands (other terminologies have other codes), else as eight digits."""
        digits = _CODE.fullmatch(text)
        codes = [text, digits[1], digits[1].zfill(CODE_LENGTH)] if digits else [text]
        for code in dict.fromkeys(codes):
            row = self.terminology.index(TermLevel.PT, code)
            if row >= 0:
                return Meaning(row, self.terminology.index(TermLevel.LLT, code))
            llt = self.terminology.index(TermLevel.LLT, code)
            if llt >= 0:
                return self._of_llt(llt)
            for level in _HIGHER:
                if self.terminology.index(level, code) >= 0:
                    return Meaning(reason=Reason.HIGHER_LEVEL, level=level)
            if self.terminology.smq_codes.index(code) >= 0:
                return Meaning(reason=Reason.SMQ)
        return Meaning(reason=Reason.UNKNOWN_CODE)

    def _of_llt(self, llt: int) -> Meaning:
        current = bool(self.terminology.llt_current[llt])
        return Meaning(
            int(self.terminology.llt_pt[llt]), llt, None if current else Reason.NOT_CURRENT
        )

    def _by_name(self, text: str) -> Meaning:
        found = self._among(
            *self._tables.names(self.terminology), text
        )  # as it stands: names may have full-width signs
        if found.reason is Reason.UNKNOWN_NAME and (key := match_key(text)):
            found = self._among(*self._tables.keys(self.terminology, self._progress), key)
        if found.reason is not Reason.UNKNOWN_NAME:
            return found
        for level in _HIGHER:
            if self.terminology.find(text, [level]):
                return Meaning(reason=Reason.HIGHER_LEVEL, level=level)
        if self._is_smq(text):
            return Meaning(reason=Reason.SMQ)
        return found

    def _among(self, pts: RowsOf, llts: RowsOf, key: str) -> Meaning:
        own = pts.get(key, [])
        if len(own) == 1:
            code = self.terminology.codes(TermLevel.PT)[own[0]]
            return Meaning(own[0], self.terminology.index(TermLevel.LLT, code))
        if own:
            return Meaning(reason=Reason.AMBIGUOUS, rows=tuple(own))
        rows = llts.get(key, [])
        for candidates in ([row for row in rows if self.terminology.llt_current[row]], rows):
            found = dict.fromkeys(int(self.terminology.llt_pt[row]) for row in candidates)
            if len(found) == 1:
                return self._of_llt(candidates[0])
            if found:
                return Meaning(reason=Reason.AMBIGUOUS, rows=tuple(found))
        return Meaning(reason=Reason.UNKNOWN_NAME)

    def _is_smq(self, text: str) -> bool:
        return text in self._smq_names

    @cached_property
    def _smq_names(self) -> frozenset[str]:
        smqs = self.terminology.smqs()
        return frozenset(name for smq in smqs for name in (smq.name, smq.name2) if name)


def _tables(
    terminology: Terminology, key_of: Callable[[str], str], progress: Progress
) -> tuple[RowsOf, RowsOf]:
    return (
        _table(terminology, TermLevel.PT, key_of, progress),
        _table(terminology, TermLevel.LLT, key_of, progress),
    )


def _table(
    terminology: Terminology, level: TermLevel, key_of: Callable[[str], str], progress: Progress
) -> RowsOf:
    rows: RowsOf = {}
    for names in (terminology.names(level), terminology.names2(level)):
        listed = names.to_list() if names is not None else []
        for row, name in enumerate(listed):
            if row % _STEP == 0:
                progress(row, len(listed), PREPARING)
            if not name:  # many have no second name, and nobody looks for nothing
                continue
            held = rows.setdefault(key_of(name), [])
            if row not in held:
                held.append(row)
    return rows
