import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from m2m_desktop.core.charts import Bar, BarPart
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.chart_panel import ChartPanel
from m2m_desktop.ui.analysis.chart_view import PRINT_SCALE, SVG_TYPE
from m2m_desktop.ui.notices import NoticeArea
from tests.ui.analysis.counting import emitted, settings

BARS = (
    Bar("皮肤病", (BarPart("严重", 2), BarPart("一般", 35))),
    Bar("胃肠病 <&>", (BarPart("严重", 4), BarPart("一般", 17))),
)


@pytest.fixture
def panel(qtbot, home):
    made = ChartPanel(NoticeArea(), settings(home))
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    made.show_bars("Reactions by SOC", "Reactions by SOC (n = 58)", BARS, has_severities=True)
    return made


@pytest.fixture
def dark(qapp):
    before = style.colours()
    style.apply_theme(QApplication.instance(), "dark")
    yield
    style.apply_theme(QApplication.instance(), "light" if before is style.LIGHT else "dark")


def colours_in(image: QImage) -> set[str]:
    step = 3
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), step)
        for y in range(0, image.height(), step)
    }


def test_the_chart_is_drawn_in_the_colours_of_the_window(panel, dark, qtbot):
    panel.retranslate()
    seen = colours_in(panel.view.grab().toImage())
    assert style.DARK.accent in seen
    assert style.LIGHT.accent not in seen


def test_a_saved_chart_is_dark_on_white_and_twice_as_sharp(panel, dark, tmp_path):
    panel.retranslate()
    said = emitted(panel.said)
    panel.save(str(tmp_path / "图.png"))
    image = QImage(str(tmp_path / "图.png"))
    seen = colours_in(image)
    assert {style.LIGHT.accent, style.LIGHT.surface} <= seen
    assert style.DARK.surface not in seen
    assert image.width() == 900 * PRINT_SCALE
    assert round(image.dotsPerMeterX() * 0.0254) == 96 * PRINT_SCALE
    assert said.at(0)[0] == f"Written: {tmp_path / '图.png'}"


def test_a_saved_drawing_says_how_much_was_counted_and_can_be_read_again(panel, tmp_path):
    panel.save(str(tmp_path / "图.SVG"))
    text = (tmp_path / "图.SVG").read_text("utf-8")
    assert "Reactions by SOC (n = 58)" in text
    assert "胃肠病 &lt;&amp;&gt;" in text
    assert QSvgRenderer(QByteArray(text.encode())).isValid()


def test_a_copied_chart_is_a_picture_and_a_drawing(panel):
    panel.copy_button.click()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert data.imageData().width() == 900 * PRINT_SCALE
    assert b"<svg" in data.data(SVG_TYPE).data()


def test_what_cannot_be_written_is_said_and_nothing_is_left(panel, tmp_path):
    panel.save(str(tmp_path / "fort" / "图.png"))
    assert "[M2M-112]" in panel._notices.texts()["chart"]
    assert list(tmp_path.rglob("*.png")) == []
    panel.save(str(tmp_path / "图.png"))
    assert panel._notices.texts() == {}


def test_a_wider_chart_uses_its_width_and_one_without_bars_cannot_be_taken(panel, qtbot):
    panel.resize(700, 300)
    qtbot.waitUntil(lambda: panel.view._renderer.defaultSize().width() > 600)
    assert panel.view._renderer.defaultSize().width() == panel.view.width()
    panel.show_bars("Reactions by SOC", "", (), has_severities=False)
    assert not panel.save_button.isEnabled()
    assert not panel.severity_box.isVisible()
    before = QGuiApplication.clipboard().text()
    panel.copy()
    assert QGuiApplication.clipboard().text() == before


def test_a_screen_reader_hears_the_figures(panel):
    assert panel.view.accessibleName() == "Chart: Reactions by SOC"
    assert panel.view.accessibleDescription().startswith("皮肤病: 严重 2, 一般 35;")
