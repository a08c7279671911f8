"""What was found in a chosen folder or zip, and the questions that its files leave open."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.services.model_kinds import ENCODER, FLOAT32, INT8, NER, RERANKER
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.model.card import found_html
from m2m_desktop.ui.model.protocol import (
    FoundModel,
    InstallAnswers,
    ModelCard,
    Question,
)
from m2m_desktop.ui.model.widgets import ElidedLabel, RadioQuestion
from m2m_desktop.ui.model.words import KIND_SENTENCES, TEMPLATE_WORDS, kind_word
from m2m_desktop.ui.widgets import card, label

MAX_NAME = 80
"""Letters of a model's name: it has to fit into lists."""


class ModelQuestions(QWidget):
    """A form over a `FoundModel`; only what its files do not say is asked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: FoundModel | None = None
        self._installed: Sequence[ModelCard] = ()
        self.name_line = ElidedLabel(style.LEAD, bold=True)
        self.facts = QLabel(wordWrap=True)
        self.kind, self.match_label = RadioQuestion(), RadioQuestion()
        self.template, self.precision = RadioQuestion(), RadioQuestion()
        self.name_label, self.name = label(bold=True), QLineEdit()
        self.replaced = label("muted", style.CAPTION)
        self.unknown, self.unknown_box = QFrame(), QCheckBox()
        self._unknown_icon, self._unknown_text = QLabel(), label()
        self._lay_out()
        for question in self._questions():
            question.changed.connect(self._ask_what_follows)
        self.name.textChanged.connect(self._ask_what_follows)
        self.unknown_box.toggled.connect(self.changed)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("scrolled")
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, style.S, 0)
        rows.setSpacing(style.L)
        rows.addWidget(self._facts_card())
        for question in self._questions():
            rows.addWidget(question)
        self.name_label.setBuddy(self.name)
        self.name.setMaximumWidth(420)
        self.name.setMaxLength(MAX_NAME)
        named = QVBoxLayout()
        named.setSpacing(style.XS)
        named.addWidget(self.name_label)
        named.addWidget(self.name)
        named.addWidget(self.replaced)
        rows.addLayout(named)
        rows.addStretch(1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field in focus
        self._scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.unknown)
        self._lay_out_unknown()

    def _facts_card(self) -> QWidget:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.M)
        inside.setSpacing(style.XS)
        inside.addWidget(self.name_line)
        inside.addWidget(self.facts)
        return surface

    def _lay_out_unknown(self) -> None:
        self.unknown.setObjectName("notice")
        self.unknown.setProperty("kind", "warning")
        self._unknown_text.setWordWrap(True)
        row = QHBoxLayout(self.unknown)
        row.setContentsMargins(style.M, style.S, style.M, style.S)
        row.setSpacing(style.S)
        row.addWidget(self._unknown_icon)
        words = QVBoxLayout()
        words.setSpacing(style.XS)
        words.addWidget(self._unknown_text)
        words.addWidget(self.unknown_box, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)

    # -- asking ----------------------------------------------------------------------------------

    def set_found(self, found: FoundModel, installed: Sequence[ModelCard] = ()) -> None:
        """Show what was found and ask what is open; ``installed`` are the models there are."""
        self._found, self._installed = found, installed
        self.name_line.set_full_text(found.name or found.path)
        self.facts.setText(found_html(found))
        self.kind.setVisible(Question.KIND in found.questions)
        self.kind.ask(
            _("What is the model for?"),
            [(kind, kind_word(kind), _(KIND_SENTENCES[kind])) for kind in (RERANKER, ENCODER, NER)],
            default=found.kind,
        )
        self.match_label.ask(
            _("Which label means that phrase and PT match?"),
            [(name, name, "") for name in found.labels],
            hint=_(
                "The files do not say. The model's description does; if in doubt, do not guess."
            ),
        )
        examples = dict(found.template_examples)
        self.template.ask(
            _("Which text did the model read for a PT when it was trained?"),
            [(name, _(words), examples.get(name, "")) for name, words in TEMPLATE_WORDS.items()],
            hint=_("With another text it works, but worse."),
            default=found.suggested_template,
        )
        self.precision.setVisible(not found.is_bundle)
        self.precision.ask(
            _("How are the weights to be stored?"),
            [
                (INT8, _("int8 (recommended)"), _("Smaller and faster. The report tells what it changes.")),
                (FLOAT32, _("fp32"), _("As published: about four times as large, and slower.")),
            ],
            default=INT8,
        )  # fmt: skip
        self.name_label.setText(_("Name in the lists"))
        self.name.setAccessibleName(_("Name in the lists"))
        self.name.setText(found.name)
        self.name_label.setVisible(not found.is_bundle)
        self.name.setVisible(not found.is_bundle)
        self.unknown.setVisible(not found.is_known)
        self.unknown_box.setChecked(False)
        self.unknown_box.setText(_("I know where this model comes from and want to install it"))
        self._unknown_text.setText(
            _(
                "This model is not in the program's own list: nobody has checked how well it "
                "codes, and the program cannot tell whether its files are genuine."
            )
        )
        self.unknown.setAccessibleName(self._unknown_text.text())
        self._scroll.verticalScrollBar().setValue(0)
        self.refresh()
        self._ask_what_follows()

    def _ask_what_follows(self) -> None:
        """Label and template are questions about rerankers only; a name may be taken."""
        found = self._found
        if found is not None:
            is_reranker = self._kind(found) == RERANKER
            asked = found.questions if is_reranker else frozenset()
            self.match_label.setVisible(Question.MATCH_LABEL in asked)
            self.template.setVisible(Question.TEMPLATE in asked)
            taken = self._taken(found)
            self.replaced.setText(taken)
            self.replaced.setVisible(bool(taken))
            self.name.setAccessibleDescription(taken)
        self.changed.emit()

    def first_field(self) -> QWidget:
        """Where the focus goes: the first question, or the confirmation."""
        for question in self._open_questions():
            if not question.value():
                return next(iter(question.radios.values()), self.name)
        return self.unknown_box if not self.unknown.isHidden() else self.name

    def missing(self) -> str:
        """What is still to be said before the model can be installed; empty: nothing."""
        for question in self._open_questions():
            if not question.value():
                return question.title()
        if not self.unknown.isHidden() and not self.unknown_box.isChecked():
            return _("confirm that you know where the model comes from")
        return ""

    def answers(self) -> InstallAnswers | None:
        """What was said, or None while something is missing."""
        found = self._found
        if found is None or self.missing():
            return None
        name = self.name.text().strip()
        return InstallAnswers(
            kind=self._kind(found),
            precision=self.precision.value(),
            match_label="" if self.match_label.isHidden() else self.match_label.value(),
            template="" if self.template.isHidden() else self.template.value(),
            name="" if found.is_bundle or name == found.name else name,
        )

    def refresh(self) -> None:
        """Take over the colours."""
        colours, scale = style.colours(), self.devicePixelRatioF()
        mark = icons.pixmap("warning", colours.doubtful, colours.surface, 18, scale)
        self._unknown_icon.setPixmap(mark)
        if self._found is not None:
            self.facts.setText(found_html(self._found))

    def _taken(self, found: FoundModel) -> str:
        """That an installed model is replaced by this one, where that is so; else empty."""
        own = [card for card in self._installed if not card.is_shipped]
        if found.is_bundle:
            is_taken = found.suggested_id in {card.model_id for card in own}
        else:
            name, precision = self.name.text().strip() or found.name, self.precision.value()
            names = {name.casefold(), f"{name} ({precision})".casefold()}  # see `cards_from_json`
            is_taken = any(
                card.precision == precision and card.name.casefold() in names for card in own
            )
        return _("There is such a model already; it is replaced by this one.") if is_taken else ""

    def _kind(self, found: FoundModel) -> str:
        return self.kind.value() if Question.KIND in found.questions else found.kind

    def _questions(self) -> tuple[RadioQuestion, ...]:
        return (self.kind, self.match_label, self.template, self.precision)

    def _open_questions(self) -> list[RadioQuestion]:
        return [question for question in self._questions() if not question.isHidden()]
