"""The commands about remembered decisions: ``memory …``."""

import argparse
import sys
from pathlib import Path

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, progress_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.memory import CHECK_WORDS, MemoryEntry
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.text import match_key
from m2m_desktop.services.language import _, ngettext

NOTHING_TO_REVOKE = N_("name the phrases to forget, or give --damaged.")


def memory_list(options: argparse.Namespace) -> None:
    """List what is remembered."""
    from m2m_desktop.services.memory.wire import entry_to_json

    memory = open_engine().memory
    entries = memory.entries(
        options.text, only_to_check=options.to_check, only_stopped=options.stopped
    )
    _warn_of_damaged(memory.path)
    if options.json:
        print_json([entry_to_json(entry) for entry in entries])
        return
    if not entries:
        print(_("Nothing is remembered."))
        return
    print_table([_cells(entry) for entry in entries])


def _warn_of_damaged(memory: Path) -> None:
    """Name what a damaged memory left behind, on stderr: it is no entry."""
    from m2m_desktop.services.memory.damaged import damaged_files

    text = _(
        "A damaged memory was set aside: {path}. It may still hold phrases; "
        "memory revoke --damaged deletes it."
    )
    for path in damaged_files(memory):
        print("! " + text.format(path=path), file=sys.stderr)


def _cells(entry: MemoryEntry) -> tuple[str, ...]:
    terms = " + ".join(f"{term.pt_code} {term.pt_name}" for term in entry.terms)
    if entry.is_stopped:
        state = _("stopped")
    elif entry.needs_check is not None:
        state = _("to be confirmed: {reason}").format(reason=_(CHECK_WORDS[entry.needs_check]))
    else:
        state = ""
    release = f"{entry.terminology_version} {entry.terminology_language}".strip()
    return (entry.text, terms or _("no suitable term"), entry.reviewer, release, state)


def memory_export(options: argparse.Namespace) -> None:
    """Write the memory to a workbook."""
    from m2m_desktop.services.memory.sheet import export_memory

    entries = open_engine().memory.entries()
    written = export_memory(entries, Path(options.path))
    text = ngettext(
        "{count} entry written to {path}", "{count} entries written to {path}", len(entries)
    )
    print(text.format(count=len(entries), path=written.absolute()))


def memory_import(options: argparse.Namespace) -> None:
    """Take the entries of a workbook in."""
    from m2m_desktop.services.memory import importing
    from m2m_desktop.services.tables.table_reader import TableReader

    engine = open_engine()
    with TableReader() as reader:
        found = importing.import_memory(
            Path(options.path),
            engine.memory,
            engine.terminology(options.terminology, progress_line),
            reader,
            on_conflict=importing.OnConflict(options.on_conflict.replace("-", "_")),
            progress=progress_line,
        )
    end_progress_line()
    if options.json:
        print_json(importing.import_to_json(found))
        return
    print(
        _("New: {new}, taken over: {replaced}, the same: {same}, to be confirmed: {check}").format(
            new=len(found.added),
            replaced=len(found.replaced),
            same=len(found.unchanged),
            check=len(found.to_check),
        )
    )
    for conflict in found.conflicts:
        mine, theirs = _cells(conflict.mine), _cells(conflict.theirs)
        print(_("Decided otherwise: {text}").format(text=mine[0]))
        print(f"  {_('here')}: {' · '.join(filter(None, mine[1:]))}")
        print(f"  {_('there')}: {' · '.join(filter(None, theirs[1:]))}")
    for bad in found.bad_rows:
        reason = bad.reason.text(_)
        print("! " + _("Row {row} {phrase}: {reason}").format(
            row=bad.row, phrase=bad.phrase, reason=reason
        ))  # fmt: skip


def memory_recheck(options: argparse.Namespace) -> None:
    """Mark what the terminology now says otherwise."""
    from m2m_desktop.services.memory.wire import entry_to_json

    engine = open_engine()
    found = engine.memory.recheck(engine.terminology(options.terminology, progress_line))
    end_progress_line()
    if options.json:
        changed = [entry_to_json(entry) for entry in found.changed]
        print_json({"examined": found.examined, "changed": changed})
        return
    text = ngettext(
        "{examined} entry examined, {changed} to be confirmed.",
        "{examined} entries examined, {changed} to be confirmed.",
        found.examined,
    )
    print(text.format(examined=found.examined, changed=len(found.changed)))
    if found.changed:
        print_table([_cells(entry) for entry in found.changed])


def memory_revoke(options: argparse.Namespace) -> None:
    """Forget phrases for good; with ``--damaged``, whole memories that were set aside."""
    from m2m_desktop.services.memory.damaged import delete_damaged

    if not options.phrases and not options.damaged:
        raise BadRequest(detail=message(NOTHING_TO_REVOKE))
    memory = open_engine().memory
    if options.phrases:
        count = memory.revoke([match_key(phrase) for phrase in options.phrases])
        text = ngettext("{count} entry was forgotten.", "{count} entries were forgotten.", count)
        print(text.format(count=count))
    if options.damaged:
        count = delete_damaged(memory.path)
        text = ngettext("{count} file was deleted.", "{count} files were deleted.", count)
        print(text.format(count=count))
