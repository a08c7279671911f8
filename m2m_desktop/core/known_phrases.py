"""Which phrases are names or remembered: such a phrase is never cut."""

import re
from collections.abc import Collection

from m2m_desktop.core.text import match_key

_LONGER = 3
_SOME_SPACES = 16
# 低血糖；意识丧失 are two reports, although 低血糖意识丧失 may be a name: keys hold no punctuation.
_LIST_OF_SEVERAL = re.compile(r"[;；。|｜\r\n\t]")


class KnownPhrases:
    """Tells whether a text is one of the known phrases, in whatever width, case and punctuation.

    ``keys`` are match keys (`core.text.match_key`), of names, of remembered phrases, or of both;
    the collections are not copied, but phrases added to them later should not be longer than the
    longest. Much longer texts, and lists over ``；``, ``。`` or a line break, are refused unread.
    """

    def __init__(self, *keys: Collection[str]) -> None:
        self._keys = keys
        longest = max((len(key) for part in keys for key in part), default=0)
        self._too_long = _LONGER * longest + _SOME_SPACES

    def __call__(self, text: str) -> bool:
        """Tell whether ``text`` is a known phrase."""
        if len(text) > self._too_long or _LIST_OF_SEVERAL.search(text):
            return False
        key = match_key(text)
        return any(key in part for part in self._keys)
