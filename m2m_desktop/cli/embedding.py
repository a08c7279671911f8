"""The command ``terminology embed``: compute ahead what candidates by meaning need."""

import argparse
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.options import add_json
from m2m_desktop.cli.terminal import end_progress_line, print_json, step_line
from m2m_desktop.services import wire
from m2m_desktop.services.language import _

if TYPE_CHECKING:
    from collections.abc import Callable


def add_embed(group: "Callable[..., argparse.ArgumentParser]") -> None:
    """Add the command to the group ``terminology``."""
    one = group(
        "embed",
        _("compute the vectors of a terminology's names, which candidates by meaning need"),
        terminology_embed,
    )
    one.add_argument(
        "id", metavar="ID", nargs="?", default="", help=_("id or path of a terminology")
    )
    one.add_argument("--encoder", default="", help=_("id or path of an encoder"))
    add_json(one)


def terminology_embed(options: argparse.Namespace) -> None:
    """Compute the vectors of a terminology; a run that was cut off goes on where it was."""
    made = open_engine().embed_terminology(options.id, options.encoder, step_line)
    end_progress_line()
    if options.json:
        print_json(wire.plain(made))
        return
    print(
        _("{names} names of {terminology} encoded by {encoder}, {size} MB").format(
            names=made.names,
            terminology=made.terminology_id,
            encoder=made.encoder_id,
            size=f"{made.bytes / 1e6:.0f}",
        )
    )
