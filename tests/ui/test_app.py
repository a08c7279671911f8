import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo, Signal
from PySide6.QtWidgets import QLabel, QMessageBox

from m2m_desktop import __main__ as entry
from m2m_desktop.core.errors import ReleaseNotFound
from m2m_desktop.ui import messages

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env={**kept, **environ},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_the_window_imports_nothing_heavy():
    heavy = "numpy onnxruntime jieba tokenizers openpyxl rank_bm25"
    code = (
        "import sys, m2m_desktop.__main__, m2m_desktop.ui.app\n"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    done = start("-c", code, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there is always a display")
def test_without_a_display_it_says_so_and_names_the_command_line():
    done = start("-m", "m2m_desktop", PYTHONIOENCODING="utf-8")
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "没有显示环境" in done.stderr
    assert "m2m code" in done.stderr


def test_without_qt_it_says_so_in_both_languages():
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "from m2m_desktop.__main__ import main; sys.exit(main())"
    )
    done = start("-c", code, QT_QPA_PLATFORM="offscreen", PYTHONIOENCODING="utf-8")
    assert done.returncode == 1
    assert "PySide6" in done.stderr
    assert "缺少" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="needs X11")
def test_a_display_that_cannot_be_reached_is_said_without_a_core_dump(tmp_path):
    done = start("-m", "m2m_desktop", DISPLAY=":987", QT_QPA_PLATFORM="xcb", M2M_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "m2m code" in done.stderr


def test_the_libraries_are_silenced_before_anything_else():
    code = "import os, m2m_desktop.__main__; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert start("-c", code).stdout.strip() == "1"


def test_the_entry_knows_displays(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not entry.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert entry.has_display()


def test_a_hundred_thousand_void_calls_do_no_harm(qapp):
    """PySide6 6.12.0 loses a reference to None and True with each: the interpreter dies."""

    class Label(QLabel):
        toggled = Signal(bool)

    label = Label()
    label.toggled.connect(label.setEnabled)
    for number in range(100_000):
        label.setText("x")
        label.toggled.emit(bool(number % 2))
    assert label.text() == "x"


def test_qt_speaks_chinese_where_the_window_does(make_program):
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    assert (folder / "qtbase_zh_CN.qm").exists()
    program = make_program(lang="zh_CN")
    assert program._translator.translate("QPlatformTheme", "Cancel") == "取消"


def test_an_error_nobody_caught_is_told_and_survived(program, qtbot, caplog):
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    error = ZeroDivisionError("头痛")
    messages._unexpected(ZeroDivisionError, error, None)
    box = program.window.findChild(QMessageBox)
    assert "头痛" not in box.text()
    box.close()
    assert caplog.records[-1].levelname == "ERROR"
    assert "头痛" not in caplog.records[-1].getMessage()
    caplog.clear()


def test_a_sentence_carries_its_code():
    assert messages.sentence(ReleaseNotFound(path="x")).endswith("[M2M-201]")
