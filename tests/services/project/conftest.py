"""Folders in memory: a project syncs at every step, and a real disk would take most of the time."""

import tempfile
from pathlib import Path

import pytest

from tests.services.project.toy_project import QUICK_FOLDER


@pytest.fixture
def tmp_path():
    with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as folder:
        yield Path(folder).resolve()
