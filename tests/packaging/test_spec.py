"""The recipe of the stand-alone program names what is loaded by name only."""

from pathlib import Path

from m2m_desktop.services.registry import PLUGINS

SPEC = Path(__file__).resolve().parents[2] / "packaging" / "m2m_desktop.spec"


def test_every_plug_in_is_built_in():
    recipe = SPEC.read_text(encoding="utf-8")
    for target in PLUGINS.values():
        assert f'"{target.partition(":")[0]}"' in recipe
