"""Styles for the new cells, added at the end of a workbook's own: no style that exists changes.

New cells look like the cell they stand beside (font, borders, alignment), with the number format
of text, so that a program that edits them keeps codes and formulas as the texts they are.
"""

import re

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.cell_xml import CellStyles
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.xml_bytes import (
    appended,
    attributes,
    element,
    root_of,
    with_attributes,
)

MAX_STYLES = 60_000
"""Excel allows 65,490 formats of cells; a book that is near that gets plain ones."""
_MAX_LOOKS = 500
_TEXT_FORMAT, _TWO_DIGITS = b"49", b"2"
_MARK_COLOUR = b"FFFFF2CC"


class StyleSheet:
    """A workbook's ``styles.xml`` that styles are added to; `data` is the result."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._prefix = root_of(data)[0]
        self._formats = self._children(b"cellXfs", b"xf")
        if not self._formats:
            raise Unpatchable(message(N_("the workbook has no cell styles.")))
        self._new: list[bytes] = []
        self._known: dict[int, CellStyles] = {}
        self._bold: dict[int, int] = {}
        self._fill: bytes | None = None

    def like(self, style: int) -> CellStyles:
        """Styles for answers that look like the cells of a style."""
        if style not in self._known and len(self._known) >= _MAX_LOOKS:
            style = 0
        if style not in self._known:
            text = {"numFmtId": _TEXT_FORMAT, "applyNumberFormat": b"1"}
            number = {"numFmtId": _TWO_DIGITS, "applyNumberFormat": b"1", "quotePrefix": None}
            marked = {**text, "fillId": self._mark_fill(), "applyFill": b"1"}
            self._known[style] = CellStyles(
                text=self._add(style, quotePrefix=None, **text),
                quoted=self._add(style, quotePrefix=b"1", **text),
                number=self._add(style, **number),
                marked=self._add(style, quotePrefix=None, **marked),
            )
        return self._known[style]

    def bold(self, style: int = 0) -> int:
        """A style for a header that looks like the cells of a style, but bold."""
        if style not in self._bold:
            font = self._append_child(b"fonts", b"font", self._bold_font(style))
            self._bold[style] = self._add(
                style, fontId=font, applyFont=b"1", numFmtId=_TEXT_FORMAT,
                applyNumberFormat=b"1", quotePrefix=None,
            )  # fmt: skip
        return self._bold[style]

    def finished(self) -> bytes:
        """The whole part, with all styles that were asked for."""
        data = appended(self.data, self._prefix + b"cellXfs", b"".join(self._new))
        return self._counted(data, b"cellXfs", len(self._formats) + len(self._new))

    def _add(self, style: int, **values: bytes | None) -> int:
        base = self._formats[style] if style < len(self._formats) else self._formats[0]
        number = len(self._formats) + len(self._new)
        if number >= MAX_STYLES:
            return 0
        tag_end = base.index(b">") + 1
        self._new.append(with_attributes(base[:tag_end], **values) + base[tag_end:])
        return number

    def _mark_fill(self) -> bytes:
        if self._fill is None:
            p = self._prefix
            fill = (
                b'<%sfill><%spatternFill patternType="solid"><%sfgColor rgb="%s"/>'
                b'<%sbgColor indexed="64"/></%spatternFill></%sfill>'
                % (p, p, p, _MARK_COLOUR, p, p, p)
            )
            self._fill = self._append_child(b"fills", b"fill", fill)
        return self._fill

    def _bold_font(self, style: int) -> bytes:
        """The font of a style with ``<b/>``, which stands first in a font."""
        fonts = self._children(b"fonts", b"font")
        base = self._formats[style] if style < len(self._formats) else self._formats[0]
        number = int(attributes(base[: base.index(b">") + 1]).get(b"fontId", b"0"))
        name, bold = self._prefix + b"font", b"<" + self._prefix + b"b/>"
        if number >= len(fonts) or b"</" not in fonts[number]:
            return b"<" + name + b">" + bold + b"</" + name + b">"
        font = fonts[number]
        tag_end = font.index(b">") + 1
        rest = re.sub(rb"<%sb(?:\s[^<>]*)?/>" % re.escape(self._prefix), b"", font[tag_end:])
        return font[:tag_end] + bold + rest

    def _append_child(self, parent: bytes, child: bytes, xml: bytes) -> bytes:
        """Add to a numbered list; give the number of what was added."""
        count = len(self._children(parent, child))
        data = appended(self.data, self._prefix + parent, xml)
        self.data = self._counted(data, parent, count + 1)
        return str(count).encode()

    def _counted(self, data: bytes, parent: bytes, count: int) -> bytes:
        found = element(data, self._prefix + parent)
        if found is None:
            raise Unpatchable(message(N_("the workbook has no cell styles.")))
        tag = with_attributes(data[found.start : found.tag_end], count=str(count).encode())
        return data[: found.start] + tag + data[found.tag_end :]

    def _children(self, parent: bytes, child: bytes) -> list[bytes]:
        found = element(self.data, self._prefix + parent)
        if found is None:
            return []
        name = re.escape(self._prefix + child)
        pattern = rb"<%s(?:\s[^<>]*?)?(?:/>|>.*?</%s\s*>)" % (name, name)
        return re.findall(pattern, self.data[found.tag_end : found.content_end], re.DOTALL)
