"""Phrases in, ranked terms out: a form around one service call, and its answer."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.records import Candidate, CodingResult, Mention, TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.candidate_panel import CandidatePanel
from m2m_desktop.ui.choice_bar import LEXICAL, Choices
from m2m_desktop.ui.empty_panel import EmptyPanel
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import (
    Json,
    llts_from_json,
    result_from_json,
    terms_from_json,
)
from m2m_desktop.ui.mention_panel import MentionPanel
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.tree_panel import TreePanel

NARROW, ANSWER_WIDTH = 1280, 560
"""Below the first the tree goes under the candidates; these never get less than the second."""

MANY_MENTIONS = 200
ASKED_AT_ONCE = 16
KEPT_OF_MANY = 20
"""Of each of many answers so many candidates stay in memory; all of them otherwise."""


class CodePage(QWidget):
    """The one page of the window."""

    copied = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""

    def __init__(self, client: EngineClient, notices: NoticeArea) -> None:
        super().__init__()
        self._client, self._notices = client, notices
        self._choices = Choices()
        self._is_open = False
        self._results: dict[str, CodingResult] = {}
        self._waiting: dict[str, Mention] = {}
        self._warnings: tuple[str, ...] = ()
        self._llts: dict[str, Json] = {}
        self._pt_code = ""
        self._may_interrupt = True
        self.mentions, self.candidates, self.tree = MentionPanel(), CandidatePanel(), TreePanel()
        self.empty = EmptyPanel()
        self._lay_out()
        self.mentions.coding_wanted.connect(self.code)
        self.mentions.result_chosen.connect(self._show_result)
        self.candidates.pt_chosen.connect(self._show_pt)
        self.candidates.hand.watch(self.tree.tree)
        self.tree.children_wanted.connect(self._ask_children)
        self.tree.roots_wanted.connect(self._ask_roots)
        self.empty.example_chosen.connect(self.mentions.box.set_text)
        for panel in (self.mentions, self.candidates, self.tree):
            panel.copied.connect(self.copied)
        for shower in (self.candidates, self.tree):
            shower.term_wanted.connect(self.term_wanted)
        self._tree_pause = QTimer(self, singleShot=True, interval=60)
        self._tree_pause.timeout.connect(self._ask_term)

    def _lay_out(self) -> None:
        self.answer = QSplitter(Qt.Orientation.Horizontal)
        self.answer.addWidget(self.candidates)
        self.answer.addWidget(self.tree)
        self.answer.setStretchFactor(0, 3)
        self.answer.setStretchFactor(1, 2)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.answer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.mentions)
        self.splitter.addWidget(self.stack)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        for splitter in (self.splitter, self.answer):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(style.M)
        self.splitter.setSizes([370, 922])
        self.answer.setSizes([640, 282])
        self.mentions.setMinimumWidth(260)
        self.stack.setMinimumWidth(ANSWER_WIDTH)
        self.candidates.setMinimumWidth(320)
        self.tree.setMinimumWidth(220)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tree below the candidates where the window is too narrow for three columns."""
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self.answer.orientation() != wanted:
            self.answer.setOrientation(wanted)
            self.answer.setSizes([340, 300] if is_narrow else [640, 282])

    # -- coding ----------------------------------------------------------------------------------

    def set_choices(self, choices: Choices) -> None:
        """Code with these from now on; what was coded with others is coded again."""
        if self._is_open and choices == self._choices:
            return
        if choices.terminology != self._choices.terminology:
            self._llts.clear()
            self.tree.whole_box.setChecked(False)
        self._choices, self._is_open = choices, True
        self.recode()
        self.say_mode()

    def say_mode(self) -> None:
        """Say in place that no model is used, and why."""
        if self._choices.mode == LEXICAL:
            text = _("Lexical search only: PTs are ranked by their wording, without probabilities.")
            self._notices.say("mode", "info", text)
        elif self._warnings:
            # what the engine says in general is translated, the particulars of a model may not be
            texts = sorted(map(_, self._warnings), key=lambda text: text in self._warnings)
            self._notices.say("mode", "warning", " ".join(texts))
        else:
            self._notices.clear("mode")

    def recode(self) -> None:
        """Code everything again, for instance because the engine speaks another language now."""
        self._results.clear()
        self._waiting.clear()
        self._warnings = ()
        self.code()

    def code(self) -> None:
        """Code the phrases in the box that have no final answer yet.

        A newer call supersedes this one: what it leaves provisional is asked again.
        """
        mentions = [
            Mention(str(number), text)
            for number, text in enumerate(self.mentions.box.phrases(), start=1)
        ]
        self.stack.setCurrentWidget(self.answer if mentions else self.empty)
        self.mentions.show_mentions(mentions, self._results)
        if not self._is_open:
            return  # `set_choices` comes as soon as the engine has said what there is
        self._notices.clear("code")
        missing = {m.text: m for m in mentions if not self._has_final(m.text)}
        if not missing.keys() <= self._waiting.keys():
            self._waiting, self._may_interrupt = missing, True
            self._ask_next()
        self._say_coming()

    def _has_final(self, text: str) -> bool:
        result = self._results.get(text)
        return result is not None and result.is_final

    def _ask_next(self) -> None:
        """Ask for the next few phrases, the one in hand first.

        Few at a time, so that the tree and other questions are answered in between.
        """
        in_hand = self.mentions.current_mention()
        order = sorted(self._waiting.values(), key=lambda m: in_hand is None or m != in_hand)
        if not order:
            return
        asked = order[:ASKED_AT_ONCE]
        keeps = KEPT_OF_MANY if len(self.mentions.model.mentions) > MANY_MENTIONS else None

        def go_on(_told: Json) -> None:
            for mention in asked:  # also what got no final answer: it would be asked for ever
                self._waiting.pop(mention.text, None)
            self._say_coming()
            self._ask_next()

        self._client.request(
            "code",
            {
                "mentions": [{"mention_id": m.mention_id, "text": m.text} for m in asked],
                "terminology": self._choices.terminology,
                "model": self._choices.model,
                "mode": self._choices.mode,
                "threshold": self._choices.threshold,
                "encoder": self._choices.encoder,
                "first_answers": True,
                "second_names": True,
            },
            on_partial=lambda told: self._take_result(result_from_json(told), keeps),
            on_answer=go_on,
            on_error=self._stop_waiting,
            on_progress=self.show_progress,
            supersedes=True,
        )

    def _take_result(self, result: CodingResult, keeps: int | None) -> None:
        if keeps is not None:
            kept = [
                candidate
                for row, candidate in enumerate(result.candidates)
                if row < keeps or candidate.pt.code in result.selected
            ]
            result = replace(result, candidates=tuple(kept))
        text = result.mention.text
        if not result.is_final and self._has_final(text):
            return
        self._results[text] = result
        if result.is_final:
            self._waiting.pop(text, None)
            self._may_interrupt = True
        self.mentions.model.set_result(result)
        if result.warnings and result.warnings != self._warnings:
            self._warnings = result.warnings
            self.say_mode()

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Say that the engine makes an index first; progress over phrases shows in their rows."""
        if note and total:
            self.candidates.show_waiting(
                _("Preparing the terminology for the first time… {percent} %").format(
                    percent=100 * done // total
                )
            )

    def _stop_waiting(self, error: CodingToolError) -> None:
        self._waiting.clear()
        self._say_coming()
        self._say_error(error)

    def _say_error(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self._notices.say(
                "code", "error", sentence(error), action=_("Try again"), on_action=self.code
            )

    def _show_result(self, result: CodingResult | None) -> None:
        self.candidates.show_result(self.mentions.current_mention(), result)
        self._say_coming()

    def _say_coming(self) -> None:
        mention = self.mentions.current_mention()
        self.candidates.show_coming(mention is not None and mention.text in self._waiting)

    # -- the tree --------------------------------------------------------------------------------

    def _show_pt(self, candidate: Candidate | None) -> None:
        self._pt_code = candidate.pt.code if candidate else ""
        known = self._llts.get(self._pt_code)
        if candidate is None:
            self.tree.model.set_pt(None)
            self.tree.show_term(None)
            return
        self.tree.model.set_pt(candidate.pt, llts_from_json(known["llts"]) if known else ())
        self.tree.open_at_pt()
        if known is None:
            self._tree_pause.start()

    def _ask_term(self) -> None:
        code = self._pt_code
        if code:
            self._client.request(
                "term",
                {"terminology": self._choices.terminology, "level": "pt", "code": code},
                on_answer=lambda told: self._take_term(code, told),
                on_error=self._say_error,
            )
            if self._waiting and self._may_interrupt:
                # The engine answers one request after the other, and a large model takes its time:
                # phrases are asked for anew behind this question, once for each final answer.
                self._may_interrupt = False
                self._ask_next()

    def _take_term(self, code: str, told: Json) -> None:
        self._llts[code] = told
        candidate = self.candidates.model.candidate(self.candidates.table.current_row())
        if code == self._pt_code and candidate is not None:
            self.tree.model.set_pt(candidate.pt, llts_from_json(told["llts"]))
            self.tree.open_at_pt()

    def _ask_roots(self) -> None:
        def take(told: Json) -> None:
            self.tree.model.set_roots(terms_from_json(told["terms"]))
            self.tree.open_at_pt()

        self._client.request(
            "roots",
            {"terminology": self._choices.terminology},
            on_answer=take,
            on_error=self._say_error,
        )

    def _ask_children(self, level: int, code: str) -> None:
        def take(told: Json) -> None:
            self.tree.model.set_children(TermLevel(level), code, terms_from_json(told["terms"]))

        self._client.request(
            "children",
            {
                "terminology": self._choices.terminology,
                "level": TermLevel(level).name.lower(),
                "code": code,
            },
            on_answer=take,
            on_error=self._say_error,
        )

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.mentions.retranslate()
        self.candidates.retranslate()
        self.tree.retranslate()
        self.empty.retranslate()
