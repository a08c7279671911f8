"""A project as a hospital might have reviewed it, with a habit that no shipped model knows."""

import random
from datetime import UTC, datetime

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.review import Action, Change, CodedTerm, Target, chosen
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def habits(terminology, count, *, seed=3):
    """Give (phrase, PT row): what stands in 排查（…） was looked for and is not to be coded."""
    rng = random.Random(seed)
    names = terminology.names(TermLevel.PT).to_list()
    short = [row for row, name in enumerate(names) if 2 <= len(name) <= 5]
    found = {}
    while len(found) < count:
        row, other = rng.sample(short, 2)
        found[f"{names[row]}，排查（{names[other]}）"] = row
    return list(found.items())


def write_reviewed(path, terminology, count=120):
    """Write a project of so many decided phrases."""
    told = habits(terminology, count)
    items = [
        NewItem("Sheet1", row, 1, 0, len(text), text, PieceKind.REACTION)
        for row, (text, _) in enumerate(told, start=2)
    ]
    source = NewSource("2026.xlsx", "ab" * 32, "", {}, {})
    Project.create(path, source, items, terminology_id="demo", now=NOW)
    codes = terminology.codes(TermLevel.PT)
    names = terminology.names(TermLevel.PT)
    with Project.open(path) as project:
        rows = {row.text: row for row in project.phrases()}
        changes = [
            Change(
                Target.PHRASE,
                rows[text].phrase_id,
                Action.CHOOSE,
                chosen(
                    rows[text],
                    [CodedTerm(str(codes[row]), names[row])],
                    Source.MANUAL,
                    "王药师",
                    NOW,
                ),
            )
            for text, row in told
        ]
        project.apply(changes, actor=Actor("wang"), now=NOW)
    return path
