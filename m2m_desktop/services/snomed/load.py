"""Read an RF2 release into a `Terminology`.

A concept becomes a PT (its identifier is the code), a description an LLT (its own identifier is
the code), whatever language of the two it is in; a PT has its name in both. What stands in for
the levels above is told in `hierarchy`, which names are chosen in `names`. The whole release is
never in memory: files are read block by block, and only the columns that are used are kept.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import Groups, IntArray, TextColumn
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import TOTAL, Progress, silent
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.import_report import Findings, ImportReport
from m2m_desktop.services.meddra import LoadedRelease, count_arrays, frozen
from m2m_desktop.services.meddra_identity import combined_hash, terminology_id
from m2m_desktop.services.snomed.concepts import Concepts, read_concepts, read_replacements
from m2m_desktop.services.snomed.descriptions import (
    language_code,
    read_descriptions,
    read_judgements,
)
from m2m_desktop.services.snomed.files import NEEDED_KINDS, Rf2Sources
from m2m_desktop.services.snomed.hierarchy import Hierarchy, build_hierarchy, read_edges
from m2m_desktop.services.snomed.names import (
    LANGUAGE_WORDS,
    ConceptNames,
    Naming,
    Synonyms,
    choose_names,
    concept_names,
    list_synonyms,
)
from m2m_desktop.services.snomed.sctid import code_column

KIND = "snomed"
_READ = 70  # hundredths of the time that reading the files takes

Arrays = dict[str, NDArray[np.generic]]
Hashes = tuple[tuple[str, str], ...]


def load_rf2(
    sources: Rf2Sources,
    hashes: Hashes,
    *,
    encoding: str | None = None,
    progress: Progress = silent,
) -> LoadedRelease:
    """Read, check and index one release; ``hashes`` are those of its files.

    Raises: ReleaseBroken with the defects, ReleaseUnreadable, ArchiveRefused, Cancelled through
    ``progress``, BadRequest where another encoding than UTF-8 is insisted on.
    """
    if encoding is not None and encoding.lower().replace("-", "") not in ("utf8", "utf8sig"):
        raise BadRequest(detail=message(N_("the files of SNOMED CT are always UTF-8.")))
    findings = Findings(path=sources.label)
    _note_files(sources, findings)
    reading = _Reading(sources, progress)
    concepts = read_concepts(sources, findings, reading)
    replacements = read_replacements(sources, concepts, findings, reading)
    edges = read_edges(sources, concepts, findings, reading)
    hierarchy = build_hierarchy(concepts, edges, findings)
    del edges
    descriptions = read_descriptions(sources, concepts, findings, reading)
    judgements = read_judgements(sources, descriptions, findings, reading)
    steps = _steps(progress)
    steps()
    naming = choose_names(concepts, descriptions, judgements, findings)
    del judgements
    names = concept_names(concepts, descriptions, naming, findings)
    findings.raise_if_broken()
    steps()
    synonyms = list_synonyms(concepts, descriptions, naming, replacements, findings)
    del descriptions
    steps()
    arrays = _level_arrays(concepts, hierarchy, names)
    steps()
    arrays.update(_synonym_arrays(synonyms, len(concepts.pt_ids)))
    del synonyms
    steps()
    arrays.update(_graph_arrays(hierarchy, names))
    info = _info(sources, concepts, naming, hashes, encoding)
    report = ImportReport(
        label=sources.label,
        version=info.version,
        language=info.language,
        counts=count_arrays(arrays),
        encodings=(("*.txt", "utf-8"),),
        anomalies=findings.anomalies,
    )
    progress(TOTAL, TOTAL, "")
    return LoadedRelease(Terminology(info, frozen(arrays)), report)


class _Reading:
    """Reports the reading of one file as part of that of all files."""

    def __init__(self, sources: Rf2Sources, progress: Progress) -> None:
        self._progress = progress
        self._total = max(1, sources.size)
        self._before: dict[str, int] = {}
        self._sizes = {file.name: file.size for file in sources.files}

    def __call__(self, done: int, total: int, note: str = "") -> None:  # noqa: ARG002
        if note not in self._before:
            self._before[note] = sum(self._sizes.get(name, 0) for name in self._before)
        read = min(self._before[note] + done, self._total)
        self._progress(read * _READ // self._total, TOTAL, note)


def _steps(progress: Progress) -> Callable[[], None]:
    """Report the steps after the reading, and give the user a moment to cancel."""
    done = _READ

    def step() -> None:
        nonlocal done
        progress(done, TOTAL, "")
        done += 5

    return step


def _note_files(sources: Rf2Sources, findings: Findings) -> None:
    if sources.repeated:
        findings.warn("rf2_same_file", sources.repeated, len(sources.repeated))
    for kind in NEEDED_KINDS:
        # an extension's descriptions are rarely of the same day as those it depends on
        for language in sorted({file.language for file in sources.of(kind)}):
            files = [file for file in sources.of(kind) if file.language == language]
            if len({file.date for file in files}) > 1:
                findings.warn("rf2_two_dates", [file.name for file in files])


def _info(
    sources: Rf2Sources, concepts: Concepts, naming: Naming, hashes: Hashes, encoding: str | None
) -> ReleaseInfo:
    version = max([concepts.date, *(file.date for file in sources.files)])
    words = [
        LANGUAGE_WORDS.get(language_code(one), language_code(one)) if one else ""
        for one in (naming.first, naming.second)
    ]
    spoken = " + ".join(filter(None, words))
    return ReleaseInfo(
        terminology_id=terminology_id(
            KIND, (version, *filter(None, words)), combined_hash(hashes, encoding)
        ),
        name=f"SNOMED CT {version}, {spoken}",
        version=version,
        language=words[0],
        kind=KIND,
        language2=words[1],
        hashes=hashes,
    )


# -- arrays ----------------------------------------------------------------------------------------


def _level_arrays(concepts: Concepts, hierarchy: Hierarchy, names: ConceptNames) -> Arrays:
    """Everything from the SOCs down to the PTs, and the paths between them."""
    paths = hierarchy.paths
    members = {
        "soc": np.unique(paths[:, 1]),
        "hlgt": np.unique(paths[:, 2]),
        "hlt": np.unique(paths[:, 3]),
        "pt": np.arange(len(concepts.pt_ids), dtype=np.int32),
    }
    arrays: Arrays = {}
    for level, pts in members.items():
        codes = code_column(concepts.pt_ids[pts])
        arrays[f"{level}.codes"], arrays[f"{level}.order"] = codes.codes, codes.order
        for what, column in (("name", names.first), ("name2", names.second)):
            if column is not None:
                taken = column if level == "pt" else column.take(pts)
                plural = "names2" if what == "name2" else "names"
                arrays[f"{level}.{plural}"] = taken.buffer
                arrays[f"{level}.{what}_starts"] = taken.starts
    ways = [paths[:, 0]] + [
        np.searchsorted(members[level], paths[:, at]).astype(np.int32)
        for at, level in ((1, "soc"), (2, "hlgt"), (3, "hlt"))
    ]
    pt, soc, hlgt, hlt = ways
    for (above, upper), (below, lower) in (
        (("soc", soc), ("hlgt", hlgt)), (("hlgt", hlgt), ("hlt", hlt)), (("hlt", hlt), ("pt", pt)),
    ):  # fmt: skip
        pairs = np.unique(np.stack([upper, lower], axis=1), axis=0)
        groups = Groups.of(pairs[:, 0], pairs[:, 1], len(members[above]))
        arrays[f"{above}.{below}_starts"], arrays[f"{above}.{below}s"] = (
            groups.starts, groups.members,
        )  # fmt: skip
    starts = np.searchsorted(pt, np.arange(len(concepts.pt_ids) + 1)).astype(np.int32)
    blank = TextColumn.of([""] * len(members["soc"]))
    sizes = np.bincount(soc[hierarchy.is_primary], minlength=len(members["soc"]))
    rank = np.empty(len(sizes), dtype=np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))  # the largest comes first
    arrays.update({
        "soc.rank": rank,
        "soc.abbrevs": blank.buffer,
        "soc.abbrev_starts": blank.starts,
        "pt.path_starts": starts,
        "path.soc": soc,
        "path.hlgt": hlgt,
        "path.hlt": hlt,
        "path.primary": hierarchy.is_primary.astype(np.uint8),
    })  # fmt: skip
    return arrays


def _synonym_arrays(synonyms: Synonyms, pt_count: int) -> Arrays:
    """The LLTs; they are grouped by PT already."""
    codes = code_column(synonyms.ids)
    return {
        "llt.codes": codes.codes,
        "llt.order": codes.order,
        "llt.names": synonyms.terms.buffer,
        "llt.name_starts": synonyms.terms.starts,
        "llt.pt": synonyms.pt,
        "llt.current": synonyms.is_current.astype(np.uint8),
        "pt.llt_starts": np.searchsorted(synonyms.pt, np.arange(pt_count + 1)).astype(np.int32),
        "pt.llts": np.arange(len(synonyms.ids), dtype=np.int32),
    }


def _graph_arrays(hierarchy: Hierarchy, names: ConceptNames) -> Mapping[str, NDArray[np.generic]]:
    """The graph, its children in the order of their names, and the semantic tags."""
    children = _by_name(hierarchy.children, names.first)
    return {
        "isa.parent_starts": hierarchy.parents.starts,
        "isa.parents": hierarchy.parents.members,
        "isa.child_starts": children.starts,
        "isa.children": children.members,
        "pt.tag": names.tag_of,
        "tag.names": names.tags.buffer,
        "tag.name_starts": names.tags.starts,
    }


def _by_name(children: Groups, names: TextColumn) -> Groups:
    texts = [name.casefold() for name in names.to_list()]
    rank: IntArray = np.empty(len(texts), dtype=np.int32)
    rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts), dtype=np.int32)
    owner = np.repeat(np.arange(len(texts)), np.diff(children.starts))
    order = np.lexsort((rank[children.members], owner))
    return Groups(children.starts, children.members[order])
