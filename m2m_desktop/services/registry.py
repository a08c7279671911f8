"""The optional parts by name. Each is loaded when it is first needed, and may fail to."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.messages import N_

PLUGINS: Mapping[str, str] = MappingProxyType(
    {
        "biencoder": "m2m_desktop.plugins.biencoder:BiEncoder",
        "ner": "m2m_desktop.plugins.ner:NerFinder",
    }
)
"""Name to "module:attribute"."""

_log = logging.getLogger(__name__)


class PluginUnusable(ModelError):
    """An optional part of the program cannot be loaded. Fields: name, detail."""

    code = "M2M-308"
    what = N_("The part {name} of the program cannot be used ({detail}).")
    hint = N_("Everything else works. Install the program again to repair it.")


@dataclass(frozen=True, slots=True)
class PluginState:
    """A part, where it lies, and why it cannot be used (empty: it can)."""

    name: str
    target: str
    problem: str = ""


def load_plugin(name: str, table: Mapping[str, str] = PLUGINS) -> Any:
    """Give a part by its name; raises PluginUnusable, whatever is wrong with it."""
    target = table.get(name, "")
    module, _, attribute = target.partition(":")
    try:
        if not target:
            raise KeyError(name)
        return getattr(import_module(module), attribute)
    except Exception as error:  # what is foreign may raise anything
        _log.info("plug-in %s cannot be loaded: %s", name, type(error).__name__)
        raise PluginUnusable(name=name, detail=type(error).__name__) from error


def list_plugins(table: Mapping[str, str] = PLUGINS) -> list[PluginState]:
    """List all parts, those that cannot be used with the reason."""
    states = []
    for name, target in table.items():
        problem = ""
        try:
            load_plugin(name, table)
        except PluginUnusable as error:
            problem = str(error.fields["detail"])
        states.append(PluginState(name, target, problem))
    return states
