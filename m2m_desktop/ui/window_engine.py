"""What is coded with: asked of the engine, chosen in the header, kept for the next start."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.ui.choice_bar import LEXICAL, ChoiceBar, Choices
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_notices import EngineNotices
from m2m_desktop.ui.engine_protocol import EngineStatus, Json, status_from_json
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.state_line import StateLine
from m2m_desktop.ui.window_settings import WindowSettings

if TYPE_CHECKING:
    from m2m_desktop.ui.model.protocol import ModelCard


class WindowEngine(QObject):
    """Keeps header, status bar and settings in step with the engine, and tells the pages."""

    status_known = Signal(object)
    """`EngineStatus`: what there is to choose from."""
    choices_taken = Signal(object)
    """`Choices`: what to code with from now on."""
    choices_shown = Signal()
    """What header and status bar say may be other words now."""
    warming = Signal(int, int, str)
    """Done, of how many, what: the engine opens what was chosen."""
    import_wanted = Signal()
    answers_stale = Signal()
    """What was answered before would be answered otherwise now."""

    def __init__(
        self,
        client: EngineClient,
        bar: ChoiceBar,
        state_line: StateLine,
        notices: NoticeArea,
        settings: WindowSettings,
    ) -> None:
        super().__init__(bar)
        self._client, self._bar, self._state_line = client, bar, state_line
        self._settings = settings
        self._notices = EngineNotices(
            notices, restart=self.restart, import_release=self.import_wanted.emit
        )
        self.cards: tuple[ModelCard, ...] = ()
        """All models that are there, of every kind."""
        bar.set_threshold(settings.now.threshold)
        bar.chosen.connect(self.choose)
        client.state_changed.connect(self.show_state)
        client.renewed.connect(self._ask_in_other_words)
        client.restarted.connect(self._notices.say_restarted)
        client.given_up.connect(self._notices.say_given_up)

    # -- what there is ---------------------------------------------------------------------------

    def ask_status(self, use: str = "") -> None:
        """Ask what there is to choose from; ``use`` is a terminology to change to."""
        choices = self._saved_choices()
        if use:
            choices = replace(choices, terminology=use)

        def take(told: Json) -> None:
            from m2m_desktop.ui.model.protocol import cards_from_json

            self.cards = cards_from_json(told)
            status = status_from_json(told)
            self._bar.set_status(_for_coding(status, self.cards), choices)
            self.status_known.emit(status)
            if use:
                self.choose()
            else:
                self._apply()

        self._client.request("status", {}, on_answer=take, on_error=self._say_no_status)

    def restart(self) -> None:
        """Try the engine once more."""
        self._notices.clear()
        self._client.retry()
        self.ask_status()

    def _say_no_status(self, error: CodingToolError) -> None:
        if self._client.state is not EngineState.STOPPED:
            self._notices.say_no_status(error)

    def _ask_in_other_words(self) -> None:
        """After the engine was renewed: its sentences are in another language now."""
        self.ask_status()
        self.answers_stale.emit()

    # -- what is chosen --------------------------------------------------------------------------

    def choose(self) -> None:
        """Keep what the header says, and code with it."""
        if not self._bar.terminology.isEnabled():
            return
        choices = self._bar.choices()
        self._settings.change(
            terminology=choices.terminology,
            model=LEXICAL if choices.mode == LEXICAL else choices.model,
            threshold=choices.threshold,
        )
        self._apply()

    def set_threshold(self, threshold: float) -> None:
        """Code with another threshold."""
        self._bar.set_threshold(threshold)
        self.choose()

    def use_model(self, model_id: str) -> None:
        """Code with a model from now on."""
        self._settings.change(model=model_id)
        self.ask_status()

    def take_model(self, model_id: str) -> None:
        """A model was installed; where it took the place of the one in use, code again."""
        self.ask_status()
        if model_id == self._bar.choices().model:
            self.answers_stale.emit()

    def forget_model(self, model_id: str) -> None:
        """A model was deleted; whatever is coded next is coded with the default one."""
        if model_id == self._settings.now.model:
            self._settings.change(model="")
        self.ask_status()

    def _saved_choices(self) -> Choices:
        saved = self._settings.now
        is_lexical = saved.model == LEXICAL
        return Choices(
            terminology=saved.terminology,
            model="" if is_lexical else saved.model,
            mode=LEXICAL if is_lexical else "default",
            threshold=saved.threshold,
        )

    def _apply(self) -> None:
        choices = self._bar.choices()
        self.say_terminology()
        self.show_state()
        self._client.request(
            "warm",
            {
                "terminology": choices.terminology,
                "model": choices.model,
                "mode": choices.mode,
            },
            on_answer=lambda _told: None,
            on_error=lambda _error: None,  # said when phrases are coded
            on_progress=self.warming.emit,
        )
        self.choices_taken.emit(choices)

    # -- what is said of it ----------------------------------------------------------------------

    @property
    def is_own_model(self) -> bool:
        """Whether a model is chosen that did not come with the program."""
        chosen = self._bar.choices().model
        return any(card.model_id == chosen and not card.is_shipped for card in self.cards)

    def say_terminology(self) -> None:
        """Warn in place as long as the demo dictionary is chosen."""
        if self._bar.terminology.isEnabled():
            self._notices.say_terminology(self._bar.current_terminology())

    def show_state(self) -> None:
        """Say in the status bar what is chosen and what the engine does."""
        self._state_line.show_engine(self._client)
        self._state_line.show_choice(self._bar.current_terminology(), self._bar.model.currentText())
        self.choices_shown.emit()


def _for_coding(status: EngineStatus, cards: "Sequence[ModelCard]") -> EngineStatus:
    """What can be chosen in the header: of the models those that score candidates, by their names."""
    names = {card.model_id: card.name for card in reversed(cards) if card.is_reranker}
    models = [
        replace(model, name=names[model.model_id])
        for model in status.models
        if model.model_id in names
    ]
    return replace(status, models=tuple(models))
