"""Which phrases are names or remembered: such a phrase is never cut."""

import re
from collections.abc import Callable, Container
from functools import lru_cache

from m2m_desktop.core.text import match_key

MAX_LENGTH = 250
"""Characters; the longest names have half as many, in whatever spacing. Longer texts are refused unread."""

_REMEMBERED = 65_536
# 低血糖；意识丧失 are two reports, although 低血糖意识丧失 may be a name: keys hold no punctuation.
_LIST_OF_SEVERAL = re.compile(r"[;；。|｜\r\n\t]")


def known_phrases(
    keys: Container[str], *, is_name: Callable[[str], bool] | None = None
) -> Callable[[str], bool]:
    """Give what tells whether a text is known, in whatever width, case and punctuation.

    ``keys`` are match keys (`core.text.match_key`); ``is_name`` looks a text up in a terminology.
    Lists over ``；``, ``。`` or a line break are never known. The answers are remembered: the same
    piece is asked about in many cells.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def is_known(text: str) -> bool:
        if len(text) > MAX_LENGTH or _LIST_OF_SEVERAL.search(text):
            return False
        return match_key(text) in keys or (is_name is not None and is_name(text))

    return is_known
