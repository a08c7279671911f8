"""The first page of an installation: choose the folder or zip of a model, or drop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.model.widgets import foot
from m2m_desktop.ui.source_frame import SourceFrame, SourceWords, is_source
from m2m_desktop.ui.widgets import button, label

MODEL_SUFFIXES = frozenset({".zip"})


def dropped_model(path: str) -> bool:
    """Whether something that was dropped may be a model: a folder or a zip."""
    return is_source(path, MODEL_SUFFIXES)


class ChoosePanel(QWidget):
    """Says which path was chosen; `set_looking` while somebody looks at what it is."""

    chosen = Signal(str)
    back_wanted = Signal()
    """Back to where one came from; while somebody looks: to stop that."""

    def __init__(self) -> None:
        super().__init__()
        self._is_looking = False
        self.drop = SourceFrame(
            SourceWords(
                name=_("Folder or zip of the model"),
                placeholder=_("Folder with model.safetensors, or a zip of it"),
                folder_title=_("Folder of the model"),
                file_title=_("Zip of the model"),
                file_kinds=_("Zip (*.zip)"),
                hint=_(
                    "Or drop a folder or zip here. It is read where it is, nothing in it is "
                    "changed, and nothing in it is ever run as a program."
                ),
            ),
            MODEL_SUFFIXES,
        )
        self.path = self.drop.path
        self.looking, self.looking_bar = label("muted"), QProgressBar(textVisible=False)
        self.looking_bar.setAccessibleName(_("Progress"))
        self.back_button, self.next_button = button(), button("primary")
        self.next_button.setText(_("Next"))
        self._lay_out()
        self.path.textChanged.connect(self._refresh)
        self.path.returnPressed.connect(self._next)
        self.drop.chosen.connect(self.choose)
        self.back_button.clicked.connect(self.back_wanted)
        self.next_button.clicked.connect(self._next)
        self._refresh()

    def _lay_out(self) -> None:
        kinds = label("muted")
        kinds.setWordWrap(True)
        kinds.setText(
            _(
                "Two kinds of models can be installed: bundles made by this program, and Hugging "
                "Face checkpoints (config.json, model.safetensors and the tokenizer's files) of "
                "the architectures BERT, RoBERTa, DistilBERT and ModernBERT."
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self.drop)
        column.addSpacing(style.S)
        column.addWidget(kinds)
        column.addStretch(1)
        column.addWidget(self.looking)
        column.addWidget(self.looking_bar)
        column.addSpacing(style.S)
        column.addLayout(foot(self.back_button, self.next_button))

    def choose(self, path: str) -> None:
        """Take a path and say that it was chosen."""
        self.path.setText(path)
        self._next()

    def set_looking(self, is_looking: bool) -> None:
        """Show that somebody looks at the path; nothing else can be chosen until that ends."""
        self._is_looking = is_looking
        self.looking.setText(_("Looking at what it is"))
        self.looking_bar.setRange(0, 0)
        self._refresh()

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far that is; ``total`` 0: nobody knows."""
        self.looking_bar.setRange(0, total)
        self.looking_bar.setValue(min(done, total))
        if note:
            words = _("{state}: {reason}")
            self.looking.setText(words.format(state=_("Looking at what it is"), reason=_(note)))

    def _refresh(self) -> None:
        self.next_button.setEnabled(bool(self.path.text().strip()) and not self._is_looking)
        self.drop.set_choosable(not self._is_looking)
        self.back_button.setText(_("Cancel") if self._is_looking else _("Back to the models"))
        self.looking.setVisible(self._is_looking)
        self.looking_bar.setVisible(self._is_looking)

    def _next(self) -> None:
        path = self.path.text().strip()
        if path and not self._is_looking:
            self.chosen.emit(path)
