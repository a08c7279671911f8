"""A run in words: what coded, with which settings, and how much of the work the model did."""

import unicodedata
from collections.abc import Collection

from m2m_desktop.core.records import CodingResult, Run
from m2m_desktop.services.language import _

NOTHING = "—"

Line = tuple[str, str]


def run_lines(run: Run, source_name: str, results: Collection[CodingResult]) -> list[Line]:
    """Give the provenance stamp, one line a fact; ``results`` are one for each distinct phrase."""
    lines = [
        (_("Source file"), unicodedata.normalize("NFC", source_name)),
        (_("Distinct phrases"), str(len(results))),
        (_("Coded at"), run.coded_at),
        (_("Program version"), run.app_version),
        (_("Terminology"), run.terminology_name),
        (_("Release"), f"{run.terminology_version} {run.terminology_language}".strip()),
        (_("Terminology id"), run.terminology_id),
        (_("Model"), run.model_id or NOTHING),
        (_("Model hash (SHA-256)"), run.model_hash or NOTHING),
        (_("Text template"), f"{run.template} / {run.alias_order}"),
        (_("Mode"), run.mode),
        (_("Threshold"), f"{run.threshold:g}"),
        (_("Candidates per phrase"), str(run.top_k)),
        *_work_lines(run, results),
    ]
    lines += [(f"SHA-256 {name}", digest) for name, digest in run.terminology_hashes]
    return [*lines, (_("Note"), _("A proposal by a program: a person decides."))]


def _work_lines(run: Run, results: Collection[CodingResult]) -> list[Line]:
    """Tell how many candidates the model scored; more where a small model spared it the rest."""
    if not run.model_id:
        return []
    pairs = sum(len(result.candidates) for result in results)
    scored = sum(result.pairs_scored for result in results)
    kept = sum(result.pairs_kept for result in results)
    share = f" ({100 * scored / pairs:.1f} %)" if pairs else ""
    lines = [
        (
            _("Candidates scored by the model"),
            _("{scored} of {pairs}{share}; {kept} known from earlier runs").format(
                scored=scored, pairs=pairs, share=share, kept=kept
            ),
        )
    ]
    if not run.small_model_id:
        return lines
    lines.append((_("Model that decides where to look"), run.small_model_id))
    if run.cascade_error is None:
        agreement = _("not yet measured on this computer")
    else:
        agreement = _("{share} of phrases at most, from {count} that were scored in full").format(
            share=f"{100 * run.cascade_error:.1f} %", count=run.cascade_phrases
        )
    return [*lines, (_("Answers that scoring everything might change"), agreement)]
