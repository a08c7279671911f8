"""Reads a narrative out of a text file."""

from pathlib import Path

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.phrases import decode_text, os_reason

LONGEST = 200_000
"""Characters: nobody writes so much about one patient, and it can still be shown and edited."""
_BYTES_PER_CHARACTER = 4


def read_narrative(path: Path) -> str:
    """The text of a file in whatever encoding. Raises: InputUnreadable."""
    try:
        if path.stat().st_size > LONGEST * _BYTES_PER_CHARACTER:
            raise _too_long(path)
        data = path.read_bytes()
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error
    text = decode_text(data, str(path))
    if len(text) > LONGEST:
        raise _too_long(path)
    return text


def _too_long(path: Path) -> InputUnreadable:
    detail = message(
        N_("it is longer than {count} characters; one narrative is expected."), count=f"{LONGEST:,}"
    )
    return InputUnreadable(path=path, detail=detail)
