"""Compile the open demo dictionary: readable sources in, files in the MedDRA layout out.

``python packaging/demo_dictionary.py`` reads resources/demo (see its README.txt), gives new terms
their codes and writes the two releases; ``--check`` only says whether they are up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from _demo_codes import codes_text, give_codes, read_codes
from _demo_records import LANGUAGES, SourceError
from _demo_release import compile_release
from _demo_source import read_dictionary

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "demo"
MARKER = "DEMO_DICTIONARY.txt"
BANNER = "演示词典，非 MedDRA / Demo dictionary, not MedDRA\n"


def outputs(folder: Path = FOLDER) -> dict[str, bytes]:
    """Everything made from the sources, by path below ``folder``."""
    dictionary = read_dictionary(folder)
    codes = give_codes(dictionary, read_codes(folder / "codes.tsv"))
    made = {"codes.tsv": codes_text(codes)}
    for language in LANGUAGES:
        made[f"{language.lower()}/{MARKER}"] = BANNER
        for name, text in compile_release(dictionary, codes, language).items():
            made[f"{language.lower()}/{name}"] = text
    return {name: text.encode("utf-8") for name, text in made.items()}


def differences(folder: Path = FOLDER) -> list[str]:
    """Name the files that are not what the sources give."""
    made = outputs(folder)
    found = []
    for name, data in made.items():
        path = folder / name
        there = path.read_bytes() if path.is_file() else b""
        if path.suffix != ".asc":  # git may have changed the line ends of plain text
            there = there.replace(b"\r\n", b"\n")
        if there != data:
            found.append(name)
    for language in LANGUAGES:
        for path in sorted((folder / language.lower()).glob("*")):
            name = f"{language.lower()}/{path.name}"
            if name not in made:
                found.append(name)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile, or with ``--check`` compare; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Compile the open demo dictionary.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where order.txt lies")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    try:
        stale = differences(folder)
        made = outputs(folder)
    except SourceError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 1
    if options.check:
        for name in stale:
            print(f"{name} is not what the sources give: run packaging/demo_dictionary.py")
        return 1 if stale else 0
    for name in stale:
        if name in made:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(made[name])
            print(f"{name}: written")
        else:
            print(f"{name}: not made from the sources; remove it by hand")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
