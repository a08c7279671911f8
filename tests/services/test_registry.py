"""Optional parts: all that ship can be loaded, and one that cannot harms nothing."""

import pytest

from m2m_desktop.plugins.biencoder import BiEncoder
from m2m_desktop.services.registry import PLUGINS, PluginUnusable, list_plugins, load_plugin


def test_every_part_that_ships_can_be_loaded():
    states = list_plugins()
    assert [one.name for one in states] == list(PLUGINS)
    assert [one.problem for one in states] == [""] * len(PLUGINS)
    assert load_plugin("biencoder") is BiEncoder


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("m2m_desktop.plugins.missing:Thing", "ModuleNotFoundError"),
        ("m2m_desktop.plugins.biencoder:Thing", "AttributeError"),
        ("m2m_desktop.plugins.biencoder", "AttributeError"),
        ("", "KeyError"),
    ],
)
def test_one_that_cannot_be_loaded_is_listed_with_its_problem(target, problem):
    table = {"odd": target, "biencoder": PLUGINS["biencoder"]}
    assert [one.problem for one in list_plugins(table)] == [problem, ""]
    with pytest.raises(PluginUnusable, match=problem):
        load_plugin("odd", table)


def test_an_unknown_name_is_an_error_of_ours():
    with pytest.raises(PluginUnusable, match="nobody"):
        load_plugin("nobody")
