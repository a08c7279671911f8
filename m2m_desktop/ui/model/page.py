"""The page of installed models: the list, the card of one, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QLocale, QModelIndex, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import (
    Cancelled,
    CodingToolError,
    ModelDamaged,
    ModelMismatch,
    ModelNotFound,
)
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, icons, style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import joined, sentence
from m2m_desktop.ui.model.card import Check, speed_sentence
from m2m_desktop.ui.model.card_panel import ModelCardPanel
from m2m_desktop.ui.model.list import ModelList, ModelListModel
from m2m_desktop.ui.model.protocol import (
    ModelCard,
    Speed,
    card_from_json,
    cards_from_json,
    speed_from_json,
)
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.uses import NONE, InUse, is_optional, still_in_use
from m2m_desktop.ui.model.vectors_line import VectorsLine
from m2m_desktop.ui.model.widgets import ConfirmBar
from m2m_desktop.ui.model.words import size_text, used_sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.widgets import button, label

LIST_WIDTH, LIST_AT_LEAST = 280, 200

Key = tuple[str, bool]
"""A model by its id and whether it ships: an update may ship one that is installed as well."""


class ModelPage(QWidget):
    """See the module. Asks the engine itself; says what the window has to know."""

    use_wanted = Signal(str, str)
    """The kind and the id of the model to use from now on; "none": do without one."""
    vectors_made = Signal()
    """The names of the terminology in use were computed for an encoder."""
    removed = Signal(str)
    """The id of a model that is gone."""
    install_wanted = Signal()
    close_wanted = Signal()

    def __init__(
        self, client: EngineClient, in_use: InUse, cards: Sequence[ModelCard] = ()
    ) -> None:
        super().__init__()
        self._requests = Requests(client)
        self._vectors = VectorsLine(client, self)
        self._in_use, self._wanted_id = in_use, in_use.reranker
        self._checks: dict[Key, Check] = {}
        self._speeds: dict[Key, Speed] = {}
        self.model = ModelListModel()
        self.notices, self.confirm = NoticeArea(), ConfirmBar()
        self.list, self.panel = ModelList(self.model), ModelCardPanel()
        self.install_button, self.close_button = button(), button()
        self._lay_out()
        self._connect()
        self._say_words()
        self._set_cards(cards)

    # -- parts -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        heading = label(factor=style.TITLE, bold=True)
        self._heading = heading
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(style.M)
        self.list.setMinimumWidth(LIST_AT_LEAST)
        split.addWidget(self.list)
        split.addWidget(self.panel)
        split.setStretchFactor(1, 1)
        split.setSizes([LIST_WIDTH, 2 * LIST_WIDTH])
        foot = QHBoxLayout()
        foot.setSpacing(style.S)
        foot.addWidget(self.install_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(heading)
        column.addWidget(self.notices)
        column.addWidget(self.confirm)
        column.addWidget(split, 1)
        column.addSpacing(style.XS)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.list.selectionModel().currentRowChanged.connect(self._row_changed)
        self.panel.use_button.clicked.connect(self._use)
        self.panel.verify_button.clicked.connect(self._verify)
        self.panel.speed_button.clicked.connect(self._measure)
        self.panel.copy_button.clicked.connect(self._copy_hash)
        self.panel.remove_button.clicked.connect(self._ask_removal)
        self.panel.vectors_button.clicked.connect(self._compute)
        self._vectors.changed.connect(self._show_vectors)
        self.confirm.confirmed.connect(self._remove)
        self.confirm.closed.connect(self.list.setFocus)
        self.panel.stop_button.clicked.connect(self._stop)
        self.install_button.clicked.connect(self.install_wanted)
        self.close_button.clicked.connect(self.close_wanted)

    def _say_words(self) -> None:
        self._heading.setText(_("Models"))
        self.list.setAccessibleName(_("Installed models"))
        self.install_button.setText(" " + _("Install…"))
        self.close_button.setText(_("Close"))
        self.refresh()

    def refresh(self) -> None:
        """Take over the colours."""
        self.install_button.setIcon(icons.icon("import", style.colours().text))
        self.panel.refresh()
        self.notices.refresh()
        self.confirm.refresh()
        self.model.refresh()
        self._show_card()

    # -- what there is ---------------------------------------------------------------------------

    def load(self, go_to: str = "") -> None:
        """Ask which models there are; ``go_to`` is the one to show. What is known stays usable."""
        self._wanted_id = go_to or self._wanted_id
        self.notices.clear("status")
        if not self.model.rowCount():
            self._work(_("Looking for models"), takes_focus=False)
        self._requests.ask("status", {}, self._take_status, self._say_no_status)

    def take_installed(self, model_id: str) -> None:
        """Show a model that was just installed; what was found out about an older copy is over."""
        self._checks.pop((model_id, False), None)
        self._speeds.pop((model_id, False), None)
        self.load(model_id)

    def set_used(self, kind: str, model_id: str) -> None:
        """Mark another model as the one in use; `NONE`: there is none of the kind any more."""
        self._in_use = self._in_use.using(kind, model_id)
        shown = self.current()
        self.model.set_cards(self.cards(), self._in_use)
        wanted = shown.model_id if model_id == NONE and shown else model_id
        self._go_to(wanted)
        self._wanted_id = wanted  # one that was just installed may not be in the list yet

    def current(self) -> ModelCard | None:
        """The model that is shown."""
        return self.model.card(self.list.current_row())

    def close_requests(self) -> None:
        """Wait for nothing any more."""
        self._requests.close()
        self._vectors.close()

    def step_back(self) -> bool:
        """Take back a question or stop what runs; whether there was anything of the kind."""
        if self.confirm.isVisible():
            self.confirm.close_bar()
            return True
        if self.panel.is_working:
            self._stop()
            return True
        return False

    def cards(self) -> list[ModelCard]:
        """All models, as they are listed."""
        cards = (self.model.card(row) for row in range(self.model.rowCount()))
        return [each for each in cards if each is not None]

    def _take_status(self, told: Json) -> None:
        cards = cards_from_json(told)
        self._in_use = still_in_use(self._in_use, told, cards)
        self._set_cards(cards)
        self._rest()

    def _set_cards(self, cards: Sequence[ModelCard]) -> None:
        checked = []
        for each in cards:
            check = self._checks.get(_key(each))
            # the list of the engine rests on manifests alone: a verification knows better
            problem = each.problem or (check.problem if check else "")
            checked.append(replace(each, problem=problem))
        self.model.set_cards(checked, self._in_use)
        self._go_to(self._wanted_id)

    def _go_to(self, model_id: str) -> None:
        row = max(self.model.row_of(model_id), 0)
        self.list.setCurrentIndex(self.model.index(row, 0))
        self._show_card()

    def _say_no_status(self, error: CodingToolError) -> None:
        self._rest()
        self.notices.say(
            "status", "error", sentence(error), action=_("Try again"), on_action=self.load
        )

    def _row_changed(self, current: QModelIndex) -> None:
        shown = self.model.card(current.row())
        if shown is not None and shown.model_id != self._wanted_id:
            self.confirm.hide()
            self._wanted_id = shown.model_id
            self.notices.clear("done")
            self.notices.clear("error")
        self._show_card()

    def _show_card(self) -> None:
        shown = self.current()
        if shown is None:
            self.panel.show_model(None)
            return
        key = _key(shown)
        self.panel.show_model(
            shown,
            is_default=self.model.is_default(shown),
            check=self._checks.get(key),
            speed=self._speeds.get(key),
        )
        self._vectors.look_at(shown, self._in_use)
        self._show_vectors()

    def _show_vectors(self) -> None:
        self.panel.show_vectors(self._vectors.text(), can_compute=self._vectors.can_compute)

    # -- what can be done ------------------------------------------------------------------------

    def _use(self) -> None:
        shown = self.current()
        if shown is not None:
            is_used = not self.model.is_default(shown)
            model_id = shown.model_id if is_used else NONE
            self.set_used(shown.kind, model_id)
            self.notices.say("done", "info", used_sentence(shown, is_used=is_used))
            self.use_wanted.emit(shown.kind, model_id)
            self.list.setFocus()

    def _compute(self) -> None:
        shown = self.current()
        if shown is not None:
            self._work(_("Reading names for their meaning"))
            self._requests.ask(
                "embed_terminology",
                {"terminology": self._in_use.terminology, "encoder": shown.model_id},
                lambda _told: self._computed(shown),
                lambda error: self._failed(self.panel.vectors_button, error),
                self.panel.show_progress,
            )

    def _computed(self, shown: ModelCard) -> None:
        self._vectors.forget()
        said = _("The names of {terminology} were computed with {model}.")
        text = said.format(terminology=self._in_use.title, model=shown.name)
        self._done(self.panel.vectors_button, text)
        self.vectors_made.emit()

    def _verify(self) -> None:
        shown = self.current()
        if shown is not None:
            self._work(_("Verifying"))
            self._requests.ask(
                "verify_model",
                {"name": self._name_of(shown)},
                lambda told: self._verified(shown, told),
                lambda error: self._not_verified(shown, error),
                self.panel.show_progress,
            )

    def _verified(self, shown: ModelCard, told: Json) -> None:
        self._checks[_key(shown)] = Check(_time_of_day())
        whole = replace(
            card_from_json(told["model"]),
            name=shown.name,
            is_shipped=shown.is_shipped,
        )
        self._replace(shown, whole)
        said = _("{model} is whole: no file was changed, the recorded answers were reproduced.")
        self._done(self.panel.verify_button, said.format(model=shown.name))

    def _not_verified(self, shown: ModelCard, error: CodingToolError) -> None:
        if error.code in {ModelDamaged.code, ModelMismatch.code, ModelNotFound.code}:
            self._checks[_key(shown)] = Check(_time_of_day(), sentence(error))
            self._replace(shown, replace(shown, problem=sentence(error)))
        self._failed(self.panel.verify_button, error)

    def _measure(self) -> None:
        shown = self.current()
        if shown is not None:
            self._work(_("Measuring the speed"))
            self._requests.ask(
                "bench_model",
                {"name": self._name_of(shown)},
                lambda told: self._measured(shown, told),
                lambda error: self._failed(self.panel.speed_button, error),
                self.panel.show_progress,
            )

    def _measured(self, shown: ModelCard, told: Json) -> None:
        speed = self._speeds[_key(shown)] = speed_from_json(told)
        self._done(self.panel.speed_button, speed_sentence(shown, speed))
        self.panel.go_to_speed()

    def _copy_hash(self) -> None:
        shown = self.current()
        if shown is not None:
            clipboard.copy_text(shown.hash)
            self.notices.say("done", "info", _("The whole hash was copied."))

    def _ask_removal(self) -> None:
        shown = self.current()
        if shown is None:
            return
        self.notices.clear("done")
        self.notices.clear("error")
        freed, size = _("{size} on disk become free."), size_text(shown.size_bytes)
        sentences = [
            _("Delete {model} from this computer?").format(model=shown.name),
            freed.format(size=size) if shown.size_bytes else "",
        ]
        if self.model.is_default(shown):
            sentences.append(
                _("It is in use: what ships with the program takes its place, if there is any.")
                if is_optional(shown.kind)
                else _("Phrases are then coded with the model that ships.")
            )
        self.confirm.ask(joined(*sentences), _("Keep"), _("Delete"))

    def _remove(self) -> None:
        shown = self.current()
        if shown is not None:
            self._work(_("Deleting"))
            self._requests.ask(
                "remove_model",
                {"model_id": shown.model_id},
                lambda _told: self._was_removed(shown),
                lambda error: self._failed(self.panel.remove_button, error),
            )

    def _was_removed(self, gone: ModelCard) -> None:
        self._checks.pop(_key(gone), None)
        self._speeds.pop(_key(gone), None)
        self._rest()
        self.removed.emit(gone.model_id)
        row = self.list.current_row()
        beside = self.model.card(row + 1) or self.model.card(row - 1)
        self.load(beside.model_id if beside else "")
        self.notices.say("done", "info", _("{model} was deleted.").format(model=gone.name))

    # -- work ------------------------------------------------------------------------------------

    def _work(self, text: str, *, takes_focus: bool = True) -> None:
        self.notices.clear("done")
        self.notices.clear("error")
        self.panel.start_work(text, takes_focus=takes_focus)

    def _stop(self) -> None:
        self.panel.busy_text.setText(_("Cancelling"))
        self._requests.cancel()

    def _rest(self, asked_with: QPushButton | None = None) -> None:
        self.panel.end_work(asked_with, self.list)
        self._show_card()

    def _done(self, asked_with: QPushButton, text: str) -> None:
        self._rest(asked_with)
        self.notices.say("done", "info", text)

    def _failed(self, asked_with: QPushButton, error: CodingToolError) -> None:
        self._rest(asked_with)
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))

    def _replace(self, old: ModelCard, new: ModelCard) -> None:
        row = self.list.current_row()
        cards = [new if each is old else each for each in self.cards()]
        self.model.set_cards(cards, self._in_use)
        self.list.setCurrentIndex(self.model.index(row, 0))

    def _name_of(self, shown: ModelCard) -> str:
        return shown.path if shown.path and self.model.is_shadowed(shown) else shown.model_id


def _key(shown: ModelCard) -> Key:
    return shown.model_id, shown.is_shipped


def _time_of_day() -> str:
    return QLocale().toString(QTime.currentTime(), QLocale.FormatType.ShortFormat)
