"""The projects that were open lately, the last one first; kept with the layout of the window."""

from pathlib import Path

from PySide6.QtCore import QSettings

KEY = "recent_projects"
LIMIT = 8


class RecentProjects:
    """Reads and writes the list. A project that is gone is left out, and comes back with its disk."""

    def __init__(self, stored: QSettings) -> None:
        self._stored = stored

    def paths(self) -> list[Path]:
        """The projects that are there now."""
        return [path for path in map(Path, self._listed()) if path.is_file()]

    def listed(self) -> list[Path]:
        """All projects of the list, also those that are gone."""
        return [Path(one) for one in self._listed()]

    def is_there(self, path: Path) -> bool:
        """Whether a project can be opened, as far as can be told without waiting.

        A share or a drive that does not answer would hold the window up, so it is not asked.
        """
        from m2m_desktop.services.project.project_file import is_remote  # the window stands without

        return is_remote(path) or path.is_file()

    def add(self, path: Path) -> None:
        """Put a project first."""
        known = [one for one in self._listed() if one != str(path)]
        self._stored.setValue(KEY, [str(path), *known][:LIMIT])

    def forget(self, path: Path) -> None:
        """Take a project off the list; the file stays."""
        self._stored.setValue(KEY, [one for one in self._listed() if one != str(path)])

    def clear(self) -> None:
        """Forget all of them; the files stay."""
        self._stored.remove(KEY)

    def _listed(self) -> list[str]:
        value = self._stored.value(KEY, [])
        if isinstance(value, str):  # a list of one comes back as its only member
            value = [value]
        return [str(one) for one in value] if isinstance(value, list) else []
