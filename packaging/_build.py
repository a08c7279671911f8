"""The stand-alone program: built, given its papers, tried, and looked through, in this order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from _setup import ROOT

FOLDER = ROOT / "dist" / "m2m-desktop"
"""What PyInstaller makes, and everything else begins from."""

SAME_EVERY_TIME = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1767225600"}
"""Two builds of the same source by the same tools are equal byte by byte: no order of chance in
them, and one fixed time (2026-01-01) for the moment they were made."""


def steps(options: Sequence[str]) -> list[tuple[str | Path, ...]]:
    """What the Python that builds is started with, one after the other.

    The papers come before the trial: the program checks itself by its list of files. The list is
    looked through after it: a program that writes into its own folder is found out.
    """
    packaging = ROOT / "packaging"
    return [
        ("-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
         packaging / "m2m_desktop.spec", *options),
        (packaging / "_supply.py", "release", FOLDER),
        (packaging / "smoke.py", FOLDER),
        (packaging / "_supply.py", "supply", "--check", FOLDER),
    ]  # fmt: skip
