"""The right end of the status bar: what is coded with, and what the engine is doing."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.choice_bar import terminology_title
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import TerminologyChoice

ICON_PX = 14


class StateLine(QWidget):
    """Says it in words; the icon only repeats them."""

    def __init__(self) -> None:
        super().__init__()
        self.what, self.state, self._icon = QLabel(), QLabel(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, style.XS, 0, style.XS)
        row.setSpacing(style.S)
        row.addWidget(self.what)
        row.addSpacing(style.L)
        row.addWidget(self._icon)
        row.addWidget(self.state)

    def show_choice(self, chosen: TerminologyChoice | None, model: str) -> None:
        """Say which terminology and which model."""
        if chosen is None:
            self.what.setText("")
            return
        title = terminology_title(chosen)
        if chosen.version not in title:
            title = _("{terminology}, version {version}").format(
                terminology=title, version=chosen.version
            )
        self.what.setText(f"{title}   ·   {model}")

    def show_engine(self, client: EngineClient) -> None:
        """Say what the engine is doing."""
        words = {
            EngineState.STARTING: _("Engine: starting"),
            EngineState.READY: _("Engine: ready"),
            EngineState.WORKING: _("Engine: working"),
            EngineState.STOPPED: _("Engine: stopped"),
        }[client.state]
        if client.spare is not None and client.state is EngineState.READY:
            words = _("Engine: preparing candidates by meaning, {percent} %").format(
                percent=100 * client.spare.done // client.spare.total
            )
        if client.restart_count and client.state is not EngineState.STOPPED:
            words += " · " + _("restarted {count}×").format(count=client.restart_count)
        self.state.setText(words)
        colours = style.colours()
        name, colour = {
            EngineState.READY: ("certain", colours.certain),
            EngineState.STOPPED: ("error", colours.error),
        }.get(client.state, ("pending", colours.doubtful))
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(name, colour, colours.surface, ICON_PX, scale))
