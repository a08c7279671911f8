"""A home with a release of real size in two languages, compiled; for the measurements here."""

import os
from pathlib import Path

from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import default_locations
from tests.toy.big_release import write_big_release
from tests.toy.english_release import write_english


def real_size_release(home: Path) -> Terminology:
    """Make everything below ``home``, which becomes the home of this process and its children."""
    os.environ["M2M_HOME"] = str(home)
    engine = Engine(default_locations())
    for info in engine.terminologies():
        if not info.is_demo and info.language != "English":
            return engine.terminology(info.terminology_id)
    chinese = write_big_release(home / "release")
    ((info, _report),) = engine.import_terminology(chinese)
    engine.import_terminology(write_english(chinese, home / "english"))  # lends its names
    return engine.terminology(info.terminology_id)
