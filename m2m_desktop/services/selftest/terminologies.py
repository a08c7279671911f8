"""The dictionary that comes with the program, and every release that was imported."""

import json
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.engine import DEMO
from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN
from m2m_desktop.services.selftest.records import Finding, bad, good
from m2m_desktop.services.selftest.scene import Scene
from m2m_desktop.services.terminology_store import MANIFEST, TerminologyStore

DEMO_CODES = {"腹泻": "90100096", "皮疹": "90100001", "恶心": "90100085"}
"""Preferred terms of the demo dictionary, which must be there under these codes."""

_WHOLE = N_("{name}: all files are as they were imported ({count}).")
_CHANGED = N_("{name}: damaged files: {files}")
_AGAIN = N_("Import the release once more from its original files; projects are not touched.")
_DEMO = N_("The demo dictionary opens: {pts} PTs, {llts} LLTs.")
_DEMO_BAD = N_("The demo dictionary does not open: {detail}")
_DEMO_CODES = N_("The demo dictionary lacks terms that it should have: {terms}")


def check_terminologies(scene: Scene) -> Iterator[Finding]:
    """Compare every imported file with its hash, then open the demo dictionary.

    Nothing is repaired or deleted, as opening a damaged release would do.
    """
    yield _demo(scene)
    store = TerminologyStore(scene.locations.terminologies)
    names = {info.terminology_id: f"{info.name} {info.version}".strip() for info in store.list()}
    root = scene.locations.terminologies
    folders = sorted(root.glob(f"*/{MANIFEST}")) if root.is_dir() else []
    for manifest in folders:
        folder = manifest.parent
        if folder.name.startswith("."):
            continue
        scene.cancel()
        name = names.get(folder.name, folder.name)
        damaged, count = _damaged(folder) if folder.name in names else ([MANIFEST], 0)
        if damaged:
            detail = message(_CHANGED, name=name, files=", ".join(damaged))
            yield bad(detail, message(_AGAIN))
        else:
            yield good(message(_WHOLE, name=name, count=count))


def _damaged(folder: Path) -> tuple[list[str], int]:
    """Give the files whose content is another one, and how many there are."""
    told = json.loads((folder / MANIFEST).read_bytes())
    files: dict[str, str] = dict(told["arrays"].values())
    return [file for file, digest in files.items() if _digest(folder / file) != digest], len(files)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _demo(scene: Scene) -> Finding:
    try:
        demo = scene.engine.terminology(DEMO)
    except CodingToolError as error:
        detail = message(error.what, **error.fields)
        return bad(message(_DEMO_BAD, detail=detail), message(INSTALL_AGAIN))
    missing = []
    for name, code in DEMO_CODES.items():
        term = demo.term(TermLevel.PT, code)
        if term is None or term.name != name:
            missing.append(name)
    if missing:
        return bad(message(_DEMO_CODES, terms=", ".join(missing)), message(INSTALL_AGAIN))
    counts = {"pts": demo.count(TermLevel.PT), "llts": demo.count(TermLevel.LLT)}
    return good(message(_DEMO, **counts))
