import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["M2M_FONT"] = "bundled"  # the same widths, heights and pictures on every machine

import pytest
from PySide6.QtWidgets import QApplication

from m2m_desktop.services import language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.settings import load_settings, save_settings
from m2m_desktop.ui import clipboard, fonts
from m2m_desktop.ui.app import Program
from tests.ui.helpers import TOY_ENGINE


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["m2m_desktop"]


@pytest.fixture(scope="session", autouse=True)
def bundled_font(qapp: QApplication) -> None:
    fonts.choose_font(qapp)


@pytest.fixture(scope="session", autouse=True)
def _let_go_of_the_clipboard(qapp: QApplication) -> Iterator[None]:
    yield
    clipboard.let_go()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("M2M_HOME", str(tmp_path))
    monkeypatch.setenv("M2M_TOY_FLAG", str(tmp_path / "crashed"))
    monkeypatch.delenv("M2M_LANG", raising=False)
    before = language.current_language()
    yield tmp_path
    language.use_language(before)


@pytest.fixture
def make_program(qapp: QApplication, home: Path) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def make(command: list[str] | None = None, lang: str = "en") -> Program:
        settings = load_settings(default_locations())
        save_settings(replace(settings, language=lang, is_welcomed=True), default_locations())
        program = Program(qapp, default_locations(), command or TOY_ENGINE)
        program.window.show()
        made.append(program)
        return program

    yield make
    for program in made:
        program.close()
        program.window.deleteLater()
        program.deleteLater()


@pytest.fixture
def program(make_program: Callable[..., Program], qtbot) -> Program:
    """The window over the toy engine, ready."""
    made = make_program()
    qtbot.waitUntil(made.window.bar.terminology.isEnabled, timeout=10_000)
    return made
