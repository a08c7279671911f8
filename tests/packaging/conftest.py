"""Modules of packaging/ as dev.py imports them: by a path that is there for one test only."""

import importlib
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def tool(monkeypatch):
    """Import a module of packaging/ by its bare name; none of them stays behind."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == PACKAGING:
            del sys.modules[name]
