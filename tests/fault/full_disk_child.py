"""Review on a disk that is full from the n-th write on, for every n; started with `disk_shim.c`.

Prints one JSON object: per kind of step, how many points there were and how they ended. A step
that was refused must have changed nothing, and must work once there is space again.
"""

import ctypes
import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.review import Action, flagged, no_term, reopened
from m2m_desktop.services.project import project_file
from m2m_desktop.services.project.project import Project
from tests.services.project.test_backups import as_version
from tests.services.project.toy_project import (
    RUN,
    START,
    WANG,
    answer,
    change,
    code_all,
    content,
    create,
    items,
    uncounted,
)

shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
shim.disk_writes.restype = ctypes.c_long


def each_point(attempt, check):
    """Call ``attempt`` with the disk full from the first write on, the second one, ..."""
    ends = Counter()
    for point in range(1, 2000):
        shim.disk_fail_from(ctypes.c_long(point))
        try:
            attempt()
            end = "done"
        except CodingToolError as error:
            end = error.code
        needed = shim.disk_writes()
        shim.disk_fail_from(ctypes.c_long(0))
        check(end)
        ends[end] += 1
        if end == "done" and needed < point:
            return {**ends, "points": point - 1}
    raise AssertionError("no end of writes")


def decisions(project, size):
    """Decide so many rows, and take it back where it worked."""

    def attempt():
        rows = project.phrases()[:size]
        changes = [change(row, Action.NO_TERM, no_term(row, "王", START)) for row in rows]
        project.apply(changes, actor=WANG, now=START)

    def check(end):
        decided = [row for row in project.phrases() if row.state.is_locked]
        assert len(decided) == (size if end == "done" else 0), end
        assert project.verify().problems == ()
        back = [change(row, Action.REOPEN, reopened(row.state)) for row in decided]
        project.apply(back, actor=WANG, now=START)

    return each_point(attempt, check)


def answers(project):
    before = {"now": content(project)}

    def attempt():
        fresh = [(number, uncounted(answer(number + 50))) for number in range(1, 9)]
        project.store_answers(RUN, fresh)

    def check(end):
        if end == "done":
            before["now"] = content(project)
        assert content(project) == before["now"]

    return each_point(attempt, check)


def undo(project):
    def attempt():
        assert project.undo(actor=WANG, now=START) is not None

    def check(end):
        is_undone = project.can_redo
        assert is_undone == (end == "done")
        assert project.phrases()[0].state.is_flagged is not is_undone
        if is_undone:
            project.redo(actor=WANG, now=START)

    row = project.phrases()[0]
    project.apply([change(row, Action.FLAG, flagged(row.state))], actor=WANG, now=START)
    return each_point(attempt, check)


def purge(project):
    def attempt():
        project.purge_texts(actor=WANG, now=START)

    def check(end):
        assert project.verify().problems == ()

    return each_point(attempt, check)


def opening(path, expected):
    """Bring an old project forward on a full disk: for reading only, refused, or done."""
    old = path.read_bytes()

    def attempt():
        shutil.rmtree(f"{path}.backups", ignore_errors=True)
        with Project.open(path) as project:
            assert content(project) == expected

    def check(end):
        assert end != "M2M-402"
        with Project.open(path) as project:
            assert content(project) == expected
            assert project.verify().problems == ()
        path.write_bytes(old)

    return each_point(attempt, check)


def creation(folder):
    def attempt():
        create(folder / "made.m2mp", items(200, 2))

    def check(end):
        made = folder / "made.m2mp"
        assert made.exists() == (end == "done")
        if made.exists():
            Project.open(made).close()
            made.unlink()
        shutil.rmtree(f"{made}.backups", ignore_errors=True)
        assert list(folder.iterdir()) == []

    return each_point(attempt, check)


def main(root: Path, *, is_short: bool) -> None:
    found = {}
    (root / "new").mkdir()
    found["create"] = creation(root / "new")
    for journal in ("wal", "truncate"):
        project_file.is_remote = lambda path, journal=journal: journal == "truncate"
        path = create(root / journal / "p.m2mp", items(20, 2))
        with Project.open(path) as project:
            code_all(project, is_counted=False)
            found[f"{journal}: decide one"] = decisions(project, 1)
            if not is_short:
                found[f"{journal}: decide all"] = decisions(project, 20)
                found[f"{journal}: answers"] = answers(project)
                found[f"{journal}: undo"] = undo(project)
            expected = content(project)
        as_version(path, 1)
        found[f"{journal}: open an old project"] = opening(path, expected)
        if is_short:
            continue
        with Project.open(path) as project:
            found[f"{journal}: purge"] = purge(project)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_short="--short" in sys.argv)
