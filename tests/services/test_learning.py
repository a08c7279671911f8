from datetime import UTC, datetime

import pytest

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    Target,
    accepted,
    chosen,
    no_term,
    reopened,
)
from m2m_desktop.services.learning import Learner
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
RASH, ITCH = CodedTerm("90000001", "皮疹"), CodedTerm("90000002", "瘙痒")
RUN = {
    "terminology_id": "t271", "terminology_name": "toy", "terminology_version": "27.1",
    "terminology_language": "zh", "terminology_hashes": [], "is_demo_terminology": False,
    "model_id": "toy", "model_hash": "00", "template": "toy", "alias_order": "file",
    "mode": "default", "threshold": 0.3, "top_k": 100, "app_version": "0", "coded_at": "",
}  # fmt: skip


def answer(text, source):
    return {
        "mention_id": "1", "mention": text, "normalised": text, "selected": ["90000001"],
        "band": "certain", "source": source, "is_final": True, "warnings": [], "run": RUN,
        "candidates": [
            {"rank": 1, "candidate_pt_code": "90000001", "candidate_pt_name": "皮疹",
             "prob_1": 0.9, "is_estimated": False, "retrieval_rank": 1, "retrieval_score": 1.0,
             "evidence": None, "paths": []}
        ],
    }  # fmt: skip


class Desk:
    """A project with three phrases, and decisions about them."""

    def __init__(self, folder):
        path = folder / "a.m2m"
        texts = ("起皮疹", "身上痒", "皮疹")
        items = [
            NewItem("S", n, 1, 0, len(text), text, PieceKind.REACTION)
            for n, text in enumerate(texts, start=2)
        ]
        source = NewSource("a.xlsx", "ab" * 32, "", {}, {})
        Project.create(path, source, items, terminology_id="t271", now=NOW)
        self.project = Project.open(path)
        told = [
            (n, answer(text, "exact" if text == "皮疹" else "model"))
            for n, text in self.project.unanswered()
        ]
        self.project.store_answers(RUN, told)

    def row(self, text):
        return next(row for row in self.project.phrases() if row.text == text)

    def do(self, text, action, after):
        change = Change(Target.PHRASE, self.row(text).phrase_id, action, after)
        self.project.apply([change], actor=Actor("wang"), now=NOW)
        return [self.row(text)]

    def accept(self, text):
        return self.do(text, Action.ACCEPT, accepted(self.row(text), "王药师", NOW))

    def choose(self, text, *terms):
        after = chosen(self.row(text), terms, Source.MANUAL, "王药师", NOW)
        return self.do(text, Action.CHOOSE, after)

    def refuse(self, text):
        return self.do(text, Action.NO_TERM, no_term(self.row(text), "王药师", NOW))

    def reopen(self, text):
        return self.do(text, Action.REOPEN, reopened(self.row(text).state))

    def undo(self, text):
        assert self.project.undo(actor=Actor("wang"), now=NOW) is not None
        return [self.row(text)]


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.project.close()


@pytest.fixture
def memory(tmp_path):
    return MemoryStore(tmp_path / "memory.sqlite")


def remembered(memory):
    return {entry.text: [term.pt_name for term in entry.terms] for entry in memory.entries()}


def test_a_decision_is_remembered_with_who_when_and_the_release(desk, memory):
    Learner(memory, desk.project).follow(desk.choose("身上痒", ITCH, RASH), remembers=True)
    (entry,) = memory.entries()
    assert (entry.text, [term.pt_name for term in entry.terms]) == ("身上痒", ["瘙痒", "皮疹"])
    assert (entry.reviewer, entry.terminology_version) == ("王药师", "27.1")


def test_no_suitable_term_is_remembered_too(desk, memory):
    Learner(memory, desk.project).follow(desk.refuse("身上痒"), remembers=True)
    assert remembered(memory) == {"身上痒": []}


def test_with_the_box_off_nothing_is_remembered(desk, memory):
    Learner(memory, desk.project).follow(desk.accept("起皮疹"), remembers=False)
    assert remembered(memory) == {}


def test_an_accepted_exact_name_says_nothing_new(desk, memory):
    Learner(memory, desk.project).follow(desk.accept("皮疹"), remembers=True)
    assert remembered(memory) == {}


def test_undo_takes_out_of_the_memory_what_the_decision_put_there(desk, memory):
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=True)
    assert remembered(memory) == {"起皮疹": ["皮疹"]}
    learner.follow(desk.undo("起皮疹"), remembers=True)
    assert remembered(memory) == {}


def test_taking_back_works_with_the_box_off(desk, memory):
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=True)
    learner.follow(desk.reopen("起皮疹"), remembers=False)
    assert remembered(memory) == {}


def test_what_stood_there_before_comes_back_even_after_two_decisions(desk, memory):
    before = MemoryEntry("起皮疹", "起皮疹", (ITCH,), reviewer="李药师", uses=7)
    memory.put([before])
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=True)
    learner.follow(desk.reopen("起皮疹"), remembers=True)
    learner.follow(desk.refuse("起皮疹"), remembers=True)
    assert remembered(memory) == {"起皮疹": []}
    learner.follow(desk.reopen("起皮疹"), remembers=True)
    assert memory.entries() == [before]


def test_what_others_remembered_stays_when_a_decision_was_not_remembered(desk, memory):
    memory.put([MemoryEntry("起皮疹", "起皮疹", (ITCH,))])
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=False)
    learner.follow(desk.undo("起皮疹"), remembers=False)
    assert remembered(memory) == {"起皮疹": ["瘙痒"]}


def test_a_stopped_wording_stays_stopped(desk, memory):
    memory.stop("起皮疹", reviewer="", decided_at="")
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=True)
    assert [entry.is_stopped for entry in memory.entries()] == [True]
    assert learner.known_before("起皮疹") is None


def test_the_warning_is_about_what_was_decided_before_this_session(desk, memory):
    memory.put([MemoryEntry("起皮疹", "起皮疹", (ITCH,))])
    learner = Learner(memory, desk.project)
    learner.follow(desk.accept("起皮疹"), remembers=True)
    learner.follow(desk.accept("身上痒"), remembers=True)
    assert learner.known_before("起皮疹") == (ITCH,)
    assert learner.known_before("身上痒") is None


def test_what_was_changed_in_the_memory_is_known_after_a_refresh(desk, memory):
    learner = Learner(memory, desk.project)
    memory.put([MemoryEntry("身上痒", "身上痒", (ITCH,))])
    assert learner.known_before("身上痒") is None
    learner.refresh()
    assert learner.known_before("身上痒") == (ITCH,)


def test_a_phrase_whose_text_is_not_known_is_not_remembered(desk, memory):
    rows = desk.accept("起皮疹")
    desk.project.purge_texts(actor=Actor("wang"), now=NOW)
    rows = [row for row in desk.project.phrases() if row.phrase_id == rows[0].phrase_id]
    Learner(memory, desk.project).follow(rows, remembers=True)
    assert remembered(memory) == {}
