"""What is decided by hand about what ships: licences allowed, versions, names that never ship.

Everything else about the parts is read from the lock files, the installed metadata, the models and
the built program.
"""

from __future__ import annotations

from typing import NamedTuple

ALLOWED_LICENCES = frozenset(
    {
        "0BSD", "AFL-2.1", "Apache-2.0", "blessing", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "bzip2-1.0.6",
        "CC0-1.0", "FTL", "HPND", "ICU", "IJG", "ISC", "Libpng", "libpng-2.0", "libtiff", "MIT",
        "MIT-open-group", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unicode-3.0", "Unlicense", "X11",
        "Zlib",
        # by a licence of libraries: these stay separate files that anybody can replace
        "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only",
        # with an exception for what is linked with them or made by them
        "Apache-2.0 WITH LLVM-exception", "GPL-2.0-or-later WITH Bootloader-exception",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        # no terms of a licence list
        "BSD-3-Clause WITH PCRE2-exception", "LicenseRef-Public-Domain",
        "LicenseRef-Microsoft-Redistributable",
    }
)  # fmt: skip
"""What may ship under an Apache-2.0 program. The GPL without an exception is not among them."""

BUILD_ONLY = frozenset({"setuptools"})
"""In the lock of what the program needs, but only to build a package that has no wheel."""

CORRECTED = {"xlrd": "BSD-3-Clause", "tokenizers": "Apache-2.0"}
"""Licences of packages whose metadata do not tell which one of a family it is."""

SPOKEN = {
    "MIT": "MIT",
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Apache2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
    "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
}
"""Licences as the older field of the metadata calls them, and their SPDX names."""


class Limit(NamedTuple):
    """From which version on a part may ship, below which one, and why."""

    lowest: str
    below: str
    reason: str


LIMITS = {
    "Python": Limit("3.11.4", "3.14", "3.11.4 closed urlparse and tarfile flaws; 3.14 was never tried"),
    "expat": Limit("2.4.1", "", "refuses files that unpack into gigabytes of text"),
    "defusedxml": Limit("0.7.1", "", "refuses entities in workbooks"),
    "onnx": Limit("1.21.0", "", "CVE-2026-27489, CVE-2026-34445, CVE-2026-28500"),
    "onnxruntime": Limit("1.24.4", "1.29", "older ones read files elsewhere; newer ones phone home"),
    "protobuf": Limit("6.33.5", "", "CVE-2026-0994"),
    "pyside6-essentials": Limit("6.8", "6.12", "6.12 corrupts reference counts on Python 3.11"),
}  # fmt: skip

SQLITE_FIXED = ((3, 50, 7), (3, 51, 3))
"""The WAL-reset race: 3.50.7 and later ones of 3.50, and all from 3.51.3 on, are free of it."""

NETWORK_MODULES = frozenset(
    {
        "socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "poplib", "imaplib",
        "nntplib", "telnetlib", "xmlrpc", "asyncio", "webbrowser", "requests", "httpx", "urllib3",
        "aiohttp", "websockets", "huggingface_hub", "PySide6.QtNetwork", "PySide6.QtWebSockets",
        "PySide6.QtWebEngineCore", "PySide6.QtHttpServer",
    }
)  # fmt: skip
PICKLING_MODULES = frozenset(
    {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dbm", "dill", "joblib", "cloudpickle"}
)
FORBIDDEN_CALLS = {
    "enable_paddle": "runs pip",
    "register_custom_ops_library": "loads native code of a stranger",
    "from_pretrained": "asks a server",
}
"""Functions of libraries that our code never names, and what they would do."""

UNSAFE_OPTIONS = frozenset({"allow_pickle", "use_paddle"})
"""Options of libraries that are never given another value than False."""

NEVER_SHIPPED = frozenset(
    {
        "aiohttp", "asyncio", "ftplib", "hf_xet", "http.server", "httpcore", "httpx",
        "huggingface_hub", "hypothesis", "imaplib", "lxml", "m2m_desktop.training", "nntplib", "pip",
        "poplib", "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtWebEngineCore",
        "_pytest", "pytest", "readline", "requests", "setuptools", "smtplib", "socketserver", "ssl",
        "_ssl", "telnetlib", "tests", "torch", "transformers", "urllib3", "webbrowser", "xmlrpc",
    }
)  # fmt: skip
"""Modules that a built program does not contain, with all that is below them."""

NEVER_SHIPPED_FILES = (
    r"(lib)?Qt6?(Network|Qml|Quick|WebEngine|WebSockets|HttpServer|Pdf|VirtualKeyboard)",
    r"(lib)?(ssl[-.]|curl|readline|krb5|gssapi|gtk-)",
    r"(lib)?qvnc", r"(lib)?qtuiotouch", r"(lib)?qnetworklistmanager", r"(lib)?qmldbg",
    r"(lib)?q(openssl|schannel|securetransport|certonly)backend",
    r"_ssl\.", r"_xxsubinterpreters\.",
)  # fmt: skip
"""How names of files begin that a built program does not contain: servers, network, GPL."""

UPLOADER_MARKS = ("OneCollector", "events.data", "IHttpClient", "DeveloperTools/.onnxruntime")
"""What stands in a library that sends its usage home: looked for as ASCII and as UTF-16."""
