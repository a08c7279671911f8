"""Comparisons that were made, kept for the next page of them."""

from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.versions.comparing import Comparison, compare

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

KEPT = 4
"""Both directions of two pairs: some megabytes."""

_kept: "WeakKeyDictionary[Engine, OrderedDict[tuple[str, str], Comparison]]" = WeakKeyDictionary()


def compared(engine: "Engine", old: str, new: str, progress: Progress = silent) -> Comparison:
    """Compare two terminologies of an engine by their ids, or give what was found before.

    An id says which files a release was made from, so what was found holds. Raises
    TerminologyUnknown, and Cancelled through ``progress``.
    """
    then, now = engine.terminology(old, progress), engine.terminology(new, progress)
    key = (then.info.terminology_id, now.info.terminology_id)
    known = _kept.setdefault(engine, OrderedDict())
    if key not in known:
        known[key] = compare(then, now, progress)
        while len(known) > KEPT:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]
