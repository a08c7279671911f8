"""What the keys and buttons of review do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Candidate, TermLevel
from m2m_desktop.core.review import (
    Action,
    CodedTerm,
    PhraseRow,
    current_terms,
    is_doubtful,
    unexcepted,
)
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.project.records import Item
from m2m_desktop.ui import clipboard
from m2m_desktop.ui.engine_protocol import TreeTerm
from m2m_desktop.ui.review import steps as review_steps
from m2m_desktop.ui.review.answer import ReviewAnswer
from m2m_desktop.ui.review.confirm import ConfirmDialog
from m2m_desktop.ui.review.desk import ReviewDesk
from m2m_desktop.ui.review.hand import ReviewHand
from m2m_desktop.ui.review.keys import Command
from m2m_desktop.ui.review.list import ReviewList
from m2m_desktop.ui.review.steps import Planned, Step
from m2m_desktop.ui.review.terms import FoundTerm, KnownPt, TermDesk

Question = Callable[[int], str]
"""Gives the question for so many phrases, in which ``{count}`` is still to be put."""


class ReviewCommands(QObject):
    """Carries out commands on the phrase in hand, on single places of it, or on several phrases."""

    said = Signal(str)

    def __init__(
        self,
        owner: QWidget,
        phrases: ReviewList,
        answer: ReviewAnswer,
        desk: ReviewDesk,
        hand: ReviewHand,
        terms: TermDesk,
    ) -> None:
        super().__init__(owner)
        self._owner, self._list, self._answer = owner, phrases, answer
        self._desk, self._hand, self._terms = desk, hand, terms

    def run(self, command: Command, number: int = 0) -> None:
        """Do what a key says; ``number`` is that of a candidate, from 0, for `Command.CHOOSE`."""
        self._answer.head.say_hint()
        match command:
            case Command.ACCEPT | Command.ACCEPT_STAY:
                self._accept(goes_on=command is Command.ACCEPT)
            case Command.CHOOSE:
                self._choose(number)
            case Command.TOGGLE:
                self.toggle(self._hand.current_candidate())
            case Command.NO_TERM:
                self._no_term()
            case Command.FLAG:
                self._flag()
            case Command.REOPEN:
                self._decide(review_steps.REOPEN, _reopen_question, _("Reopen {count}"))
            case Command.UNDO:
                self._desk.undo()
            case Command.REDO:
                self._desk.redo()
            case Command.FILTER:
                self._list.bar.begin()
            case Command.NEXT_DOUBTFUL:
                self._go_doubtful(1)
            case Command.PREVIOUS_DOUBTFUL:
                self._go_doubtful(-1)
            case Command.SEARCH_BACK:
                self._answer.search.go_back()
            case Command.SEARCH_FORWARD:
                self._answer.search.go_forward()
            case Command.COPY_TERM:
                self._copy([term.pt_name for term in self._chosen_terms()])
            case Command.COPY_CODE:
                self._copy([term.pt_code for term in self._chosen_terms()])
            case _:
                pass  # keys of the window

    # -- for what it holds -----------------------------------------------------------------------

    def _rows(self) -> list[PhraseRow]:
        """The phrases that are chosen, or the one in hand."""
        chosen = self._list.table.selected_rows()
        if len(chosen) > 1:
            return chosen
        return [self._hand.row] if self._hand.row is not None else []

    def _take(self, step: Step) -> Planned:
        """Do a step at once, for whatever it holds."""
        items, row = self._hand.only(), self._hand.row
        if items and row is not None:
            return self._desk.take_items(row, items, step)
        return self._desk.take(self._rows(), step)

    def _decide(self, step: Step, question: Question, yes: str, *, goes_on: bool = False) -> None:
        """Do a step; ask first where it holds for several phrases."""
        rows = self._rows()
        if self._hand.only() or len(rows) < 2:
            planned = self._take(step)
            if self._hand.only():
                if planned.changes:
                    self._answer.places.stop()
            elif planned.changes and goes_on:
                self.go_on()
            return
        self._ask(rows, step, question, yes)

    def _ask(self, rows: Sequence[PhraseRow], step: Step, question: Question, yes: str) -> None:
        if self._desk.is_read_only:
            self._desk.take(rows, step)  # says why not
            return
        planned = review_steps.plan(rows, step)
        changed = len(planned.changes)
        count = f"{changed:,}"
        ConfirmDialog(
            self._owner,
            question(changed).format(count=count),
            yes.format(count=count),
            planned,
            lambda: self._finish_bulk(rows, step),
        ).open()

    def _finish_bulk(self, rows: Sequence[PhraseRow], step: Step) -> None:
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)  # thousands take a second
        try:
            self._desk.take(rows, step)
        finally:
            QGuiApplication.restoreOverrideCursor()
        self._list.table.setFocus()

    # -- deciding --------------------------------------------------------------------------------

    def _accept(self, *, goes_on: bool) -> None:
        step = review_steps.accept(self._desk.who, self._desk.now())
        self._decide(step, _accept_question, _("Accept {count}"), goes_on=goes_on)

    def accept_shown(self) -> None:
        """Accept the proposals of exactly what is shown, after asking."""
        step = review_steps.accept(self._desk.who, self._desk.now())
        self._ask(
            self._list.model.shown(),
            step,
            lambda _count: _("Accept the {count} shown?"),
            _("Accept {count}"),
        )

    def accept_candidate(self, candidate: Candidate | None) -> None:
        """Decide for one candidate alone, and go on."""
        if candidate is None:
            return
        self._answer.head.say_hint()
        terms = [self._hand.term_for(candidate)]
        step = review_steps.choose(terms, self._desk.who, self._desk.now())
        self._decide(step, _code_question, _("Code {count}"), goes_on=True)

    def _no_term(self) -> None:
        step = review_steps.no_term(self._desk.who, self._desk.now())
        self._decide(step, _no_term_question, _("No term for {count}"), goes_on=True)

    def _flag(self) -> None:
        rows = self._rows()
        effective = self._hand.effective()
        if self._hand.only() and effective is not None:
            rows = [effective]
        is_on = bool(rows) and all(row.state.is_flagged for row in rows)
        self._take(review_steps.UNFLAG if is_on else review_steps.FLAG)

    def _choose(self, number: int) -> None:
        candidate = self._answer.candidates.model.candidate(number)
        if candidate is None:
            self._answer.head.refuse(_("There is no candidate {number}.").format(number=number + 1))
        else:
            self._take(review_steps.draft([self._hand.term_for(candidate)]))

    def toggle(self, candidate: Candidate | None) -> None:
        """Take a candidate into the set, or out of it."""
        if candidate is not None:
            self._take(review_steps.toggle(self._hand.term_for(candidate)))

    def take_out(self, term: CodedTerm) -> None:
        """Take a term out of the set."""
        row = self._hand.effective()
        if row is not None and term.pt_code in {one.pt_code for one in current_terms(row)}:
            self._take(review_steps.toggle(term))

    def add_found(self, found: FoundTerm) -> None:
        """Take a term that was found into the set of the phrase in hand."""
        row = self._hand.row
        if row is None:
            return
        if not found.is_current:
            self._answer.head.refuse(
                _("“{name}” is not current. Choose a current LLT.").format(name=found.name)
            )
            return
        phrase_id = row.phrase_id

        def add(known: KnownPt) -> None:
            now = self._hand.effective()
            if now is None or now.phrase_id != phrase_id:
                return  # another phrase is in hand by now
            term = known.coded(found.code, found.name) if found.code != found.pt_code else None
            term = term or known.coded()
            if term.pt_code in {one.pt_code for one in current_terms(now)}:
                self._answer.head.refuse(
                    _("“{name}” is in the set already.").format(name=term.pt_name)
                )
            else:
                self._take(review_steps.toggle(term))

        self._terms.find(found.pt_code, add)

    def add_from_tree(self, row: TreeTerm | None) -> None:
        """Take a PT or LLT of the tree into the set; wider terms only open and close."""
        if row is not None and row.term.level in {TermLevel.PT, TermLevel.LLT}:
            self._terms.find_owner(row, self.add_found)

    def follow_phrase(self, items: Sequence[Item]) -> None:
        """Let the decision of the phrase hold for these places again."""
        row = self._hand.row
        if row is not None and items:
            changes = [unexcepted(item.item_id) for item in items]
            self._desk.commit(changes, Action.UNEXCEPT, [row])

    def write_comment(self, phrase_id: int, text: str) -> None:
        """Keep a comment."""
        row = self._list.model.by_id(phrase_id)
        items, in_hand = self._hand.only(), self._hand.row
        if items and in_hand is not None and in_hand.phrase_id == phrase_id:
            self._desk.take_items(in_hand, items, review_steps.comment(text))
        elif row is not None:
            self._desk.take([row], review_steps.comment(text))

    # -- going elsewhere -------------------------------------------------------------------------

    def go_on(self) -> None:
        """Go to the next phrase below that is not decided."""
        model, table = self._list.model, self._list.table
        row = model.find_row(
            table.current_row(), 1, lambda row: not row.state.is_locked, wraps=False
        )
        if row >= 0:
            table.go_to(row)
        elif model.find_row(-1, 1, lambda row: not row.state.is_locked, wraps=False) < 0:
            self.said.emit(_("All phrases shown are decided."))
        else:
            self.said.emit(_("No open phrase below; there are some above."))

    def _go_doubtful(self, step: int) -> None:
        model, table = self._list.model, self._list.table
        row = model.find_row(table.current_row(), step, _is_doubtful, wraps=True)
        if row < 0:
            self.said.emit(_("No doubtful phrase is shown."))
            return
        table.go_to(row)
        table.setFocus()

    # -- copying ---------------------------------------------------------------------------------

    def _chosen_terms(self) -> list[CodedTerm]:
        return [term for row in self._rows() for term in current_terms(row)]

    def _copy(self, texts: Sequence[str]) -> None:
        clipboard.copy_text("\n".join(texts))
        if texts:
            self.said.emit(_("Copied: {text}").format(text=_("; ").join(texts[:5])))


def _is_doubtful(row: PhraseRow) -> bool:
    return row.kind is PieceKind.REACTION and is_doubtful(row)


def _accept_question(count: int) -> str:
    return ngettext("Accept {count} phrase?", "Accept {count} phrases?", count)


def _code_question(count: int) -> str:
    return ngettext("Code {count} phrase so?", "Code {count} phrases alike?", count)


def _no_term_question(count: int) -> str:
    return ngettext(
        "No suitable term for {count} phrase?", "No suitable term for {count} phrases?", count
    )


def _reopen_question(count: int) -> str:
    return ngettext("Reopen {count} phrase?", "Reopen {count} phrases?", count)
