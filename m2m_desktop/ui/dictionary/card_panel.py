"""The right side: everything about one term; each term in it leads on."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import (
    QLabel,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.card_html import card_html, subtitle
from m2m_desktop.ui.dictionary.protocol import (
    Target,
    TermCard,
    card_from_json,
    target_of_url,
)
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.review.chips import FlowLayout
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import button, card, label


class CardPanel(QWidget):
    """Shows one term; says where its links lead."""

    term_wanted = Signal(object)
    """The `Target` of a link."""
    smq_wanted = Signal(str)
    copy_wanted = Signal(str)
    """"name" or "code"."""
    collect_wanted = Signal()

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._requests, self._terminology = Requests(client), ""
        self._names = NamesShown.FIRST
        self._card: TermCard | None = None
        self._error: CodingToolError | None = None
        self._name, self._subtitle = label(factor=style.LEAD, bold=True), label("muted")
        self._name.setWordWrap(True)
        selectable = Qt.TextInteractionFlag
        for line in (self._name, self._subtitle):
            line.setTextInteractionFlags(selectable.TextSelectableByMouse)
        self.text = QTextBrowser()
        self.text.setObjectName("quiet")
        self.text.setMinimumHeight(1)
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(0)
        self.copy_button, self.code_button = button("quiet"), button("quiet")
        self.collect_button = button()
        self._blank = QLabel()
        self._blank.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._blank.setWordWrap(True)
        self._blank.setProperty("tone", "muted")
        self._pages = QStackedWidget()
        self._lay_out()
        self.text.anchorClicked.connect(self._follow)
        self.copy_button.clicked.connect(lambda: self.copy_wanted.emit("name"))
        self.code_button.clicked.connect(lambda: self.copy_wanted.emit("code"))
        self.collect_button.clicked.connect(self.collect_wanted)
        self.retranslate()
        self.show_card(None)

    def _lay_out(self) -> None:
        buttons = FlowLayout(gap=0)  # quiet buttons bring a gap of their own
        for one in (self.collect_button, self.copy_button, self.code_button):
            buttons.addWidget(one)
        full = QWidget()
        inside = QVBoxLayout(full)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(style.XS)
        head = QVBoxLayout()
        head.setContentsMargins(style.XS, 0, 0, 0)  # in line with the text, which has a frame
        head.setSpacing(style.XS)
        head.addWidget(self._name)
        head.addWidget(self._subtitle)
        head.addSpacing(style.XS)
        head.addLayout(buttons)
        inside.addLayout(head)
        inside.addSpacing(style.XS)
        inside.addWidget(self.text, 1)
        self._pages.addWidget(self._blank)
        self._pages.addWidget(full)
        surface = card()
        around = QVBoxLayout(surface)
        around.setContentsMargins(style.M, style.M, style.M, style.S)
        around.addWidget(self._pages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    # -- filling ---------------------------------------------------------------------------------

    def set_terminology(self, terminology: str) -> None:
        """Ask this one from now on."""
        self._terminology = terminology
        self._requests.close()
        self.show_card(None)

    def show_target(self, target: Target) -> None:
        """Ask for a term and show it."""
        self._requests.ask(
            "dictionary_card",
            {
                "terminology": self._terminology,
                "level": target.level.name.lower(),
                "code": target.code,
            },
            lambda told: self.show_card(card_from_json(told)),
            self._fail,
        )

    def show_card(self, shown: TermCard | None) -> None:
        """Show a term, or what to do to see one."""
        self._card, self._error = shown, None
        self._show()

    def _show(self) -> None:
        shown = self._card
        if shown is None:
            choose = _("Choose a term in the hits or in the tree.")
            self._blank.setText(sentence(self._error) if self._error else choose)
            self._pages.setCurrentIndex(0)
            return
        self._name.setText(shown.term.shown(self._names))
        self._subtitle.setText(subtitle(shown.term))
        self.text.setHtml(card_html(shown, self._names))
        self._pages.setCurrentIndex(1)

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self._card, self._error = None, error
            self._show()

    def trouble(self) -> str:
        """What stands there in place of a term."""
        return self._blank.text() if self._card is None else ""

    def term(self) -> TermRow | None:
        """The term that is shown."""
        return self._card.term if self._card else None

    def terms(self) -> list[TermRow]:
        """The term that is shown, if there is one, as those of a list."""
        return [self._card.term] if self._card else []

    def _follow(self, link: QUrl) -> None:
        url = link.toString()
        if url.startswith("smq:"):
            self.smq_wanted.emit(url.removeprefix("smq:"))
        elif (target := target_of_url(url)) is not None:
            self.term_wanted.emit(target)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self._names = shown
        self._show()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.collect_button.setText(_("Into the bin"))
        self.collect_button.setToolTip(_("Put the term into the research bin (B or Ins)"))
        self.copy_button.setText(_("Copy term"))
        self.code_button.setText(_("Copy code"))
        for one in (self.collect_button, self.copy_button, self.code_button):
            one.setAccessibleName(one.text())
        self.text.setAccessibleName(_("Card of the term"))
        self._show()
