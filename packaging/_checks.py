"""Checks that no ready-made tool does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

LICENSED_ROW = re.compile(rb"^(1[0-9]|20)[0-9]{6}\$", re.MULTILINE)
"""A row that begins as the rows of a MedDRA release do; our own invented codes are 9xxxxxxx."""


def licensed_rows(root: Path) -> list[str]:
    """file:line of what looks like licensed terminology among the files git has or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if listing.returncode:
        return [f"{root}: git cannot list its files"]
    places = []
    for name in sorted(filter(None, listing.stdout.decode("utf-8", "surrogateescape").split("\0"))):
        path = root / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        found = LICENSED_ROW.search(data)
        if found:
            line = data.count(b"\n", 0, found.start()) + 1
            places.append(f"{name}:{line}")
    return places
