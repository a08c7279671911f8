"""The commands about models, ``model …``, and about the whole installation, ``doctor``."""

import argparse
from pathlib import Path

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import print_json, print_tree
from m2m_desktop.cli.text import print_model
from m2m_desktop.services import wire
from m2m_desktop.services.language import _


def model_list(options: argparse.Namespace) -> None:
    """List the models that ship and those that were installed."""
    models = open_engine().models()
    if options.json:
        print_json([wire.model_to_json(model) for model in models])
        return
    if not models:
        print(_("There is no model: coding uses lexical search only."))
    for model in models:
        print_model(model)


def model_verify(options: argparse.Namespace) -> None:
    """Check a model bundle completely."""
    model = open_engine().verify_model(options.path)
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("The model is whole and answers as its makers recorded."))
    print_model(model)


def model_install(options: argparse.Namespace) -> None:
    """Check a model bundle and copy it in."""
    model = open_engine().install_model(Path(options.path))
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("Installed {name}").format(name=model.model_id))


def model_remove(options: argparse.Namespace) -> None:
    """Delete an installed model."""
    open_engine().remove_model(options.id)
    print(_("Removed {name}").format(name=options.id))


def doctor(options: argparse.Namespace) -> None:
    """Describe this installation for support."""
    report = wire.plain(open_engine().doctor())
    if options.json:
        print_json(report)
        return
    print_tree(report)
