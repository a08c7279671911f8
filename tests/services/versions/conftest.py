"""Two imported releases with planted changes, and projects that are decided in the old one."""

import json
import tempfile
from pathlib import Path

import pytest

from m2m_desktop.core.progress import silent
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.versions.methods import VERSIONS_METHODS
from tests.services.project.toy_project import QUICK_FOLDER
from tests.toy.versions import planted, write_pair


@pytest.fixture
def tmp_path():
    """In memory: a project syncs at every step."""
    with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as folder:
        yield Path(folder).resolve()


@pytest.fixture(scope="session")
def made():
    return planted(seed=3)


@pytest.fixture(scope="session")
def shared_methods(made, tmp_path_factory):
    """What the engine process has, over a home with both releases."""
    home = tmp_path_factory.mktemp("versions")
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    methods = Methods(Locations(*folders, resources()))
    for folder in write_pair(made, home / "releases"):
        methods.engine.import_terminology(folder)
    return methods


@pytest.fixture
def methods(shared_methods):
    yield shared_methods
    shared_methods.engine.memory.clear()


@pytest.fixture(scope="session")
def ids(shared_methods):
    """The ids of the old and the new release."""
    found = {
        info.version: info.terminology_id
        for info in shared_methods.engine.terminologies()
        if not info.is_demo
    }
    return found["99.0"], found["99.1"]


@pytest.fixture(scope="session")
def pair(shared_methods, ids):
    """Both releases, opened."""
    old, new = (shared_methods.engine.terminology(one) for one in ids)
    return old, new


@pytest.fixture
def ask(methods):
    """Ask as the window does: what goes in and out is JSON."""

    def asked(method, progress=silent, **params):
        function = VERSIONS_METHODS[method]
        told = function(methods, Params(json.loads(json.dumps(params))), progress)
        return json.loads(json.dumps(told))

    return asked
