"""Build, keep and find the search indexes of a terminology.

An index depends on the terminology, the way text is cut, the thesaurus and the jieba version; all
of them are in its name, so a change of any builds a new one and never uses an old one.
"""

import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from m2m_desktop.core.bm25 import Postings
from m2m_desktop.core.columns import TextColumn
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
from m2m_desktop.core.text import characters, words
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.array_files import ArrayFilesDamaged, read_arrays, write_arrays
from m2m_desktop.services.segmenter import open_segmenter

INDEX_FORMAT = 1

_log = logging.getLogger(__name__)


def open_tokenisers(terminology: Terminology, thesaurus: Thesaurus) -> tuple[Tokenise, ...]:
    """Give the cutters of the default mode's channels, in the order of `CHANNELS`."""
    names = terminology.names(TermLevel.LLT).to_list()
    segment = open_segmenter([*names, *thesaurus.by_member])
    return characters, lambda text: words(text, segment), thesaurus.concepts


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
        arrays = _read(folder)
        if arrays is None:
            index = build_name_index(terminology, tokenisers, progress)
            write_arrays(folder, _pack_index(index))
            return index
        return NameIndex(
            arrays["document_llt"],
            arrays["document_pt"],
            arrays["key_hashes"],
            arrays["key_documents"],
            tuple(_unpack_postings(arrays, settings.name) for settings in CHANNELS),
        )

    def reference_postings(
        self, terminology: Terminology, progress: Progress = silent
    ) -> Postings:
        """Open the index of the reference mode, building it first where there is none."""
        folder = self._folder(terminology, "reference", "")
        arrays = _read(folder)
        if arrays is None:
            postings = build_reference_postings(terminology, progress)
            write_arrays(folder, _pack_postings(postings, REFERENCE_CHANNEL.name))
            return postings
        return _unpack_postings(arrays, REFERENCE_CHANNEL.name)

    def forget(self, terminology_id: str) -> None:
        """Delete every index of a terminology: an index holds its names, so it is licensed too."""
        shutil.rmtree(self.root / terminology_id, ignore_errors=True)

    def _folder(self, terminology: Terminology, kind: str, fingerprint: str) -> Path:
        return self.root / terminology.info.terminology_id / f"{kind}-{INDEX_FORMAT}-{fingerprint}"


def _fingerprint(thesaurus: Thesaurus) -> str:
    """Hash everything but the terminology that the name index depends on."""
    parts = [thesaurus.groups, [repr(settings) for settings in CHANNELS], version("jieba")]
    return sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:16]


def _read(folder: Path) -> dict[str, np.ndarray] | None:  # type: ignore[type-arg]
    try:
        return read_arrays(folder)
    except FileNotFoundError:
        return None
    except ArrayFilesDamaged as damage:
        _log.info("rebuilding a damaged index: %s", damage)
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _pack_index(index: NameIndex) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    packed: dict[str, np.ndarray] = {  # type: ignore[type-arg]
        "document_llt": index.document_llt,
        "document_pt": index.document_pt,
        "key_hashes": index.key_hashes,
        "key_documents": index.key_documents,
    }
    for settings, postings in zip(CHANNELS, index.channels, strict=True):
        packed.update(_pack_postings(postings, settings.name))
    return packed


def _pack_postings(postings: Postings, name: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {
        f"{name}.tokens": postings.tokens.buffer,
        f"{name}.token_starts": postings.tokens.starts,
        f"{name}.starts": postings.starts,
        f"{name}.documents": postings.documents,
        f"{name}.weights": postings.weights,
        f"{name}.count": np.array([postings.document_count], dtype=np.int64),
    }


def _unpack_postings(arrays: dict[str, np.ndarray], name: str) -> Postings:  # type: ignore[type-arg]
    return Postings(
        TextColumn(arrays[f"{name}.tokens"], arrays[f"{name}.token_starts"]),
        arrays[f"{name}.starts"],
        arrays[f"{name}.documents"],
        arrays[f"{name}.weights"],
        int(arrays[f"{name}.count"][0]),
    )
