"""The page over the real engine process and the demo dictionary."""

import openpyxl
import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.term_names import NamesShown
from tests.ui.dictionary.bench_page import KEY, REAL, page_bench
from tests.ui.workbench import warm_home

pytestmark = pytest.mark.slow
DEMO = TerminologyChoice("demo", "Demo", "0.1", "zh", True)


def test_a_term_is_found_looked_at_collected_and_written_to_a_workbook(
    qtbot, monkeypatch, tmp_path
):
    monkeypatch.setenv("M2M_HOME", str(warm_home()))
    with page_bench(tmp_path / "home", qtbot, REAL) as bench:
        bench.begin(DEMO)
        bench.page.set_names_shown(NamesShown.BOTH)
        bench.type("皮疹")
        assert bench.lines()[:2] == [
            "The same name · 1 (+ 1 same-name LLT)",
            "  PT 皮疹 · Rash",
        ]
        bench.looks_at("皮疹")
        assert bench.tree_at()[0].startswith("皮肤")
        assert "primary path" in bench.page.card.text.toPlainText()
        bench.press(KEY.Key_Return)
        bench.press(KEY.Key_B)
        bench.type("diarrhoea")
        bench.looks_at("腹泻")
        bench.press(KEY.Key_Insert)
        target = tmp_path / "bin.xlsx"
        bench.page.bin.files.export_to(str(target), bench.page.bin.model.terms)
        bench.wait(lambda: "bin.xlsx" in bench.notices.texts().get("dictionary-bin", ""))
        cells = [str(cell) for row in openpyxl.load_workbook(target).active.values for cell in row]
        assert {"皮疹", "腹泻"} <= set(cells)
        bench.page.bin.clear()
        bench.page.bin.files.import_from(str(target))
        bench.wait(lambda: len(bench.page.bin.model.terms) == 2)
        bench.type("px")
        bench.page.finder.filters.match.setCurrentIndex(
            bench.page.finder.filters.match.findData("pinyin")
        )
        bench.wait(lambda: any("pinyin" in line for line in bench.lines()))
        bench.page.show_term(TermLevel.PT, "99999999")
        bench.wait(lambda: bool(bench.page.card.trouble()))
