"""A belt at run time: whatever Python code of this process asks for a network is refused.

Libraries in machine code do not ask Python: that they open nothing is proved from the system
(`tests.offline`), not here.
"""

import sys

_ASKING_NAMES = frozenset({"getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"})
_SENDING = frozenset({"connect", "bind", "sendto", "sendmsg"})
_LOCAL_FAMILY = 1
"""AF_UNIX: between programs of this computer; the number is the same wherever there is one."""


class NetworkRefused(PermissionError):
    """Something in this program asked for a network."""


class _Belt:
    """What is known of the belt of this process."""

    is_on = False
    was_first = False
    """Whether it was on before the runtime of the models was imported."""


def refuse_network() -> None:
    """Refuse every network socket from now on until the process ends; calling it again does nothing.

    A refusal is a PermissionError, as where a system forbids it, and comes before any call of the
    system. Names of hosts are not looked up either; this computer's own may be asked for.
    """
    if not _Belt.is_on:
        _Belt.was_first = "onnxruntime" not in sys.modules
        _Belt.is_on = True
        sys.addaudithook(_refuse)


def is_refusing() -> bool:
    """Whether the belt is on in this process."""
    return _Belt.is_on


def was_on_before_runtime() -> bool:
    """Whether the belt was on before the runtime of the models was imported."""
    return _Belt.was_first


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    what = event[len("socket.") :]
    if what == "__new__":
        is_refused = arguments[1] != _LOCAL_FAMILY
    else:
        is_address = what in _SENDING and isinstance(arguments[-1], tuple)
        is_refused = what in _ASKING_NAMES or is_address
    if is_refused:
        raise NetworkRefused("this program is offline")
