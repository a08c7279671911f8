"""What tests of the workbook page share: a recording engine client, projects, the real engine."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import openpyxl
import pytest

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, Change, Target, accepted, chosen, no_term
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui.engine_client import EngineClient
from tests.ui.review_project import START, Toy, make_project

LONG = 20_000
ACTOR = Actor("wang", "王药师")


class RecordingClient(EngineClient):
    """Remembers what was asked."""

    def __init__(self, command=None) -> None:
        super().__init__(command)
        self.asked: list[tuple[str, dict]] = []

    def request(self, method, params, **more):
        self.asked.append((method, dict(params)))
        return super().request(method, params, **more)

    def coded(self) -> list[list[str]]:
        """The phrases of each request to code."""
        return [
            [mention["text"] for mention in params["mentions"]]
            for method, params in self.asked
            if method == "code"
        ]


def uncoded(*texts: str) -> tuple[Toy, ...]:
    """Phrases without answers; each stands in the file once less than the one before."""
    return tuple(Toy(text, len(texts) - n, None) for n, text in enumerate(texts))


def project_of(path: Path, *texts: str, **more: object) -> Path:
    """Write a project whose phrases are not coded yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return make_project(path, uncoded(*texts), **more)


def decide(project: Project, choices: dict[str, str]) -> None:
    """Decide phrases: "accept", "none", or the text of the phrase whose proposal is taken."""
    rows = {row.text: row for row in project.phrases()}
    changes = []
    for text, how in choices.items():
        row = rows[text]
        if how == "accept":
            action, after = Action.ACCEPT, accepted(row, ACTOR.reviewer, START)
        elif how == "none":
            action, after = Action.NO_TERM, no_term(row, ACTOR.reviewer, START)
        else:
            terms = rows[how].proposed
            action = Action.CHOOSE
            after = chosen(row, terms, Source.MANUAL, ACTOR.reviewer, START)
        changes.append(Change(Target.PHRASE, row.phrase_id, action, after))
    project.apply(changes, actor=ACTOR, now=START)


def answers(project: Project) -> dict[str, str]:
    """How each phrase with an answer was answered: its band."""
    rows = project.phrases()
    return {row.text: row.band.value for row in rows if row.band is not None}


def reactions(project: Project) -> list[str]:
    """The phrases that are coded."""
    return [row.text for row in project.phrases() if row.kind is PieceKind.REACTION]


def workbook(path: Path, *rows: tuple[object, ...], sheet: str = "Sheet1") -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def places(home: Path) -> Locations:
    """The folders of a user below ``home``."""
    return Locations(home / "data", home / "cache", home / "config", home / "logs", resources())


@cache
def warm_home() -> Path:
    """A folder of a user in which the demo dictionary is compiled once for all tests."""
    made = Path(mkdtemp(prefix="m2m-home-"))
    atexit.register(rmtree, made, ignore_errors=True)
    return made


class _AtHome(EngineClient):
    """Starts, and starts again, in `warm_home`, whatever the home of a single test is."""

    def start(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("M2M_HOME", str(warm_home()))
            super().start()


@contextmanager
def real_engine() -> Iterator[EngineClient]:
    """The real engine process, for all tests of a module."""
    client = _AtHome()
    client.start()
    try:
        yield client
    finally:
        client.close()


def snapshots(locations: Locations) -> list[str]:
    """Copies of projects that are left."""
    folder = locations.snapshots
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
