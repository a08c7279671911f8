"""Why figures were not written. What lay there before is untouched.

OutputUnwritable              M2M-112   a result cannot be written
└── WrongSuffix               M2M-441   the name asks for a format that is not written
"""

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_


class WrongSuffix(OutputUnwritable):
    """The name asks for another format than the one that is written. Fields: path, suffix."""

    code = "M2M-441"
    what = N_("The figures cannot be written to {path}: its name asks for another format.")
    hint = N_("Choose a name that ends in {suffix}.")
