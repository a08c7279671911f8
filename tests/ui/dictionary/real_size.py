"""A home whose only release has the size of a real one, compiled; for the measurements here."""

import os
from pathlib import Path

from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import default_locations
from tests.toy.big_release import write_big_release


def real_size_release(home: Path) -> Terminology:
    """Make everything below ``home``, which becomes the home of this process and its children."""
    os.environ["M2M_HOME"] = str(home)
    engine = Engine(default_locations())
    for info in engine.terminologies():
        if not info.is_demo:
            return engine.terminology(info.terminology_id)
    release = home / "release"
    write_big_release(release)
    ((info, _report),) = engine.import_terminology(release)
    return engine.terminology(info.terminology_id)
