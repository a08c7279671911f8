"""The words this page has for kinds of match, reasons, scopes and languages."""

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

ANY = "any"
FUZZY = "fuzzy"
MATCHES = {
    ANY: N_("Any match"),
    "exact": N_("The same name"),
    "words": N_("All words"),
    "begins": N_("Begins with"),
    "contains": N_("Contains"),
    "ends": N_("Ends with"),
    "code": N_("Code"),
    "pinyin": N_("Pinyin"),
    FUZZY: N_("Similar"),
}
"""The kinds of match to choose from, by their name in a request."""

REASONS = {
    "code": N_("Code"),
    "exact": N_("The same name"),
    "words": N_("All words, in another order"),
    "begins": N_("Begins with it"),
    "contains": N_("Contains it"),
    "ends": N_("Ends with it"),
    "pinyin": N_("Sounds like it (pinyin)"),
    "memory": N_("Coded so before (memory)"),
    "synonym": N_("Synonym"),
    FUZZY: N_("Similar"),
}
"""Why the hits of a group were found."""

LANGUAGES = {
    "zh": "中文",
    "chinese": "中文",
    "en": "English",
    "english": "English",
    "ja": "日本語",
    "japanese": "日本語",
}
"""Languages of names in their own words."""

NARROW, BROAD = N_("narrow scope"), N_("broad scope")


def match_word(match: str) -> str:
    """A kind of match as the user reads it."""
    return _(MATCHES.get(match, match))


def reason_word(reason: str) -> str:
    """Why a hit was found, as the user reads it."""
    return _(REASONS.get(reason, reason))


def language_word(language: str) -> str:
    """A language in its own words, or its code where it is a rarer one."""
    return LANGUAGES.get(language.lower().partition("_")[0].partition("-")[0], language)
