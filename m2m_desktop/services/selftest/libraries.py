"""Whether the libraries are those the program was tried with."""

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.registry import list_plugins
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

PINNED: Mapping[str, str] = MappingProxyType(
    {
        "defusedxml": "0.7.1",
        "jieba": "0.42.1",
        "numpy": "2.4.6",
        "onnx": "1.23.2",
        "onnxruntime": "1.28.0",
        "openpyxl": "3.1.5",
        "pypinyin": "0.55.0",
        "rank-bm25": "0.2.2",
        "tokenizers": "0.23.3",
        "xlrd": "2.0.2",
    }
)
"""The versions of pyproject.toml, which a stand-alone program does not have with it."""

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)
"""The first with strict tables, which projects are made of."""

UNKNOWN, UNTOLD = "-", "?"
"""A library that is not there, and one that does not say its version."""

_PYTHON = N_("Python {found}, SQLite {sqlite}")
_TOO_OLD = N_("Python {found} or SQLite {sqlite} is older than the program can work with.")
_SAME = N_("All libraries have the version the program was tried with ({count}).")
_OTHER = N_("{name} is {found}; the program was tried with {wanted}.")
_MISSING = N_("{name} is missing.")
_UNTOLD = N_("{name} does not say which version it is; the program was tried with {wanted}.")
_UNSAFE = N_("Workbooks are not read with the library that refuses dangerous XML (defusedxml).")
_PART = N_("The part {name} of the program cannot be loaded ({detail}).")
_INSTALL = N_("Install the program again: it brings the right versions with it.")
_RESULTS = N_("Answers may differ from those that were tested. Install the program again.")


def check_libraries(scene: Scene) -> Iterator[Finding]:  # noqa: ARG001 (as all checks)
    """Compare versions, and load the optional parts."""
    return examine_libraries(found_versions())


def examine_libraries(found: Mapping[str, str]) -> Iterator[Finding]:
    """Compare these versions with the pinned ones."""
    told = {"found": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
    if sys.version_info < OLDEST_PYTHON or sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield bad(message(_TOO_OLD, **told), message(_INSTALL))
    else:
        yield good(message(_PYTHON, **told))
    others = [name for name, wanted in PINNED.items() if found.get(name, UNKNOWN) != wanted]
    for name in others:
        here, told = found.get(name, UNKNOWN), {"name": name, "wanted": PINNED[name]}
        if here == UNKNOWN:
            yield bad(message(_MISSING, name=name), message(_INSTALL))
        elif here == UNTOLD:
            yield doubtful(message(_UNTOLD, **told), message(_RESULTS))
        else:
            yield doubtful(message(_OTHER, **told, found=here), message(_RESULTS))
    if not others:
        yield good(message(_SAME, count=len(PINNED)))
    if not _is_xml_safe():
        yield bad(message(_UNSAFE), message(_INSTALL))
    for part in list_plugins():
        if part.problem:
            detail = message(_PART, name=part.name, detail=part.problem)
            yield bad(detail, message(_INSTALL))


def found_versions() -> dict[str, str]:
    """Give the versions that are here by the names of `PINNED`, or `UNKNOWN` or `UNTOLD`."""
    return {name: _version(name) for name in PINNED}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a stand-alone program need not have the papers of its parts
        return _told_version(name.replace("-", "_"))


def _told_version(module: str) -> str:
    try:
        return str(getattr(import_module(module), "__version__", UNTOLD))
    except ImportError:
        return UNKNOWN


def _is_xml_safe() -> bool:
    import openpyxl

    return bool(openpyxl.DEFUSEDXML)
