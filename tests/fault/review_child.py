"""What the fault tests do to: a program that reviews and says what it was told is saved.

``python -m tests.fault.review_child review PATH`` prints ``open``, then the number of the event of
every step whose saving was confirmed, until it is killed or has made ``--steps``. ``open`` opens
the project (and brings it forward) between two lines.
"""

import argparse
import os
import sys
from pathlib import Path

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import ReviewState, ReviewStatus
from m2m_desktop.services.project import project_file
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Addition, NewItem
from m2m_desktop.services.project.wire import term_of_candidate
from tests.services.project.toy_project import WANG, answer, candidate, later, step


def say(line: object, ack: int | None) -> None:
    """Tell that something is saved: to the parent, and to the recorded disk."""
    if ack is not None:
        os.write(ack, f"{line}\n".encode())
    print(line, flush=True)


def review(path: Path, *, steps: int, bulk: int, checkpoint: int, ack_file: str) -> None:
    """Make one step after another; every tenth one is a bulk action, every seventh an undo.

    Every fifth one adds a mention, every thirteenth takes the last one of them out.
    """
    ack = os.open(ack_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if ack_file else None
    with Project.open(path) as project:
        if checkpoint:
            project._connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
        say("open", None)
        start = project.info.event_count
        rows = {row.phrase_id: row for row in project.phrases()}
        number = start
        for made in range(steps):
            number += 1
            if made % 7 == 6:
                project.undo(actor=WANG, now=later(number))
                say(project.info.event_count, ack)
                rows = {row.phrase_id: row for row in project.phrases()}
                continue
            if made % 5 == 1 or made % 13 == 12:
                _add_or_take_out(project, number, takes_out=made % 13 == 12)
                say(project.info.event_count, ack)
                rows = {row.phrase_id: row for row in project.phrases()}
                continue
            if made % 11 == 3:
                project.store_answers(answer(1)["run"], [(1, answer(number % 900))])
                rows = {row.phrase_id: row for row in project.phrases()}
            chosen = list(rows.values())[: bulk if made % 10 == 9 else 1]
            if made % 10 != 9:
                chosen = [list(rows.values())[number % len(rows)]]
            changes = [step(row, number) for row in chosen]
            seq = project.apply(changes, actor=WANG, now=later(number))
            say(seq, ack)
            for row, change in zip(chosen, changes, strict=True):
                rows[row.phrase_id] = _with_state(row, change.after)
    say("closed", None)


def _add_or_take_out(project, number, *, takes_out):
    added = [item.item_id for item in project.all_items() if item.is_added]
    if takes_out and added:
        project.withdraw(added[-1:], actor=WANG, now=later(number))
        return
    text = f"虚构补充{number % 50}"
    place = NewItem("Sheet1", 1000 + number, 9, 0, len(text), text, PieceKind.REACTION)
    terms = (term_of_candidate(candidate(number % 50, 1)),)
    state = ReviewState(ReviewStatus.ACCEPTED, terms, Source.MODEL, reviewer="王药师")
    project.add([Addition(place, state)], actor=WANG, now=later(number))


def _with_state(row, state):
    from dataclasses import replace

    return replace(row, state=state)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["review", "open"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--bulk", type=int, default=8)
    parser.add_argument("--checkpoint", type=int, default=0)
    parser.add_argument("--ack", default="")
    parser.add_argument("--synchronous", default="")
    parser.add_argument("--journal", default="")
    given = parser.parse_args()
    if given.synchronous:
        level = given.synchronous
        project_file.SYNCHRONOUS = dict.fromkeys(project_file.SYNCHRONOUS, level)
    if given.journal == "truncate":
        project_file.is_remote = lambda path: True
    if given.work == "review":
        review(
            given.path,
            steps=given.steps,
            bulk=given.bulk,
            checkpoint=given.checkpoint,
            ack_file=given.ack,
        )
    else:
        say("begin", None)
        Project.open(given.path).close()
        say("end", None)


if __name__ == "__main__":
    sys.exit(main())
