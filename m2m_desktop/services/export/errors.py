"""Why a result was not written. The old file, if there was one, is untouched in every case.

    OutputUnwritable              M2M-112   a result cannot be written
    ├── SourceChanged             M2M-131   the source is no longer the file that was read
    ├── TargetIsSource            M2M-132   the result would replace the source
    ├── TargetOfOtherKind         M2M-133   the name asks for another format than the copy has
    └── NotReadBack               M2M-134   what was written does not read back as it was meant

`Unpatchable` is no error for users: it is the reason why a separate workbook is written instead.
"""

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_, Message


class SourceChanged(OutputUnwritable):
    """The source has other content than when it was read. Fields: path."""

    code = "M2M-131"
    what = N_("{path} was changed after it was read: its rows may no longer match the answers.")
    hint = N_(
        "Import the changed file, or export to a separate workbook. The decisions are kept; "
        "equal phrases are remembered."
    )


class TargetIsSource(OutputUnwritable):
    """The result would replace the source. Fields: path."""

    code = "M2M-132"
    what = N_("The result cannot replace the source {path}.")
    hint = N_("Choose another name or folder.")


class TargetOfOtherKind(OutputUnwritable):
    """A copy has the format of its source. Fields: path, suffix."""

    code = "M2M-133"
    what = N_("{path} cannot be the name of the copy: it has the format of the source.")
    hint = N_("Choose a name that ends in {suffix}.")


class NotReadBack(OutputUnwritable):
    """The draft does not read back as it was meant; nothing was replaced. Fields: path, detail."""

    code = "M2M-134"
    what = N_("{path} was not written: the new file does not read back as it was meant. {detail}")
    hint = N_("Choose the form “separate workbook”, and send the log file to your support.")


class Unpatchable(Exception):
    """No columns can be added to a copy of this workbook, for a reason that a user can read."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.text())
