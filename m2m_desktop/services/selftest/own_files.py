"""The program's own files: all of them in the self-test, their sizes at every start."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.selftest.file_list import (
    FILE_LIST,
    Damage,
    DamagedFile,
    NoFileList,
    read_file_list,
    wrong_files,
    wrong_sizes,
)
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

NAMED = 5
"""So many files are named; of the others only the number."""

DAMAGE_WORDS = {
    Damage.MISSING: N_("missing"),
    Damage.SIZE: N_("another size"),
    Damage.CONTENT: N_("another content"),
    Damage.UNREADABLE: N_("cannot be read"),
    Damage.FOREIGN: N_("not part of it"),
}
INSTALL_AGAIN = N_(
    "Install the program again over this one; projects and settings stay. If a virus scanner took "
    "the file away, tell it to leave the folder of the program alone."
)
_NO_LIST = N_("The list of the program's files, {file}, is missing or damaged.")
_DAMAGED = N_("Files of the program that are not as they were built: {count}. {files}")
_FOREIGN = N_("Files in the folder of the program that do not belong to it: {count}. {files}")
_REMOVE = N_("Remove them if nobody put them there on purpose; best, install the program afresh.")
_WHOLE = N_("All files are as they were built ({count}).")
_SOURCE = N_(
    "The program runs from its source, so there is no list of files to compare with; the models "
    "and the dictionary have hashes of their own."
)


def check_own_files(scene: Scene) -> Iterator[Finding]:
    """Compare every file with the list, byte for byte."""
    if scene.program is None:
        yield good(message(_SOURCE))
        return
    try:
        listed = read_file_list(scene.program)
    except NoFileList:
        yield bad(message(_NO_LIST, file=FILE_LIST), message(INSTALL_AGAIN))
        return
    found = wrong_files(scene.program, listed, scene.cancel)
    damaged = [one for one in found if one.damage is not Damage.FOREIGN]
    foreign = [one for one in found if one.damage is Damage.FOREIGN]
    if damaged:
        yield bad(_named(_DAMAGED, damaged), message(INSTALL_AGAIN))
    else:
        yield good(message(_WHOLE, count=len(listed)))
    if foreign:
        yield doubtful(_named(_FOREIGN, foreign), message(_REMOVE))


def quick_problem(folder: Path | None) -> Message | None:
    """Say what a look at the sizes alone finds wrong; None: nothing, or there is no list to have."""
    if folder is None:
        return None
    try:
        damaged = wrong_sizes(folder, read_file_list(folder))
    except NoFileList:
        return message(_NO_LIST, file=FILE_LIST)
    return _named(_DAMAGED, damaged) if damaged else None


def _named(template: str, files: Sequence[DamagedFile]) -> Message:
    parts = {
        f"file{place}": message("{path} ({damage})", path=one.path, damage=_word(one))
        for place, one in enumerate(files[:NAMED])
    }
    row = ", ".join(f"{{{name}}}" for name in parts) + (" …" if len(files) > NAMED else "")
    return message(template, count=len(files), files=Message(row, dict(parts)))


def _word(one: DamagedFile) -> Message:
    return message(DAMAGE_WORDS[one.damage])
