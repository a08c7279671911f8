"""The language people read: one gettext catalogue for core messages, command line and window.

Sentences in the source are English; Chinese is complete, and the default where the system is
Chinese or does not say what it is.
"""

import gettext
import os
import re
import sys
from functools import lru_cache

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.locations import APP_NAME, default_locations, resources
from m2m_desktop.services.settings import load_settings

CHINESE = "zh_CN"
ENGLISH = "en"
PSEUDO = "pseudo"
"""English with accents and brackets, longer by half (``M2M_LANG=pseudo``): what does not change was
forgotten, and what is cut would be cut in some language. Never offered in the menu."""
LANGUAGE_VARIABLE = "M2M_LANG"


_KEPT = re.compile(r"(\{[^{}]*\}|%\(\w+\)[a-z]|%[sd]|<[^<>]+>|&\w)")
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéíñôšûýÁÇÉÍÑÔŠÛÝ")


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language != CHINESE:
        return gettext.NullTranslations()
    return gettext.translation(APP_NAME, resources() / "i18n", [CHINESE], fallback=True)


_current = ENGLISH


def use_language(wanted: str | None = None) -> str:
    """Speak ``wanted`` from now on ("zh_CN", "en") and give it back.

    None chooses: ``M2M_LANG``, then the settings, then the system; Chinese where unknown.
    """
    global _current  # one language a process, as gettext itself has it
    _current = known_language(wanted or "") or preferred_language()
    return _current


def current_language() -> str:
    """The language `_` translates to: "zh_CN", "en", or "pseudo" where a test asks for it."""
    return _current


def preferred_language() -> str:
    """The language to use where nobody asked for one."""
    return (
        known_language(os.environ.get(LANGUAGE_VARIABLE, ""))
        or load_settings(default_locations()).language
        or known_language(_system_language())
        or CHINESE
    )


def known_language(name: str) -> str:
    """Which of our languages a locale name means: English for any that is not Chinese.

    Empty where the name says nothing ("", "C", "POSIX").
    """
    if name == PSEUDO:
        return PSEUDO
    plain = name.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    if plain in {"", "c", "posix"}:
        return ""
    return CHINESE if plain.partition("_")[0] in {"zh", "chinese"} else ENGLISH


def _system_language() -> str:
    if sys.platform == "win32":
        import ctypes
        import locale

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(number, "")
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return os.environ[variable]
    return ""


def _(text: str) -> str:
    """Translate a sentence of the source into the current language."""
    return translate(text, _current)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a sentence that names a number: ``one`` is the English where it is 1, else ``many``.

    The caller puts the number in, as for `_`.
    """
    if _current == PSEUDO:
        return pseudo_text(one if count == 1 else many)
    return _catalogue(_current).ngettext(one, many, count)


def translate(text: str, language: str) -> str:
    """Translate a sentence of the source into a given language; unknown sentences stay as they are."""
    if language == PSEUDO:
        return pseudo_text(text)
    return _catalogue(language).gettext(text) if text else ""


def pseudo_text(text: str) -> str:
    """A sentence as no language has it: readable, accented, in brackets, longer by two fifths or more.

    Placeholders, mark-up and the keys of menus stay what they are.
    """
    if not text:
        return ""
    parts = _KEPT.split(text)
    spoken = "".join(part if n % 2 else part.translate(_ACCENTS) for n, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    longer = " ".join(["ôné", "twô", "thréé", "fôûr"] * (letters // 40 + 1))
    return f"[{spoken} {longer[: max(1, round(0.4 * letters) - 1)].rstrip()}]"


def explain(error: CodingToolError, language: str | None = None) -> str:
    """Say what happened, where, and what to do, in the current (or another) language."""
    chosen = language or _current
    return error.sentence(lambda text: translate(text, chosen))
