"""Did it occur? By rules over the words of the sentence: denied, history, doubted, or present.

A mention that got better is present: it was there. No rule adds a mention or a diagnosis.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.narratives import cues
from m2m_desktop.core.narratives.records import (
    FoundMention,
    FoundSpan,
    Rule,
    Span,
    Standing,
    Status,
)
from m2m_desktop.core.narratives.sentences import (
    clause_starts,
    last_at_or_before,
    sentence_spans,
)

_LONGEST_DOUBT = 40
_LONGEST_REASON = 60
_LONGEST_LIST = 60
_FARTHEST = 500
"""Characters before and behind a mention in which its sentence is read."""
PRESENT = Standing()


def with_standing(text: str, spans: Sequence[FoundSpan]) -> list[FoundMention]:
    """Give each span (in order, without overlaps) its status."""
    reader = _Reader(text, spans)
    found = []
    for number, span in enumerate(spans):
        standing = reader.standing(number)
        found.append(
            FoundMention(
                span.start,
                span.end,
                text[span.start : span.end],
                span.kind,
                span.confidence,
                standing.status,
                standing.cue,
                standing.rule,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A mention with its sentence, its clause, and all places where clauses begin."""

    number: int
    span: FoundSpan
    sentence: Span
    clauses: Sequence[int]
    clause: int


