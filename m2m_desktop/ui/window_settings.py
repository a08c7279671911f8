"""The settings that the window keeps for its next start."""

from dataclasses import replace

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea


class WindowSettings:
    """Holds them, and writes each change at once; what cannot be written is said in place."""

    def __init__(self, settings: Settings, locations: Locations, notices: NoticeArea) -> None:
        self.now = settings
        self._locations, self._notices = locations, notices

    def change(self, **changed: object) -> None:
        """Change some settings, named as the fields of `Settings`."""
        settings = replace(self.now, **changed)  # type: ignore[arg-type]
        if settings == self.now:
            return
        self.now = settings
        try:
            save_settings(settings, self._locations)
        except CodingToolError as error:
            self._notices.say("settings", "error", sentence(error))
