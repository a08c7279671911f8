"""Compare two releases: every difference once, with its reason, and nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.core.versions import smq_changes, term_changes
from m2m_desktop.core.versions.alignment import ReleasePair
from m2m_desktop.core.versions.changes import ChangeKind, VersionChange

CSV = "reference_csv"

SAME_RELEASE = N_("Both are the same release: there is nothing to compare.")
OTHER_LANGUAGE = N_(
    "The releases have no language in common ({old}, {new}): names are not compared, codes are."
)
DEMO_AND_MEDDRA = N_(
    "One of them is the demo dictionary: its codes are not those of MedDRA, so nearly everything "
    "differs."
)
SAME_VERSION = N_("Both say that they are version {version}; only what differs is shown.")
OLDER = N_("The new release ({new}) is an earlier version than the old one ({old}).")
NO_SMQS = N_("One of them was loaded without SMQs: these are not compared.")
ONLY_PTS = N_(
    "One of them is a plain table, whose terms have codes at the level of PTs only: nothing but "
    "PTs is compared."
)


@dataclass(frozen=True)
class Comparison:
    """What differs between two releases, sorted by kind, level and code."""

    old: ReleaseInfo
    new: ReleaseInfo
    changes: tuple[VersionChange, ...]
    problems: tuple[Message, ...]

    @cached_property
    def counts(self) -> Mapping[ChangeKind, Mapping[str, int]]:
        """How many changes of each kind there are at each level; no zeros."""
        found: dict[ChangeKind, Counter[str]] = {}
        for change in self.changes:
            found.setdefault(change.kind, Counter())[change.level] += 1
        return found

    def select(
        self, kinds: Iterable[ChangeKind] = (), levels: Iterable[str] = (), text: str = ""
    ) -> tuple[VersionChange, ...]:
        """Give the changes of these kinds and levels (empty: of all) that show ``text`` somewhere.

        ``text`` is compared as `match_key`: width, case and punctuation do not matter.
        """
        wanted, at, part = frozenset(kinds), frozenset(levels), match_key(text)
        return tuple(
            change
            for number, change in enumerate(self.changes)
            if (not wanted or change.kind in wanted)
            and (not at or change.level in at)
            and (not part or part in self._shown[number])
        )

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        """What `select` looks for a text in."""
        return tuple("\n".join(map(match_key, _texts(change))) for change in self.changes)


def compare(old: Terminology, new: Terminology, progress: Progress = silent) -> Comparison:
    """Compare two releases; ``progress`` may stop the work between two kinds of changes."""
    steps = _steps(old, new)
    changes: list[VersionChange] = []
    for done, step in enumerate(steps):
        progress(done, len(steps))
        changes.extend(step())
    changes.sort(key=lambda change: change.order)
    progress(len(steps), len(steps))
    return Comparison(old.info, new.info, tuple(changes), tuple(problems_of(old, new)))


def problems_of(old: Terminology, new: Terminology) -> Iterator[Message]:
    """Say what limits or spoils a comparison."""
    then, now = old.info, new.info
    if then.terminology_id == now.terminology_id:
        yield message(SAME_RELEASE)
        return
    if then.is_demo != now.is_demo:
        yield message(DEMO_AND_MEDDRA)
    if CSV in (then.kind, now.kind):
        yield message(ONLY_PTS)
    elif smq_changes.has_smqs(old) != smq_changes.has_smqs(new):
        yield message(NO_SMQS)
    if not ReleasePair(old, new).language:
        yield message(OTHER_LANGUAGE, old=then.language, new=now.language)
    numbers = _number(then.version), _number(now.version)
    if then.version == now.version:
        yield message(SAME_VERSION, version=now.version)
    elif None not in numbers and numbers[1] < numbers[0]:  # type: ignore[operator]
        yield message(OLDER, old=then.version, new=now.version)


def _steps(old: Terminology, new: Terminology) -> list[Callable[[], Iterable[VersionChange]]]:
    if old.info.terminology_id == new.info.terminology_id:
        return []
    pair = ReleasePair(old, new)
    is_table = CSV in (old.info.kind, new.info.kind)
    levels = (TermLevel.PT,) if is_table else tuple(TermLevel)
    steps: list[Callable[[], Iterable[VersionChange]]] = []
    for level in levels:
        steps.append(partial(term_changes.added_and_removed, pair, level))
        if pair.language:
            steps.append(partial(term_changes.renamed, pair, level))
    if is_table:
        return steps
    for level in (TermLevel.HLGT, TermLevel.HLT, TermLevel.PT):
        steps.append(partial(term_changes.moved, pair, level))
    for function in (
        term_changes.moved_llts,
        term_changes.promoted_and_demoted,
        term_changes.changed_currency,
        term_changes.changed_primary_soc,
    ):
        steps.append(partial(function, pair))
    if smq_changes.has_smqs(old) and smq_changes.has_smqs(new):
        steps.append(partial(smq_changes.smq_changes, pair))
    return steps


def _texts(change: VersionChange) -> Iterator[str]:
    yield from (change.code, change.name_before, change.name_after)
    for place in (*change.before, *change.after):
        yield from (place.name, place.code)


def _number(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None
