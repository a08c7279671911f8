"""The bundled font: whether its file is whole and has the characters of reports and terms."""

import struct
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN
from m2m_desktop.services.selftest.records import Finding, bad, good
from m2m_desktop.services.selftest.scene import Scene

BUNDLED = Path("fonts") / "M2MSans-Regular.ttf"
SAMPLE = "药品不良反应编码术语集审核统计记忆库狭义广义皮疹瘙痒恶心呕吐血小板肝肾“”…①②③αβ≥℃"
"""Characters of the window, of terms and of laboratory findings."""

_WHOLE = N_("The bundled font is whole and has Chinese characters ({count}).")
_LACKS = N_("The bundled font lacks characters that are needed: {characters}")
_DAMAGED = N_("The bundled font is missing or damaged.")


def check_font(scene: Scene) -> Iterator[Finding]:
    """Look into the bundled font."""
    try:
        known = characters_of((scene.locations.resources / BUNDLED).read_bytes())
    except (OSError, struct.error, ValueError):
        yield bad(message(_DAMAGED), message(INSTALL_AGAIN))
        return
    missing = "".join(letter for letter in SAMPLE if ord(letter) not in known)
    if missing:
        yield bad(message(_LACKS, characters=missing), message(INSTALL_AGAIN))
        return
    chinese = sum(0x4E00 <= code <= 0x9FFF for code in known)
    yield good(message(_WHOLE, count=chinese))


def characters_of(font: bytes) -> set[int]:
    """Give the code points that a TrueType or OpenType font has outlines for.

    Reads the two kinds of table that fonts for Unicode have, 4 and 12, as the OpenType
    specification describes them ("cmap"). Raises struct.error or ValueError for what is no font.
    """
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    known: set[int] = set()
    for number in range(count):
        _platform, _encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 4:
            known |= _segments(font, start + offset)
        elif kind == 12:
            known |= _groups(font, start + offset)
    return known


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for number in range(count):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == name:
            return int(offset)
    raise ValueError("no such table")


def _groups(font: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    known: set[int] = set()
    for number in range(count):
        first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        if last > 0x10FFFF:
            raise ValueError("no code point")
        known.update(range(first, last + 1))
    return known


def _segments(font: bytes, at: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    form = f">{doubled // 2}H"
    lasts = struct.unpack_from(form, font, at + 14)
    firsts = struct.unpack_from(form, font, at + 16 + doubled)
    known: set[int] = set()
    for first, last in zip(firsts, lasts, strict=True):
        known.update(range(first, last + 1))
    return known - {0xFFFF}
