"""What the window does without until somebody needs it; `tests.bench.startup` says what that saves."""

import subprocess
import sys

from tests.ui.screens import ROOT

LATE = (
    "numpy",
    "onnxruntime",
    "tokenizers",
    "openpyxl",
    "jieba",
    "sqlite3",
    "m2m_desktop.services.engine",
    "m2m_desktop.services.project.project",
    "m2m_desktop.services.learning",
    "m2m_desktop.core.splitting",
    "m2m_desktop.ui.review.page",
    "m2m_desktop.ui.workbook.work",
    "m2m_desktop.ui.table.dialog",
    "m2m_desktop.ui.model.dialog",
    "m2m_desktop.ui.release_dialog",
    "m2m_desktop.ui.export_dialog",
    "m2m_desktop.ui.memory.dialog",
    "m2m_desktop.ui.about_dialog",
    "m2m_desktop.ui.manual.window",
    "m2m_desktop.ui.dictionary.page",
    "m2m_desktop.ui.smq.page",
    "m2m_desktop.ui.analysis.page",
    "m2m_desktop.ui.versions.page",
)

SHOW = """
import sys
from PySide6.QtWidgets import QApplication
from m2m_desktop.services.locations import default_locations
from m2m_desktop.ui.app import Program
app = QApplication([])
program = Program(app, default_locations(), [sys.executable, "-c", ""])
program.window.show()
app.processEvents()
print(*sys.modules, sep="\\n")
program.client.close()
program.window.close()
"""


def test_the_window_stands_without_what_only_other_pages_and_dialogs_need(tmp_path, monkeypatch):
    monkeypatch.setenv("M2M_HOME", str(tmp_path))
    said = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(said.stdout.split())
    assert "m2m_desktop.ui.main_window" in loaded
    assert not loaded.intersection(LATE)
