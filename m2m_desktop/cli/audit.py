"""What an outsider asks of a project: ``project verify`` and ``project audit``."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.projects import opened
from m2m_desktop.cli.terminal import print_json, print_table
from m2m_desktop.core.messages import N_, Message
from m2m_desktop.services.language import _
from m2m_desktop.services.wire import plain

if TYPE_CHECKING:
    from m2m_desktop.services.project.audit_check import Comparison
    from m2m_desktop.services.project.records import Verification

FILE, HISTORY, CONTENT, DECISIONS, ANSWERS = (
    N_("File"),
    N_("History"),
    N_("Content"),
    N_("Decisions"),
    N_("Answers"),
)
VERIFIED: Mapping[str, str] = {
    FILE: N_("its structure and tables"),
    HISTORY: N_("every step hangs on the one before, back to the origin"),
    CONTENT: N_("phrases and places are those that were imported or added"),
    DECISIONS: N_("what holds now follows from the steps"),
    ANSWERS: N_("what was proposed, and how it was coded"),
}
"""The parts of a verification, in their order, and what is looked at in each."""
IN_ORDER, DAMAGED, NOT_LOOKED_AT = N_("in order"), N_("damaged"), N_("not looked at")


def project_verify(options: argparse.Namespace) -> None:
    """Check everything in a project against everything else; status 1 where something is wrong.

    ``--against``: also against what was noted of it earlier. Needs no terminology and no model.
    """
    from m2m_desktop.services.project.audit_check import compare_with_noted, read_noted
    from m2m_desktop.services.project.audit_trail import read_trail
    from m2m_desktop.services.project.errors import ProjectDamaged
    from m2m_desktop.services.project.wire import verification_to_json

    noted = read_noted(options.against) if options.against else None
    found, notes = _verified(options.path)
    compared = None
    if noted is not None and found.is_sound:
        compared = compare_with_noted(read_trail(Path(options.path)), noted)
    if options.json:
        told = None if compared is None else comparison_to_json(compared)
        print_json({**verification_to_json(found), "against": told})
    else:
        _print_verification(found, notes)
    problems = [*found.problems, *([compared.problem] if compared and compared.problem else ())]
    if problems:
        raise ProjectDamaged(path=options.path, detail=problems[0])
    if not options.json:
        if compared is not None:
            text = _("It goes on from what was noted: step {step} was the last one; since: {since}")
            print(text.format(step=compared.at_step, since=compared.since))
        print(_("The project is sound."))


def project_audit(options: argparse.Namespace) -> None:
    """Write the audit trail: a workbook to read, and the chain for others to recompute."""
    from m2m_desktop.services.project.audit import audit_target, write_audit

    path = Path(options.path)
    target = audit_target(path, Path(options.out))
    report = write_audit(path, target, shows_texts=options.with_texts)
    if options.json:
        print_json(plain(report))
        return
    for written in (report.workbook, report.chain):
        print(_("Written: {path}").format(path=written))
    print_table([(_("Steps in the history"), str(report.event_count))])
    print(_("Last step: {head}").format(head=report.chain_head))


def comparison_to_json(compared: "Comparison") -> dict[str, object]:
    """How a project goes together with what was noted of it."""
    return {
        "agrees": compared.problem is None,
        "problem": compared.problem.text(_) if compared.problem else "",
        "at_step": compared.at_step,
        "since": compared.since,
    }


def part_of(problem: Message) -> str:
    """The part of a verification that a problem was found in."""
    from m2m_desktop.services.project import verification

    parts = {
        HISTORY: (verification.CHAIN, verification.CHAIN_END),
        CONTENT: (verification.CONTENT, verification.TEXT, verification.TALLY),
        DECISIONS: (verification.EVENT, verification.STATE, verification.ADDITIONS),
        ANSWERS: (verification.ANSWER, verification.RUN, verification.PAIRS),
    }
    return next((part for part, said in parts.items() if problem.template in said), FILE)


def _verified(path: str) -> "tuple[Verification, tuple[Message, ...]]":
    """Verify also what cannot be opened for work: all that is wrong is to be named."""
    from m2m_desktop.services.project.errors import ProjectDamaged
    from m2m_desktop.services.project.project import Project

    try:
        with opened(path) as project:
            return project.verify(), project.info.notes
    except ProjectDamaged:
        with Project.open(Path(path), despite_damage=True) as project:
            found = project.verify()
        if found.is_sound:  # damage that only opening sees is named by its error
            raise
        return found, ()


def _print_verification(found: "Verification", notes: Sequence[Message]) -> None:
    for problem in (*notes, *found.problems):
        print(f"! {problem.text(_)}")
    damaged = {part_of(problem) for problem in found.problems}
    others = NOT_LOOKED_AT if FILE in damaged else IN_ORDER
    print_table(
        [
            (_(part), _(DAMAGED if part in damaged else others), _(what))
            for part, what in VERIFIED.items()
        ]
    )
    print(
        _("Steps: {events}, phrases: {phrases}, mentions: {items}, answers: {answers}").format(
            events=found.event_count,
            phrases=found.phrase_count,
            items=found.item_count,
            answers=found.answer_count,
        )
    )
    print(_("Last step: {head}").format(head=found.chain_head))
