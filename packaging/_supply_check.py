"""The gate of the supply chain: every rule as one function that tells what breaks it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import _hashes
import _notices
import _sbom
import _supply_imports
import _supply_scan
from _lock import entries
from _setup import LOCK_DIR, LOCKS, ROOT
from _supply_facts import LIMITS, SQLITE_FIXED
from _supply_licences import is_allowed
from _supply_native import Natives, natives
from _supply_parts import Part, everything, locked, nested

PACKAGE = ROOT / "m2m_desktop"
PROJECT_FILE = PACKAGE / "services" / "project" / "project_file.py"


class Finding(NamedTuple):
    """A rule, how much was looked at, and what breaks it."""

    rule: str
    looked_at: str
    problems: list[str]


def check_source() -> list[Finding]:
    """The rules that hold for the checkout and its environment."""
    parts = everything()
    return [
        _locks(), _installed(), _licences(parts), _notices_there(parts), _versions(parts),
        _sqlite(parts), _our_source(), _sbom_whole(parts), _environment_scan(),
    ]  # fmt: skip


def check_built(root: Path) -> list[Finding]:
    """The rules that hold for a built program; needs the environment that builds."""
    found = natives(root)
    parts = [*everything(_resources(root)), *found.system]
    return [
        _native_owners(found), _licences(parts), _notices_there(parts, _resources(root)),
        _sbom_whole(parts), _names(root), _scan(root, "the built program"), _list(root),
    ]  # fmt: skip


def _resources(root: Path) -> Path:
    return root / "_internal" / "m2m_desktop" / "resources"


def _locks() -> Finding:
    problems, seen = [], 0
    for name in LOCKS:
        for entry in entries((LOCK_DIR / f"{name}.txt").read_text(encoding="utf-8")):
            lines, seen = entry.splitlines(), seen + 1
            hashed = all(
                re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}(\s*\\)?", line) for line in lines[1:]
            )
            if "==" not in lines[0] or len(lines) < 2 or not hashed:
                problems.append(f"{name}.txt: {lines[0]} is not pinned and hashed")
    return Finding("every package is pinned and hashed", f"{seen} entries", problems)


def _installed() -> Finding:
    problems = []
    pins = locked()
    for name, (wanted, _hashed) in pins.items():
        try:
            here = version(name)
        except PackageNotFoundError:
            here = "not there"
        if here != wanted:
            problems.append(f"{name}: {here}, and the lock says {wanted}")
    return Finding("what is installed is what is locked", f"{len(pins)} packages", problems)


def _licences(parts: Iterable[Part]) -> Finding:
    every = list(nested(parts))
    problems = [
        f"{part.name} {part.version}: {part.licence or 'licence not known'}"
        for part in every
        if not is_allowed(part.licence)
    ]
    return Finding("every licence is known and allowed", f"{len(every)} parts", problems)


def _notices_there(parts: list[Part], resources: Path | None = None) -> Finding:
    target = resources / "help" / "licences" if resources else _notices.TARGET
    return Finding(
        "every part has its licence text", f"{len(parts)} parts", _notices.stale(parts, target)
    )


def numbers(told: str) -> tuple[int, ...]:
    """The leading numbers of a version."""
    found = re.match(r"\d+(\.\d+)*", told)
    return tuple(map(int, found[0].split("."))) if found else ()


def _versions(parts: Iterable[Part]) -> Finding:
    there = {part.name: part.version for part in parts}
    problems = []
    for name, limit in LIMITS.items():
        here = numbers(there.get(name, ""))
        if not here:
            problems.append(f"{name} is not among the parts")
        elif here < numbers(limit.lowest) or (limit.below and here >= numbers(limit.below)):
            upper = f", below {limit.below}" if limit.below else ""
            problems.append(
                f"{name} {there[name]}: from {limit.lowest}{upper} is wanted ({limit.reason})"
            )
    return Finding("no version is too old or too new", f"{len(LIMITS)} limits", problems)


def is_race_free(told: str) -> bool:
    """Whether a version of SQLite has the mended WAL reset."""
    here = numbers(told)
    older, newer = SQLITE_FIXED
    return here >= newer or (here[:2] == older[:2] and here >= older)


def _sqlite(parts: Iterable[Part]) -> Finding:
    here = next(part.version for part in parts if part.name == "SQLite")
    source = PROJECT_FILE.read_text(encoding="utf-8")
    alone = 'connection.execute("PRAGMA locking_mode = EXCLUSIVE")' in source
    problems = []
    if not is_race_free(here) and not alone:
        problems.append(f"SQLite {here} needs one connection a project, and nothing holds it so")
    how = "one connection a project" if alone else "free of the WAL-reset race"
    return Finding("SQLite cannot lose committed pages", f"{here}, {how}", problems)


def _our_source() -> Finding:
    files = _supply_imports.shipped(PACKAGE)
    problems = _supply_imports.broken_rules(PACKAGE)
    return Finding("our source has no network and no pickles", f"{len(files)} files", problems)


def _sbom_whole(parts: Iterable[Part]) -> Finding:
    told = _sbom.document(parts)
    count = len(told["components"])
    return Finding("the SBOM is whole", f"{count} components", _sbom.faults(told))


def _environment_scan() -> Finding:
    folders = [Path(one) for one in sys.path if one.endswith("site-packages")]
    return _scan(folders[0], "the environment")


def _scan(root: Path, what: str) -> Finding:
    files = list(_supply_scan.native_files(root))
    problems = _supply_scan.is_blind() + _supply_scan.uploaders(files)
    if not files:
        problems.append(f"{root} holds no native file: nothing was looked at")
    return Finding(f"no uploader in {what}", f"{len(files)} native files", problems)


def _native_owners(found: Natives) -> Finding:
    count = len(found.owners) + len(found.unknown)
    problems = [f"{told}: nobody knows whose it is" for told in found.unknown]
    return Finding("every native file is a part's", f"{count} native files", problems)


def _names(root: Path) -> Finding:
    modules = _supply_scan.modules_of(root)
    problems = [f"module {name}" for name in _supply_scan.banned_modules(modules)]
    problems += [f"file {name}" for name in _supply_scan.banned_files(root)]
    return Finding("nothing is built in that never ships", f"{len(modules)} modules", problems)


def _list(root: Path) -> Finding:
    if not (root / _hashes.LIST).is_file():
        return Finding("the list of files is true", "", [f"{_hashes.LIST} is missing"])
    count = len(_hashes.listed(root))
    return Finding("the list of files is true", f"{count} files", _hashes.differences(root))


def told(findings: Iterable[Finding], say: Callable[[str], None]) -> int:
    """Say what was found, rule by rule; the exit status."""
    broken = 0
    for rule, looked_at, problems in findings:
        say(f"{'FAILED' if problems else 'ok':<7} {rule} ({looked_at})")
        for problem in problems:
            say(f"        {problem}")
        broken += bool(problems)
    say(f"supply check failed: {broken} rules" if broken else "supply check passed")
    return 1 if broken else 0
