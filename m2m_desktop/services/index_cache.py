"""Build, keep and find the search indexes of a terminology.

An index depends on the terminology, the way text is cut, the thesaurus and the jieba version; all
of them are in its name, so a change of any builds a new one and never uses an old one.
"""

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import ascii_letters, digits
from typing import TypeVar

import numpy as np

from m2m_desktop import __version__
from m2m_desktop.core.bm25 import Postings
from m2m_desktop.core.columns import TextColumn
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import (
    CHANNELS,
    REFERENCE_CHANNEL,
    NameIndex,
    Tokenise,
    build_name_index,
    build_reference_postings,
)
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import characters, match_key, words
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.array_files import ArrayFilesDamaged, Arrays, keep_arrays, read_arrays
from m2m_desktop.services.segmenter import MAX_WORD_LENGTH, open_segmenter

INDEX_FORMAT = 3

_FIRST_OF_THREE_BYTES = 0xE0  # of a character's three or more bytes of UTF-8: no Latin letter
_NAMES_AT_ONCE = 1 << 16

Opened = TypeVar("Opened")

# one of each kind of difference that normalisation takes away
_PROBE = "Ⅱ度ＡＬＴ↑（血小板減少），二度 α-GT 10%·左上肢 i型 Erupción"

_log = logging.getLogger(__name__)


def open_tokenisers(terminology: Terminology, thesaurus: Thesaurus) -> tuple[Tokenise, ...]:
    """Give the cutters of the default mode's channels, in the order of `CHANNELS`."""
    segment = open_segmenter([*_short_names(terminology), *thesaurus.by_member])
    return characters, lambda text: words(text, segment), thesaurus.concepts


def _short_names(terminology: Terminology) -> list[str]:
    """Give the LLT names that may be words, without looking at each of a million Latin ones.

    Normalised, a name keeps each of its ASCII letters and digits; only a numeral before a grade
    loses some, and a grade is Chinese.
    """
    column = terminology.names(TermLevel.LLT)
    if not len(column):
        return []
    is_kept = np.zeros(256, dtype=np.uint8)
    is_kept[[ord(one) for one in ascii_letters + digits]] = 1
    is_wide = np.arange(256) >= _FIRST_OF_THREE_BYTES
    short = np.zeros(len(column), dtype=np.bool_)
    for first in range(0, len(column), _NAMES_AT_ONCE):
        starts = column.starts[first : first + _NAMES_AT_ONCE + 1].astype(np.intp)
        part = column.buffer[starts[0] : starts[-1]]
        places = starts[:-1] - starts[0]  # each name has at least the line feed behind it
        sizes = np.add.reduceat(is_kept[part], places, dtype=np.int32)
        has_wide = np.logical_or.reduceat(is_wide[part], places)
        short[first : first + len(places)] = has_wide | (sizes <= MAX_WORD_LENGTH)
    return column.take(np.flatnonzero(short)).to_list()


@dataclass(frozen=True)
class IndexCache:
    """Keeps indexes below ``root``, one folder per terminology."""

    root: Path

    def name_index(
        self,
        terminology: Terminology,
        tokenisers: Sequence[Tokenise],
        thesaurus: Thesaurus,
        progress: Progress = silent,
    ) -> NameIndex:
        """Open the name index, building it first where there is none."""
        folder = self._folder(terminology, "names", _fingerprint(thesaurus))
        opened = _opened(folder, _unpack_index)
        if opened is not None:
            return opened
        index = build_name_index(terminology, tokenisers, progress)
        keep_arrays(folder, _pack_index(index))
        # from the disk it costs memory only as it is looked at
        return _opened(folder, _unpack_index) or index

    def reference_postings(self, terminology: Terminology, progress: Progress = silent) -> Postings:
        """Open the index of the reference mode, building it first where there is none."""
        folder = self._folder(
            terminology, "reference", _hash([__version__, repr(REFERENCE_CHANNEL)])
        )
        opened = _opened(folder, lambda arrays: _unpack_postings(arrays, REFERENCE_CHANNEL.name))
        if opened is not None:
            return opened
        postings = build_reference_postings(terminology, progress)
        keep_arrays(folder, _pack_postings(postings, REFERENCE_CHANNEL.name))
        return postings

    def forget(self, terminology_id: str) -> None:
        """Delete every index of a terminology: an index holds its names, so it is licensed too.

        Raises OutputUnwritable where something of it cannot be deleted.
        """
        folder = self.root / terminology_id
        if folder.parent != self.root or folder.name == ".." or not folder.is_dir():
            return
        try:
            shutil.rmtree(folder)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise OutputUnwritable(path=folder, detail=detail) from error

    def _folder(self, terminology: Terminology, kind: str, fingerprint: str) -> Path:
        return self.root / terminology.info.terminology_id / f"{kind}-{INDEX_FORMAT}-{fingerprint}"


def _fingerprint(thesaurus: Thesaurus) -> str:
    """Hash everything but the terminology that the name index depends on.

    The probe stands for the code that cuts and compares texts: a change there must not meet names
    that were cut the old way.
    """
    import jieba

    probe = [characters(_PROBE), match_key(_PROBE), thesaurus.concepts(_PROBE)]
    channels = [repr(settings) for settings in CHANNELS]
    return _hash([__version__, thesaurus.groups, channels, jieba.__version__, probe])


def _hash(parts: Sequence[object]) -> str:
    return sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:16]


def _opened(folder: Path, unpack: Callable[[Arrays], Opened]) -> Opened | None:
    try:
        return unpack(read_arrays(folder))
    except FileNotFoundError:
        return None
    except (ArrayFilesDamaged, KeyError, IndexError) as damage:
        _log.info("rebuilding a damaged index: %s", damage)
        return None


def _pack_index(index: NameIndex) -> Arrays:
    packed: Arrays = {
        "document_llt": index.document_llt,
        "document_pt": index.document_pt,
        "key_hashes": index.key_hashes,
        "key_documents": index.key_documents,
    }
    for settings, postings in zip(CHANNELS, index.channels, strict=True):
        packed.update(_pack_postings(postings, settings.name))
    return packed


def _unpack_index(arrays: Arrays) -> NameIndex:
    return NameIndex(
        arrays["document_llt"],
        arrays["document_pt"],
        arrays["key_hashes"],
        arrays["key_documents"],
        tuple(_unpack_postings(arrays, settings.name) for settings in CHANNELS),
    )


def _pack_postings(postings: Postings, name: str) -> Arrays:
    return {
        f"{name}.tokens": postings.tokens.buffer,
        f"{name}.token_starts": postings.tokens.starts,
        f"{name}.starts": postings.starts,
        f"{name}.documents": postings.documents,
        f"{name}.weights": postings.weights,
        f"{name}.count": np.array([postings.document_count], dtype=np.int64),
    }


def _unpack_postings(arrays: Arrays, name: str) -> Postings:
    return Postings(
        TextColumn(arrays[f"{name}.tokens"], arrays[f"{name}.token_starts"]),
        arrays[f"{name}.starts"],
        arrays[f"{name}.documents"],
        arrays[f"{name}.weights"],
        int(arrays[f"{name}.count"][0]),
    )
