"""Lines and names: what all sources of the demo dictionary are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from _demo_records import Names

LONGEST_NAME = 60


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Give (file:line, line) for each line that is neither empty nor a comment."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield f"{path.name}:{number}", line


def split_names(place: str, text: str, problems: list[str]) -> Names:
    """Split ``Chinese | English``; says what is wrong with the names."""
    parts = text.split(" | ")
    if len(parts) != 2:
        problems.append(f"{place}: two names expected, Chinese | English: {text!r}")
        return Names(parts[0], parts[-1])
    for name in parts:
        if not name or name != name.strip():
            problems.append(f"{place}: empty name, or spaces around it: {text!r}")
        if len(name) > LONGEST_NAME:
            problems.append(f"{place}: a name has more than {LONGEST_NAME} characters: {name!r}")
        if "$" in name or "|" in name or any(unicodedata.category(c) == "Cc" for c in name):
            problems.append(f"{place}: a name may not hold $, | or control characters: {name!r}")
    if not parts[1].isascii():
        problems.append(f"{place}: the English name is not plain ASCII: {parts[1]!r}")
    return Names(*parts)
