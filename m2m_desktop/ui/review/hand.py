"""The phrase in hand: everything the right side shows of it, kept in step with the project."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.records import Band, Candidate, CodingResult, Mention, Source
from m2m_desktop.core.review import CodedTerm, PhraseRow, current_terms, warnings_of
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.project.records import Item
from m2m_desktop.services.project.wire import Json, proposed_terms
from m2m_desktop.ui.candidate_model import CandidateColumn
from m2m_desktop.ui.engine_protocol import result_from_json
from m2m_desktop.ui.review.answer import ReviewAnswer
from m2m_desktop.ui.review.desk import ReviewDesk
from m2m_desktop.ui.review.steps import row_of_item
from m2m_desktop.ui.review.terms import TermDesk, pt_of, term_of

Remembered = Callable[[str], Sequence[CodedTerm] | None]
"""What the memory holds for a phrase: None nothing, no terms "no suitable term"."""


def answered(row: PhraseRow, told: Json) -> PhraseRow:
    """A row with an answer that has just come."""
    candidates = told["candidates"]
    return replace(
        row,
        band=Band(told["band"]),
        source=Source(told["source"]),
        proposed=proposed_terms(told),
        probability=candidates[0]["prob_1"] if candidates else None,
    )


class ReviewHand(QObject):
    """Shows one phrase at a time; see the module."""

    failed = Signal(object)
    """The `CodingToolError` that kept a part from being read."""

    def __init__(self, answer: ReviewAnswer, desk: ReviewDesk, terms: TermDesk) -> None:
        super().__init__()
        self._answer, self._desk, self._terms = answer, desk, terms
        self.row: PhraseRow | None = None
        self.remembered: Remembered = lambda _text: None
        self._result: CodingResult | None = None
        answer.candidates.pt_chosen.connect(self._show_candidate)
        answer.places.only_changed.connect(self._show_head)
        answer.search.opened.connect(self._search_opened)

    def take(self, row: PhraseRow | None) -> None:
        """Take a phrase in hand, or show the one in hand as it stands now."""
        before, self.row = self.row, row
        is_new = before is None or row is None or before.phrase_id != row.phrase_id
        is_answer_new = is_new or before is None or row is None or _answer(before) != _answer(row)
        if is_answer_new:
            self._result = self._read_answer() if row is not None and row.band else None
        self._show_lists()
        self._show_head()
        if is_answer_new:
            self._show_candidates()
        self._tick()
        if is_new:
            self._answer.search.close_hits()
            self._look_at_terms()

    def only(self) -> list[Item]:
        """The places a decision holds for; nothing: the whole phrase."""
        return self._answer.places.only()

    def effective(self) -> PhraseRow | None:
        """The row a decision starts from: that of the first chosen place, else of the phrase."""
        items = self.only()
        return row_of_item(self.row, items[0]) if self.row is not None and items else self.row

    def current_candidate(self) -> Candidate | None:
        """The candidate that is looked at."""
        return self._answer.candidates.current()

    def term_for(self, candidate: Candidate) -> CodedTerm:
        """A candidate as a term; where coding proposed it, exactly as it was proposed."""
        proposed = self.row.proposed if self.row else ()
        same = (term for term in proposed if term.pt_code == candidate.pt.code)
        return next(same, None) or term_of(candidate)

    # -- showing ---------------------------------------------------------------------------------

    def _read_answer(self) -> CodingResult | None:
        assert self.row is not None
        project = self._desk.project
        try:
            told = project.answer(self.row.phrase_id) if project else None
            return result_from_json({**told, "mention": self.row.text}) if told else None
        except CodingToolError as error:
            self.failed.emit(error)
            return None

    def _show_lists(self) -> None:
        row, answer = self.row, self._answer
        items: list[Item] = []
        events = []
        try:
            if row is not None:
                items = self._desk.items(row.phrase_id)
                events = self._desk.history(row.phrase_id)
        except CodingToolError as error:
            self.failed.emit(error)
        answer.places.show_items(items, is_read_only=self._desk.is_read_only)
        answer.history.model.set_events(events)
        answer.show_counts(len(items), len(events))

    def _show_head(self) -> None:
        row, items = self.effective(), self.only()
        remembered = self.remembered(row.text) if row else None
        warnings = warnings_of(row, remembered) if row else ()
        self._answer.head.show_row(row, warnings, can_change=not self._desk.is_read_only)
        if items and self.row is not None:
            rows = ", ".join(str(item.row) for item in items[:6]) + ("…" if len(items) > 6 else "")
            text = ngettext(
                "Decisions hold only for {count} of {total} row: {rows}",
                "Decisions hold only for {count} of {total} rows: {rows}",
                self.row.item_count,
            ).format(count=len(items), total=self.row.item_count, rows=rows)
            self._answer.head.say_scope(text, _("Whole phrase"))
        else:
            self._answer.head.say_scope("")
        self._tick()

    def _show_candidates(self) -> None:
        row = self.row
        mention = Mention(str(row.phrase_id), row.text) if row is not None and row.band else None
        self._answer.candidates.show_result(mention, self._result)
        if row is not None and row.band is None:
            self._answer.candidates.show_nothing(_("Not coded yet."))

    def _tick(self) -> None:
        row = self.effective()
        codes = frozenset(term.pt_code for term in current_terms(row)) if row else frozenset()
        self._answer.candidates.show_selected(codes)

    def _look_at_terms(self) -> None:
        """Stand on the first term of the set, in the list of candidates or else in the tree."""
        terms = current_terms(self.row) if self.row is not None else ()
        panel = self._answer.candidates
        if not terms:
            if self._result is None:
                self._terms.show(None)
            return
        at = panel.model.row_of(terms[0].pt_code)
        if at > 0:
            panel.table.setCurrentIndex(panel.model.index(at, CandidateColumn.PT))
        elif at < 0:
            self._terms.show(pt_of(terms[0]))

    def _show_candidate(self, candidate: Candidate | None) -> None:
        if not self._answer.search.is_open:
            self._terms.show(candidate.pt if candidate else None)

    def _search_opened(self, is_open: bool) -> None:
        if not is_open:
            self._show_candidate(self.current_candidate())


def _answer(row: PhraseRow) -> tuple[object, ...]:
    return row.band, row.source, row.proposed, row.probability, row.text
