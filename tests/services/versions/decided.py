"""A project whose phrases are decided in the old one of two releases."""

from dataclasses import replace
from datetime import UTC, datetime

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    Target,
    accepted,
    chosen,
    drafted,
    excepted,
    no_term,
)
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem
from tests.services.project.toy_project import RUN, SOURCE

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
WANG, LI = Actor("wang", "王药师"), Actor("li", "李药师")
NAMES = ("renamed", "moved", "demoted", "removed", "llt_moved", "same", "proposed", "own", "none")


def cases(made):
    """A term of the old release for each thing that may happen to it: (PT, LLT)."""
    facts = made.forward
    kinds = {}
    for fact in sorted(facts, key=lambda fact: (fact.kind, fact.level, fact.code)):
        kinds.setdefault((fact.kind, fact.level), []).append(fact.code)
    once = [code for codes in kinds.values() for code in codes]
    primary = kinds["primary_soc", "pt"]

    def only(kind, level="pt"):
        return next(
            code for code in kinds[kind, level] if once.count(code) == 1 and code not in primary
        )

    llt = next(
        code
        for code in kinds["moved", "llt"]
        if made.old.llt_pt[code] in made.new.names["pt"] and once.count(code) == 1
    )
    changed = {fact.code for fact in facts} | {
        code for fact in facts for code in (*fact.before, *fact.after)
    }
    same = next(
        pt
        for pt, hlts in made.old.up["pt"].items()
        if changed.isdisjoint([pt, *hlts, *(g for hlt in hlts for g in made.old.up["hlt"][hlt])])
    )
    return {
        "renamed": (only("renamed"), only("renamed")),
        "moved": (only("moved"), ""),
        "demoted": (only("demoted"), only("demoted")),
        "removed": (only("removed"), ""),
        "llt_moved": (made.old.llt_pt[llt], llt),
        "same": (same, same),
    }


def run_of(info):
    return {
        **RUN,
        "terminology_id": info.terminology_id,
        "terminology_name": info.name,
        "terminology_version": info.version,
        "terminology_language": info.language,
        "terminology_hashes": [list(pair) for pair in info.hashes],
        "is_demo_terminology": False,
    }


def answer(release, pt_code, run):
    """An answer of coding: one candidate, selected."""
    term = describe_term(release, pt_code, pt_code)
    path = {
        f"{level}_{part}": getattr(term, f"{level}_{part}")
        for level in ("soc", "hlgt", "hlt")
        for part in ("code", "name")
    }
    candidate = {
        "rank": 1, "candidate_pt_code": pt_code, "candidate_pt_name": term.pt_name, "prob_1": 0.9,
        "is_estimated": False, "retrieval_rank": 1, "retrieval_score": 1.0,
        "evidence": {"llt_code": pt_code, "llt_name": term.pt_name, "source": "exact"},
        "paths": [{**path, "primary": True}],
    }  # fmt: skip
    return {
        "mention_id": "1", "mention": "", "normalised": "", "candidates": [candidate],
        "selected": [pt_code], "band": "certain", "source": "model", "is_final": True,
        "pairs_scored": 1, "pairs_kept": 0, "warnings": [], "run": run,
    }  # fmt: skip


def make_project(path, release, made):
    """A project: six decisions, a proposal, a place of its own, "no suitable term", a draft.

    Phrases are called after what happens to their term; each stands in two rows.
    """
    found = cases(made)
    names = [*found, "proposed", "own", "none", "draft"]
    items = [
        NewItem(
            "Sheet1", row + 3, 3, 0, 4, names[row % len(names)], PieceKind.REACTION, "", f"R{row}"
        )
        for row in range(2 * len(names))
    ]
    Project.create(path, SOURCE, items, terminology_id=release.info.terminology_id, now=START)
    run = run_of(release.info)
    with Project.open(path) as project:
        by_text = {row.text: row for row in project.phrases()}
        coded = {**found, "proposed": found["demoted"], "own": found["same"]}
        project.store_answers(
            run,
            [
                (row.phrase_id, answer(release, coded[text][0], run))
                for text, row in by_text.items()
                if text in coded
            ],
        )
        rows = {row.text: row for row in project.phrases()}
        for text, (pt, llt) in found.items():
            decide(project, rows[text], [describe_term(release, pt, llt)])
        own = decided(rows["own"], [describe_term(release, *found["demoted"])])
        (item, _other) = project.items(rows["own"].phrase_id)
        project.apply([excepted(item.item_id, own)], actor=WANG, now=START)
        decide(project, rows["own"], None)
        none = no_term(rows["none"], "王药师", START)
        apply(project, rows["none"], Action.NO_TERM, none)
        draft = drafted(rows["draft"], [describe_term(release, *found["llt_moved"])])
        apply(project, rows["draft"], Action.DRAFT, draft)
    return path


def decided(row, terms):
    return chosen(row, terms, Source.MANUAL, "王药师", START)


def decide(project, row, terms):
    """Decide for terms; None: accept the proposal."""
    if terms is None:
        apply(project, row, Action.ACCEPT, accepted(row, "王药师", START))
    else:
        apply(project, row, Action.CHOOSE, decided(row, terms))


def apply(project, row, action, after):
    change = Change(Target.PHRASE, row.phrase_id, action, after)
    project.apply([change], actor=WANG, now=START)


def keys_of(project):
    """The key of each phrase by its text, and ``own item`` of the place with its own decision."""
    keys = {row.text: f"p{row.phrase_id}" for row in project.phrases()}
    (item,) = [item for item in project.all_items() if item.state is not None]
    return {**keys, "own item": f"i{item.item_id}"}


def states(project):
    """All that holds, by phrase and item."""
    own = {
        f"item {item.item_id}": item.state for item in project.all_items() if item.state is not None
    }
    return {**{row.text: row.state for row in project.phrases()}, **own}


def without_time(state):
    return replace(state, decided_at="", reviewer="")
