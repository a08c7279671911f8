"""The parts of the program and their licence texts, as `packaging/dev.py notices` collected them."""

import json
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path("help") / "licences"


@dataclass(frozen=True, slots=True)
class PartLicence:
    """One part: its name, its version where one is known, its SPDX licence, the file of its text."""

    name: str
    version: str
    licence: str
    file: str


def part_licences(resources: Path) -> tuple[PartLicence, ...]:
    """List all parts by name; none where the list is missing (a damaged installation)."""
    try:
        text = (resources / _FOLDER / "index.json").read_text(encoding="utf-8")
        told = [PartLicence(**one) for one in json.loads(text)["parts"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(sorted(told, key=lambda part: part.name.casefold()))


def licence_text(resources: Path, part: PartLicence) -> str:
    """Read the texts that apply to a part; empty where its file is missing."""
    try:
        return (resources / _FOLDER / Path(part.file).name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
