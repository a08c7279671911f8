"""What a search needs, kept on disk: the names as they are compared, and their sounds.

Both lie beside the indexes of coding, one folder each, sealed and checked as those are, and named
by a hash of the names themselves: another release, another second language or another way of
comparing builds new ones. Folders whose second names another release lends are marked, so that
nothing of a removed release stays.
"""

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import numpy as np

from m2m_desktop import __version__
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.folding import fold_character
from m2m_desktop.core.term_search.name_building import build_name_text
from m2m_desktop.core.term_search.name_text import NameText
from m2m_desktop.core.term_search.sounds import SoundText, build_sound_text
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.services.array_files import ArrayFilesDamaged, keep_arrays, read_arrays

SEARCH_FORMAT = 2
NAMES, SOUNDS = "search", "sounds"

_PROBE = "Ⅱ度ＡＬＴ↑（血小板減少），二度 α-GT 10%·左上肢 i型"
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
_AT_ONCE = 100  # names whose sounds are found between two looks at the clock

Opened = TypeVar("Opened")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SearchIndexes:
    """Keeps what searches need below ``root``, beside the indexes of coding."""

    root: Path

    def name_text(
        self, terminology: Terminology, *, is_lent: bool = False, progress: Progress = silent
    ) -> NameText:
        """Open the names, preparing them first where that was not done before."""
        folder = self._folder(terminology, NAMES, is_lent=is_lent)
        opened = _opened(folder, NameText.of_arrays)
        if opened is not None:
            return opened
        made = build_name_text(terminology, progress)
        keep_arrays(folder, made.arrays())
        # from the disk they cost memory only as they are looked at
        return _opened(folder, NameText.of_arrays) or made

    def sound_text(self, terminology: Terminology, *, is_lent: bool = False) -> SoundText | None:
        """Open the sounds; None where they were not kept before."""
        return _opened(self._folder(terminology, SOUNDS, is_lent=is_lent), SoundText.of_arrays)

    def keep_sounds(
        self, terminology: Terminology, sounds: SoundText, *, is_lent: bool = False
    ) -> None:
        """Keep sounds for the next time."""
        keep_arrays(self._folder(terminology, SOUNDS, is_lent=is_lent), sounds.arrays())

    def forget(self, terminology_id: str) -> None:
        """Delete what a terminology may have lent its names to.

        Its own folders go with its other indexes. Raises OutputUnwritable.
        """
        for kind in (NAMES, SOUNDS):
            for folder in self.root.glob(f"*/{_kind(kind, is_lent=True)}-*"):
                if folder.parent.name == terminology_id:
                    continue
                try:
                    shutil.rmtree(folder)
                except OSError as error:
                    detail = error.strerror or type(error).__name__
                    raise OutputUnwritable(path=folder, detail=detail) from error

    def _folder(self, terminology: Terminology, kind: str, *, is_lent: bool) -> Path:
        name = f"{_kind(kind, is_lent=is_lent)}-{SEARCH_FORMAT}-{_fingerprint(terminology, kind)}"
        return self.root / terminology.info.terminology_id / name


def _kind(kind: str, *, is_lent: bool) -> str:
    return f"{kind}_lent" if is_lent else kind


def _fingerprint(terminology: Terminology, kind: str) -> str:
    """Hash all that the prepared names depend on; the probe stands for how texts are compared."""
    found = blake2b(digest_size=8)
    parts = [__version__, match_key(_PROBE), *map(fold_character, _PROBE)]
    if kind == SOUNDS:
        parts.append(version("pypinyin"))
    found.update(repr(parts).encode())
    for level in TermLevel:
        for column in (terminology.names(level), terminology.names2(level)):
            found.update(b"-" if column is None else np.ascontiguousarray(column.buffer).data)
    return found.hexdigest()


def _opened(folder: Path, take: Callable[[Mapping[str, Any]], Opened]) -> Opened | None:
    try:
        return take(read_arrays(folder))
    except FileNotFoundError:
        return None
    except (ArrayFilesDamaged, KeyError) as damage:
        _log.info("preparing a damaged search index again: %s", damage)
        return None


class SoundMaking:
    """Finds the sounds of all Chinese names, some at a time, so that searches can go on between."""

    def __init__(self, names: NameText) -> None:
        self._names = names
        held = names.held_by(_FIRST_HAN, _LAST_HAN)
        self._documents = np.unique(names.pair_documents[held]).tolist()
        self._spoken: dict[int, Sequence[str]] = {}
        self._known: dict[str, Sequence[str]] = {}  # a PT and its LLT of the same name sound alike

    @property
    def total(self) -> int:
        """How many names have a sound."""
        return len(self._documents)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return len(self._spoken)

    def work(self, seconds: float | None, progress: Progress = silent) -> SoundText | None:
        """Go on for about so long (None: to the end); gives the sounds when all are done."""
        end = None if seconds is None else monotonic() + seconds
        while self.done < self.total:
            progress(self.done, self.total, "sounds")
            for document in self._documents[self.done : self.done + _AT_ONCE]:
                key = self._names.key(document)
                if key not in self._known:
                    self._known[key] = syllables(key)
                self._spoken[document] = self._known[key]
            if end is not None and monotonic() >= end and self.done < self.total:
                return None
        return build_sound_text(self._names, self._spoken)


def syllables(key: str) -> list[str]:
    """Give one syllable without tone for each character of a name; empty for what is silent.

    A character with several sounds takes the one it has in this name. ``ü`` is written v.
    """
    from pypinyin import Style, lazy_pinyin

    def spoken(text: str) -> list[str]:
        # its type stubs do not know that what is not Chinese may become a list
        return lazy_pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]

    found = spoken(key)
    if len(found) != len(key):
        found = [spoken(one)[0] for one in key]
    return [one if one.isascii() and one.isalnum() else "" for one in found]
