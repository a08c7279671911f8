"""The command line ``m2m``: parse, call the engine, print.

Human text by default; ``--json`` / ``--jsonl`` for programs. Errors go to stderr as
``M2M-201: …`` and end with status 1 (2 for a command line that makes no sense, 130 after Ctrl+C).
"""

from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

from m2m_desktop.cli.start import main  # noqa: E402 - the libraries must be silent before

__all__ = ["main"]
