"""The commands about models, ``model …``, and about the whole installation, ``doctor``."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import (
    end_progress_line,
    print_json,
    print_tree,
    step_line,
)
from m2m_desktop.cli.text import print_model
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_
from m2m_desktop.services import wire
from m2m_desktop.services.language import _

if TYPE_CHECKING:
    from m2m_desktop.services.bundle_files import ModelInfo

PARITY_NAMES: Mapping[str, str] = {
    "mentions": N_("Phrases compared"),
    "pairs": N_("Pairs compared"),
    "texts": N_("Texts compared"),
    "tokens": N_("Tokens compared"),
    "max_logit_change": N_("Largest change of a logit"),
    "max_change": N_("Largest change of a probability"),
    "mean_change": N_("Mean change of a probability"),
    "rank_agreement": N_("Agreement of the order (1: the same)"),
    "selected_changes": N_("Share of phrases whose selected PTs change at 0.30"),
    "top1_changes": N_("Share whose first answer changes"),
    "min_cosine": N_("Smallest cosine between old and new"),
    "mean_cosine": N_("Mean cosine between old and new"),
    "label_changes": N_("Share of tokens whose label changes"),
}
"""The figures of `conversion.parity`, in the order they are shown in."""

ANSWER_OPTIONS = {"match_label": "--match-label", "template": "--template"}


class OptionsMissing(BadRequest):
    """A checkpoint leaves open what options answer. Fields: detail, options."""

    hint = N_("Give {options} as well.")


def model_list(options: argparse.Namespace) -> None:
    """List the models that ship and those that were installed."""
    models = open_engine().models()
    if options.json:
        print_json([wire.model_to_json(model) for model in models])
        return
    if not models:
        print(_("There is no model: coding uses lexical search only."))
    for model in models:
        print_model(model)


def model_verify(options: argparse.Namespace) -> None:
    """Check a model bundle completely."""
    model = open_engine().verify_model(options.path, step_line)
    end_progress_line()
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("The model is whole and answers as its makers recorded."))
    print_model(model)
    if model.parity and not model.is_shipped:
        print_parity(model)


def model_install(options: argparse.Namespace) -> None:
    """Install a model bundle, or convert a checkpoint and install what came of it."""
    from m2m_desktop.services.conversion.convert import AnswersMissing, ConversionWish

    wish = ConversionWish(
        kind=options.kind,
        precision=options.precision,
        match_label=options.match_label,
        template=options.template,
        name=options.name,
    )
    try:
        model = open_engine().install_model(Path(options.path), wish, step_line)
    except AnswersMissing as error:
        missing = ", ".join(ANSWER_OPTIONS[question] for question in error.questions)
        raise OptionsMissing(detail=error.fields["detail"], options=missing) from error
    end_progress_line()
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("Installed {name}").format(name=model.model_id))
    print_model(model)
    if model.parity:
        print_parity(model)
    print(
        _(
            "The app cannot know who made this model. Use it only if you trust where it comes "
            "from, and look at its answers before you rely on them."
        )
    )


def print_parity(model: "ModelInfo") -> None:
    """Print how much a converted model differs from its original, and how well that is known."""
    print(_("Compared with the original over texts of the terminology in use:"))
    for name, text in PARITY_NAMES.items():
        if name in model.parity:
            print(f"  {_(text)}: {model.parity[name]:g}")
    if model.parity_is_quick:
        print(
            _(
                "A quick check; `m2m model verify {name}` makes the full comparison, as long as "
                "the original lies where it lay."
            ).format(name=model.model_id)
        )


def model_bench(options: argparse.Namespace) -> None:
    """Measure how fast a model is here."""
    speed = open_engine().bench_model(options.path)
    if options.json:
        print_json(wire.plain(speed))
        return
    print(
        _(
            "{pairs} pairs in {milliseconds} ms ({rate} pairs a second), {threads} of {cores} cores"
        ).format(
            pairs=speed.pairs,
            milliseconds=speed.milliseconds_per_phrase,
            rate=speed.pairs_per_second,
            threads=speed.threads,
            cores=speed.cores,
        )
    )
    if speed.peak_memory_mb:
        print(_("Memory at its peak: {megabytes} MB").format(megabytes=speed.peak_memory_mb))


def model_remove(options: argparse.Namespace) -> None:
    """Delete an installed model."""
    open_engine().remove_model(options.id)
    print(_("Removed {name}").format(name=options.id))


def doctor(options: argparse.Namespace) -> None:
    """Describe this installation for support."""
    report = wire.plain(open_engine().doctor())
    if options.json:
        print_json(report)
        return
    print_tree(report)
