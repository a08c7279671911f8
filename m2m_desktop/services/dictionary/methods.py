"""What the engine process can be asked about a dictionary, its SMQs and the research bin."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.progress import Progress
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.searching import SEARCH_METHODS
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import Terminology
    from m2m_desktop.services.engine_methods import Methods


def dictionary_roots(methods: "Methods", params: Params, progress: Progress) -> Json:
    """The SOCs, in the international order."""
    from m2m_desktop.services.dictionary import browsing, wire

    return wire.term_rows_to_json(browsing.roots(opened(methods, params, progress)))


def dictionary_children(methods: "Methods", params: Params, progress: Progress) -> Json:
    """What lies below a place, given by the codes from its SOC down."""
    from m2m_desktop.services.dictionary import browsing, wire

    found = browsing.children(
        opened(methods, params, progress),
        texts(params, "route"),
        shows_old=params.flag("shows_old", default=False),
    )
    return wire.term_rows_to_json(found)


def dictionary_route(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Everything a tree needs to open at a term."""
    from m2m_desktop.services.dictionary import browsing, wire

    found = browsing.open_route(
        opened(methods, params, progress),
        level(params),
        params.text("code"),
        soc=params.text("soc", ""),
        hlt=params.text("hlt", ""),
        shows_old=params.flag("shows_old", default=False),
    )
    return wire.route_to_json(found)


def dictionary_card(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Everything the release says of a term."""
    from m2m_desktop.services.dictionary import cards, wire

    terminology = opened(methods, params, progress)
    return wire.card_to_json(cards.term_card(terminology, level(params), params.text("code")))


def smq_list(methods: "Methods", params: Params, progress: Progress) -> Json:
    """All SMQs, in the order of the release."""
    from m2m_desktop.services.dictionary import smqs, wire

    found = smqs.smq_list(opened(methods, params, progress))
    return {"smqs": [wire.smq_row_to_json(row) for row in found]}


def smq_card(methods: "Methods", params: Params, progress: Progress) -> Json:
    """One SMQ with its description and its algorithm."""
    from m2m_desktop.services.dictionary import smqs, wire

    found = smqs.smq_row(opened(methods, params, progress), params.text("code"))
    return wire.smq_card_to_json(found)


def smq_members(methods: "Methods", params: Params, progress: Progress) -> Json:
    """The terms of an SMQ."""
    from m2m_desktop.services.dictionary import smqs, wire

    found = smqs.members(
        opened(methods, params, progress),
        params.text("code"),
        scope=scope(params),
        with_children=params.flag("with_children", default=True),
        levels=member_levels(params),
    )
    return wire.members_to_json(found)


def smq_export(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write the terms of an SMQ to a workbook."""
    from m2m_desktop.services.dictionary.smq_workbook import export_smq

    path, rows = export_smq(
        opened(methods, params, progress),
        params.text("code"),
        params.path("path"),
        scope=scope(params),
        with_children=params.flag("with_children", default=True),
        levels=member_levels(params),
        progress=progress,
    )
    return {"path": str(path), "rows": rows}


def bin_export(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write collected terms to a workbook."""
    from m2m_desktop.services.dictionary.research_bin import export_bin

    path, rows = export_bin(
        opened(methods, params, progress), items(params), params.path("path"), progress
    )
    return {"path": str(path), "rows": rows}


def bin_import(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Read terms from a table that holds their codes or names."""
    from m2m_desktop.services.dictionary import wire
    from m2m_desktop.services.dictionary.bin_import import import_bin

    terminology = opened(methods, params, progress)
    return wire.import_to_json(
        import_bin(params.path("path"), terminology, methods.reader, progress)
    )


def second_language(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Which release lends the second names of a terminology, and which ones could."""
    from m2m_desktop.services.dictionary import wire

    terminology = opened(methods, params, progress)  # which finds out whether it can be opened
    own = methods.engine.terminology(terminology.info.terminology_id)
    return wire.second_language_to_json(methods.engine.second_languages.choice(own.info))


DICTIONARY_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    **SEARCH_METHODS,
    **{
        method.__name__: method
        for method in (
            dictionary_roots, dictionary_children, dictionary_route, dictionary_card,
            smq_list, smq_card, smq_members, smq_export, bin_export, bin_import, second_language,
        )
    },
}  # fmt: skip


# -- parameters ------------------------------------------------------------------------------------


def opened(methods: "Methods", params: Params, progress: Progress) -> "Terminology":
    """The terminology that is asked about, with its second names."""
    return methods.engine.bilingual(params.text("terminology", ""), progress)


def texts(params: Params, name: str) -> list[str]:
    """A list of strings, which may be missing."""
    values = params.values.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise bad_parameter(name)
    return values


def level(params: Params) -> TermLevel:
    """The level of a term; it must be there."""
    found = params.level()
    if found is None:
        raise bad_parameter("level")
    return found


def levels(params: Params, name: str = "levels") -> list[TermLevel]:
    """Levels by their lower-case names; empty where all are meant."""
    return [level(Params({"level": one})) for one in texts(params, name)]


def member_levels(params: Params) -> tuple[TermLevel, ...]:
    """The levels of members that are wanted: of PT and LLT, both where none is named."""
    from m2m_desktop.services.dictionary.smqs import MEMBER_LEVELS

    return tuple(levels(params)) or MEMBER_LEVELS


def scope(params: Params) -> str:
    """Narrow, or broad: the narrow terms and the others."""
    from m2m_desktop.services.dictionary.smqs import SCOPES

    wanted = params.text("scope", "broad")
    if wanted not in SCOPES:
        raise bad_parameter("scope")
    return wanted


def items(params: Params) -> list[tuple[TermLevel, str]]:
    """Terms by level and code."""
    values = params.values.get("items")
    if not isinstance(values, list) or not all(isinstance(value, Mapping) for value in values):
        raise bad_parameter("items")
    return [(level(Params(value)), Params(value).text("code")) for value in values]
