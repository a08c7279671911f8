"""The engine that all commands work with."""

from typing import TYPE_CHECKING

from m2m_desktop.services.locations import default_locations

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine


def open_engine() -> "Engine":
    """The engine over the user's folders."""
    from m2m_desktop.services.engine import Engine

    return Engine(default_locations())
