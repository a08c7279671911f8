"""The options of ``train``, ``pretrain`` and ``distil``, and what they do where nothing is said."""

import argparse
from pathlib import Path

from m2m_desktop.training import encoder, ner, reranker
from m2m_desktop.training.options import Defaults, add_run_options, add_template
from m2m_desktop.training.run_encoder import train_encoder
from m2m_desktop.training.run_masked import pretrain
from m2m_desktop.training.run_ner import train_ner
from m2m_desktop.training.run_reranker import distil, train_reranker

RERANKER_DEFAULTS = Defaults(2e-5, batch=32, max_length=64, epochs=5, patience=2)
ENCODER_DEFAULTS = Defaults(2e-5, batch=256, max_length=64, steps=2000)
NER_DEFAULTS = Defaults(2e-5, batch=8, max_length=256, epochs=10, patience=3)
MASKED_DEFAULTS = Defaults(1e-4, batch=32, max_length=256, epochs=1)
DISTIL_DEFAULTS = Defaults(1e-4, batch=32, max_length=64, epochs=5)


def add_training(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what follows ``train``."""
    one = kinds.add_parser("reranker", help="a cross-encoder, from pairs")
    add_run_options(one, RERANKER_DEFAULTS)
    add_template(one)
    one.add_argument("--train", type=Path, required=True, help="pairs to learn from (JSONL)")
    one.add_argument("--dev", type=Path, required=True, help="pairs to stop by")
    one.add_argument("--loss", choices=reranker.LOSSES, default="pairwise")
    one.set_defaults(run=train_reranker)
    one = kinds.add_parser("encoder", help="a sentence encoder, from synonyms")
    add_run_options(one, ENCODER_DEFAULTS)
    one.add_argument("--names", type=Path, nargs="+", required=True, help="concept TAB name lines")
    one.add_argument("--dev", type=Path, help="concept TAB mention lines to score by")
    one.add_argument("--pooling", choices=("", *encoder.POOLINGS), default="")
    one.add_argument("--loss", choices=encoder.LOSSES, default="infonce")
    one.add_argument("--hard-share", type=float, default=0.25, help="mined part of a batch, 0 to 1")
    one.add_argument("--mine-every", type=int, default=500, help="steps between minings")
    one.set_defaults(run=train_encoder)
    one = kinds.add_parser("ner", help="a tagger of entities, from marked texts")
    add_run_options(one, NER_DEFAULTS)
    one.add_argument("--train", type=Path, nargs="+", required=True, help="tag files, brat folders")
    one.add_argument("--dev", type=Path, nargs="+", required=True)
    one.add_argument("--kinds", nargs="*", help="TYPE or TYPE=NAME to learn; all where left out")
    one.add_argument("--scheme", choices=ner.SCHEMES, default="bio")
    one.set_defaults(run=train_ner)


def add_others(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``pretrain`` and ``distil``."""
    one = commands.add_parser("pretrain", help="go on with masked-language modelling")
    add_run_options(one, MASKED_DEFAULTS)
    one.add_argument("--texts", type=Path, required=True, help="a .txt file or a folder of them")
    one.add_argument("--masked", type=float, default=0.15, help="share of the tokens")
    one.add_argument("--most", type=int, default=22, help="hidden tokens a text, at most")
    one.add_argument("--dup-factor", type=int, default=5, help="different masks a text")
    one.set_defaults(run=pretrain)
    one = commands.add_parser("distil", help="teach a small reranker what a big one says")
    add_run_options(one, DISTIL_DEFAULTS)
    add_template(one)
    one.add_argument("--teacher", type=Path, required=True, help="checkpoint folder")
    one.add_argument("--pairs", type=Path, required=True, help="pairs; their labels do not matter")
    one.add_argument("--temperature", type=float, default=2.0)
    one.set_defaults(run=distil)
