"""The commands about remembered decisions: ``memory …``."""

import argparse
from pathlib import Path

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, progress_line
from m2m_desktop.core.memory import CHECK_WORDS, MemoryEntry
from m2m_desktop.core.text import match_key
from m2m_desktop.services.language import _


def memory_list(options: argparse.Namespace) -> None:
    """List what is remembered."""
    from m2m_desktop.services.memory.wire import entry_to_json

    entries = open_engine().memory.entries(
        options.text, only_to_check=options.to_check, only_stopped=options.stopped
    )
    if options.json:
        print_json([entry_to_json(entry) for entry in entries])
        return
    if not entries:
        print(_("Nothing is remembered."))
        return
    print_table([_cells(entry) for entry in entries])


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
    print(
        _("{count} entries written to {path}").format(count=len(entries), path=written.absolute())
    )


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
    print(
        _("{examined} entries examined, {changed} to be confirmed.").format(
            examined=found.examined, changed=len(found.changed)
        )
    )
    if found.changed:
        print_table([_cells(entry) for entry in found.changed])


def memory_revoke(options: argparse.Namespace) -> None:
    """Forget phrases for good."""
    count = open_engine().memory.revoke([match_key(phrase) for phrase in options.phrases])
    print(_("{count} entries were forgotten.").format(count=count))
