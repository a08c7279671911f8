"""XML parts as bytes: found, cut and added to without touching what is not ours.

A parser and a writer in between would rewrite what they do not know. These functions need text in
which ``<`` begins an element and nothing else; `plain_utf8` gives it.
"""

import re
from dataclasses import dataclass

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.cell_text import xml_text
from m2m_desktop.services.export.errors import Unpatchable

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_NOT_ELEMENTS = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(\s[^<>]*)?>")
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NEW_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def plain_utf8(data: bytes) -> bytes:
    """The same document in UTF-8, without comments, instructions and CDATA sections.

    Raises `Unpatchable` for a document type or an encoding other than UTF-8 and UTF-16.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = _decoded(data, "utf-16").encode()
    elif data[:4] in {b"<\0?\0", b"\0<\0?"}:
        data = _decoded(data, "utf-16-le" if data[1] == 0 else "utf-16-be").encode()
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        declared = _DECLARATION.match(data)
        encoding = attributes(declared[0]).get(b"encoding", b"utf-8") if declared else b"utf-8"
        if encoding.lower() not in {b"utf-8", b"us-ascii", b"ascii"}:
            raise _refused()
        _decoded(data, "utf-8")
    data = _DECLARATION.sub(b"", data, count=1)
    if b"<!" in data or b"<?" in data:
        data = _NOT_ELEMENTS.sub(_escaped_section, data)
    if b"<!" in data or b"<?" in data:
        raise _refused()
    return _NEW_DECLARATION + data.lstrip()


def root_of(data: bytes) -> tuple[bytes, bytes, dict[bytes, bytes]]:
    """The prefix of the root element (``b"x:"`` or empty), its name, and its attributes."""
    found = _ROOT.search(data, len(_NEW_DECLARATION) - 1)
    if found is None:
        raise _refused()
    prefix = found[1] + b":" if found[1] else b""
    return prefix, found[2], attributes(found[3] or b"")


def namespace_of(data: bytes) -> bytes:
    """The namespace of the root element."""
    prefix, _name, values = root_of(data)
    return values.get(b"xmlns:" + prefix[:-1] if prefix else b"xmlns", b"")


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes in the text of a tag, as they stand there."""
    return {found[1]: found[2] or found[3] or b"" for found in _ATTRIBUTE.finditer(tag)}


def with_attributes(tag: bytes, **values: bytes | None) -> bytes:
    """A start tag with attributes set, or left out where the value is None."""
    found = re.match(rb"<([\w:.-]+)", tag)
    if found is None:
        raise _refused()
    kept = attributes(tag)
    for name, value in values.items():
        if value is None:
            kept.pop(name.encode(), None)
        else:
            kept[name.encode()] = value
    # a value that stood in apostrophes may hold quotation marks
    text = b"".join(
        b' %s="%s"' % (name, value.replace(b'"', b"&quot;")) for name, value in kept.items()
    )
    return b"<" + found[1] + text + (b"/>" if tag.endswith(b"/>") else b">")


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands: its start tag from ``start`` to ``tag_end``, then what it holds.

    An element without an end tag holds nothing: ``content_end`` and ``end`` are ``tag_end``.
    """

    start: int
    tag_end: int
    content_end: int
    end: int


def element(data: bytes, name: bytes, start: int = 0) -> Element | None:
    """Find the first element of a (prefixed) name; one inside another of its name is not known."""
    quoted = re.escape(name)
    tag = re.compile(rb"<%s(?:\s[^<>]*)?/?>" % quoted).search(data, start)
    if tag is None:
        return None
    if tag[0].endswith(b"/>"):
        return Element(tag.start(), tag.end(), tag.end(), tag.end())
    close = re.compile(rb"</%s\s*>" % quoted).search(data, tag.end())
    if close is None:
        raise _refused()
    return Element(tag.start(), tag.end(), close.start(), close.end())


def appended(data: bytes, name: bytes, addition: bytes) -> bytes:
    """The document with something added at the end of its first element of that name."""
    found = element(data, name)
    if found is None:
        raise _refused()
    if found.end > found.tag_end:
        return data[: found.content_end] + addition + data[found.content_end :]
    opened = data[found.start : found.tag_end - 2] + b">"
    return data[: found.start] + opened + addition + b"</" + name + b">" + data[found.end :]


def attribute_value(text: str) -> bytes:
    """A text as the value of an attribute."""
    return xml_text(text).replace('"', "&quot;").encode()


def _escaped_section(found: re.Match[bytes]) -> bytes:
    section = found[1] or b""
    return section.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _refused() from error


def _refused() -> Unpatchable:
    return Unpatchable(message(N_("a part of the workbook is written in an unusual way.")))
