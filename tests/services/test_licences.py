"""The licence texts that ship, as the window reads them."""

import json

from m2m_desktop.services.licences import licence_text, part_licences
from m2m_desktop.services.locations import resources


def test_every_part_has_a_licence_and_a_text():
    parts = part_licences(resources())
    assert {"numpy", "onnxruntime", "pyside6-essentials", "Python"} <= {part.name for part in parts}
    assert all(part.licence and len(licence_text(resources(), part)) > 200 for part in parts)
    names = [part.name.casefold() for part in parts]
    assert names == sorted(names)


def test_a_damaged_installation_shows_none(tmp_path):
    assert part_licences(tmp_path) == ()
    folder = tmp_path / "help" / "licences"
    folder.mkdir(parents=True)
    for damaged in ("{", "[]", '{"parts": [{"name": "a"}]}', "{}"):
        (folder / "index.json").write_text(damaged, encoding="utf-8")
        assert part_licences(tmp_path) == ()


def test_a_text_is_never_read_from_elsewhere(tmp_path):
    folder = tmp_path / "help" / "licences"
    folder.mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    told = {"name": "a", "version": "1", "licence": "MIT", "file": "../../secret.txt"}
    (folder / "index.json").write_text(json.dumps({"parts": [told]}), encoding="utf-8")
    (part,) = part_licences(tmp_path)
    assert licence_text(tmp_path, part) == ""
