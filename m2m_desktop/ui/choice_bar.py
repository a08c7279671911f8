"""The header: which terminology, which model, which threshold; the ways to more of the first two."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.elided_choice import ElidedChoice
from m2m_desktop.ui.engine_protocol import EngineStatus, ModelChoice, TerminologyChoice
from m2m_desktop.ui.widgets import button, label

CHOICE_MIN_PX = 90
"""A narrow window cuts the choices first, with dots; everything else in the bar stays whole."""
LEXICAL = "lexical"
LANGUAGES = {"Chinese": N_("Chinese"), "English": N_("English")}
"""The languages of a release that have a word of their own here; the others keep the English one."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What phrases are coded with. ``mode`` is "default" or "lexical"; empty ids: the default.

    ``encoder`` proposes PTs by meaning, ``tagger`` finds mentions in narratives; "none" is no such
    model. ``names`` are names of models by their ids, for what is said of them. Choices are equal
    where phrases get the same answers: these two have no part in that.
    """

    terminology: str = ""
    model: str = ""
    mode: str = "default"
    threshold: float = DEFAULT_THRESHOLD
    encoder: str = ""
    tagger: str = field(default="", compare=False)
    names: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class MeaningShown:
    """The encoder that proposes PTs by meaning, "none" for none, and whether it can do so already."""

    encoder: str = ""
    name: str = ""
    is_ready: bool = True

    @property
    def is_on(self) -> bool:
        """Whether there is one."""
        return self.encoder not in ("", "none")


def terminology_title(choice: TerminologyChoice) -> str:
    """A terminology as it is called in the header and the status bar."""
    if choice.is_demo:
        return _("Demo dictionary (not MedDRA)")
    parts = (choice.name, choice.version, choice.language)
    return _spoken(
        " ".join(part for n, part in enumerate(parts) if part and (n == 0 or part not in parts[0]))
    )


def _spoken(title: str) -> str:
    """The languages in a title (``MedDRA 29.0, Chinese + English``) as the reader calls them."""
    release, comma, languages = title.partition(", ")
    words = [_(LANGUAGES[one]) if one in LANGUAGES else one for one in languages.split(" + ")]
    return release + comma + " + ".join(words)


class ChoiceBar(QFrame):
    """Says when something else was chosen."""

    chosen = Signal()
    import_wanted = Signal()
    models_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self.terminology, self.model = ElidedChoice(), ElidedChoice()
        self.threshold = QDoubleSpinBox(
            minimum=0.0, maximum=1.0, singleStep=0.05, decimals=2, value=DEFAULT_THRESHOLD
        )
        self.threshold.setFixedWidth(88)
        self.threshold.lineEdit().setTextMargins(style.XS, 0, 0, 0)
        self.import_button, self.models_button = button(), button("quiet")
        self.manage_models = QAction(self)
        self._labels = label("muted"), label("muted"), label("muted")
        self._status: EngineStatus | None = None
        self._meaning = MeaningShown()
        self._tagger, self._names = "", dict[str, str]()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(style.L, style.S, style.L, style.S)
        row.setSpacing(style.S)
        fields: tuple[QWidget, ...] = (self.terminology, self.model, self.threshold)
        for text, one in zip(self._labels, fields, strict=True):
            self._add(row, text, one)
            if one is self.model:
                row.addWidget(self.models_button)
            row.addSpacing(style.S if one is self.model else style.L)
        self.models_button.setFixedWidth(30)
        row.addStretch(1)
        row.addWidget(self.import_button)
        for combo in (self.terminology, self.model):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            combo.setMinimumWidth(CHOICE_MIN_PX)
            combo.setMaximumWidth(320)
            combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            combo.setEnabled(False)
            combo.currentIndexChanged.connect(self.chosen)
        pause = QTimer(self, singleShot=True, interval=300)
        pause.timeout.connect(self.chosen)
        self.threshold.valueChanged.connect(lambda _value: pause.start())
        self.import_button.clicked.connect(self.import_wanted)
        self.models_button.clicked.connect(self.models_wanted)
        self.manage_models.triggered.connect(self.models_wanted)
        self.model.addAction(self.manage_models)
        self.model.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.retranslate()

    def _add(self, row: QHBoxLayout, text: QLabel, field: QWidget) -> None:
        text.setBuddy(field)
        field.setMinimumHeight(30)
        row.addWidget(text)
        row.addWidget(field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Do without the words before the choices where there is no room for everything."""
        super().resizeEvent(event)
        self._show_labels()

    def _show_labels(self) -> None:
        named_by_content = self._labels[:2]
        for text in named_by_content:
            text.show()
        self._row.invalidate()
        if self._row.minimumSize().width() > self.width():
            for text in named_by_content:
                text.hide()

    def set_status(self, status: EngineStatus, choices: Choices) -> None:
        """Offer what the engine has; keep to ``choices`` where they are still there."""
        self._status = status
        blockers = QSignalBlocker(self.terminology), QSignalBlocker(self.model)
        self._fill()
        _select(self.terminology, choices.terminology or status.default_terminology)
        usable = {model.model_id for model in status.models if not model.problem}
        wanted = next((m for m in (choices.model, status.default_model) if m in usable), "")
        _select(self.model, LEXICAL if choices.mode == LEXICAL else wanted)
        self.terminology.setEnabled(self.terminology.count() > 0)
        self.model.setEnabled(True)
        del blockers

    def _fill(self) -> None:
        self.terminology.clear()
        self.model.clear()
        if self._status is None:
            return
        for choice in self._status.terminologies:
            self.terminology.addItem(terminology_title(choice), choice.terminology_id)
        for model in self._status.models:
            self.model.addItem(self._with_meaning(_model_title(model)), model.model_id)
            if model.problem:
                last = self.model.count() - 1
                self.model.setItemData(last, model.problem, Qt.ItemDataRole.ToolTipRole)
                self.model.setItemData(last, 0, Qt.ItemDataRole.UserRole - 1)  # not to be chosen
        if all(model.problem for model in self._status.models):
            # the engine then says with each answer why there is none
            self.model.insertItem(0, self._with_meaning(_("No usable model")), "")
        self.model.addItem(_("Lexical search only"), LEXICAL)
        self.model.usual_tip = self._meaning_tip()

    def _with_meaning(self, model: str) -> str:
        if not self._meaning.is_on:
            return model
        if self._meaning.is_ready:
            return _("{model} + meaning").format(model=model)
        return _("{model} + meaning (in preparation)").format(model=model)

    def _meaning_tip(self) -> str:
        if not self._meaning.is_on:
            return _("Candidates are looked for by wording")
        tip = _("Candidates are looked for by wording, and by meaning with {encoder}")
        return tip.format(encoder=self._meaning.name)

    def choices(self) -> Choices:
        """What is chosen now."""
        model = str(self.model.currentData() or "")
        is_lexical = model == LEXICAL
        return Choices(
            terminology=str(self.terminology.currentData() or ""),
            model="" if is_lexical else model,
            mode=LEXICAL if is_lexical else "default",
            threshold=round(self.threshold.value(), 4),
            encoder="" if is_lexical else self._meaning.encoder,
            tagger=self._tagger,
            names=self._names,
        )

    @property
    def meaning(self) -> MeaningShown:
        """What proposes PTs by meaning, unless the search is lexical."""
        return self._meaning

    def short_title(self) -> str:
        """The chosen model where room is scarce: without the word on meaning."""
        models = self._status.models if self._status else ()
        chosen = next((m for m in models if m.model_id == self.model.currentData()), None)
        return self.model.currentText() if chosen is None else _model_title(chosen)

    def show_meaning(self, meaning: MeaningShown) -> None:
        """Take over what proposes PTs by meaning, and say it beside the model."""
        if meaning != self._meaning:
            self._meaning = meaning
            self._fill_again()

    def set_tagger(self, tagger: str, names: Mapping[str, str]) -> None:
        """Take over what finds mentions in narratives, and the names of all models."""
        self._tagger, self._names = tagger, dict(names)

    def set_threshold(self, threshold: float) -> None:
        """Show a threshold without saying that it was chosen."""
        with QSignalBlocker(self.threshold):
            self.threshold.setValue(threshold)

    def current_terminology(self) -> TerminologyChoice | None:
        """The terminology that is chosen now."""
        chosen = self.terminology.currentData()
        known = self._status.terminologies if self._status else ()
        return next((choice for choice in known if choice.terminology_id == chosen), None)

    def retranslate(self) -> None:
        """Take over language and colours."""
        for text, words in zip(
            self._labels, (_("Terminology"), _("Model"), _("Threshold")), strict=True
        ):
            text.setText(words)
        self.terminology.setAccessibleName(_("Terminology"))
        self.model.setAccessibleName(_("Model"))
        self.threshold.setAccessibleName(_("Threshold"))
        self.threshold.setToolTip(_("PTs with at least this probability are selected"))
        self.import_button.setText(" " + _("Import release…"))
        self.import_button.setIcon(icons.icon("import", style.colours().text))
        self.manage_models.setText(_("Manage models…"))
        self.models_button.setIcon(icons.icon("pending", style.colours().accent))
        self.models_button.setToolTip(_("Manage models…"))
        self.models_button.setAccessibleName(_("Manage models…"))
        self._fill_again()

    def _fill_again(self) -> None:
        blockers = QSignalBlocker(self.terminology), QSignalBlocker(self.model)
        rows = self.terminology.currentIndex(), self.model.currentIndex()
        self._fill()
        self.terminology.setCurrentIndex(rows[0])
        self.model.setCurrentIndex(rows[1])
        del blockers
        self._show_labels()


def _model_title(model: ModelChoice) -> str:
    return _("{model} (damaged)").format(model=model.name) if model.problem else model.name


def _select(combo: QComboBox, wanted: str) -> None:
    index = combo.findData(wanted)
    combo.setCurrentIndex(max(index, 0))
