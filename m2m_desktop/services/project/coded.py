"""A project as what leaves the program: each mention with its answer and the decision about it."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from m2m_desktop.core.coded_items import CellPlace, CodedItem, CodedSource
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Run
from m2m_desktop.core.review import PhraseRow
from m2m_desktop.services.language import _
from m2m_desktop.services.project.items import read_all_items
from m2m_desktop.services.project.records import Item, ProjectInfo, Upgrade

_ROWS = (
    ("rows", N_("Rows read")),
    ("merged", N_("Rows that repeat their report")),
    ("empty", N_("Rows without a reaction")),
    ("unreadable", N_("Unreadable rows")),
)


def coded_items(connection: sqlite3.Connection, rows: Sequence[PhraseRow]) -> Iterator[CodedItem]:
    """Give all mentions in the order of the file; a draft is no decision, the proposal stands."""
    by_id = {row.phrase_id: row for row in rows}
    for item in _in_order(list(read_all_items(connection))):
        yield _coded(item, by_id[item.phrase_id])


def coded_source(
    info: ProjectInfo,
    items: Sequence[CodedItem],
    last_event_utc: str,
    upgrades: Sequence[Upgrade] = (),
) -> CodedSource:
    """Give a project with where everything comes from.

    Its time is that of the last change, so that two exports of one state are equal. Where decisions
    were brought to another release, the run names that one, and the facts say from which they came.
    """
    return CodedSource(
        name=info.source_name,
        sha256=info.source_sha256,
        items=items,
        header_rows=_header_rows(info.layout),
        run=_in_release(info),
        chain_head=info.chain_head,
        made_at=_latest(info.created_at, info.run.coded_at if info.run else "", last_event_utc),
        facts=[*_facts(info), *_upgrade_facts(upgrades)],
        pairs=info.pairs,
    )


def _in_order(items: list[Item]) -> list[Item]:
    """Put what was added behind the other mentions of its row; the order is else as it was."""
    if not any(item.is_added for item in items):
        return items
    sheets = {name: n for n, name in enumerate(dict.fromkeys(item.sheet for item in items))}
    return sorted(items, key=lambda item: (sheets[item.sheet], item.row, item.is_added))


def _coded(item: Item, row: PhraseRow) -> CodedItem:
    state = row.state if item.state is None else item.state
    return CodedItem(
        place=CellPlace(item.sheet, item.row, item.column),
        start=item.start,
        end=item.end,
        text=row.text,
        kind=item.kind,
        severity=item.severity,
        report_id=item.report_id,
        status=state.status,
        is_flagged=state.is_flagged,
        terms=state.terms if state.is_locked else row.proposed,
        band=row.band,
        source=state.source if state.is_locked else row.source,
        reviewer=state.reviewer,
        decided_at=state.decided_at,
        comment=state.comment,
        is_from_narrative=item.is_added,
    )


def _latest(*times: str) -> str:
    moments = [datetime.fromisoformat(one).astimezone(UTC) for one in times if one]
    return max(moments).isoformat(timespec="seconds")


def _header_rows(layout: Mapping[str, Any]) -> dict[str, int]:
    sheets = layout.get("sheets", [])
    return {str(sheet["sheet"]): int(sheet["header_row"]) for sheet in sheets}


def _facts(info: ProjectInfo) -> list[tuple[str, str]]:
    counts = dict(info.counts)
    return [
        *((_(name), str(counts[key])) for key, name in _ROWS if key in counts),
        (_("Project made at"), info.created_at),
        (_("Project id"), info.project_id),
        (_("Distinct reactions"), str(info.reaction_phrase_count)),
        (_("Distinct reactions decided"), str(info.decided_count)),
        (_("Steps in the history"), str(info.event_count)),
    ]


def _in_release(info: ProjectInfo) -> Run | None:
    """The run with the release that decisions are made in now."""
    run, release = info.run, info.release
    if run is None or release is None or release.terminology_id == run.terminology_id:
        return run
    return replace(
        run,
        terminology_id=release.terminology_id,
        terminology_name=release.name,
        terminology_version=release.version,
        terminology_language=release.language,
        terminology_hashes=release.hashes,
        is_demo_terminology=release.is_demo,
    )


def _upgrade_facts(upgrades: Sequence[Upgrade]) -> Iterator[tuple[str, str]]:
    text = _(
        "{before} → {after}, {when}, {who}: decisions changed: {changed}, kept as they were: {kept}"
    )
    for one in upgrades:
        if not one.is_undone:
            yield (
                _("Brought to another release"),
                text.format(
                    before=one.before.name or one.before.terminology_id,
                    after=one.after.name or one.after.terminology_id,
                    when=one.utc,
                    who=one.actor.reviewer or one.actor.os_user,
                    changed=len(one.changed),
                    kept=len(one.kept),
                ),
            )
