"""From the start of the command line to its exit status."""

import contextlib
import io
import logging
import os
import sys
from collections.abc import Sequence

from m2m_desktop.cli.argparse_messages import translate_argparse
from m2m_desktop.cli.parser import LANGUAGES, build_parser
from m2m_desktop.cli.terminal import print_error
from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _, use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.offline_guard import refuse_network

logger = logging.getLogger(__name__)

EXIT_ERROR, EXIT_CANCELLED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line and give the exit status."""
    if arguments is None:  # as a program of its own: the guard stays on until the process ends
        refuse_network()
        arguments = sys.argv[1:]
    use_utf8()
    log_file = start_logging(default_locations(), "cli")
    use_language(asked_language(arguments))
    translate_argparse()
    try:
        options = build_parser().parse_args(arguments)
        options.function(options)
        sys.stdout.flush()
    except CodingToolError as error:
        print_error(error)
        return EXIT_CANCELLED if isinstance(error, Cancelled) else EXIT_ERROR
    except KeyboardInterrupt:
        print_error(Cancelled())
        return EXIT_CANCELLED
    except BrokenPipeError:
        # The reader (`head`) has seen enough; nothing may be written at exit either.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except Exception as error:
        logger.exception("unexpected error")
        print_error(CodingToolError(detail=type(error).__name__))
        print(_("Details are in {path}").format(path=log_file), file=sys.stderr)
        return EXIT_ERROR
    return 0


def asked_language(arguments: Sequence[str]) -> str | None:
    """The language of ``--lang``, needed before the parser (whose help is translated) exists."""
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        name, _equals, value = argument.partition("=")
        if name == "--lang":
            chosen = value or (arguments[place + 1] if place + 1 < len(arguments) else "")
            return LANGUAGES.get(chosen)
    return None


def use_utf8() -> None:
    """Make the standard streams UTF-8, whatever the console or the pipe says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
