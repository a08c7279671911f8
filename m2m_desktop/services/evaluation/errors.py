"""Why predictions cannot be evaluated. Nothing was written.

InputUnreadable               M2M-111
├── EvaluationLineBad         M2M-461   a line of a file is not what the format says
└── EvaluationFileUnfit       M2M-462   a file lacks what these figures need
"""

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_


class EvaluationLineBad(InputUnreadable):
    """A line is not what the format says. Fields: place ("file:line"), detail."""

    code = "M2M-461"
    what = N_("{place} cannot be used: {detail}")
    hint = N_("Nothing was evaluated. Correct the line and try again.")


class EvaluationFileUnfit(InputUnreadable):
    """A file lacks what is needed, or does not belong to the others. Fields: path, detail."""

    code = "M2M-462"
    what = N_("{path} cannot be evaluated: {detail}")
    hint = N_("`m2m evaluate KIND --help` says which files are read.")
