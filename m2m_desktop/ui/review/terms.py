"""Terms of the terminology for review: what a search found, and the full record of a PT.

The window has no terminology: the engine is asked, and what it said is kept while the terminology
stays the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.records import Candidate, HierarchyPath, PreferredTerm, Term, TermLevel
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import (
    Json,
    TreeTerm,
    llts_from_json,
    path_from_json,
    terms_from_json,
)
from m2m_desktop.ui.tree_panel import TreePanel

TREE_PAUSE_MS = 60


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A PT or LLT that a search found; ``reason`` is the kind of match as the engine names it."""

    level: TermLevel
    code: str
    name: str
    pt_code: str
    reason: str
    is_current: bool = True
    name2: str = ""


@dataclass(frozen=True, slots=True)
class KnownPt:
    """A PT with its routes and its LLTs."""

    pt: PreferredTerm
    llts: tuple[TreeTerm, ...]

    def coded(self, llt_code: str = "", llt_name: str = "") -> CodedTerm:
        """The PT as a phrase is coded with it; without an LLT its own name stands for the phrase."""
        own = next((row for row in self.llts if row.term.name == self.pt.name), None)
        chosen = next((row for row in self.llts if row.term.code == llt_code), None) or own
        return coded_term(
            self.pt,
            chosen.term.code if chosen else llt_code,
            chosen.term.name if chosen else llt_name,
            is_current=chosen.is_current if chosen else True,
        )


def coded_term(
    pt: PreferredTerm,
    llt_code: str = "",
    llt_name: str = "",
    *,
    probability: float | None = None,
    is_current: bool = True,
) -> CodedTerm:
    """A PT with its primary path as a record of review."""
    path = next((path for path in pt.paths if path.is_primary), None)
    return CodedTerm(
        pt.code,
        pt.name,
        llt_code,
        llt_name,
        *(path.hlt.code, path.hlt.name) if path else ("", ""),
        *(path.hlgt.code, path.hlgt.name) if path else ("", ""),
        *(path.soc.code, path.soc.name) if path else ("", ""),
        probability=probability,
        is_current=is_current,
    )


def term_of(candidate: Candidate) -> CodedTerm:
    """A candidate as a record of review."""
    evidence = candidate.evidence
    return coded_term(
        candidate.pt, evidence.llt_code, evidence.llt_name, probability=candidate.probability
    )


def pt_of(term: CodedTerm) -> PreferredTerm:
    """A decided term as a PT with the one route that is known of it: enough to stand in the tree."""
    soc, hlgt, hlt = (
        Term(TermLevel.SOC, term.soc_code, term.soc_name),
        Term(TermLevel.HLGT, term.hlgt_code, term.hlgt_name),
        Term(TermLevel.HLT, term.hlt_code, term.hlt_name),
    )
    paths = (HierarchyPath(soc, hlgt, hlt, is_primary=True),) if term.soc_code else ()
    return PreferredTerm(term.pt_code, term.pt_name, paths)


def found_from_json(told: Json) -> tuple[FoundTerm, ...]:
    """The PTs and LLTs among the hits of a search, in its order; wider levels cannot be coded."""
    return tuple(
        FoundTerm(
            level=TermLevel[str(hit["level"]).upper()],
            code=str(hit["code"]),
            name=str(hit["name"]),
            pt_code=str(hit.get("pt_code") or hit["code"]),
            reason=str(hit.get("reason", "")),
            is_current=bool(hit.get("is_current", True)),
            name2=str(hit.get("name2") or ""),
        )
        for hit in told["hits"]
        if str(hit["level"]) in {"pt", "llt"}
    )


