"""What the user may change once and for all, kept as a small JSON file."""

import json
import logging
from dataclasses import asdict, dataclass, fields
from typing import Any

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.whole_files import write_whole

logger = logging.getLogger(__name__)

LANGUAGES = ("", "zh_CN", "en")
THEMES = ("system", "light", "dark")
NAMES_SHOWN = ("first", "second", "both")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; only values that differ from these are written."""

    language: str = ""
    """Language of the program: "zh_CN", "en", or empty for that of the system."""

    terminology: str = ""
    """Id of the terminology to code with; empty for the demo dictionary."""

    model: str = ""
    """Id of the model to code with; empty for the one that ships with the program."""

    threshold: float = DEFAULT_THRESHOLD
    """Probability (0 to 1) from which a term is selected."""

    reviewer: str = ""
    """Name that stands beside decisions; empty for the account of the system."""

    theme: str = "system"
    """Colours of the window: "system", "light" or "dark"."""

    names_shown: str = "first"
    """Names of terms on display: "first" (the release's language), "second" or "both"."""

    is_welcomed: bool = False
    """Whether the page of first steps was left before; the window opens at the phrases then."""

    second_terminology: str = ""
    """Id of the terminology of the same version that lends names in a second language; "none" for
    no second language, empty to let the program choose. It changes what is shown, never the coding."""

    encoder: str = ""
    """Id of the encoder that proposes terms by meaning; "none" for none, empty for the one that ships
    with the program."""

    tagger: str = ""
    """Id of the model that finds mentions in narratives; "none" to look names up, empty for the one
    that ships with the program."""


def load_settings(locations: Locations) -> Settings:
    """Read the settings. A value that makes no sense counts as not set; so does a damaged file."""
    try:
        stored = json.loads(locations.settings_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        logger.warning("settings cannot be read (%s): using the defaults", type(error).__name__)
        return Settings()
    if not isinstance(stored, dict):
        logger.warning("settings cannot be read (not an object): using the defaults")
        return Settings()
    known: dict[str, Any] = {}
    for field in fields(Settings):
        if field.name not in stored:
            continue
        if is_valid(field.name, stored[field.name]):
            known[field.name] = stored[field.name]
        else:
            logger.warning("setting %s has an impossible value: using the default", field.name)
    return Settings(**known)


def save_settings(settings: Settings, locations: Locations) -> None:
    """Write what differs from the defaults. The old file stays until the new one is whole.

    Raises: OutputUnwritable.
    """
    default = asdict(Settings())
    changed = {name: value for name, value in asdict(settings).items() if value != default[name]}
    target = locations.settings_file
    content = json.dumps(changed, indent=2, ensure_ascii=False) + "\n"
    try:
        write_whole(target, content.encode("utf-8"))
    except OSError as error:
        raise OutputUnwritable(path=target, detail=error.strerror or "") from error


def is_valid(name: str, value: object) -> bool:
    """Whether a value may stand in a setting."""
    if name == "threshold":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and 0 <= value <= 1  # type: ignore[operator]
    if name == "language":
        return value in LANGUAGES
    if name == "theme":
        return value in THEMES
    if name == "names_shown":
        return value in NAMES_SHOWN
    if name == "is_welcomed":
        return isinstance(value, bool)
    return isinstance(value, str)
