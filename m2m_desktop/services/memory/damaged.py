"""Memories that were damaged and set aside: they still hold phrases until somebody deletes them."""

from pathlib import Path

from m2m_desktop.services.memory.errors import MemoryUnwritable
from m2m_desktop.services.memory.file import DAMAGED


def damaged_files(memory: Path) -> list[Path]:
    """Give what lies beside the file of a memory, the oldest first; their journals count as well.

    What cannot be listed is taken for nothing.
    """
    beginning = f"{memory.name}{DAMAGED}"
    try:
        return sorted(path for path in memory.parent.iterdir() if path.name.startswith(beginning))
    except OSError:
        return []


def delete_damaged(memory: Path) -> int:
    """Delete them for good, and give how many there were.

    Raises MemoryUnwritable for the first that cannot be deleted.
    """
    found = damaged_files(memory)
    for path in found:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise MemoryUnwritable(
                path=path, detail=error.strerror or type(error).__name__
            ) from error
    return len(found)
