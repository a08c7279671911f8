"""What is coded with: asked of the engine, chosen in the header, kept for the next start."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.model_kinds import ENCODER, NER
from m2m_desktop.ui.choice_bar import LEXICAL, ChoiceBar, Choices, MeaningShown
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_notices import EngineNotices
from m2m_desktop.ui.engine_protocol import EngineStatus, Json, status_from_json
from m2m_desktop.ui.model.uses import (
    encoder_in_use,
    setting_for,
    tagger_in_use,
)
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
        self._settings, self._area = settings, notices
        self._notices = EngineNotices(
            notices, restart=self.restart, import_release=self.import_wanted.emit
        )
        self.cards: tuple[ModelCard, ...] = ()
        """All models that are there, of every kind."""
        self._encoders: Mapping[str, str] = {}
        self._unready: tuple[str, str] | None = None
        self._is_preparing = False
        bar.set_threshold(settings.now.threshold)
        bar.chosen.connect(self.choose)
        client.state_changed.connect(self.show_state)
        client.state_changed.connect(self._watch_spare_work)
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
            self._encoders = dict(told.get("encoders") or {})
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
        choices = self._bar.choices()
        if model_id in (choices.model, choices.encoder, choices.tagger):
            self.answers_stale.emit()

    def forget_model(self, model_id: str) -> None:
        """A model was deleted; whatever is coded next is coded with the default one."""
        saved = self._settings.now
        for field in ("model", "encoder", "tagger"):
            if model_id == getattr(saved, field):
                self._settings.change(**{field: ""})
        self.ask_status()

    def use_for(self, kind: str, model_id: str) -> None:
        """Use a model for what its kind is for from now on; "none": do without one."""
        terminology = self._bar.choices().terminology
        default = {
            ENCODER: encoder_in_use("", terminology, self._encoders, self.cards),
            NER: tagger_in_use("", self.cards),
        }.get(kind, "")
        self._settings.change(**setting_for(kind, model_id, default))
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

    # -- candidates by meaning -------------------------------------------------------------------

    def _show_helpers(self) -> None:
        """Take over encoder and tagger, which may be others for another terminology."""
        saved, names = self._settings.now, {card.model_id: card.name for card in self.cards}
        terminology = self._bar.choices().terminology
        encoder = encoder_in_use(saved.encoder, terminology, self._encoders, self.cards)
        is_ready = self._unready != (terminology, encoder)
        tagger = tagger_in_use(saved.tagger, self.cards)
        self._bar.set_tagger(tagger, names)
        self._bar.show_meaning(MeaningShown(encoder, names.get(encoder, encoder), is_ready))

    def look_at_vectors(self) -> None:
        """Ask whether the encoder can take part already; offer to code again once it can."""
        choices, meaning = self._bar.choices(), self._bar.meaning
        if not (meaning.is_on and choices.encoder):
            self._area.clear("meaning")
            return
        key = (choices.terminology, meaning.encoder)

        def take(told: Json) -> None:
            now = (self._bar.choices().terminology, self._bar.meaning.encoder)
            if key == now:
                self._take_vectors(key, is_missing=told.get("state") == "missing")

        self._client.request(
            "vector_state",
            {"terminology": key[0], "encoder": key[1]},
            on_answer=take,
            on_error=lambda _error: None,  # said when phrases are coded
        )

    def _take_vectors(self, key: tuple[str, str], *, is_missing: bool) -> None:
        became_ready = not is_missing and self._unready == key
        self._unready = key if is_missing else None
        self._show_helpers()
        self.show_state()
        if is_missing:
            self._area.clear("meaning")
        elif became_ready:
            self._area.say(
                "meaning",
                "info",
                _(
                    "Candidates can be found by meaning now. What was coded before was looked up "
                    "by wording only."
                ),
                action=_("Code again"),
                on_action=self._code_again,
            )

    def _code_again(self) -> None:
        self._area.clear("meaning")
        self.answers_stale.emit()

    def _watch_spare_work(self) -> None:
        was_preparing, self._is_preparing = self._is_preparing, self._client.spare is not None
        if was_preparing and not self._is_preparing:
            self.look_at_vectors()

    def _apply(self) -> None:
        self._show_helpers()
        choices = self._bar.choices()
        self.say_terminology()
        self.show_state()
        self._client.request(
            "warm",
            {
                "terminology": choices.terminology,
                "model": choices.model,
                "mode": choices.mode,
                "encoder": choices.encoder,
            },
            on_answer=lambda _told: None,
            on_error=lambda _error: None,  # said when phrases are coded
            on_progress=self.warming.emit,
        )
        self.look_at_vectors()
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
        self._state_line.show_choice(self._bar.current_terminology(), self._bar.short_title())
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
