"""An installation whose parts can be damaged one by one."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from m2m_desktop.core.batches import never_cancelled
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.services.selftest.scene import Scene

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def make_scene(demo_home, tmp_path):
    """A scene over the shared home, or over other locations."""

    def make(locations=None, *, program=None, now=lambda: NOW):
        locations = locations or default_locations()
        return Scene(
            engine=Engine(locations),
            locations=locations,
            program=program,
            now=now,
            cancel=never_cancelled,
            scratch=tmp_path / "scratch",
        )

    return make


@pytest.fixture
def own_resources(tmp_path) -> Path:
    """A copy of the shipped files that may be damaged: models and font."""
    copied = tmp_path / "resources"
    for part in ("models", "fonts"):
        shutil.copytree(resources() / part, copied / part)
    return copied


@pytest.fixture
def outcomes():
    """Carry a check out; gives outcome and English words of each finding."""

    def carry_out(examine, scene):
        return [(one.outcome.value, one.detail.text()) for one in examine(scene)]

    return carry_out
