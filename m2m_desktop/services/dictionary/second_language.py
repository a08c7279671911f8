"""Second names for a release of one language, lent by another loaded release of its version.

They are for display and for looking terms up. Coding never sees them: it works with the release as
it was imported, whatever else is loaded.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import Message, message
from m2m_desktop.core.records import CodingResult, TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.terminology_store import TerminologyStore

AUTOMATIC, NONE = "", "none"
"""Values of the setting ``second_terminology`` beside the id of a release."""
_LIKED = ("chinese", "english")
"""The languages that are chosen first, in this order."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SecondLanguage:
    """Where the second names of a release come from.

    ``terminology_id`` and ``language`` are empty where there are none; a release that has second
    names of its own has a ``language`` and neither lender nor ``candidates``. ``problem`` tells why
    the lender that was chosen cannot be opened.
    """

    terminology_id: str
    language: str
    candidates: tuple[ReleaseInfo, ...]
    problem: Message | None = None


def lenders(first: ReleaseInfo, known: Iterable[ReleaseInfo]) -> tuple[ReleaseInfo, ...]:
    """Give the releases that may lend second names: same version, another language; likeliest first."""
    if first.language2 or not (first.version and first.language) or first.kind != "meddra":
        return ()
    found = [
        other
        for other in known
        if (other.kind, other.version, other.is_demo) == (first.kind, first.version, first.is_demo)
        and other.language
        and other.language.casefold() != first.language.casefold()
    ]
    return tuple(sorted(found, key=lambda info: (_liking(info), info.terminology_id)))


def _liking(info: ReleaseInfo) -> int:
    language = info.language.casefold()
    return _LIKED.index(language) if language in _LIKED else len(_LIKED)


def chosen_lender(candidates: tuple[ReleaseInfo, ...], setting: str) -> ReleaseInfo | None:
    """Give the lender that a setting means; one that does not fit this release counts as automatic."""
    if setting == NONE or not candidates:
        return None
    wanted = [info for info in candidates if setting and info.terminology_id.startswith(setting)]
    return (wanted or list(candidates))[0]


def with_second_names(first: Terminology, second: Terminology) -> Terminology:
    """Give ``first`` with the names of ``second`` as second names, matched by level and code.

    A code that ``second`` lacks has an empty second name. The id stays that of ``first``.
    """
    arrays = dict(first.arrays)
    for level in TermLevel:
        rows = second.codes(level).index_many(first.codes(level).codes)
        arrays.update(_names2(level.name.lower(), second.names(level), rows))
    if len(first.smq_codes) and len(second.smq_codes):
        rows = second.smq_codes.index_many(first.smq_codes.codes)
        arrays.update(_names2("smq", second.smq_names, rows))
    return Terminology(replace(first.info, language2=second.info.language), arrays)


def shown_with(result: CodingResult, view: Terminology) -> CodingResult:
    """Give an answer whose candidates and paths have the names of ``view``, for display only."""
    if result.candidates and view.names2(TermLevel.PT) is not None:
        candidates = tuple(
            replace(each, pt=view.preferred_term(each.pt.code) or each.pt)
            for each in result.candidates
        )
        return replace(result, candidates=candidates)
    return result


def _names2(prefix: str, names: TextColumn, rows: IntArray) -> dict[str, NDArray[np.generic]]:
    lent = TextColumn.of([""] * len(rows)).overlaid(names, rows)
    for array in (lent.buffer, lent.starts):
        array.flags.writeable = False
    return {f"{prefix}.names2": lent.buffer, f"{prefix}.name2_starts": lent.starts}


class SecondLanguages:
    """Chooses and opens what lends second names; looks again when releases or settings change."""

    def __init__(
        self,
        store: TerminologyStore,
        locations: Locations,
        open_release: Callable[[str], Terminology],
    ) -> None:
        self._store, self._locations, self._open = store, locations, open_release
        self._stamp: tuple[int, ...] = ()
        self._choices: dict[str, SecondLanguage] = {}
        self._problems: dict[str, Message] = {}
        self._views: dict[tuple[str, str], Terminology] = {}

    def choice(self, first: ReleaseInfo) -> SecondLanguage:
        """Tell where the second names of a release come from."""
        stamp = self._now()
        if stamp != self._stamp:
            self._stamp = stamp
            self._choices.clear()
        if first.terminology_id not in self._choices:
            candidates = lenders(first, self._store.list())
            setting = load_settings(self._locations).second_terminology
            lender = chosen_lender(candidates, setting)
            self._choices[first.terminology_id] = SecondLanguage(
                lender.terminology_id if lender else "",
                lender.language if lender else first.language2,
                candidates,
                self._problems.get(first.terminology_id),
            )
        return self._choices[first.terminology_id]

    def view(self, first: Terminology) -> Terminology:
        """Give a release with its second names; as it is where there are none.

        A lender that cannot be opened is left out, and `choice` then tells so.
        """
        choice, own_id = self.choice(first.info), first.info.terminology_id
        if not choice.terminology_id:
            return first
        key = (own_id, choice.terminology_id)
        if key not in self._views:
            try:
                second = self._open(choice.terminology_id)
            except CodingToolError as error:
                _log.warning("no second names: %s", error.code)
                # the store sets a damaged copy aside, so that the next look does not find it
                problem = self._problems[own_id] = message(error.what, **error.fields)
                self._choices[own_id] = SecondLanguage("", "", choice.candidates, problem)
                return first
            self._views[key] = with_second_names(first, second)
            self._problems.pop(own_id, None)
        return self._views[key]

    def forget(self, terminology_id: str) -> None:
        """Close everything that a release is a part of."""
        self._views = {key: view for key, view in self._views.items() if terminology_id not in key}
        self._choices.clear()

    def _now(self) -> tuple[int, ...]:
        return tuple(map(_changed_at, (self._store.root, self._locations.settings_file)))


def _changed_at(path: Path) -> int:
    """When a file or folder was changed; 0 where it is not there (yet)."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
