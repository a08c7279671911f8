"""Decide how a text file is encoded, by rule and from the whole file; never with losses.

A mark at the beginning decides; else strict UTF-8, else strict GB18030. UTF-16 without a mark is
known by its NUL bytes. Files are looked through in pieces, as they may be large.
"""

import codecs
import re
from collections.abc import Callable
from pathlib import Path

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.phrases import is_chinese_by_chance_utf8
from m2m_desktop.services.tables.errors import TextUnreadable

ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5", "cp1252")
"""What a person may choose from."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE_BYTES = 1 << 20
_SMALL = 1 << 16
_USUAL = re.compile("[\t\r\n\x20-\x7e\u00b0-\u00d7\u2010-\u2fff\u3000-\u9fff\uff00-\uffef]")
_USUAL_SHARE = 0.95


def checked_encoding(name: str) -> str:
    """Give the spelling of ``ENCODINGS`` for a chosen encoding. Raises: BadRequest."""
    try:
        wanted = codecs.lookup(name).name
    except LookupError:
        wanted = name
    if wanted == "utf-8":
        return "utf-8-sig"
    if wanted in {"gbk", "gb2312"}:
        return "gb18030"
    for known in ENCODINGS:
        if codecs.lookup(known).name == wanted:
            return known
    detail = message(
        N_("there is no encoding called {name}; use one of {known}."),
        name=name[:40],
        known=", ".join(ENCODINGS),
    )
    raise BadRequest(detail=detail)


def find_encoding(path: Path) -> str:
    """Give the encoding of a file as one of ``ENCODINGS``.

    Raises: TextUnreadable naming the line at which the last guess fails.
    """
    with path.open("rb") as stream:
        head = stream.read(_SMALL + 1)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            check_encoding(path, encoding)
            return encoding
    if _holds_nul(path):
        return _utf16_without_mark(path)
    if len(head) <= _SMALL and is_chinese_by_chance_utf8(head):
        return "gb18030"
    if _fault(path, "utf-8") is None:
        return "utf-8-sig"
    if (line := _fault(path, "gb18030")) is None:
        return "gb18030"
    detail = message(
        N_("it is neither UTF-8, nor UTF-16, nor GB18030 throughout (line {line})."), line=line
    )
    raise TextUnreadable(path=path, detail=detail)


def check_encoding(path: Path, encoding: str) -> None:
    """Make sure that a whole file is sound in an encoding. Raises: TextUnreadable naming the line."""
    if (line := _fault(path, encoding)) is not None:
        detail = message(
            N_("line {line} is not text in {encoding}, or holds characters that no text has."),
            line=line,
            encoding=encoding,
        )
        raise TextUnreadable(path=path, detail=detail)


def _holds_nul(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b"\0" in piece for piece in iter(lambda: stream.read(_PIECE_BYTES), b""))


def _utf16_without_mark(path: Path) -> str:
    fitting = [
        encoding
        for encoding in ("utf-16-le", "utf-16-be")
        if _fault(path, encoding, looks_like=_is_usual) is None
    ]
    if len(fitting) == 1:
        return fitting[0]
    detail = message(N_("it holds NUL characters; it is not plain text."))
    raise TextUnreadable(path=path, detail=detail)


def _is_usual(text: str) -> bool:
    return len(_USUAL.findall(text)) >= _USUAL_SHARE * len(text)


def _fault(path: Path, encoding: str, *, looks_like: Callable[[str], bool] = bool) -> int | None:
    """The line (from 1) at which a file is no sound text in an encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as stream:
        while True:
            piece = stream.read(_PIECE_BYTES)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                return line + len(re.findall(rb"\r\n|\r|\n", before))
            if "\0" in text:
                return line + text.count("\n", 0, text.index("\0"))
            if text and not looks_like(text):
                return line
            line += text.count("\n") or text.count("\r")
            if not piece:
                return None