class _Reader:
    """One narrative with its mentions; the mentions' own words are no cues."""

    def __init__(self, text: str, spans: Sequence[FoundSpan]) -> None:
        self._text = text
        self._plain = cues.plain(text)
        self._spans = spans
        self._sentences = sentence_spans(text)
        self._starts = [start for start, _ in self._sentences]
        self._open = self._masked()
        given = cues.DRUG_GIVEN.search(self._open)
        self._drug_given = given.end() if given else len(text)

    def standing(self, number: int) -> Standing:
        """Judge one mention: denial first, then history, then doubt."""
        place = self._place(number)
        for judge in (
            self._negated,
            self._of_family,
            self._doubted,
            self._only_spoken_of,
            self._treated,
            self._historical,
        ):
            standing = judge(place)
            if standing is not None:
                return standing
        return PRESENT

    def _masked(self) -> str:
        """The text with the mentions blotted out, so that 无 in 无力 denies nothing."""
        pieces, done = [], 0
        for span in self._spans:
            pieces += [self._plain[done : span.start], cues.MENTION * (span.end - span.start)]
            done = span.end
        return "".join((*pieces, self._plain[done:]))

    def _place(self, number: int) -> _Place:
        span = self._spans[number]
        start, end = self._sentences[last_at_or_before(self._starts, span.start)]
        sentence = (max(start, span.start - _FARTHEST), min(end, span.end + _FARTHEST))
        clauses = clause_starts(self._plain, sentence)
        return _Place(number, span, sentence, clauses, last_at_or_before(clauses, span.start))

    def _after(self, place: _Place, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self._open, place.span.end, place.sentence[1])

    def _last_cue(self, pattern: re.Pattern[str], start: int, end: int) -> re.Match[str] | None:
        matches = [match for match in pattern.finditer(self._open, start, end) if match[0]]
        return matches[-1] if matches else None

    def _said(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())[:_LONGEST_REASON]

    # -- denied ----------------------------------------------------------------------------------

    def _negated(self, place: _Place) -> Standing | None:
        after = self._after(place, cues.AFTER_NEGATED)
        if after is not None:
            return self._standing(Status.NEGATED, Rule.NEGATION, after)
        start = place.clauses[place.clause]
        cue = self._denial(start, place.span.start)
        if cue is None and (start := self._list_start(place)) < place.clauses[place.clause]:
            cue = self._denial(start, place.span.start)
            if cue is not None and not self._denies_list(cue, place):
                cue = None
        return self._standing(Status.NEGATED, Rule.NEGATION, cue) if cue else None

    def _denial(self, start: int, end: int) -> re.Match[str] | None:
        """Give the last denial between two places whose reach is not ended before the second."""
        no_denials = [match.span() for match in cues.NO_NEGATION.finditer(self._open, start, end)]
        for cue in reversed(list(cues.NEGATION.finditer(self._open, start, end))):
            if any(first < cue.end() and cue.start() < last for first, last in no_denials):
                continue
            is_ended = cues.NEGATION_ENDS.search(self._open, cue.end(), end) is not None
            return None if is_ended else cue
        return None

    def _denies_list(self, cue: re.Match[str], place: _Place) -> bool:
        """Tell whether a denial of an earlier clause goes on: 无恶心，呕吐，腹泻."""
        clause = last_at_or_before(place.clauses, cue.start())
        denied = self._open.find(cues.MENTION, cue.end(), place.clauses[clause + 1])
        return denied >= 0 and cues.OPENS_LIST.fullmatch(cue[0]) is not None

    def _list_start(self, place: _Place) -> int:
        """Give where the clause begins, or the list over several clauses that it belongs to.

        A list goes on over clauses that hold mentions and joining words, and nothing else.
        """
        number = place.clause
        while number > 0:
            start = place.clauses[number]
            following = place.clauses[number + 1 : number + 2] or [place.sentence[1]]
            if self._plain[start - 1] != "," or not cues.LIST.fullmatch(
                self._open, start, following[0]
            ):
                break
            number -= 1
        return place.clauses[number]

    # -- of another time or person ---------------------------------------------------------------

    def _of_family(self, place: _Place) -> Standing | None:
        cue = self._last_cue(cues.FAMILY, place.sentence[0], place.span.start)
        if cue is None or self._came_back(cue.end(), place):
            return None
        return self._standing(Status.HISTORICAL, Rule.FAMILY, cue)

    def _historical(self, place: _Place) -> Standing | None:
        after = self._after(place, cues.AFTER_HISTORICAL) or self._history_of_list(place)
        if after is not None:
            return self._standing(Status.HISTORICAL, Rule.HISTORY, after)
        for cue in reversed(
            list(cues.HISTORY.finditer(self._open, place.sentence[0], place.span.start))
        ):
            if not self._came_back(cue.end(), place):
                return self._standing(Status.HISTORICAL, Rule.HISTORY, cue)
        return None

    def _history_of_list(self, place: _Place) -> re.Match[str] | None:
        """Look behind the list that a mention stands in: 高血压、糖尿病病史."""
        end = place.span.end
        for span in self._spans[place.number + 1 : place.number + _LONGEST_LIST]:
            between = self._open[end : span.start]
            if span.start > place.sentence[1] or not re.fullmatch(r"病?[\s、和及与/]+", between):
                break
            end = span.end
        if end == place.span.end:
            return None
        return cues.AFTER_HISTORICAL.match(self._open, end, place.sentence[1])

    def _came_back(self, start: int, place: _Place) -> bool:
        """Tell whether a later clause than that of ``start`` came back to the event."""
        number = last_at_or_before(place.clauses, start)
        later = next(iter(place.clauses[number + 1 : place.clause + 1]), None)
        if later is None:
            return False
        return cues.PRESENT_AGAIN.search(self._open, later, place.span.start) is not None

    # -- doubted, or only spoken of --------------------------------------------------------------

    def _doubted(self, place: _Place) -> Standing | None:
        after = self._after(place, cues.AFTER_DOUBTED)
        if after is not None:
            return self._standing(Status.UNCERTAIN, Rule.DOUBT, after)
        start = max(place.clauses[place.clause], place.span.start - _LONGEST_DOUBT)
        cue = self._last_cue(cues.DOUBT, start, place.span.start)
        if cue is None or self._after(place, cues.CAUSE_FOLLOWS):
            return None
        between = self._open[cue.end() : place.span.start].replace(cues.MENTION, "")
        if cues.DOUBT_REACH.fullmatch(between) is None:
            return None
        return self._standing(Status.UNCERTAIN, Rule.DOUBT, cue)

    def _only_spoken_of(self, place: _Place) -> Standing | None:
        start = place.clauses[place.clause]
        cue = self._last_cue(cues.CONDITION, start, place.span.start)
        if cue is None or place.span.start - cue.end() > 12 + self._masked_between(
            cue.end(), place
        ):
            return None
        return self._standing(Status.UNCERTAIN, Rule.CONDITION, cue)

    def _masked_between(self, start: int, place: _Place) -> int:
        return self._open.count(cues.MENTION, start, place.span.start)

    # -- what was treated ------------------------------------------------------------------------

    def _treated(self, place: _Place) -> Standing | None:
        if self._drug_given <= place.span.start:
            return None
        after = self._after(place, cues.AFTER_INDICATION)
        if after is not None:
            return self._standing(Status.HISTORICAL, Rule.INDICATION, after)
        cue = self._last_cue(cues.INDICATION, place.sentence[0], place.span.start)
        cue = self._last_cue(cues.SURE_INDICATION, place.sentence[0], place.span.start) or cue
        if cue is None or cues.INDICATION_ENDS.search(self._open, cue.end(), place.span.start):
            return None
        if cues.SURE_INDICATION.fullmatch(cue[0]):
            return self._standing(Status.HISTORICAL, Rule.INDICATION, cue)
        ahead = cues.TREATED.search(self._open, place.span.end, place.sentence[1])
        labelled = self._open[cue.end() : cue.end() + 1] in (":", "为", "是")
        is_aim = cue[0] in cues.AIM and cues.TREATED.search(
            self._open, place.sentence[0], cue.start()
        )
        if ahead is None and not labelled and not is_aim:
            return None
        return self._standing(Status.HISTORICAL, Rule.INDICATION, cue)

    def _standing(self, status: Status, rule: Rule, cue: re.Match[str]) -> Standing:
        return Standing(status, rule, self._said(*cue.span()))
