"""What a built program leaves out, and how Python's own libraries are made smaller; used by the recipe."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

Entry = tuple[str, str, str]
"""A file as PyInstaller tells of it: where it goes, where it is, what kind it is."""

EXCLUDED = [
    # not the product's: training, tools, what libraries would only fetch models with
    "m2m_desktop.training", "torch", "huggingface_hub", "hf_xet", "requests", "urllib3", "httpx", "aiohttp",
    "tkinter", "unittest", "setuptools", "pkg_resources", "lxml", "PIL", "numpy.f2py", "jieba.posseg",
    "jieba.analyse", "jieba.lac_small",
    "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtDBus",
    # what the standard library has for the network, and for whoever debugs; readline is GPL
    "asyncio", "ssl", "ftplib", "http.server", "smtplib", "socketserver", "webbrowser", "xmlrpc",
    "readline", "pdb", "doctest", "pydoc_data",
]  # fmt: skip
"""Modules that are not built in, though something names them."""

_UNUSED = re.compile(
    r"Qt6?(Network|Qml|Quick|Pdf|Designer|OpenGL|Sql|Test|VirtualKeyboard|Egl[Ff][Ss]\w*)|"
    # Pictures are PNG and SVG. A window is shown by X, Wayland, Windows or macOS, or not at all:
    # platforminputcontexts (Chinese input), qoffscreen (servers, the trial) and qwayland stay.
    r"plugins/(tls|networkinformation|egldeviceintegrations|qmltooling|sqldrivers|generic|"
    # nothing here is drawn with OpenGL
    r"xcbglintegrations|wayland-graphics-integration-client)/|libxcb-glx|"
    r"plugins/imageformats/(lib)?q(gif|icns|jpeg|tga|tiff|wbmp|webp)|"
    r"plugins/platforms/(lib)?q(eglfs|linuxfb|minimal|vkkhrdisplay|vnc)|"
    r"plugins/platformthemes/(lib)?qgtk3|"
    r"translations/(?!qtbase_zh_CN)|"
    # libraries of the building system that only the parts left out here need
    r"^lib(atk|blkid|cairo|com_err|datrie|fribidi|gdk_pixbuf|gio-|gmodule|graphite2|gssapi|harfbuzz|jpeg|"
    r"k5crypto|keyutils|krb5|mount|pango|pixman|readline|selinux|thai|tinfo|Xrender)|"
    # another dictionary than ours, and pickles that only another Python reads
    r"jieba/(lac_small|posseg|analyse|dict\.txt|finalseg/prob_\w+\.p$)|"
    # what our translations are made from
    r"resources/i18n/.*\.po$"
)
_PYTHONS_OWN = re.compile(r"^(libpython3[\d.]*\.so|(python3\.\d+/)?lib-dynload/)")


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """The files that ship."""
    return [entry for entry in entries if not _UNUSED.search(entry[0].replace("\\", "/"))]


def without_symbols(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The same files, Python's own libraries without the names that only a debugger reads.

    A Python that was compiled on the machine carries them: 25 MB. Libraries of wheels are left as
    they were published; those of Linux alone are touched, and only where there is `strip`.
    """
    strip = shutil.which("strip") if sys.platform.startswith("linux") else None
    if strip is None:
        return list(entries)
    done = []
    for place, source, kind in entries:
        if kind == "SYMLINK" or not _PYTHONS_OWN.match(place):
            done.append((place, source, kind))
            continue
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([strip, "--strip-unneeded", "-o", target, source], check=True)
        done.append((place, str(target), kind))
    return done
