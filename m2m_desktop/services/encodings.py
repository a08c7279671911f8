"""Decide how the text of a release is encoded: once, from all its files together, strictly.

The first lines of a file are often pure ASCII and only a few thousand rows carry accents, so no
single line or file is trusted. Nothing is ever decoded with replacement characters.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from m2m_desktop.core.errors import BadRequest, ReleaseUnreadable
from m2m_desktop.core.messages import N_, Message, message

UTF8_BOM = codecs.BOM_UTF8
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_WESTERN = ("cp1252", "latin_1")
_CENTRAL = ("cp1250", "iso8859_2")
_BALTIC = ("cp1257", "iso8859_13")
_CANDIDATES: Mapping[str, tuple[str, ...]] = {
    "Chinese": ("gb18030", "big5"),
    "Japanese": ("cp932", "euc_jp"),
    "Korean": ("cp949",),
    "Russian": ("cp1251", "koi8_r"),
    "Czech": _CENTRAL,
    "Hungarian": _CENTRAL,
    "Polish": _CENTRAL,
    "Croatian": _CENTRAL,
    "Slovene": _CENTRAL,
    "Slovak": _CENTRAL,
    "Latvian": _BALTIC,
    "Lithuanian": _BALTIC,
    "Estonian": _BALTIC,
    "Greek": ("cp1253", "iso8859_7"),
}
_OTHER_ENCODINGS = ("utf-8", "ascii", "utf-16", "gbk", "iso8859_15")
SUPPORTED_ENCODINGS: tuple[str, ...] = tuple(
    dict.fromkeys(
        [*_OTHER_ENCODINGS, *_WESTERN, *(name for names in _CANDIDATES.values() for name in names)]
    )
)

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "Chinese": re.compile(r"[㐀-䶿一-鿿豈-﫿]"),
    "Japanese": re.compile(r"[぀-ヿ㐀-䶿一-鿿ｦ-ﾟ]"),
    "Korean": re.compile(r"[가-힣]"),
}
CJK_LANGUAGES = frozenset(_SCRIPTS)
SCRIPT_SHARE = 0.3
_DENSE_SHARE = 0.3  # no European text has so many bytes above 127
_ENOUGH_LINES = 3


@dataclass(frozen=True, slots=True)
class FolderEncoding:
    """The encoding of a folder. ``is_last_resort``: only an encoding that fits anything did."""

    encoding: str
    is_last_resort: bool = False


@dataclass(frozen=True, slots=True)
class EncodingSample:
    """What some PT names would look like in one encoding, for a person to choose from."""

    encoding: str
    names: tuple[str, ...]


def checked_encoding(name: str) -> str:
    """Give the usual spelling of an encoding chosen by the user; BadRequest if we have it not."""
    for known in SUPPORTED_ENCODINGS:
        try:
            if codecs.lookup(known).name == codecs.lookup(name.replace("-sig", "")).name:
                return known
        except (LookupError, ValueError):
            break
    detail = message(
        N_("there is no encoding called {name}; use one of {known}."),
        name=name[:40],
        known=", ".join(SUPPORTED_ENCODINGS),
    )
    raise BadRequest(detail=detail)


def decide_encoding(
    files: Mapping[str, bytes], *, language: str, override: str | None = None, path: str = ""
) -> FolderEncoding:
    """Choose the one encoding in which every file of the folder is sound text.

    ``language`` is the English word for it, or empty. Raises: ReleaseUnreadable naming file and
    line where no encoding fits or the files do not agree; BadRequest for an unknown ``override``.
    """
    if override:
        return FolderEncoding(checked_encoding(override))
    plain = {name: _without_bom(data) for name, data in files.items() if not _is_utf16(data)}
    plain = {name: data for name, data in plain.items() if not data.isascii()}
    if not plain:
        return FolderEncoding("utf-16" if any(map(_is_utf16, files.values())) else "ascii")
    broken = {name: at for name, data in plain.items() if (at := _utf8_fault(data)) is not None}
    if not broken:
        return FolderEncoding("utf-8")
    _refuse_damaged_utf8(plain, broken, path)
    return _legacy_encoding(plain, language, path)


def to_utf8(name: str, data: bytes, encoding: str, *, path: str = "") -> bytes:
    """Give a file as UTF-8 without a byte order mark, or raise ReleaseUnreadable with file:line."""
    if _is_utf16(data):
        encoding = "utf-16"
    elif data.startswith(UTF8_BOM) and encoding in ("utf-8", "ascii"):
        data = data[len(UTF8_BOM) :]
    if data.isascii() and encoding != "utf-16":
        return data
    try:
        if encoding in ("utf-8", "ascii"):
            if (at := _utf8_fault(data)) is not None:
                raise _undecodable(path, name, data, at, encoding)
            return data
        return data.decode(encoding).encode("utf-8")
    except UnicodeDecodeError as error:
        raise _undecodable(path, name, data, error.start, encoding) from error
    except UnicodeEncodeError as error:
        raise _undecodable(path, name, data, 0, encoding) from error


def script_share(names: list[str], language: str) -> float:
    """Give the share of names with a letter of the language's own script; 1 where none is known."""
    pattern = _SCRIPTS.get(language)
    if pattern is None or not names:
        return 1.0
    return sum(1 for name in names if pattern.search(name)) / len(names)


def guess_language(names: list[str]) -> str:
    """Tell Chinese, Japanese or Korean by the script of the names; empty for anything else."""
    if not names:
        return ""
    if script_share(names, "Korean") >= SCRIPT_SHARE:
        return "Korean"
    kana = re.compile(r"[぀-ヿｦ-ﾟ]")
    if sum(1 for name in names if kana.search(name)) / len(names) >= SCRIPT_SHARE / 3:
        return "Japanese"
    return "Chinese" if script_share(names, "Chinese") >= SCRIPT_SHARE else ""


def encoding_samples(pt_file: bytes, count: int = 3) -> list[EncodingSample]:
    """Show the first non-ASCII PT names in each encoding that fits, for the import dialogue."""
    lines = [line for line in pt_file.split(b"\n") if not line.isascii()]
    fields = [line.split(b"$")[1] for line in lines if line.count(b"$") > 1][:count]
    found = []
    for encoding in SUPPORTED_ENCODINGS:
        try:
            pt_file.decode(encoding)
            found.append(EncodingSample(encoding, tuple(name.decode(encoding) for name in fields)))
        except UnicodeDecodeError:
            continue
    return found


def _is_utf16(data: bytes) -> bool:
    return data.startswith(_UTF16_BOMS)


def _without_bom(data: bytes) -> bytes:
    return data[len(UTF8_BOM) :] if data.startswith(UTF8_BOM) else data


def _utf8_fault(data: bytes) -> int | None:
    """Where strict UTF-8 first fails, or None."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _utf8_lines(data: bytes) -> tuple[int, int]:
    """How many non-ASCII lines are sound UTF-8, and how many there are."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    return sum(1 for line in lines if _utf8_fault(line) is None), len(lines)


def _refuse_damaged_utf8(plain: Mapping[str, bytes], broken: Mapping[str, int], path: str) -> None:
    """Refuse UTF-8 with a damaged byte and folders in which only some files are UTF-8.

    Text in an older encoding hardly ever has a line that is UTF-8 by chance, so such lines in
    number mean that the release is UTF-8 and that the other places were damaged or re-saved.
    """
    for name in sorted(broken):
        sound, lines = _utf8_lines(plain[name])
        if sound * 2 >= lines:
            raise _undecodable(path, name, plain[name], broken[name], "utf-8")
    for name, data in plain.items():
        if name not in broken and _utf8_lines(data)[1] >= _ENOUGH_LINES:
            first = min(broken)
            raise _undecodable(path, first, plain[first], broken[first], "utf-8")


def _legacy_encoding(plain: Mapping[str, bytes], language: str, path: str) -> FolderEncoding:
    candidates = _CANDIDATES.get(language, _WESTERN)
    reached: tuple[int, str, str] = (-1, "", "")
    for encoding in candidates:
        for name, data in plain.items():
            try:
                data.decode(encoding)
            except UnicodeDecodeError as error:
                reached = max(reached, (error.start, name, encoding))
                break
        else:
            if _is_plausible(plain, encoding, language):
                return FolderEncoding(encoding, encoding == "latin_1")
            raise ReleaseUnreadable(path=path, detail=_ask_for_encoding())
    at, name, encoding = reached
    raise _undecodable(path, name, plain[name], at, encoding)


def _is_plausible(plain: Mapping[str, bytes], encoding: str, language: str) -> bool:
    names = _second_fields(plain.get("pt.asc", plain.get("pt_j.asc", b"")))
    if not names:
        return True
    if language in CJK_LANGUAGES:
        try:
            return script_share([name.decode(encoding) for name in names], language) >= SCRIPT_SHARE
        except UnicodeDecodeError:
            return False
    if language in _CANDIDATES:
        return True
    joined = b"".join(names)
    high = len(joined) - len(joined.translate(None, bytes(range(128, 256))))
    return high < _DENSE_SHARE * len(joined)


def _second_fields(data: bytes) -> list[bytes]:
    """The names of a file of codes and names."""
    return [line.split(b"$", 2)[1] for line in data.split(b"\n") if line.count(b"$") > 1]


def _ask_for_encoding() -> Message:
    return message(
        N_("its encoding cannot be told with certainty; name it, for example {known}."),
        known="gb18030, cp932, cp949, cp1251",
    )


def _undecodable(path: str, name: str, data: bytes, at: int, encoding: str) -> ReleaseUnreadable:
    detail = message(
        N_("{place} is not text in {encoding} like the rest of the release."),
        place=f"{name}:{data.count(10, 0, at) + 1}",
        encoding=encoding,
    )
    return ReleaseUnreadable(path=path, detail=detail)
