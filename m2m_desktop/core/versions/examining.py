"""Hold decisions against a new release: what it says of their terms, and what follows.

A decision is compared as it was stored, with the names and the path of its time; the old release
fills in what a decision does not tell. The LLT keeps the meaning of a phrase: where it went to
another PT, that PT is proposed. Names are compared only within one language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from m2m_desktop.core.coded_terms import describe_term, own_names
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.core.versions.alignment import ReleasePair
from m2m_desktop.core.versions.effects import EffectKind, Verdict
from m2m_desktop.core.versions.wording import nearest_llt

PT, LLT = TermLevel.PT, TermLevel.LLT

PT_GONE = N_("The PT {pt} is not in the new release.")
PT_GONE_LLT_STAYS = N_(
    "The PT {pt} is not in the new release; its LLT {llt} belongs to the PT {now} there."
)
PT_DEMOTED = N_("The PT {pt} is an LLT of the PT {now} in the new release.")
LLT_PROMOTED = N_("The LLT {llt} is a PT of its own in the new release.")
LLT_MOVED = N_("The LLT {llt} belongs to the PT {now} in the new release, no longer to {pt}.")
LLT_GONE = N_("The LLT {llt} is not in the new release; its PT {pt} is.")
LLT_NOT_CURRENT = N_("The LLT {llt} is not current any more; its PT {pt} stays.")
OTHER_SOC = N_("The primary SOC of the PT {pt} was {before} and is {now} in the new release.")
OTHER_PLACE = N_("The PT {pt} stood under {before} and stands under {now} in the new release.")
OTHER_NAME = N_("{before} is called {now} in the new release.")
NOW_EXACT = N_("The phrase is now the name of an LLT: {llt}, of the PT {pt}.")
NOW_EXACT_OF_SEVERAL = N_("The phrase is now the name of LLTs of several PTs: {llt}.")
NONE_WAS_SUITABLE = N_("No term was suitable in another release; this one may have one.")

SAME_CODES = N_("The same codes, with the names and the place of the new release.")
MEANING_STAYS = N_("The LLT keeps the meaning of the phrase: the PT to which it belongs now.")
PT_AND_LLT_PART = N_(
    "The PT and the LLT went different ways. The PT to which the LLT belongs now is proposed; a "
    "person must decide."
)
NEAREST = N_("The current LLT of the same PT with the nearest wording: {llt}.")
OWN_LLT = N_("The LLT that the PT itself is.")
NOTHING_FOLLOWS = N_("Nothing follows from the release: a person must decide.")
EXACT_TERM = N_("The term whose name the phrase is. A person must decide whether it fits better.")
LOOK_AGAIN = N_("Look whether the new release has a term that suits.")

_GRAVITY = {kind: place for place, kind in enumerate(EffectKind)}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one term; ``after`` None: nothing takes its place."""

    kind: EffectKind
    reasons: tuple[Message, ...]
    after: CodedTerm | None
    why: Message | None = None
    needs_person: bool = False


