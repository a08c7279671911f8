"""The commands about what a dictionary holds: ``dictionary …``."""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, progress_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import _, ngettext

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import Terminology

MATCHES = (
    "any", "exact", "words", "begins", "contains", "ends", "code", "pinyin", "fuzzy",
)  # fmt: skip
REASONS = {
    "code": N_("code"),
    "exact": N_("name equal"),
    "words": N_("all words, in another order"),
    "begins": N_("name begins with it"),
    "contains": N_("name contains it"),
    "ends": N_("name ends with it"),
    "pinyin": N_("pinyin"),
    "memory": N_("remembered phrase"),
    "synonym": N_("synonym"),
    "fuzzy": N_("similar"),
}
FEW = 20
_ORDER = (TermLevel.PT, TermLevel.LLT, TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC)
"""Which level a code means where it stands at several: a PT and its own LLT share one."""


def dictionary_search(options: argparse.Namespace) -> None:
    """Search all levels in both languages; hits come in groups, each with its reason."""
    from m2m_desktop.services.dictionary.methods import DICTIONARY_METHODS
    from m2m_desktop.services.engine_methods import Methods
    from m2m_desktop.services.engine_requests import Params
    from m2m_desktop.services.locations import default_locations

    methods = Methods(default_locations())
    params = Params(
        {
            "terminology": options.terminology,
            "text": options.text,
            "match": options.match,
            "levels": options.level,
            "socs": options.soc,
            "shows_old": options.old,
            "limit": options.limit,
        }
    )
    found = DICTIONARY_METHODS["dictionary_search"](methods, params, progress_line)
    if found["waiting"] and found["total"] < FEW and options.match == "any":
        # sounds and likeness take their time to prepare: only where little else is found
        DICTIONARY_METHODS["dictionary_warm"](methods, params, progress_line)
        found = DICTIONARY_METHODS["dictionary_search"](methods, params, progress_line)
    end_progress_line()
    if options.json:
        print_json(found)
        return
    print_banner(methods.engine.bilingual(options.terminology))
    if found["problem"]:
        print(f"! {found['problem']}")
    if not found["total"]:
        print(_("Nothing was found."))
    for group in found["groups"]:
        print(f"{_(REASONS[group['reason']])} · {group['total']}")
        print_table([_term_cells(hit, "  ") for hit in group["hits"]])
    _explain_star(hit for group in found["groups"] for hit in group["hits"])


def dictionary_show(options: argparse.Namespace) -> None:
    """Show everything the dictionary says of a term."""
    from m2m_desktop.services.dictionary.cards import term_card
    from m2m_desktop.services.dictionary.wire import card_to_json

    terminology = open_engine().bilingual(options.terminology, progress_line)
    level = wanted_level(terminology, options)
    card = card_to_json(term_card(terminology, level, options.code))
    if options.json:
        print_json(card)
        return
    print_banner(terminology)
    print_table([_term_cells(card["term"])])
    for title, rows in (
        ("PT", [card["pt"]] if card["pt"] else []),
        (_("above"), card["parents"]),
        (_("below"), card["children"]),
        (_("same name"), card["same_name"]),
    ):
        _print_group(title, rows)
    for path in card["paths"]:
        names = " > ".join(path[level]["name"] for level in ("soc", "hlgt", "hlt"))
        print(names if path["primary"] else f"{names}  {_('(secondary path)')}")
    for smq in card["smqs"]:
        print(f"SMQ {smq['code']}  {smq['name']} ({_('narrow') if smq['narrow'] else _('broad')})")
    for event in card["history"]:
        print("  ".join((event["version"], event["level"], event["action"], event["name"])))
    _explain_star([card["term"], *card["children"], *card["same_name"]])


def dictionary_tree(options: argparse.Namespace) -> None:
    """Show the SOCs, or the way down to a term and what lies below it."""
    from m2m_desktop.services.dictionary import browsing, wire

    terminology = open_engine().bilingual(options.terminology, progress_line)
    if not options.code:
        roots = wire.term_rows_to_json(browsing.roots(terminology))["terms"]
        _print_tree(options, terminology, {"route": [], "steps": [{"route": [], "terms": roots}]})
        return
    level = wanted_level(terminology, options)
    opened = browsing.open_route(
        terminology, level, options.code, soc=options.soc, shows_old=options.old
    )
    _print_tree(options, terminology, wire.route_to_json(opened))


