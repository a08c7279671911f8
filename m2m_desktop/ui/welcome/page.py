"""The first page: three steps, each of which works at once, and both languages in sight."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _, current_language
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import terminology_title
from m2m_desktop.ui.empty_panel import EXAMPLES
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.welcome.step_card import StepCard
from m2m_desktop.ui.widgets import button, label

NARROW = 900
"""Below this width the steps stand one under the other."""

SPOKEN = (("zh_CN", "中文"), ("en", "English"))


class WelcomePage(QWidget):
    """Says what is wanted; the window does it."""

    phrase_wanted = Signal(str)
    sample_wanted = Signal()
    open_wanted = Signal()
    import_wanted = Signal()
    install_wanted = Signal()
    manual_wanted = Signal()
    language_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.phrase_button, self.sample_button = button("primary"), button()
        self.import_button, self.install_button = button(), button()
        self.open_button, self.manual_button = button(), button("quiet")
        self.trying = StepCard(1, (self.phrase_button, self.sample_button))
        self.release = StepCard(2, (self.import_button,))
        self.model = StepCard(3, (self.install_button,))
        self._title, self._promise = label(factor=style.TITLE, bold=True), label("muted")
        self._own, self._offline = label("muted"), label("muted", style.CAPTION)
        for part in (self._promise, self._own, self._offline):
            part.setWordWrap(True)
        self.languages = self._language_buttons()
        self._terminology: TerminologyChoice | None = None
        self._model_name, self._is_own_model = "", False
        self._lay_out()
        self.phrase_button.clicked.connect(lambda: self.phrase_wanted.emit(EXAMPLES[0]))
        self.sample_button.clicked.connect(self.sample_wanted)
        self.import_button.clicked.connect(self.import_wanted)
        self.install_button.clicked.connect(self.install_wanted)
        self.open_button.clicked.connect(self.open_wanted)
        self.manual_button.clicked.connect(self.manual_wanted)
        self.retranslate()

    def _language_buttons(self) -> list[QPushButton]:
        group, made = QButtonGroup(self), []
        for value, name in SPOKEN:
            one = button("filter")
            one.setCheckable(True)
            one.setText(name)
            one.setAccessibleName(name)
            one.clicked.connect(lambda _on=False, value=value: self.language_wanted.emit(value))
            group.addButton(one)
            made.append(one)
        return made

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(style.XL, style.XL, style.XL, style.L)
        column.setSpacing(style.L)
        head = QHBoxLayout()
        head.setSpacing(style.S)
        head.addWidget(self._title, 1)
        for one in self.languages:
            head.addWidget(one)
        column.addLayout(head)
        column.addWidget(self._promise)
        column.addSpacing(style.S)
        self._steps = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._steps.setSpacing(style.L)
        for card in (self.trying, self.release, self.model):
            self._steps.addWidget(card, 1)
        column.addLayout(self._steps)
        column.addSpacing(style.S)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self._own, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.manual_button)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(self._offline)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the steps below each other where the window is narrow."""
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW
        direction = QBoxLayout.Direction
        self._steps.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)

    def show_terminology(self, chosen: TerminologyChoice | None) -> None:
        """Say which dictionary is in use."""
        self._terminology = chosen
        self._say_states()

    def show_model(self, name: str, *, is_own: bool) -> None:
        """Say which model is in use, and whether the user brought it."""
        self._model_name, self._is_own_model = name, is_own
        self._say_states()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return [self.phrase_button, self.import_button, self.install_button, self.open_button]

    def retranslate(self) -> None:
        """Take over language and colours."""
        for one, (value, _name) in zip(self.languages, SPOKEN, strict=True):
            one.setChecked(value == current_language())
        self._title.setText(_("From a reported phrase to the preferred term"))
        self._promise.setText(
            _(
                "Type a reaction as it was reported, or open a whole export: you see the ranked "
                "PTs with probabilities and their place in the SOC tree, decide once for equal "
                "phrases, and get your workbook back."
            )
        )
        self.trying.set_words(
            _("Try it with what is here"),
            _("An open demo dictionary and a small model come with the program."),
        )
        self.phrase_button.setText(_("Code “{phrase}”").format(phrase=EXAMPLES[0]))
        self.sample_button.setText(_("Open the sample workbook"))
        self.release.set_words(
            _("Import your MedDRA release"),
            _(
                "The folder or zip from the MSSO, as it is. It is read once and kept on this PC; "
                "a Chinese and an English release of one version are shown together."
            ),
        )
        self.import_button.setText(_("Import release…"))
        self.model.set_words(
            _("Install your model"),
            _(
                "A folder from Hugging Face such as mention2meddra-macbert-base, or a bundle: it "
                "is converted here, without Python. Optional: the small model goes on working."
            ),
        )
        self.install_button.setText(_("Install model…"))
        self._own.setText(_("Ready to work? Drop an export of the national ADR system here, or:"))
        self.open_button.setText(_("Open workbook or project…"))
        self.manual_button.setText(_("Read the manual (F1)"))
        self._offline.setText(
            _(
                "Nothing leaves this PC: the program has no network code. MedDRA itself is not "
                "included; it needs a subscription of your own."
            )
        )
        self._say_states()
        for card in (self.trying, self.release, self.model):
            card.refresh()

    def _say_states(self) -> None:
        self.trying.set_state(_("Works at once"), is_done=True)
        chosen = self._terminology
        is_own = chosen is not None and not chosen.is_demo
        self.release.set_state(
            _("In use: {name}").format(name=terminology_title(chosen))
            if chosen is not None and is_own
            else _("Not yet: the demo dictionary is in use. Never report from it."),
            is_done=is_own,
        )
        self.model.set_state(
            _("In use: {name}").format(name=self._model_name)
            if self._is_own_model
            else _("Not yet: the small model is in use."),
            is_done=self._is_own_model,
        )
