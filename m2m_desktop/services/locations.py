"""Where things live: data, cache, settings, logs of the user, and the files that ship with the program."""

import os
from dataclasses import dataclass
from pathlib import Path

APP_NAME = "m2m_desktop"
HOME_VARIABLE = "M2M_HOME"

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Locations:
    """The folders of one user. None of them need exist: whoever writes a file makes its folder."""

    data: Path
    cache: Path
    config: Path
    logs: Path
    resources: Path

    @property
    def terminologies(self) -> Path:
        """Imported releases, compiled: licensed content, deleted with one command."""
        return self.data / "terminologies"

    @property
    def models(self) -> Path:
        """Model bundles installed by the user."""
        return self.data / "models"

    @property
    def scores(self) -> Path:
        """Probabilities that models have given, without the phrases."""
        return self.data / "scores"

    @property
    def projects(self) -> Path:
        """Where projects are made unless the user chooses another place."""
        return self.data / "projects"

    @property
    def backups(self) -> Path:
        """Older states of projects."""
        return self.data / "backups"

    @property
    def snapshots(self) -> Path:
        """Copies of projects that an export reads from; each is gone when its export is done."""
        return self.data / "snapshots"

    @property
    def layouts(self) -> Path:
        """How tables with certain columns were read, without any cell of them."""
        return self.data / "layouts"

    @property
    def settings_file(self) -> Path:
        """What the user changed from the defaults."""
        return self.config / "settings.json"


def resources() -> Path:
    """The shipped files: inside the package when installed or frozen, beside it in a checkout."""
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def default_locations() -> Locations:
    """The folders the system gives this user, or all below ``M2M_HOME`` (portable use, tests)."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).absolute()
        return Locations(root / "data", root / "cache", root / "config", root / "logs", resources())
    import platformdirs

    # Never the roaming profile: compiled terminologies are large and belong to this PC.
    folders = platformdirs.PlatformDirs(APP_NAME, appauthor=False, roaming=False)
    return Locations(
        folders.user_data_path,
        folders.user_cache_path,
        folders.user_config_path,
        folders.user_log_path,
        resources(),
    )