class TermDesk(QObject):
    """Asks for PTs and shows one of them in the tree."""

    failed = Signal(object)
    """The `CodingToolError` of a question."""

    def __init__(self, client: EngineClient, tree: TreePanel) -> None:
        super().__init__()
        self._client, self._tree = client, tree
        self.terminology = ""
        self._known: dict[str, KnownPt] = {}
        self._shown: PreferredTerm | None = None
        self._pause = QTimer(self, singleShot=True, interval=TREE_PAUSE_MS)
        self._pause.timeout.connect(self._ask_shown)
        tree.children_wanted.connect(self._ask_children)
        tree.roots_wanted.connect(self._ask_roots)

    def use(self, terminology: str) -> None:
        """Take terms from this terminology from now on; empty: from none."""
        if terminology != self.terminology:
            self.terminology = terminology
            self._known.clear()
            self._tree.whole_box.setChecked(False)
        self._tree.whole_box.setEnabled(bool(terminology))

    def show(self, pt: PreferredTerm | None) -> None:
        """Open the tree at a PT with the routes that are known; the rest follows."""
        self._shown = pt
        known = self._known.get(pt.code) if pt else None
        if pt is None:
            self._tree.model.set_pt(None)
            self._tree.show_term(None)
            return
        if known or pt.name:
            self._fill(known or KnownPt(pt, ()))
        if known is None and self.terminology:
            self._pause.start()

    def _fill(self, known: KnownPt) -> None:
        self._tree.model.set_pt(known.pt, known.llts)
        self._tree.open_at_pt()

    def find(self, pt_code: str, then: Callable[[KnownPt], None]) -> None:
        """Get a PT by its code."""
        if pt_code in self._known:
            then(self._known[pt_code])
            return
        terminology = self.terminology

        def take(told: Json) -> None:
            known = known_pt(told) if terminology == self.terminology else None
            if known is not None:
                self._known[pt_code] = known
                then(known)

        self._ask("term", {"level": "pt", "code": pt_code}, take)

    def look(self, pt_code: str) -> None:
        """Open the tree at a PT of which only the code is known."""
        known = self._known.get(pt_code)
        self.show(known.pt if known else PreferredTerm(pt_code, ""))

    def find_owner(self, row: TreeTerm, then: Callable[[FoundTerm], None]) -> None:
        """Turn a PT or LLT of the tree into a found term; for an LLT the engine knows its PT."""
        term = row.term

        def take(told: Json) -> None:
            pt_code = str(told.get("pt_code") or term.code)
            then(FoundTerm(term.level, term.code, term.name, pt_code, "", row.is_current))

        if term.level is TermLevel.PT:
            then(FoundTerm(term.level, term.code, term.name, term.code, ""))
        else:
            self._ask("term", {"level": "llt", "code": term.code}, take)

    def _ask_shown(self) -> None:
        if self._shown is None:
            return
        code = self._shown.code

        def show(known: KnownPt) -> None:
            if self._shown is not None and self._shown.code == code:
                self._fill(known)

        self.find(code, show)

    def _ask_roots(self) -> None:
        def take(told: Json) -> None:
            self._tree.model.set_roots(terms_from_json(told["terms"]))
            self._tree.open_at_pt()

        self._ask("roots", {}, take)

    def _ask_children(self, level: int, code: str) -> None:
        def take(told: Json) -> None:
            self._tree.model.set_children(TermLevel(level), code, terms_from_json(told["terms"]))

        self._ask("children", {"level": TermLevel(level).name.lower(), "code": code}, take)

    def _ask(self, method: str, params: Json, then: Callable[[Json], None]) -> None:
        def fail(error: CodingToolError) -> None:
            self.failed.emit(error)

        asked = {"terminology": self.terminology, **params}
        self._client.request(method, asked, on_answer=then, on_error=fail)


def known_pt(told: Json) -> KnownPt | None:
    """Read what the engine says of a PT; None where it says nothing."""
    term = told["term"]
    if not term:
        return None
    paths = tuple(map(path_from_json, told["paths"]))
    pt = PreferredTerm(str(term["code"]), str(term["name"]), paths, str(term.get("name2") or ""))
    return KnownPt(pt, llts_from_json(told["llts"]))
