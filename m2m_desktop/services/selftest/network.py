"""Whether this process refuses a network, and whether the libraries were told to keep silent."""

import os
from collections.abc import Iterator
from importlib import import_module

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.offline_guard import (
    NetworkRefused,
    is_refusing,
    was_on_before_runtime,
)
from m2m_desktop.services.quiet import QUIET_ENVIRONMENT
from m2m_desktop.services.selftest.records import Finding, bad, good
from m2m_desktop.services.selftest.scene import Scene

_REFUSED = N_("A network socket was asked for, and refused before the system was asked.")
_NONE = N_("This program has no way to ask for a network socket.")
_ALLOWED = N_("A network socket was asked for, and was not refused. Nothing was sent.")
_LATE = N_("The guard against networks came after the runtime of the models.")
_SET = N_("The switches that keep libraries silent were set before any of them was loaded.")
_NOT_SET = N_("Switches that keep libraries silent are not set: {names}")
_INSTALL = N_(
    "Do not use this installation where no network may be used; install the program again and "
    "start it by its own icon or command."
)


def check_network(scene: Scene) -> Iterator[Finding]:  # noqa: ARG001 (as all checks)
    """Ask for a socket, which must be refused; look at the switches."""
    yield _asked()
    missing = [name for name, value in QUIET_ENVIRONMENT.items() if os.environ.get(name) != value]
    if missing:
        yield bad(message(_NOT_SET, names=", ".join(missing)), message(_INSTALL))
    elif not was_on_before_runtime():
        yield bad(message(_LATE), message(_INSTALL))
    else:
        yield good(message(_SET))


def _asked() -> Finding:
    """The one place of the program that asks for a socket: it is closed unused if it is given."""
    try:
        sockets = import_module("_socket")
    except ImportError:
        return good(message(_NONE))
    try:
        given = sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM)
    except NetworkRefused:
        return good(message(_REFUSED))
    except OSError:  # a system without any network: the guard must stand all the same
        if is_refusing():
            return good(message(_REFUSED))
    else:
        given.close()
    return bad(message(_ALLOWED), message(_INSTALL))
