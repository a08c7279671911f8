"""Projects: a small one is made, decided in, closed, damaged and restored, with all safeguards on."""

from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, Change, CodedTerm, ReviewStatus, Target, chosen
from m2m_desktop.services.project.errors import ProjectError, ProjectLocked
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.project_file import SYNCHRONOUS, close, open_for_review
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.services.project.recovery import restore_project
from m2m_desktop.services.project.verification import check_at_open
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

PHRASES = ("自检短语甲", "自检短语乙", "自检短语丙")
WHO = Actor("selftest", "自检")
TERM = CodedTerm("90100096", "腹泻", "90100096", "腹泻")

SAFE = {
    "synchronous": {"wal": 2, "truncate": 3},
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "foreign_keys": 1,
}
"""What SQLite must say of an open project; full syncs with a log, extra ones with a journal."""

_SAFE = N_("A step is on the disk when it is made: journal “{journal}”, synchronous “{level}”.")
_SLOWER = N_("This drive does not allow the usual way of saving; the safe, slower way is in use.")
_LOCAL = N_("Keep projects on a drive of this computer, not on a share or a stick.")
_UNSAFE = N_("SQLite does not keep to what projects need: {names}")
_LOCKED = N_("A second program cannot open a project that is open.")
_NOT_LOCKED = N_("A project that is open could be opened a second time.")
_KEPT = N_("A decision was made, read back and verified with its chain of events.")
_NOT_KEPT = N_("A decision was not read back as it was made.")
_PROBLEM = N_("A new project does not pass its verification: {detail}")
_RESTORED = N_("A damaged project was noticed, and restored from its backup.")
_UNNOTICED = N_("Damage to a project was not noticed.")
_NO_BACKUP = N_("No backup was made.")
_NOT_RESTORED = N_("The restored project does not hold the decision.")
_DRIVE = N_(
    "Do not review on this computer before it is examined: its drive or its file system does not "
    "keep what is written. Projects on another drive are not affected."
)


def check_store(scene: Scene) -> Iterator[Finding]:
    """Go through the life of a project."""
    folder = scene.folder("项目")
    path, backups = folder / "自检.m2mproject", folder / "backups"
    Project.create(
        path,
        NewSource("selftest", "0" * 64, "", {}, {}),
        (
            NewItem("1", row, 1, 0, len(text), text, PieceKind.REACTION)
            for row, text in enumerate(PHRASES, 1)
        ),
        terminology_id="demo",
        now=scene.now(),
    )
    yield from pragmas(path)
    scene.cancel()
    yield from _decided(path, backups, scene)
    scene.cancel()
    yield _restored(path, backups, scene)


def pragmas(path: Path) -> Iterator[Finding]:
    """Read back how a project is kept while it is open."""
    opened = open_for_review(path, check_at_open)
    try:
        ask = opened.connection.execute
        (journal,) = ask("PRAGMA journal_mode").fetchone()
        told = {name: ask(f"PRAGMA {name}").fetchone()[0] for name in SAFE}
    finally:
        close(opened)
    yield judge_pragmas(str(journal), told)
    if journal != "wal":
        yield doubtful(message(_SLOWER), message(_LOCAL))


def judge_pragmas(journal: str, told: dict[str, int]) -> Finding:
    """Judge what SQLite says of an open project."""
    wanted = {
        name: value.get(journal) if isinstance(value, dict) else value
        for name, value in SAFE.items()
    }
    wrong = [name for name, value in wanted.items() if told[name] != value]
    if wrong:
        return bad(message(_UNSAFE, names=", ".join(wrong)), message(_DRIVE))
    return good(message(_SAFE, journal=journal, level=SYNCHRONOUS[journal]))


def _decided(path: Path, backups: Path, scene: Scene) -> Iterator[Finding]:
    with Project.open(path, backup_dir=backups) as project:
        yield _second_opening(path)
        row = project.phrases()[0]
        state = chosen(row, [TERM], Source.MANUAL, WHO.reviewer, scene.now())
        change = Change(Target.PHRASE, row.phrase_id, Action.CHOOSE, state)
        project.apply([change], actor=WHO, now=scene.now())
    with Project.open(path, backup_dir=backups) as project:
        found = project.verify()
        is_kept = holds_decision(project) and found.event_count == 1
    for problem in found.problems:
        yield bad(message(_PROBLEM, detail=problem), message(_DRIVE))
    yield _as_wanted(is_kept, message(_KEPT), message(_NOT_KEPT))


def _second_opening(path: Path) -> Finding:
    try:
        Project.open(path, read_only=True).close()
    except ProjectLocked:
        return good(message(_LOCKED))
    return bad(message(_NOT_LOCKED), message(_LOCAL))


def _restored(path: Path, backups: Path, scene: Scene) -> Finding:
    with Project.open(path, backup_dir=backups) as project:
        newest = next(iter(project.backups()), None)
    if newest is None:
        return bad(message(_NO_BACKUP), message(_DRIVE))
    damage(path)
    try:
        Project.open(path, backup_dir=backups).close()
    except ProjectError:
        restore_project(path, newest.path, now=scene.now())
    else:
        return bad(message(_UNNOTICED), message(_DRIVE))
    with Project.open(path, backup_dir=backups) as project:
        is_whole = holds_decision(project) and project.verify().is_sound
    return _as_wanted(is_whole, message(_RESTORED), message(_NOT_RESTORED))


def _as_wanted(is_so: bool, wanted: Message, otherwise: Message) -> Finding:
    return good(wanted) if is_so else bad(otherwise, message(_DRIVE))


def holds_decision(project: Project) -> bool:
    """Whether the first phrase was decided as it was here, and no other."""
    first, *others = project.phrases()
    is_decided = first.state.status is ReviewStatus.CHANGED and first.state.terms == (TERM,)
    return is_decided and all(row.state.status is ReviewStatus.UNREVIEWED for row in others)


def damage(path: Path) -> None:
    """Spoil the middle of a project as a bad drive would."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
