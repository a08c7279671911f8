"""What one import makes of a selection: each release alone, or Chinese and English joined.

SNOMED CT is the exception: everything below the chosen place is one release.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from m2m_desktop.core.errors import ReleaseBroken
from m2m_desktop.core.progress import TOTAL, Progress, part
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.import_report import Anomaly, Findings, ImportReport
from m2m_desktop.services.meddra import LoadedRelease, load_release
from m2m_desktop.services.meddra_identity import RELEASE_FILE, Identity, read_identity
from m2m_desktop.services.meddra_join import join_releases, joined_hashes
from m2m_desktop.services.reference_csv import load_reference_csv, read_reference_csv
from m2m_desktop.services.release_files import FoundRelease
from m2m_desktop.services.snomed.files import Rf2Sources
from m2m_desktop.services.snomed.load import load_rf2

Hashes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Manifest:
    """What is known of a compiled terminology. ``source`` is the hash of its source files alone.

    ``encoding`` is what the user insisted on; ``arrays`` gives file and SHA-256 of each array.
    """

    info: ReleaseInfo
    report: ImportReport
    source: str
    encoding: str | None
    arrays: dict[str, tuple[str, str]]


Stored = Callable[[Hashes, str | None], Manifest | None]
Outcome = Manifest | tuple[LoadedRelease, Hashes]


class Plan(Protocol):
    """One terminology to be made of a file or of one or two releases."""

    def load(self, stored: Stored, encoding: str | None, progress: Progress) -> Iterator[Outcome]:
        """Give what is already stored, or the loaded release with its hashes."""


@dataclass(frozen=True)
class SinglePlan:
    """One release by itself."""

    release: FoundRelease

    def load(self, stored: Stored, encoding: str | None, progress: Progress) -> Iterator[Outcome]:
        """Give the release, stored or loaded."""
        sources = self.release.read(progress)
        hashes = sources.hashes(progress)
        known = stored(hashes, encoding)
        if known is not None:
            yield known
        else:
            yield load_release(sources, encoding=encoding, progress=progress), hashes


@dataclass(frozen=True)
class PairPlan:
    """Two languages of one version; kept apart, with a warning, where they do not fit together."""

    first: FoundRelease
    second: FoundRelease
    languages: tuple[str, str]

    def load(self, stored: Stored, encoding: str | None, progress: Progress) -> Iterator[Outcome]:
        """Give both as one, or each with a warning."""
        sources = [each.read(progress) for each in (self.first, self.second)]
        hashes = [each.hashes(progress) for each in sources]
        together = joined_hashes(*zip(self.languages, hashes, strict=True))
        known = stored(together, encoding)
        if known is not None:
            yield known
            return
        singles = [stored(each, encoding) for each in hashes]
        if all(each is not None and _was_kept_apart(each) for each in singles):
            yield from (each for each in singles if each is not None)
            return
        loaded = [load_release(each, encoding=encoding, progress=progress) for each in sources]
        try:
            yield join_releases(loaded[0], loaded[1], encoding=encoding), together
        except ReleaseBroken as error:
            for release, own in zip(loaded, hashes, strict=True):
                anomaly = Anomaly("not_joined", error.fields.get("count", 1), ())  # type: ignore[arg-type]
                yield LoadedRelease(release.terminology, release.report.with_anomaly(anomaly)), own


def _was_kept_apart(manifest: Manifest) -> bool:
    return any(anomaly.kind == "not_joined" for anomaly in manifest.report.anomalies)


@dataclass(frozen=True)
class CsvPlan:
    """A reference dictionary CSV."""

    path: Path

    def load(self, stored: Stored, encoding: str | None, progress: Progress) -> Iterator[Outcome]:
        """Give the dictionary, stored or loaded."""
        data = read_reference_csv(self.path, progress)
        hashes = ((self.path.name.lower(), hashlib.sha256(data).hexdigest()),)
        known = stored(hashes, encoding)
        if known is not None:
            yield known
        else:
            yield load_reference_csv(self.path, data, encoding=encoding, progress=progress), hashes


@dataclass(frozen=True)
class Rf2Plan:
    """SNOMED CT: an edition of one or more packages."""

    sources: Rf2Sources

    def load(self, stored: Stored, encoding: str | None, progress: Progress) -> Iterator[Outcome]:
        """Give the edition, stored or loaded; its files are too large to be held for both."""
        hashes = self.sources.hashes(_noted(progress, 0, _HASHED))
        known = stored(hashes, encoding)
        if known is not None:
            yield known
            return
        rest = _noted(progress, _HASHED, TOTAL)
        yield load_rf2(self.sources, hashes, encoding=encoding, progress=rest), hashes


_HASHED = 15  # hundredths of an import that the fingerprints of the files take


def _noted(progress: Progress, begin: int, end: int) -> Progress:
    """Report a part of the work with the names of the files it is at."""

    def report(done: int, total: int, note: str = "") -> None:
        part(progress, begin, end, note)(done, total)

    return report


def plans_for(found: Sequence[FoundRelease], progress: Progress) -> list[Plan]:
    """Pair each Chinese release with an English one of the same version; leave the rest alone."""
    named = [(release, _peek(release, progress)) for release in found]
    english = [
        (release, who) for release, who in named if who.language == "English" and who.version
    ]
    plans: list[Plan] = []
    taken: set[int] = set()
    for release, who in named:
        if who.language != "Chinese":
            continue
        for other, its in english:
            if its.version == who.version and id(other) not in taken:
                taken.update((id(release), id(other)))
                plans.append(PairPlan(release, other, (who.language, its.language)))
                break
    plans.extend(SinglePlan(release) for release, _ in named if id(release) not in taken)
    return plans


def _peek(release: FoundRelease, progress: Progress) -> Identity:
    """Read only what a release says of itself; its files stand in by name."""
    files = dict.fromkeys(release.files, b"")
    if RELEASE_FILE in release.files:
        files[RELEASE_FILE] = release.files[RELEASE_FILE](progress)
    return read_identity(files, release.label, Findings(path=release.label))
