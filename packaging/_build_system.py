"""What Windows and macOS want of a program beside its files: icons, and who made which version."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from pathlib import Path

DRAWING = Path(__file__).resolve().parent / "linux" / "m2m-desktop.svg"
NAME = "mention2meddra Desktop"
IDENTIFIER = "org.mention2meddra.desktop"

ICO_SIDES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}
"""Which size is which part of an icon of macOS."""


def icon(folder: Path, system: str = sys.platform) -> str | None:
    """Draw the icon that a system's programs carry and give its path; Linux has it beside them."""
    if system == "win32":
        content, name = ico({side: png(side) for side in ICO_SIDES}), "m2m-desktop.ico"
    elif system == "darwin":
        content, name = icns({side: png(side) for side in ICNS_KINDS.values()}), "m2m-desktop.icns"
    else:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return str(folder / name)


def png(side: int) -> bytes:
    """The drawing in so many pixels a side."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload,unused-ignore]
    return bytes(buffer.data().data())


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An icon of Windows from PNG pictures by their sides (at most 256)."""
    place = 6 + 16 * len(pictures)
    heads, bodies = [struct.pack("<HHH", 0, 1, len(pictures))], []
    for side, picture in sorted(pictures.items()):
        heads.append(
            struct.pack("<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(picture), place)
        )
        bodies.append(picture)
        place += len(picture)
    return b"".join(heads + bodies)


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An icon of macOS from PNG pictures by their sides, one for each of `ICNS_KINDS`."""
    parts = [
        kind + struct.pack(">I", 8 + len(pictures[side])) + pictures[side]
        for kind, side in ICNS_KINDS.items()
    ]
    return b"icns" + struct.pack(">I", 8 + sum(map(len, parts))) + b"".join(parts)


def version_file(folder: Path, version: str, system: str = sys.platform) -> str | None:
    """Write what the properties of a program of Windows show, and give its path; None elsewhere."""
    if system != "win32":
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "version.txt"
    path.write_text(version_text(version), encoding="utf-8")
    return str(path)


def version_text(version: str) -> str:
    """The properties in the form that PyInstaller reads."""
    numbers = tuple([*map(int, version.split(".")), 0, 0, 0][:4])
    told = {
        "FileDescription": NAME, "FileVersion": version, "ProductName": NAME, "ProductVersion": version,
        "LegalCopyright": "Apache-2.0",
    }  # fmt: skip
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in told.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0, "
        "OS=0x40004, fileType=1, subtype=0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', "
        f"[{strings}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )
