"""What the engine process is asked while a person types a search."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.progress import Progress
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter
from m2m_desktop.services.language import _

if TYPE_CHECKING:
    from m2m_desktop.core.term_search.records import SearchAnswer, SearchWish
    from m2m_desktop.services.dictionary.prepared_search import PreparedSearch
    from m2m_desktop.services.engine_methods import Methods

DEFAULT_LIMIT = 100
MAX_LIMIT = 2000
MAX_KEPT_ROWS = 4000


def dictionary_search(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Find terms by a piece of text, in groups; ``waiting`` names what is not prepared yet."""
    prepared = methods.engine.term_search(params.text("terminology", ""), progress)
    wish = wish_of(params)
    return answer_to_json(prepared, prepared.search(wish, progress), shows_old=wish.shows_old)


def dictionary_warm(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Prepare what a search needs beside the names: sounds, other wordings, likeness.

    With ``slice_ms`` it works for about so long and tells whether it is ready: asked again and
    again, it leaves room for searches between. Without, it goes on to the end.
    """
    prepared = methods.engine.term_search(params.text("terminology", ""), progress)
    slice_ms = params.number("slice_ms", 0)
    is_ready = prepared.warm(progress, seconds=slice_ms / 1000 if slice_ms > 0 else None)
    done, total = prepared.progress
    return {"ready": is_ready, "done": done, "total": total}


SEARCH_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    "dictionary_search": dictionary_search,
    "dictionary_warm": dictionary_warm,
}


def wish_of(params: Params) -> "SearchWish":
    """What is looked for, from the parameters of a request."""
    from m2m_desktop.core.term_search.records import Match, SearchWish

    try:
        match = Match(params.text("match", Match.ANY.value))
        levels = frozenset(TermLevel[one.upper()] for one in _texts(params, "levels"))
    except ValueError:
        raise bad_parameter("match") from None
    except KeyError:
        raise bad_parameter("levels") from None
    limit = int(params.number("limit", DEFAULT_LIMIT))
    if not 0 < limit <= MAX_LIMIT:
        raise bad_parameter("limit")
    return SearchWish(
        text=params.text("text"),
        match=match,
        levels=levels,
        socs=frozenset(_texts(params, "socs")),
        primary_only=params.flag("primary_only", default=False),
        shows_old=params.flag("shows_old", default=False),
        limit=limit,
    )


def _texts(params: Params, name: str) -> list[str]:
    values = params.values.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise bad_parameter(name)
    return values


def answer_to_json(
    prepared: "PreparedSearch", answer: "SearchAnswer", *, shows_old: bool = False
) -> Json:
    """An answer with everything a list of hits shows."""
    rows = _Rows(prepared, shows_old=shows_old)
    return {
        "groups": [
            {
                "reason": group.reason.value,
                "total": group.total,
                "hits": [
                    {
                        **rows.term(hit.level, hit.row),
                        "matched_in": hit.matched_in.value,
                        "spans": [list(span) for span in hit.spans],
                        "via": hit.via,
                    }
                    for hit in group.hits
                ],
            }
            for group in answer.groups
        ],
        "total": answer.total,
        "query": answer.query,
        "problem": answer.problem.text(_) if answer.problem else "",
        "waiting": list(prepared.waiting),
    }


class _Rows:
    """Terms as rows of a list.

    A list has hundreds, several times a second, and mostly the ones of before: they are kept.
    """

    def __init__(self, prepared: "PreparedSearch", *, shows_old: bool) -> None:
        self._terminology, self._socs = prepared.terminology, prepared.soc_names
        self._names = {level: self._terminology.names(level) for level in TermLevel}
        self._names2 = {level: self._terminology.names2(level) for level in TermLevel}
        self._codes = {level: self._terminology.codes(level) for level in TermLevel}
        self._counts_all = shows_old
        self._kept = prepared.shown_rows

    def term(self, level: TermLevel, row: int) -> Json:
        """One term; an LLT with its PT."""
        key = (level, row, self._counts_all)
        if key not in self._kept:
            if len(self._kept) >= MAX_KEPT_ROWS:
                self._kept.clear()
            self._kept[key] = self._made(level, row)
        return self._kept[key]

    def _made(self, level: TermLevel, row: int) -> Json:
        names2 = self._names2[level]
        pt_code = pt_name = ""
        is_current = True
        if level is TermLevel.LLT:
            pt = int(self._terminology.llt_pt[row])
            pt_code, pt_name = self._codes[TermLevel.PT][pt], self._names[TermLevel.PT][pt]
            is_current = bool(self._terminology.llt_current[row])
        return {
            "level": level.name.lower(),
            "code": self._codes[level][row],
            "name": self._names[level][row],
            "name2": "" if names2 is None else names2[row],
            "is_current": is_current,
            "child_count": self._child_count(level, row),
            "is_primary": True,
            "pt_code": pt_code,
            "pt_name": pt_name,
            "soc_name": self._socs[level][row],
        }

    def _child_count(self, level: TermLevel, row: int) -> int:
        if level is TermLevel.LLT:
            return 0
        if level is TermLevel.PT and not self._counts_all:
            return int(self._terminology.current_llt_counts[row])
        return len(self._terminology.child_rows(level, row))