@dataclass(frozen=True)
class Examiner:
    """Holds decisions against ``new``; ``old`` is the release they were made in."""

    old: Terminology
    new: Terminology

    def examine(
        self, phrase: str, terms: Sequence[CodedTerm], *, language: str, version: str = ""
    ) -> Verdict:
        """Say what the new release means for the terms that were decided for a phrase.

        ``language`` is that of the names of the terms, ``version`` the release in which no term was
        suitable, where that was decided and matters.
        """
        if not terms and version and version != self.new.info.version:
            plain = Verdict(
                EffectKind.NO_TERM_BEFORE,
                (message(NONE_WAS_SUITABLE),),
                None,
                (message(LOOK_AGAIN),),
                needs_person=True,
            )
        else:
            compares = language in {"", self.new.info.language, self.new.info.language2}
            plain = _joined([self._examine_term(term, compares_names=compares) for term in terms])
        return self._with_new_name(plain, phrase, terms)

    # -- one term --------------------------------------------------------------------------------

    def _examine_term(self, term: CodedTerm, *, compares_names: bool) -> _Outcome:
        if self.new.index(PT, term.pt_code) < 0:
            return self._without_pt(term)
        llt = self.new.llt(term.llt_code) if term.llt_code else None
        if term.llt_code and llt is None:
            return self._other_llt(term, EffectKind.LLT_REMOVED, LLT_GONE)
        if llt is not None and llt.pt_code != term.pt_code:
            kind, text = EffectKind.LLT_MOVED, LLT_MOVED
            if llt.pt_code == llt.code:
                kind, text = EffectKind.PROMOTED_OTHER, LLT_PROMOTED
            now = self._named(PT, llt.pt_code)
            reason = message(text, llt=llt.name, now=now, pt=self._named(PT, term.pt_code))
            after = self._described(term, llt.pt_code, llt.code)
            return _Outcome(kind, (reason,), after, message(MEANING_STAYS))
        if llt is not None and not llt.is_current and self._was_current(term):
            return self._other_llt(term, EffectKind.NOT_CURRENT, LLT_NOT_CURRENT)
        return self._same_codes(term, compares_names=compares_names)

    def _without_pt(self, term: CodedTerm) -> _Outcome:
        """The PT is gone: as an LLT it may be there, or the LLT that was chosen may be."""
        as_llt = self.new.llt(term.pt_code)
        chosen = self.new.llt(term.llt_code) if term.llt_code else None
        keeper = chosen or as_llt
        if keeper is None:
            reason = message(PT_GONE, pt=term.pt_name)
            return _Outcome(EffectKind.REMOVED, (reason,), None, message(NOTHING_FOLLOWS), True)
        after = self._described(term, keeper.pt_code, keeper.code)
        now = self._named(PT, keeper.pt_code)
        if as_llt is None:
            reason = message(PT_GONE_LLT_STAYS, pt=term.pt_name, llt=keeper.name, now=now)
            return _Outcome(EffectKind.LLT_MOVED, (reason,), after, message(MEANING_STAYS))
        reason = message(PT_DEMOTED, pt=term.pt_name, now=self._named(PT, as_llt.pt_code))
        if keeper.pt_code == as_llt.pt_code:
            return _Outcome(EffectKind.DEMOTED, (reason,), after, message(MEANING_STAYS))
        moved = message(LLT_MOVED, llt=keeper.name, now=now, pt=term.pt_name)
        why = message(PT_AND_LLT_PART)
        return _Outcome(EffectKind.DEMOTED, (reason, moved), after, why, needs_person=True)

    def _other_llt(self, term: CodedTerm, kind: EffectKind, text: str) -> _Outcome:
        """The PT stays and its LLT cannot: another LLT of the same PT."""
        reason = message(text, llt=term.llt_name or term.llt_code, pt=term.pt_name)
        llt = nearest_llt(self.new, term.pt_code, term.llt_name)
        after = self._described(term, term.pt_code, llt.code if llt else "")
        if llt is None:
            return _Outcome(kind, (reason,), None, message(NOTHING_FOLLOWS), needs_person=True)
        is_own = llt.code == term.pt_code
        why = message(OWN_LLT) if is_own else message(NEAREST, llt=llt.name)
        return _Outcome(kind, (reason,), after, why)

    def _same_codes(self, term: CodedTerm, *, compares_names: bool) -> _Outcome:
        """Both codes stay: name and path may be others."""
        after = self._described(term, term.pt_code, term.llt_code)
        then = self._filled(term)
        found: list[tuple[EffectKind, Message]] = []
        if then.soc_code and then.soc_code != after.soc_code:
            reason = message(OTHER_SOC, pt=after.pt_name, before=then.soc_name, now=after.soc_name)
            found.append((EffectKind.PRIMARY_SOC, reason))
        if then.hlt_code and then.hlt_code != after.hlt_code:
            reason = message(
                OTHER_PLACE, pt=after.pt_name, before=then.hlt_name, now=after.hlt_name
            )
            found.append((EffectKind.MOVED, reason))
        elif then.hlgt_code and then.hlgt_code != after.hlgt_code:
            reason = message(
                OTHER_PLACE, pt=after.pt_name, before=then.hlgt_name, now=after.hlgt_name
            )
            found.append((EffectKind.MOVED, reason))
        renamed = {
            (was, now): None
            for level, code, was, now in (
                (PT, term.pt_code, term.pt_name, after.pt_name),
                (LLT, term.llt_code, term.llt_name, after.llt_name),
            )
            if compares_names and code and was and was not in own_names(self.new, level, code)
        }
        for was, now in renamed:
            found.append((EffectKind.RENAMED, message(OTHER_NAME, before=was, now=now)))
        if not found:
            return _Outcome(EffectKind.NONE, (), term)
        reasons = tuple(reason for _kind, reason in found)
        return _Outcome(found[0][0], reasons, after, message(SAME_CODES))

    def _described(self, term: CodedTerm, pt_code: str, llt_code: str) -> CodedTerm:
        """A PT as the new release describes it; the probability is of the same PT only."""
        described = describe_term(self.new, pt_code, llt_code)
        assert described is not None, "the release was asked for this PT before"
        same = term.probability if pt_code == term.pt_code else None
        return replace(described, probability=same)

    def _filled(self, term: CodedTerm) -> CodedTerm:
        """A term with the path of the old release where it has none of its own."""
        if term.soc_code:
            return term
        then = describe_term(self.old, term.pt_code)
        if then is None:
            return term
        return replace(then, pt_name=term.pt_name, llt_code=term.llt_code, llt_name=term.llt_name)

    def _was_current(self, term: CodedTerm) -> bool:
        llt = self.old.llt(term.llt_code)
        return term.is_current and (llt is None or llt.is_current)

    def _named(self, level: TermLevel, code: str) -> str:
        term = self.new.term(level, code)
        return term.name if term else code

    # -- names that are new ----------------------------------------------------------------------

    def _with_new_name(self, plain: Verdict, phrase: str, terms: Sequence[CodedTerm]) -> Verdict:
        """Say that the phrase is the name of a new LLT, where that is not what was decided."""
        rows = self._new_names.get(match_key(phrase), ()) if phrase else ()
        found = [self.new.llt_at(row) for row in rows]
        if not found or any(llt.code in {term.llt_code for term in terms} for llt in found):
            return plain
        owners = list(dict.fromkeys(llt.pt_code for llt in found))
        text = NOW_EXACT if len(owners) == 1 else NOW_EXACT_OF_SEVERAL
        reason = message(text, llt=found[0].name, pt=self._named(PT, owners[0]))
        if plain.kind not in (EffectKind.NONE, EffectKind.NO_TERM_BEFORE):
            return replace(plain, reasons=(*plain.reasons, reason))
        exact = describe_term(self.new, owners[0], found[0].code)
        proposal = (exact,) if exact is not None and len(owners) == 1 else None
        return Verdict(
            EffectKind.NEW_EXACT,
            (reason,),
            proposal,
            (message(EXACT_TERM),),
            needs_person=True,
        )

    @cached_property
    def _new_names(self) -> dict[str, list[int]]:
        """Rows of the current LLTs whose name is new, by the `match_key` of the name."""
        pair = ReleasePair(self.old, self.new)
        rows = pair.rows(LLT)
        wanted = rows.fresh
        if pair.language:
            then = pair.names(self.old, LLT).take(rows.to_old[rows.kept])
            now = pair.names(self.new, LLT).take(rows.kept)
            wanted = np.concatenate([wanted, rows.kept[now.differing_rows(then)]])
        found: dict[str, list[int]] = {}
        names = self.new.names(LLT)
        for row in wanted[self.new.llt_current[wanted]].tolist():
            found.setdefault(match_key(names[row]), []).append(row)
        return found


def _joined(outcomes: Sequence[_Outcome]) -> Verdict:
    """One verdict about a set of terms: the gravest of them, and all reasons."""
    kind = min((one.kind for one in outcomes), key=_GRAVITY.__getitem__, default=EffectKind.NONE)
    if kind is EffectKind.NONE:
        return Verdict(EffectKind.NONE)
    reasons = tuple(reason for one in outcomes for reason in one.reasons)
    why = tuple({one.why.text(): one.why for one in outcomes if one.why}.values())
    needs_person = any(one.needs_person for one in outcomes)
    afters = [one.after for one in outcomes]
    proposal = tuple({one.pt_code: one for one in afters if one is not None}.values())
    if None in afters:
        return Verdict(kind, reasons, None, why, needs_person=True)
    return Verdict(kind, reasons, proposal, why, needs_person)
