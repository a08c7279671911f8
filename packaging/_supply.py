"""What ships, told and checked: run by dev.py in the environment that has the packages.

sbom [FOLDER] [--out FILE]      the list of parts as CycloneDX 1.6
notices [FOLDER]                the licence texts, into resources/help/licences or a built program
supply [--check] [FOLDER]       the gate; FOLDER is a built program (dist/m2m-desktop)
hashes FOLDER [--check]         FILES.txt of a release, or what disagrees with it
release FOLDER                  notices, SBOM and FILES.txt of a built program, in this order
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import _hashes
import _notices
import _sbom
from _setup import ROOT, SetupError, say
from _supply_check import check_built, check_source, told
from _supply_native import natives
from _supply_parts import everything

SBOM = "SBOM.cdx.json"
"""What it is called in a built program."""


def main(arguments: Sequence[str]) -> int:
    """Do one of the jobs; what a user can mend is one sentence."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.job(options))
    except (SetupError, OSError, ValueError) as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    jobs = parser.add_subparsers(required=True)

    def job(name: str, function: object, *, is_folder_needed: bool) -> argparse.ArgumentParser:
        one = jobs.add_parser(name)
        one.add_argument("folder", nargs=None if is_folder_needed else "?", type=Path)
        one.set_defaults(job=function)
        return one

    job("sbom", sbom, is_folder_needed=False).add_argument("--out", type=Path)
    job("notices", notices, is_folder_needed=False)
    job("supply", supply, is_folder_needed=False).add_argument("--check", action="store_true")
    job("hashes", hashes, is_folder_needed=True).add_argument("--check", action="store_true")
    job("release", release, is_folder_needed=True)
    return parser


def _resources(folder: Path | None) -> Path:
    if folder is None:
        return ROOT / "resources"
    inside = folder / "_internal" / "m2m_desktop" / "resources"
    if not inside.is_dir():
        raise SetupError(f"{folder} is not a built program: it has no {inside.relative_to(folder)}")
    return inside


def sbom(options: argparse.Namespace) -> int:
    """Write the list of parts."""
    folder: Path | None = options.folder
    parts = everything(_resources(folder))
    target: Path = options.out or (folder / SBOM if folder else ROOT / "build" / SBOM)
    if folder is not None:
        parts += natives(folder).system
    faults = _sbom.faults(_sbom.document(parts))
    for fault in faults:
        say(fault)
    if not faults:
        _sbom.write(parts, target)
        say(f"{target}: {len(parts)} parts")
    return 1 if faults else 0


def notices(options: argparse.Namespace) -> int:
    """Write the licence texts."""
    folder: Path | None = options.folder
    target = _resources(folder) / "help" / "licences"
    written = _notices.write_notices(everything(_resources(folder)), target)
    if folder is not None:
        _notices.write_system_notices(natives(folder), target)
    say(f"{target}: {len(written)} licence texts")
    return 0


def supply(options: argparse.Namespace) -> int:
    """Check; without a folder the checkout, with one the program built there."""
    folder: Path | None = options.folder
    if folder is not None:
        _resources(folder)
    return told(check_built(folder) if folder else check_source(), say)


def hashes(options: argparse.Namespace) -> int:
    """Write or check the list of a folder's files."""
    folder: Path = options.folder
    if not folder.is_dir():
        raise SetupError(f"{folder} is not a folder")
    if options.check:
        problems = _hashes.differences(folder)
        for problem in problems:
            say(problem)
        say(f"{len(problems)} differences" if problems else f"{folder} is as {_hashes.LIST} says")
        return 1 if problems else 0
    target = _hashes.write_list(folder)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    say(f"{target}: {len(_hashes.listed(folder))} files\nSHA-256 of the list: {digest}")
    return 0


def release(options: argparse.Namespace) -> int:
    """All papers of a built program; the list of files comes last, for it names the others."""
    options.out, options.check = None, False
    return notices(options) or sbom(options) or hashes(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
