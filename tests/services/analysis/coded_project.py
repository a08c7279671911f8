"""A small coded project over the demo dictionary: with severities, reports, and a phrase left out."""

from datetime import UTC, datetime

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.review import Action, Change, Target, chosen, no_term
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
PHRASES = {"起风团": ("荨麻疹",), "恶心想吐": ("恶心", "呕吐"), "说不清": ()}
"""The phrases of the project below and their PTs."""


def write_coded_project(path, terminology):
    """Three phrases in six places of four reports; one was found to have no suitable term."""

    def items():
        places = [
            ("起风团", "严重", "r1"), ("起风团", "一般", "r1"), ("起风团", "", "r2"),
            ("恶心想吐", "一般", "r3"), ("说不清", "", "r3"), ("说不清", "", "r4"),
        ]  # fmt: skip
        for row, (text, severity, report) in enumerate(places, 2):
            yield NewItem("S", row, 1, 0, 3, text, PieceKind.REACTION, severity, report)

    source = NewSource("导出.xlsx", "ab" * 32, "/d/导出.xlsx", {"sheets": []}, {"rows": 6})
    Project.create(path, source, items(), terminology_id="demo", now=NOW)
    with Project.open(path) as opened:
        for row in opened.phrases():
            terms = [described(terminology, name) for name in PHRASES[row.text]]
            if terms:
                after = chosen(row, terms, Source.MANUAL, "甲", NOW)
            else:
                after = no_term(row, "甲", NOW)
            action = Action.CHOOSE if terms else Action.NO_TERM
            change = Change(Target.PHRASE, row.phrase_id, action, after)
            opened.apply([change], actor=Actor("os", "甲"), now=NOW)
    return path


def described(terminology, name):
    (pt,) = terminology.find(name, [TermLevel.PT])
    return describe_term(terminology, pt.code)
