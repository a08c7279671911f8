"""A desk with the demo dictionary compiled and a toy model, made once and copied for each test."""

import shutil

import pytest

from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources
from tests.privacy.desk import Desk
from tests.toy.bundle import TOY_ID, write_toy_bundle


def locations_below(home):
    return Locations(home / "data", home / "cache", home / "config", home / "logs", resources())


@pytest.fixture(scope="session")
def compiled_home(shared_home, tmp_path_factory):
    """A home that nobody has worked in yet, with what the shared one has compiled."""
    shared, own = locations_below(shared_home), locations_below(tmp_path_factory.mktemp("own"))
    Engine(shared).pipeline(CodingOptions(terminology="demo", mode="lexical"))
    for name in ("terminologies", "indexes"):
        shutil.copytree(shared.data / name, own.data / name)
    write_toy_bundle(own.models / TOY_ID)  # scores of the shipped one are never kept
    return own.data.parent


@pytest.fixture(scope="session")
def demo(compiled_home):
    return Engine(locations_below(compiled_home)).terminology("demo")


@pytest.fixture
def desk(tmp_path, compiled_home):
    return Desk(tmp_path / "desk", compiled_home)
