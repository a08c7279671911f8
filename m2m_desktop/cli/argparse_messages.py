"""What argparse says by itself, in the language of the user."""

import argparse

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

ARGPARSE_MESSAGES = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)
"""What argparse says by itself, word for word, so that our catalogue has it."""


def translate_argparse() -> None:
    """Let argparse speak the current language: it looks its sentences up through its own ``_``."""
    vars(argparse)["_"] = _
