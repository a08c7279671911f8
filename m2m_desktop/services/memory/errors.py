"""What can go wrong with the memory.

CodingToolError
├── MemoryDamaged             M2M-412   its file is damaged and was set aside
├── MemoryTooNew              M2M-413   its file is of a later version of this program
├── MemoryUnreadable          M2M-415   its file cannot be read now
├── OutputUnwritable
│   └── MemoryUnwritable      M2M-414   its file cannot be written now
└── InputUnreadable
    └── MemorySheetUnreadable M2M-416   a workbook to import is not one of a memory
"""

from m2m_desktop.core.errors import CodingToolError, InputUnreadable, OutputUnwritable
from m2m_desktop.core.messages import N_


class MemoryDamaged(CodingToolError):
    """The file is damaged; it was set aside and the memory begins anew. Fields: path, aside."""

    code = "M2M-412"
    what = N_("The memory in {path} is damaged. It was kept as {aside}; an empty one begins now.")
    hint = N_("Import the workbook that you last exported from the memory, if there is one.")


class MemoryTooNew(CodingToolError):
    """The file was written by a later version of this program. Fields: path."""

    code = "M2M-413"
    what = N_("The memory in {path} was written by a later version of this program.")
    hint = N_("Use that version. Until then, coding goes on without the memory.")


class MemoryUnwritable(OutputUnwritable):
    """A decision could not be remembered. Fields: path, detail."""

    code = "M2M-414"
    what = N_("The memory in {path} could not be changed: {detail}")
    hint = N_("Free some space or end the other program, then try again. Nothing was lost.")


class MemoryUnreadable(CodingToolError):
    """The memory cannot be read now. Fields: path, detail."""

    code = "M2M-415"
    what = N_("The memory in {path} cannot be read: {detail}")
    hint = N_("Coding goes on without the memory.")


class MemorySheetUnreadable(InputUnreadable):
    """A table to import has not the columns of a memory. Fields: path, detail."""

    code = "M2M-416"
    what = N_("{path} is not an exported memory: {detail}")
    hint = N_("Export a memory to see how such a workbook looks, and keep its header row.")
