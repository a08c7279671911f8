"""A small project with invented terms, and the steps that tests make in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    Target,
    accepted,
    chosen,
    commented,
    drafted,
    flagged,
    no_term,
    reopened,
    unflagged,
)
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.services.project.wire import term_of_candidate

QUICK_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None

WANG = Actor("wang", "王药师")
START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
SOURCE = NewSource(
    "报告导出.xlsx",
    "ab" * 32,
    "/data/报告导出.xlsx",
    {"sheets": [{"sheet": "Sheet1", "header_row": 2, "columns": {"reaction": [3]}}]},
    {"rows": 12, "kept": 10},
)
RUN = {
    "terminology_id": "toy",
    "terminology_name": "toy",
    "terminology_version": "1",
    "terminology_language": "zh",
    "terminology_hashes": [["llt.asc", "00"]],
    "is_demo_terminology": True,
    "model_id": "m",
    "model_hash": "h",
    "template": "full",
    "alias_order": "file",
    "mode": "model",
    "threshold": 0.3,
    "top_k": 100,
    "app_version": "1",
    "coded_at": "2026-03-04T08:00:00+00:00",
}


def later(step=1):
    return START + timedelta(seconds=step)


def phrase(number):
    return f"虚构反应{number}号"


def items(phrases=8, each=3):
    """Phrases in turn, so that equal ones stand in several rows."""
    for number in range(phrases * each):
        yield NewItem(
            "Sheet1",
            number + 3,
            3,
            0,
            6,
            phrase(number % phrases),
            PieceKind.REACTION,
            "一般" if number % 2 else "",
            f"R{number // 2}",
        )


def create(path, new_items=None, **more):
    told = {"terminology_id": "toy", "now": START, **more}
    Project.create(path, SOURCE, items() if new_items is None else new_items, **told)
    return path


def candidate(number, rank):
    code = f"{number:03}{rank:03}"
    return {
        "rank": rank,
        "candidate_pt_code": f"10{code}",
        "candidate_pt_name": f"虚构首选语{number}之{rank}",
        "prob_1": 0.9 / rank,
        "is_estimated": False,
        "retrieval_rank": rank,
        "retrieval_score": 10.0 / rank,
        "evidence": {"llt_code": f"20{code}", "llt_name": f"虚构低位语{number}", "source": "bm25"},
        "paths": [
            {
                "soc_code": "50000001",
                "soc_name": "虚构系统",
                "hlgt_code": "40000001",
                "hlgt_name": "虚构组",
                "hlt_code": f"3000{number:04}",
                "hlt_name": f"虚构高位{number}",
                "primary": primary,
            }
            for primary in (False, True)
        ],
    }


def answer(number, *, candidates=30, selected=(1,), text=""):
    return {
        "mention_id": "1",
        "mention": text or phrase(number),
        "normalised": text or phrase(number),
        "candidates": [candidate(number, rank) for rank in range(1, candidates + 1)],
        "selected": [f"10{number:03}{rank:03}" for rank in selected],
        "band": "certain" if number % 3 else "doubtful",
        "source": "model",
        "is_final": True,
        "pairs_scored": candidates - 5,
        "pairs_kept": 3,
        "candidate_count": candidates,
        "warnings": [],
        "run": RUN,
    }


def uncounted(told):
    """An answer as an engine of an earlier version gave it."""
    return {name: value for name, value in told.items() if name != "candidate_count"}


def code_all(project, *, is_counted=True):
    answers = [(number, answer(number, text=text)) for number, text in project.unanswered()]
    if not is_counted:
        answers = [(number, uncounted(told)) for number, told in answers]
    project.store_answers(RUN, answers)


def change(row, action, after):
    return Change(Target.PHRASE, row.phrase_id, action, after)


def step(row, choice, when=START):
    """The change that ``choice`` (any number) makes of a row; always one that is allowed."""
    state = row.state
    if state.is_locked:
        moves = [
            (Action.REOPEN, reopened(state)),
            (Action.COMMENT, commented(state, f"备注{choice}")),
        ]
    else:
        other = term_of_candidate(candidate(row.phrase_id, 2 + choice % 5))
        moves = [
            (Action.CHOOSE, chosen(row, [other], Source.MANUAL, "王药师", when)),
            (Action.NO_TERM, no_term(row, "王药师", when)),
            (Action.DRAFT, drafted(row, [other])),
        ]
        if row.proposed and not state.is_draft:
            moves.append((Action.ACCEPT, accepted(row, "王药师", when)))
    flag = (unflagged, Action.UNFLAG) if state.is_flagged else (flagged, Action.FLAG)
    moves.append((flag[1], flag[0](state)))
    return change(row, *moves[choice % len(moves)])


def decide(project, phrase_id, number=1, choice=None):
    """Accept one phrase (or make another step); gives the number of the event."""
    row = next(row for row in project.phrases() if row.phrase_id == phrase_id)
    made = (
        change(row, Action.ACCEPT, accepted(row, "王药师", later(number)))
        if choice is None
        else step(row, choice, later(number))
    )
    return project.apply([made], actor=WANG, now=later(number))


def content(project):
    """All that a project says, to be compared."""
    history = [event for row in project.phrases() for event in project.history(row.phrase_id)]
    answers = [project.answer(row.phrase_id) for row in project.phrases()]
    return project.phrases(), list(project.all_items()), history, answers
