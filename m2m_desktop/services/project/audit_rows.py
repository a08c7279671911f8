"""The steps of a project as a reviewer reads them, one row an event."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from m2m_desktop.core.acceptance import reviewer_words
from m2m_desktop.core.action_words import ACTION_WORDS
from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import Action, ReviewState, Target
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.export.words import NOTHING, STATUS_NAMES
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.project.audit_trail import Link, Place, Trail
from m2m_desktop.services.project.events import event_of
from m2m_desktop.services.project.records import Event

HEADERS = (
    N_("Step"),
    N_("Action no."),
    N_("Time at the PC"),
    N_("Time (UTC)"),
    N_("Reviewer"),
    N_("Account"),
    N_("What was done"),
    N_("Phrase or mention"),
    N_("Place"),
    N_("Before"),
    N_("After"),
    N_("Reason"),
    N_("Remark"),
    N_("Hash (SHA-256)"),
)
PHRASE = N_("Phrase")
_WIDTHS = (8, 8, 26, 26, 14, 14, 22, 14, 18, 40, 40, 30, 30, 68)
_PHRASE_WIDTH = 30.0


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each phrase stands: its first place, and how many more it has."""

    by_item: Mapping[int, Place]
    by_phrase: Mapping[int, tuple[Place, int]]


def steps_sheet(trail: Trail, *, shows_texts: bool) -> NewSheet:
    """All events in their order; ``shows_texts`` adds the phrases that the project keeps."""
    where = _where(trail)
    names = [_(name) for name in HEADERS]
    widths = tuple(map(float, _WIDTHS))
    if shows_texts:
        names.append(_(PHRASE))
        widths = (*widths, _PHRASE_WIDTH)

    def rows() -> Iterator[NewRow]:
        yield NewRow(tuple(names), is_bold=True)
        for one in trail.links:
            values = _row(one, where)
            if shows_texts:
                event = event_of(one.body)
                values = (*values, trail.texts.get(_phrase_id(event, trail.places), ""))
            yield NewRow(
                tuple(clean_text(value) if isinstance(value, str) else value for value in values)
            )

    return NewSheet(_("Steps"), widths, len(trail.links) + 1, rows, frozen_rows=1)


def _where(trail: Trail) -> _Places:
    by_phrase: dict[int, tuple[Place, int]] = {}
    for place in trail.places.values():
        first, more = by_phrase.get(place.phrase_id, (place, -1))
        by_phrase[place.phrase_id] = (first, more + 1)
    return _Places(trail.places, by_phrase)


def _row(one: Link, where: _Places) -> tuple[str | int, ...]:
    event = event_of(one.body)
    told = json.loads(one.body)
    change = event.change
    return (
        event.seq,
        event.group_id,
        _local(event),
        event.utc,
        reviewer_words(event.actor.reviewer).text(_),
        event.actor.os_user,
        _(ACTION_WORDS[change.action]),
        _about(event),
        _place(event, where),
        _state(event.before, is_own=event.had_own_state, event=event),
        _state(change.after, is_own=not change.clears, event=event),
        _reason(event),
        _remark(event, str(told.get("run", ""))),
        one.hash.hex(),
    )


def _local(event: Event) -> str:
    """The clock of the PC where it was done, with its offset."""
    when = datetime.fromisoformat(event.utc)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    zone = timezone(timedelta(minutes=event.utc_offset_minutes))
    return when.astimezone(zone).isoformat(timespec="seconds")


def _about(event: Event) -> str:
    match event.change.target:
        case Target.PHRASE:
            return _("phrase {number}").format(number=event.change.target_id)
        case Target.ITEM:
            return _("mention {number}").format(number=event.change.target_id)
        case Target.PROJECT:
            return _("the project")


def _phrase_id(event: Event, places: Mapping[int, Place]) -> int:
    if event.change.target is Target.PHRASE:
        return event.change.target_id
    place = places.get(event.change.target_id) if event.change.target is Target.ITEM else None
    return place.phrase_id if place else 0


def _place(event: Event, where: _Places) -> str:
    if event.change.target is Target.ITEM:
        item = where.by_item.get(event.change.target_id)
        return _cell(item) if item else ""
    if event.change.target is Target.PROJECT:
        return ""
    found = where.by_phrase.get(event.change.target_id)
    if found is None:
        return ""
    first, more = found
    return f"{_cell(first)} (+{more})" if more else _cell(first)


def _cell(place: Place) -> str:
    return f"{place.sheet}!{column_letters(place.column)}{place.row}".lstrip("!")


def _state(state: ReviewState, *, is_own: bool, event: Event) -> str:
    """What held: the status, the terms, whether it was flagged; the comment where it changed."""
    if event.change.target is Target.PROJECT:
        return ""
    if event.change.target is Target.ITEM and not is_own:
        return _("as the phrase")
    words = [_("terms chosen") if state.is_draft else _(STATUS_NAMES[state.status])]
    terms = " + ".join(f"{term.pt_name} [{term.pt_code}]" for term in state.terms)
    words += [terms] if terms else []
    words += [_("flagged")] if state.is_flagged else []
    if state.comment and event.before.comment != event.change.after.comment:
        words.append(state.comment)  # also the one that was replaced
    return " · ".join(words)


def _reason(event: Event) -> str:
    if event.change.action is not Action.UPGRADE or event.change.target is not Target.PROJECT:
        return event.reason
    told = json.loads(event.reason)
    names = [told[key].get("name") or told[key]["terminology_id"] for key in ("from", "to")]
    text = _("{before} → {after}; decisions changed: {changed}, kept as they were: {kept}")
    return text.format(
        before=names[0], after=names[1], changed=len(told["changed"]), kept=len(told["kept"])
    )


def _remark(event: Event, run: str) -> str:
    words = []
    if event.undoes is not None:
        words.append(_("answers to step {seq}").format(seq=event.undoes))
    if event.clock_back_s:
        text = ngettext(
            "the clock was {count} second behind the step before",
            "the clock was {count} seconds behind the step before",
            event.clock_back_s,
        )
        words.append(text.format(count=event.clock_back_s))
    if run:
        words.append(_("coding run {run}").format(run=run))
    return " · ".join(words) or NOTHING
