"""The upgrade log of a project: who brought which decisions from which release to which, and when."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from m2m_desktop.core.review import CodedTerm, PhraseRow, Target
from m2m_desktop.core.versions.effects import EffectKind
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.new_workbook import write_sheets
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.sheets import NewRow, NewSheet, divided, with_free_titles
from m2m_desktop.services.language import _
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Item, ReleaseStamp, Upgrade
from m2m_desktop.services.versions.words import EFFECT_WORDS

Cells = tuple[str, ...]


def upgrade_log(project: Project) -> list[Upgrade]:
    """Give the upgrades of a project, oldest first; undone ones say that they are."""
    return project.upgrades()


def export_log(project: Project, path: Path) -> tuple[Path, int]:
    """Write the log to a workbook; gives where it stands, and how many changes it lists.

    Three sheets: the upgrades, every decision that was changed with its terms before and after, and
    the hashes of the files of each release. Raises OutputUnwritable.
    """
    upgrades = upgrade_log(project)
    changes = list(_changes(project, upgrades))
    sheets = [
        _sheet(_("Upgrades"), _UPGRADE_WIDTHS, _upgrade_heading(), list(map(_upgrade, upgrades))),
        *divided(
            _sheet(_("Decisions"), _CHANGE_WIDTHS, _change_heading(), changes),
            ExportOptions().max_rows,
        ),
        _sheet(_("Files"), _FILE_WIDTHS, _file_heading(), list(_files(upgrades))),
    ]
    named = with_free_titles(sheets, ())
    written = write_whole(path, lambda draft: write_sheets(draft, named, ""))
    return written, len(changes)


_UPGRADE_WIDTHS = (8.0, 26.0, 16.0, 30.0, 30.0, 12.0, 12.0, 10.0)
_CHANGE_WIDTHS = (8.0, 30.0, 10.0, 20.0, 40.0, 40.0, 10.0)
_FILE_WIDTHS = (30.0, 30.0, 70.0)


def _upgrade_heading() -> Cells:
    return (
        _("Step"), _("When"), _("Who"), _("From"), _("To"), _("Changed"), _("Kept as it was"),
        _("State"),
    )  # fmt: skip


def _upgrade(one: Upgrade) -> Cells:
    return (
        str(one.seq),
        one.utc,
        one.actor.reviewer or one.actor.os_user,
        release_name(one.before),
        release_name(one.after),
        str(len(one.changed)),
        str(len(one.kept)),
        _("undone") if one.is_undone else _("valid"),
    )


def release_name(stamp: ReleaseStamp) -> str:
    """A release by its name, else by its id."""
    return stamp.name or stamp.terminology_id


def _change_heading() -> Cells:
    return (
        _("Step"), _("Phrase"), _("Row"), _("What has changed"), _("Terms before"), _("Terms now"),
        _("Applied"),
    )  # fmt: skip


def _changes(project: Project, upgrades: Sequence[Upgrade]) -> Iterator[Cells]:
    """Every decision that an upgrade changed, then those it kept."""
    rows = {row.phrase_id: row for row in project.phrases()} if upgrades else {}
    items = {item.item_id: item for item in project.all_items()} if upgrades else {}
    for one in upgrades:
        kinds = dict(one.changed)
        for event in project.events_of_group(one.group_id):
            change = event.change
            if change.target is Target.PROJECT:
                continue
            key = f"{'p' if change.target is Target.PHRASE else 'i'}{change.target_id}"
            phrase, place = _named(key, rows, items)
            before, after = _terms(event.before.terms), _terms(change.after.terms)
            yield str(one.seq), phrase, place, _kind(kinds.get(key, "")), before, after, _("yes")
        for key, kind in one.kept:
            phrase, place = _named(key, rows, items)
            yield str(one.seq), phrase, place, _kind(kind), "", "", _("no")


def _named(key: str, rows: dict[int, PhraseRow], items: dict[int, Item]) -> tuple[str, str]:
    number = int(key[1:])
    if key.startswith("p"):
        return rows[number].text if number in rows else "", ""
    item = items.get(number)
    if item is None:
        return "", ""
    return rows[item.phrase_id].text if item.phrase_id in rows else "", str(item.row)


def _kind(value: str) -> str:
    try:
        return _(EFFECT_WORDS[EffectKind(value)])
    except ValueError:  # written by a later version of the program
        return value


def _terms(terms: Sequence[CodedTerm]) -> str:
    return " + ".join(
        f"{term.pt_code} {term.pt_name}"
        + (f" (LLT {term.llt_code} {term.llt_name})" if term.llt_code else "")
        for term in terms
    )


def _file_heading() -> Cells:
    return _("Release"), _("File"), "SHA-256"


def _files(upgrades: Sequence[Upgrade]) -> Iterator[Cells]:
    stamps = {stamp.terminology_id: stamp for one in upgrades for stamp in (one.before, one.after)}
    for stamp in stamps.values():
        for name, digest in stamp.hashes:
            yield release_name(stamp), name, digest


def _sheet(
    title: str, widths: tuple[float, ...], heading: Cells, lines: Sequence[Cells]
) -> NewSheet:
    def rows() -> Iterator[NewRow]:
        yield NewRow(heading, is_bold=True)
        for line in lines:
            yield NewRow(tuple(clean_text(text) or None for text in line))

    return NewSheet(title, widths, 1 + len(lines), rows, frozen_rows=1)
