"""The commands about versions: ``versions …``."""

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.batch import os_user
from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.options import add_json
from m2m_desktop.cli.projects import opened
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, progress_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.versions.changes import LEVELS, ChangeKind
from m2m_desktop.core.versions.effects import EffectKind
from m2m_desktop.services.language import _, ngettext

if TYPE_CHECKING:
    from m2m_desktop.cli.workbench_parser import Commands
    from m2m_desktop.core.review import CodedTerm
    from m2m_desktop.core.terminology import Terminology
    from m2m_desktop.core.versions.comparing import Comparison
    from m2m_desktop.core.versions.effects import Effect
    from m2m_desktop.services.project.project import Project

SHOWN = 40
NO_TARGET = N_("say for what: --project FILE or --memory.")
NOTHING_CHOSEN = N_("say what to apply: --all-certain, or --only with the keys of `effects`.")
WITHOUT_RELEASE = N_(
    "the project does not say in which release it was coded. Name one with --from."
)
MORE = N_("… and {count} more; --json gives all")


def add_versions(command: "Commands") -> None:
    """Add ``versions``."""
    group = command.group("versions", _("compare releases; bring decisions to another release"))
    one = group("compare", _("what differs between two releases"), versions_compare)
    _add_pair(one)
    one.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=[kind.value for kind in ChangeKind],
        help=_("only changes of this kind"),
    )
    one.add_argument(
        "--level", action="append", default=[], choices=LEVELS, help=_("only terms of this level")
    )
    one.add_argument("--out", metavar="FILE", default="", help=_("workbook (.xlsx) to write"))
    add_json(one)
    one = group("effects", _("what a new release means for what was decided"), versions_effects)
    _add_pair(one)
    one.add_argument("--project", metavar="FILE", default="", help=_("the decisions of a project"))
    one.add_argument("--memory", action="store_true", help=_("the remembered decisions"))
    add_json(one)
    one = group("upgrade", _("bring decisions of a project to another release"), versions_upgrade)
    one.add_argument("path", metavar="FILE", help=_("a project file"))
    one.add_argument("--to", metavar="NEW", required=True, help=_("id or path of a terminology"))
    one.add_argument(
        "--from",
        dest="old",
        metavar="OLD",
        default="",
        help=_("the release of the decisions, where the project does not say it"),
    )
    one.add_argument(
        "--only",
        metavar="KEY",
        action="append",
        default=[],
        help=_("apply to this decision, by its key in `effects`"),
    )
    one.add_argument(
        "--all-certain",
        action="store_true",
        help=_("apply where the codes stay and only names or places are new"),
    )
    one.add_argument("--who", metavar="NAME", required=True, help=_("who decides this"))
    one.add_argument("--dry-run", action="store_true", help=_("only show what would be done"))
    add_json(one)
    one = group("log", _("the upgrades of a project"), versions_log)
    one.add_argument("path", metavar="FILE", help=_("a project file"))
    one.add_argument("--out", metavar="FILE", default="", help=_("workbook (.xlsx) to write"))
    add_json(one)


def _add_pair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help=_("id or path of the old release"))
    parser.add_argument("new", metavar="NEW", help=_("id or path of the new release"))


# -- compare ---------------------------------------------------------------------------------------


def versions_compare(options: argparse.Namespace) -> None:
    """Show or write what differs between two releases."""
    from m2m_desktop.services.versions.change_sheets import export_changes
    from m2m_desktop.services.versions.comparing import compared
    from m2m_desktop.services.versions.wire import change_to_json, comparison_to_json

    found = compared(open_engine(), options.old, options.new, progress_line)
    end_progress_line()
    changes = found.select(map(ChangeKind, options.kind), options.level)
    if options.out:
        written, rows = export_changes(found, Path(options.out), changes, progress_line)
        end_progress_line()
    if options.json:
        told = comparison_to_json(found)
        print_json({**told, "changes": [change_to_json(change) for change in changes]})
        return
    _print_counts(found)
    for change in () if options.out else changes[:SHOWN]:
        print(f"  {change.level.upper()} {change.code} {change.name_after or change.name_before}")
        print(f"    {change.detail.text(_)}")
    if not options.out and len(changes) > SHOWN:
        print(_(MORE).format(count=len(changes) - SHOWN))
    if options.out:
        text = ngettext(
            "{count} change written to {path}", "{count} changes written to {path}", rows
        )
        print(text.format(count=rows, path=written.absolute()))


def _print_counts(found: "Comparison") -> None:
    from m2m_desktop.services.versions.words import CHANGE_WORDS

    print(f"{found.old.name} → {found.new.name}")
    for problem in found.problems:
        print(f"! {problem.text(_)}")
    levels = [level for level in LEVELS if any(level in one for one in found.counts.values())]
    rows = [("", *map(str.upper, levels))]
    for kind, counts in sorted(
        found.counts.items(), key=lambda one: list(ChangeKind).index(one[0])
    ):
        rows.append((_(CHANGE_WORDS[kind]), *(str(counts.get(level, "")) for level in levels)))
    print_table(rows)
    count = len(found.changes)
    print(ngettext("{count} change", "{count} changes", count).format(count=count))


