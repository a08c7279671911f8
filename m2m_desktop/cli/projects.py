"""The commands about project files: ``project …``."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.batch import (
    os_user,
    print_report,
    refuse_same_file,
    restore_texts,
    write_export,
)
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table
from m2m_desktop.core.agreement import DifferenceKind
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import default_locations

if TYPE_CHECKING:
    from m2m_desktop.core.agreement import Agreement, Kappa
    from m2m_desktop.core.intervals import Share
    from m2m_desktop.core.own_check import OwnCheck
    from m2m_desktop.services.project.project import Project

SHOWN_DIFFERENCES = 50
NO_BACKUP = N_("there is no usable backup of this project.")
SURE = N_(
    "this deletes the texts of all phrases and all older backups for good. Add --yes to do it."
)
DIFFERENCE_NAMES = {
    DifferenceKind.OMISSION: N_("omission"),
    DifferenceKind.ADDITION: N_("addition"),
    DifferenceKind.SUBSTITUTION: N_("substitution"),
}


def opened(path: str, *, read_only: bool = True) -> "Project":
    """Open a project, with its backups where the window keeps them."""
    from m2m_desktop.services.project.project import Project

    folder = default_locations().backups
    return Project.open(Path(path), read_only=read_only, backup_dir=folder)


def project_info(options: argparse.Namespace) -> None:
    """Show a project in figures."""
    from m2m_desktop.services.export.pair_lines import pair_lines
    from m2m_desktop.services.project.wire import info_to_json

    with opened(options.path) as project:
        info = project.info
    if options.json:
        print_json(info_to_json(info))
        return
    run = info.run
    lines = [
        (_("Source file"), info.source_name),
        (_("Project made at"), info.created_at),
        (_("Mentions"), str(info.item_count)),
        (_("Distinct reactions"), str(info.reaction_phrase_count)),
        (_("Coded"), str(info.coded_count)),
        (_("Decided"), str(info.decided_count)),
        (_("Steps in the history"), str(info.event_count)),
        (_("Terminology"), run.terminology_name if run else info.terminology_id),
        (_("Model"), (run.model_id if run else "") or "—"),
        *(pair_lines(info.pairs) if run and info.pairs else ()),
        (_("Texts"), _texts_line(info.remembers_texts, info.texts_missing)),
    ]
    print_table(lines)
    for note in info.notes:
        print(f"! {note.text(_)}")


def _texts_line(remembers: bool, are_missing: bool) -> str:
    if remembers and not are_missing:
        return _("in the project")
    return _("not kept; they are read from the source file again")


def project_export(options: argparse.Namespace) -> None:
    """Write what a project holds."""
    from m2m_desktop.services.tables.table_reader import TableReader

    with opened(options.path) as project:
        named = options.source or project.info.source_path
        source = Path(named) if named else None
        if source is not None:
            refuse_same_file(source, Path(options.out))
        with TableReader() as reader:
            restore_texts(project, source, reader)
        report = write_export(project, Path(options.out), options, source)
    end_progress_line()
    print_report(report)


def project_purge(options: argparse.Namespace) -> None:
    """Take the texts of all phrases out of a project and its backups for good."""
    from m2m_desktop.services.project.records import Actor
    from m2m_desktop.services.snapshots import sweep_snapshots

    if not options.yes:
        raise BadRequest(detail=message(SURE))
    sweep_snapshots(default_locations().snapshots)
    with opened(options.path, read_only=False) as project:
        project.purge_texts(actor=Actor(os_user()), now=datetime.now(UTC))
    print(_("The texts are gone from the project and its backups."))


def project_restore(options: argparse.Namespace) -> None:
    """Put a backup in the place of a project; what lay there is kept beside it."""
    from m2m_desktop.services.project.backups import folder_of_path, newest_good
    from m2m_desktop.services.project.recovery import backups_of, restore_project

    path, folder = Path(options.path), default_locations().backups
    known = backups_of(path, folder) or backups_of(path)
    if options.list:
        print_table([(one.made_at.isoformat(), str(one.path)) for one in known])
        return
    backup = Path(options.backup) if options.backup else None
    for place in (folder, None) if backup is None else ():
        found = newest_good(folder_of_path(path, place))
        if found is not None:
            backup = found.path
            break
    if backup is None:
        raise BadRequest(detail=message(NO_BACKUP))
    kept = restore_project(path, backup, now=datetime.now(UTC))
    print(_("Restored from {path}").format(path=backup))
    if kept is not None:
        print(_("The former file is kept as {path}").format(path=kept))


def project_compare(options: argparse.Namespace) -> None:
    """Compare the decisions of two projects of one table."""
    from m2m_desktop.services import project_checks

    found = project_checks.compare_projects(Path(options.first), Path(options.second))
    if options.json:
        print_json(project_checks.comparison_to_json(found))
        return
    if not found.is_same_file:
        print("! " + _("The two projects were made from different contents of a file."))
    _print_agreement(found.agreement)


def _print_agreement(found: "Agreement") -> None:
    print_table(
        [
            (_("Distinct phrases"), *_kappa_cells(found.phrases)),
            (_("Mentions"), *_kappa_cells(found.mentions)),
        ]
    )
    print(
        _(
            "Agreement of single PTs: {share}; not decided by both: {left}; in one only: {alone}"
        ).format(
            share=f"{found.positive_agreement:.3f}", left=found.undecided, alone=found.unpaired
        )
    )
    for difference in found.differences[:SHOWN_DIFFERENCES]:
        first = " + ".join(term.pt_name for term in difference.first) or "—"
        second = " + ".join(term.pt_name for term in difference.second) or "—"
        kind = _(DIFFERENCE_NAMES[difference.kind])
        print(f"  {difference.count} × {difference.text}  [{kind}]  {first} | {second}")
    if len(found.differences) > SHOWN_DIFFERENCES:
        print(
            _("… and {count} more; --json gives all").format(
                count=len(found.differences) - SHOWN_DIFFERENCES
            )
        )


def _kappa_cells(kappa: "Kappa") -> tuple[str, str]:
    text = ngettext("{agreed} of {count} agrees", "{agreed} of {count} agree", kappa.count)
    agreed = text.format(agreed=kappa.agreed, count=kappa.count)
    if kappa.value is None or kappa.low is None or kappa.high is None:
        return agreed, "κ —"
    return agreed, f"κ {kappa.value:.3f} ({kappa.low:.3f} … {kappa.high:.3f})"


def project_check(options: argparse.Namespace) -> None:
    """Check the model by the decisions of a project."""
    from m2m_desktop.services import project_checks

    with opened(options.path) as project:
        run = project.info.run
        found = project_checks.own_check(project)
    present = run.threshold if run else DEFAULT_THRESHOLD
    if options.json:
        print_json(project_checks.own_check_to_json(found, present))
        return
    _print_check(found, present)


def _print_check(found: "OwnCheck", present: float) -> None:
    print(
        _("Reviewed phrases that the model decided: {count} (others: {skipped})").format(
            count=found.phrase_count, skipped=found.skipped
        )
    )
    if found.is_too_few:
        print("! " + _("These are too few to rely on the figures."))
    header = (
        _("Threshold"),
        _("Selected PTs right"),
        _("Right PTs selected"),
        _("Whole set right"),
    )
    print_table(
        [
            header,
            *(
                (
                    f"{one.threshold:g}" + (" *" if one.threshold == present else ""),
                    *map(_share, (one.precision, one.recall, one.exact_set_match)),
                )
                for one in found.figures
            ),
        ]
    )
    print(
        _("Mean error of the probabilities: {error}").format(error=f"{found.calibration_error:.3f}")
    )
    print(
        _("Suggested threshold: {threshold}").format(threshold=f"{found.best_threshold(present):g}")
    )


def _share(share: "Share") -> str:
    return f"{share.value:.3f} ({share.low:.3f} … {share.high:.3f})"
