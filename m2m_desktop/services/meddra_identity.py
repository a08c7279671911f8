"""What a release says of itself: its version, its language, and the id it is known by here."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.release_files import DEMO_MARKER, HISTORY_FILE

RELEASE_FILE = "meddra_release.asc"
UNKNOWN = "unknown"

_LANGUAGES = (
    "Brazilian Portuguese",
    "Bulgarian",
    "Chinese",
    "Croatian",
    "Czech",
    "Danish",
    "Dutch",
    "English",
    "Estonian",
    "Finnish",
    "French",
    "German",
    "Greek",
    "Hungarian",
    "Icelandic",
    "Italian",
    "Japanese",
    "Korean",
    "Latvian",
    "Lithuanian",
    "Norwegian",
    "Polish",
    "Portuguese",
    "Romanian",
    "Russian",
    "Slovak",
    "Slovene",
    "Spanish",
    "Swedish",
)
_ALIASES: Mapping[str, str] = {
    **{language.lower(): language for language in _LANGUAGES},
    "chinese simplified": "Chinese",
    "simplified chinese": "Chinese",
    "chn": "Chinese",
    "zh": "Chinese",
    "en": "English",
    "eng": "English",
    "jpn": "Japanese",
    "slovenian": "Slovene",
    "portuguese brazil": "Brazilian Portuguese",
}
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Identity:
    """Version and language; empty where the release does not say. ``word`` is the language as written."""

    version: str
    language: str
    word: str = ""
    is_demo: bool = False


def read_identity(files: Mapping[str, bytes], folder: str, findings: Findings) -> Identity:
    """Read the release line; fall back on the history file's name, then the folder's."""
    is_demo = DEMO_MARKER.lower() in files
    lines = [line.strip(b"\r\x1a") for line in _plain(files.get(RELEASE_FILE, b"")).split(b"\n")]
    lines = [line for line in lines if line.strip()]
    if len(set(lines)) > 1:
        findings.refuse("two_release_lines", place=f"{RELEASE_FILE}:2")
    version, language, word = "", "", ""
    if lines:
        fields = lines[0].decode("ascii", "replace").split("$")
        version, word = fields[0].strip(), fields[1].strip() if len(fields) > 1 else ""
        language = known_language(word)
        if not language:
            findings.warn("unknown_language", [f"{RELEASE_FILE}:1"])
            language = _tidy(word)
        found = _VERSION.fullmatch(version)
        if not found or int(found[2]) > 1:
            findings.warn("odd_version", [f"{RELEASE_FILE}:1"])
            version = version if found else _tidy(version)
    else:
        findings.warn("release_unknown", [RELEASE_FILE])
    return Identity(version, language or _language_by_names(files, folder), word, is_demo)


def _plain(data: bytes) -> bytes:
    """The release line in whatever Unicode form: it holds ASCII only."""
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(bom):
            return data.decode(encoding, "replace").encode("ascii", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _tidy(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ._-]", "", word)[:30].strip()


def known_language(word: str) -> str:
    """Give the English word for a language, or empty."""
    return _ALIASES.get(re.sub(r"[\W_]+", " ", word).strip().lower(), "")


def _language_by_names(files: Mapping[str, bytes], folder: str) -> str:
    for name in files:
        found = HISTORY_FILE.fullmatch(name)
        if found and found[1] and known_language(found[1]):
            return known_language(found[1])
    words = re.split(r"[\W_\d]+", folder.lower())
    return next((_ALIASES[word] for word in reversed(words) if word in _ALIASES), "")


def version_key(version: str) -> tuple[int, int] | None:
    """Give a version as numbers to compare; None for anything but ``29.0``."""
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2])) if found else None


def combined_hash(hashes: Iterable[tuple[str, str]], encoding: str | None) -> str:
    """Give one SHA-256 for all source files and the encoding the user insisted on."""
    lines = [f"{name} {digest}" for name, digest in sorted(hashes)]
    return hashlib.sha256("\n".join([*lines, encoding or ""]).encode("utf-8")).hexdigest()


def terminology_id(kind: str, words: Iterable[str], digest: str) -> str:
    """Give a short, readable and unique id, such as ``meddra-29.0-chinese-0123456789ab``."""
    slugs = (re.sub(r"[^a-z0-9.]+", "-", word.lower()).strip("-.") for word in (kind, *words))
    return "-".join([*(slug[:30] for slug in slugs if slug), digest[:12]])
