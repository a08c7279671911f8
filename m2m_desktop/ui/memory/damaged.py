"""What the window says of a memory that was damaged and set aside, by whichever process met it."""

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.memory.damaged import damaged_files, delete_damaged
from m2m_desktop.ui.messages import is_agreed, sentence
from m2m_desktop.ui.notices import NoticeArea

SAID = "damaged_memories_said"
KEY = "damaged_memory"


class DamagedMemory:
    """Says it once for each such file, also where the program was started anew in between.

    ``memory`` is the file of the memory, ``parent`` what the question before deleting belongs to.
    """

    def __init__(
        self, notices: NoticeArea, memory: Path, stored: QSettings, parent: QWidget | None = None
    ) -> None:
        self._notices, self._memory, self._stored, self._parent = notices, memory, stored, parent

    def look(self) -> None:
        """Look for files that nothing was said of; takes no time, may be called at any occasion."""
        found = damaged_files(self._memory)
        names, said = [path.name for path in found], self._said()
        if set(names) <= set(said):
            return
        self._stored.setValue(SAID, names)
        text = _(
            "The memory of earlier decisions was damaged, and an empty one has begun. The damaged "
            "file was kept as {path}. What to do: import the workbook that was last exported from "
            "the memory (Review > Memory…). The damaged file may still hold phrases; delete it "
            "when nobody needs it any more."
        )
        self._notices.say(
            KEY,
            "warning",
            text.format(path=found[-1]),
            action=_("Delete the damaged file…"),
            on_action=self.delete,
        )

    def delete(self) -> None:
        """Delete the files for good, after a question."""
        text = _("The phrases and decisions in it cannot be had back.")
        title, action = _("Delete the damaged memory?"), _("Delete")
        if not is_agreed(self._parent, title, text, action):
            return
        try:
            delete_damaged(self._memory)
        except CodingToolError as error:
            self._notices.say(KEY, "error", sentence(error))
        else:
            self._notices.clear(KEY)

    def _said(self) -> list[str]:
        value = self._stored.value(SAID, [])
        if isinstance(value, str):  # a list of one comes back as its only member
            return [value]
        return [str(one) for one in value] if isinstance(value, list) else []
