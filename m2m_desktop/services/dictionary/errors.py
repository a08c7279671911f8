"""What can go wrong when terms are looked up, collected and handed on.

CodingToolError
├── SmqUnknown                M2M-431   the release has no such SMQ
└── InputUnreadable
    └── BinSheetUnreadable    M2M-432   a table to import holds no terms
"""

from m2m_desktop.core.errors import CodingToolError, InputUnreadable
from m2m_desktop.core.messages import N_


class SmqUnknown(CodingToolError):
    """The release has no SMQ of that code. Fields: smq, name."""

    code = "M2M-431"
    what = N_("There is no SMQ with the code {smq} in {name}.")
    hint = N_("Choose one of the list; another release may have other SMQs, or none.")


class BinSheetUnreadable(InputUnreadable):
    """A table to import has nothing in it that could be a term. Fields: path, detail."""

    code = "M2M-432"
    what = N_("No terms can be read from {path}: {detail}")
    hint = N_("Write codes or names of terms below one another, one a row, and import that table.")