# -- effects ---------------------------------------------------------------------------------------


def versions_effects(options: argparse.Namespace) -> None:
    """Show what a new release means for a project or the memory; nothing is changed."""
    from m2m_desktop.services.versions.deciding import memory_effects, project_effects

    if bool(options.project) == options.memory:
        raise BadRequest(detail=message(NO_TARGET))
    engine = open_engine()
    old, new = (engine.terminology(name, progress_line) for name in (options.old, options.new))
    if options.memory:
        found = memory_effects(engine.memory.entries(), old, new, progress_line)
    else:
        with opened(options.project) as project:
            found = project_effects(project, old, new, progress_line)
    end_progress_line()
    _print_effects(found, is_json=options.json)


def _print_effects(found: "Sequence[Effect]", *, is_json: bool) -> None:
    from m2m_desktop.services.versions.deciding import counts_of
    from m2m_desktop.services.versions.wire import effect_to_json, sentences
    from m2m_desktop.services.versions.words import EFFECT_WORDS

    if is_json:
        effects = [effect_to_json(effect) for effect in found]
        print_json({"effects": effects, "counts": counts_of(found), "total": len(found)})
        return
    counts = counts_of(found)
    print_table(
        [
            (_(EFFECT_WORDS[kind]), str(counts[kind.value]))
            for kind in EffectKind
            if kind.value in counts
        ]
        or [(_("Nothing is decided."),)]
    )
    told = [effect for effect in found if effect.verdict.kind is not EffectKind.NONE]
    for effect in told[:SHOWN]:
        verdict = effect.verdict
        mark = _("a person must decide") if verdict.needs_person else ""
        head = [effect.key, effect.phrase, _names(effect.terms), mark]
        print("  " + " · ".join(filter(None, head)))
        print(f"    {sentences(verdict.reasons)}")
        if verdict.proposal is not None and effect.can_apply:
            print(f"    → {_names(verdict.proposal)}: {sentences(verdict.proposal_reasons)}")
    if len(told) > SHOWN:
        print(_(MORE).format(count=len(told) - SHOWN))


def _names(terms: "Sequence[CodedTerm]") -> str:
    return " + ".join(f"{term.pt_code} {term.pt_name}" for term in terms) or _("no suitable term")


# -- upgrade ---------------------------------------------------------------------------------------


def versions_upgrade(options: argparse.Namespace) -> None:
    """Bring chosen decisions of a project to another release, as one step."""
    from m2m_desktop.services.project.records import Actor
    from m2m_desktop.services.versions.deciding import project_effects
    from m2m_desktop.services.versions.upgrading import apply_effects, certain_keys, stamp_of

    if not (options.only or options.all_certain or options.dry_run):
        raise BadRequest(detail=message(NOTHING_CHOSEN))
    engine = open_engine()
    new = engine.terminology(options.to, progress_line)
    with opened(options.path, read_only=options.dry_run) as project:
        old = _old_release(options, project, engine.terminology)
        found = project_effects(project, old, new, progress_line)
        end_progress_line()
        keys = set(options.only) | set(certain_keys(found) if options.all_certain else ())
        if options.dry_run:
            chosen = [effect for effect in found if effect.key in keys] if keys else found
            _print_effects(chosen, is_json=options.json)
            return
        done = apply_effects(
            project,
            found,
            keys,
            actor=Actor(os_user(), options.who),
            when=datetime.now().astimezone(),
            release=stamp_of(new.info),
        )
    if options.json:
        print_json({"changed": list(done.changed), "kept": list(done.kept), "seq": done.seq})
        return
    text = _("Decisions changed: {changed}, kept as they were: {kept}. Nothing else was touched.")
    print(text.format(changed=len(done.changed), kept=len(done.kept)))


def _old_release(
    options: argparse.Namespace, project: "Project", find: Callable[[str], "Terminology"]
) -> "Terminology":
    release = project.info.release
    name = options.old or (release.terminology_id if release else "")
    if not name:
        raise BadRequest(detail=message(WITHOUT_RELEASE))
    return find(name)


def versions_log(options: argparse.Namespace) -> None:
    """Show or write the upgrades of a project."""
    from m2m_desktop.services.versions.upgrade_log import export_log, release_name, upgrade_log
    from m2m_desktop.services.versions.wire import upgrade_to_json

    with opened(options.path) as project:
        found = upgrade_log(project)
        written = export_log(project, Path(options.out))[0] if options.out else None
    if options.json:
        print_json([upgrade_to_json(one) for one in found])
        return
    if not found:
        print(_("This project was never brought to another release."))
    for one in found:
        print(
            _("{when}  {who}  {before} → {after}: {changed} changed, {kept} kept").format(
                when=one.utc,
                who=one.actor.reviewer or one.actor.os_user,
                before=release_name(one.before),
                after=release_name(one.after),
                changed=len(one.changed),
                kept=len(one.kept),
            )
            + (f"  ({_('undone')})" if one.is_undone else "")
        )
    if written is not None:
        print(_("Written to {path}").format(path=written.absolute()))