def dictionary_smq(options: argparse.Namespace) -> None:
    """List the SMQs, or show one with its terms, or write them to a workbook."""
    from m2m_desktop.services.dictionary import smqs, wire
    from m2m_desktop.services.dictionary.smq_workbook import export_smq

    terminology = open_engine().bilingual(options.terminology, progress_line)
    scope = "narrow" if options.narrow else "broad"
    if not options.code:
        if options.out:
            raise BadRequest(detail=message(N_("say which SMQ is to be written.")))
        rows = [wire.smq_row_to_json(row) for row in smqs.smq_list(terminology)]
        _print_smqs(options, terminology, rows)
        return
    if options.out:
        path, count = export_smq(
            terminology, options.code, Path(options.out), scope=scope, progress=progress_line
        )
        end_progress_line()
        _print_written(count, path)
        return
    card = wire.smq_card_to_json(smqs.smq_row(terminology, options.code))
    found = wire.members_to_json(smqs.members(terminology, options.code, scope=scope))
    if options.json:
        print_json({**card, **found})
        return
    _print_smqs(options, terminology, [card["smq"]])
    print("\n".join(filter(None, (card["smq"]["description"], card["algorithm_text"]))))
    print_table([_member_cells(row, options.code) for row in found["members"]])
    _explain_star(found["members"])


def dictionary_bin(options: argparse.Namespace) -> None:
    """Read a list of terms from a table, and write it with names, PT and primary SOC."""
    from m2m_desktop.services.dictionary.bin_import import import_bin
    from m2m_desktop.services.dictionary.research_bin import export_bin
    from m2m_desktop.services.dictionary.wire import import_to_json
    from m2m_desktop.services.tables.table_reader import TableReader

    terminology = open_engine().bilingual(options.terminology, progress_line)
    with TableReader() as reader:
        found = import_bin(Path(options.path), terminology, reader, progress_line)
    items = [(row.level, row.code) for row in found.items]
    path, count = export_bin(terminology, items, Path(options.out), progress_line)
    end_progress_line()
    told = import_to_json(found)
    if options.json:
        print_json({**told, "path": str(path), "rows": count})
        return
    _print_written(count, path)
    for bad in told["bad"]:
        print("! " + _("Row {row} {phrase}: {reason}").format(
            row=bad["row"], phrase=bad["text"], reason=bad["reason"]
        ))  # fmt: skip


# -- what is printed -------------------------------------------------------------------------------


def wanted_level(terminology: "Terminology", options: argparse.Namespace) -> TermLevel:
    """The level that is meant: as asked for, else the likeliest that has the code."""
    if options.level:
        return TermLevel[options.level.upper()]
    for level in _ORDER:
        if terminology.index(level, options.code) >= 0:
            return level
    reason = N_("there is no term with the code {code} in {name}.")
    name = terminology.info.name
    raise BadRequest(detail=message(reason, code=options.code[:20], name=name))


def print_banner(terminology: "Terminology") -> None:
    """Say that a dictionary is not MedDRA, where it is not."""
    if terminology.info.is_demo:
        print(DEMO_BANNER)


def _term_cells(row: Mapping[str, Any], indent: str = "") -> tuple[str, ...]:
    mark = "" if row["is_current"] else " *"
    level = str(row["level"]).upper()
    return (f"{indent}{level}", row["code"], f"{row['name']}{mark}", row["name2"])


def _member_cells(row: Mapping[str, Any], smq: str) -> tuple[str, ...]:
    scope = _("narrow") if row["is_narrow"] else _("broad")
    via = row["via_name"] if row["via_code"] != smq else ""
    return (*_term_cells(row), scope, row["category"], str(row["weight"] or ""), via)


def _print_group(title: str, rows: list[Any]) -> None:
    if rows:
        print(f"{title}:")
        print_table([_term_cells(row, "  ") for row in rows])


def _print_tree(
    options: argparse.Namespace, terminology: "Terminology", opened: Mapping[str, Any]
) -> None:
    """Print each term on the way, then what lies below the last one."""
    if options.json:
        print_json(opened)
        return
    print_banner(terminology)
    route, rows = opened["route"], []
    for depth, step in enumerate(opened["steps"]):
        shown = [term for term in step["terms"] if depth >= len(route)] or [
            term for term in step["terms"] if term["code"] == route[depth]
        ]
        rows += [(*_term_cells(term, "  " * depth), _secondary(term)) for term in shown]
    print_table(rows)
    _explain_star(step_term for step in opened["steps"] for step_term in step["terms"])


def _secondary(term: Mapping[str, Any]) -> str:
    return "" if term["is_primary"] else _("(secondary path)")


def _print_written(count: int, path: Path) -> None:
    text = ngettext("{count} term written to {path}", "{count} terms written to {path}", count)
    print(text.format(count=count, path=path.absolute()))


def _print_smqs(
    options: argparse.Namespace, terminology: "Terminology", rows: list[dict[str, Any]]
) -> None:
    if options.json:
        print_json(rows)
        return
    print_banner(terminology)
    if not rows:
        print(_("This release has no SMQs."))
        return
    print_table(
        [
            (
                row["code"],
                "  " * (row["level"] - 1) + row["name"],
                row["name2"],
                str(row["member_count"]),
                row["algorithm"],
                "" if row["is_active"] else _("inactive"),
            )
            for row in rows
        ]
    )


def _explain_star(rows: Iterable[Mapping[str, Any]]) -> None:
    if not all(row["is_current"] for row in rows):
        print(_("* not current: not for new coding"))
