"""Why a table cannot be read, each with what to do about it.

    InputUnreadable               M2M-111
    └── TableUnreadable           M2M-120   the root of this tree
        ├── NotATable             M2M-121   no workbook and no text: what it is instead
        ├── TableProtected        M2M-122   a password is needed
        ├── TableRefused          M2M-123   too large, or made to do harm when it is unpacked
        ├── TableDamaged          M2M-124   cut short or changed; sheet and row where known
        ├── TextUnreadable        M2M-125   unknown encoding, or quotation marks that do not close
        ├── LayoutMismatch        M2M-126   the sheet or column that was chosen is not there
        └── ReaderFailed          M2M-127   the reading process died, hung or ran out of memory

Fields of all: path, detail (a `Message`). No text of a cell ever stands in them.
"""

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_


class TableUnreadable(InputUnreadable):
    """The root of everything about reading tables. Fields: path, detail."""

    code = "M2M-120"


class NotATable(TableUnreadable):
    """Neither a workbook nor text that we read. Fields: path, detail."""

    code = "M2M-121"
    hint = N_("Open the file in Excel or WPS, save it as an .xlsx workbook, and open that one.")


class TableProtected(TableUnreadable):
    """A workbook that is encrypted. Fields: path, detail."""

    code = "M2M-122"
    hint = N_("Open it in Excel or WPS, remove the password (File, Info), and save it as .xlsx.")


class TableRefused(TableUnreadable):
    """A file that is too large, or that would unpack to far more than any real one.

    Fields: path, detail.
    """

    code = "M2M-123"
    hint = N_("Copy the sheet you need into a new workbook, save it as .xlsx, and open that one.")


class TableDamaged(TableUnreadable):
    """A file that was cut short or changed. Fields: path, detail."""

    code = "M2M-124"
    hint = N_(
        "Export or copy the file once more; or open it in Excel or WPS, which may repair it, and "
        "save it under a new name."
    )


class TextUnreadable(TableUnreadable):
    """Text of an unknown encoding, or with quotation marks that do not close. Fields: path, detail."""

    code = "M2M-125"
    hint = N_("Open it in Excel or WPS and save it as .xlsx, or choose another encoding for it.")


class LayoutMismatch(TableUnreadable):
    """The sheet or column that was chosen is not in the file. Fields: path, detail."""

    code = "M2M-126"
    hint = N_("Choose the sheet and the columns again.")


class ReaderFailed(TableUnreadable):
    """The process that reads tables died, hung or ran out of memory. Fields: path, detail."""

    code = "M2M-127"
    hint = N_("Open the file in Excel or WPS, save it as a new .xlsx workbook, and try again.")
