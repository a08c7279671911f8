"""Reads a list of terms out of a text file, for the box it is looked over in."""

from pathlib import Path

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.phrases import decode_text, os_reason

MAX_BYTES = 4 * 1024 * 1024
"""More is no list that a person looks over; it would hold up the window."""


def read_list(path: Path) -> str:
    """The text of a file, of whatever encoding. Raises: InputUnreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputUnreadable(
                path=path, detail=message(N_("the file is too large for a list."))
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error
    return decode_text(data, str(path))
