"""The recipe of the stand-alone program: what is loaded by name only comes along, what is not used stays out."""

import ast
import ctypes
import re
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from m2m_desktop.services.registry import PLUGINS

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "packaging" / "m2m_desktop.spec"


def test_every_plug_in_is_built_in():
    recipe = SPEC.read_text(encoding="utf-8")
    for target in PLUGINS.values():
        assert f'"{target.partition(":")[0]}"' in recipe


def test_all_that_the_recipe_names_is_there():
    recipe = SPEC.read_text(encoding="utf-8")
    modules = re.findall(r'"(m2m_desktop(?:\.\w+)+)"', recipe)
    assert len(modules) >= 5
    for module in modules:
        place = ROOT.joinpath(*module.split("."))
        assert place.with_suffix(".py").is_file() or (place / "__init__.py").is_file(), module
    for parts in re.findall(r"ROOT((?: / \"\w+(?:\.\w+)?\")+)", recipe):
        assert ROOT.joinpath(*re.findall(r'"([^"]+)"', parts)).exists(), parts


def test_nothing_that_is_left_out_is_imported_by_what_ships(tool):
    left_out = tuple(tool("_build_trim").EXCLUDED)
    wrong = [
        f"{path}: {name}"
        for path in sorted((ROOT / "m2m_desktop").rglob("*.py"))
        if "training" not in path.parts
        for name in imported(path)
        if name.startswith(left_out)
        and any(name == o or name.startswith(f"{o}.") for o in left_out)
    ]
    assert wrong == []


def imported(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^\s*(?:from|import) ([\w.]+)", text, re.MULTILINE)
    return [name for name in found if name]


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        r"PySide6\plugins\platforms\qwindows.dll",
        r"PySide6\plugins\styles\qmodernwindowsstyle.dll",
        "m2m_desktop/resources/i18n/zh_CN/LC_MESSAGES/m2m_desktop.mo",
        "pypinyin/phrases_dict.json",
        "libQt6Svg.so.6",
        "libxcb-cursor.so.0",
    ],
)
def test_what_a_user_needs_is_kept(tool, place):
    assert tool("_build_trim").kept([(place, "", "BINARY")])


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/lib/libQt6Network.so.6",
        r"PySide6\Qt6Network.dll",
        r"PySide6\plugins\tls\qschannelbackend.dll",
        r"PySide6\plugins\generic\qtuiotouchplugin.dll",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/plugins/platforms/libqminimalegl.so",
        "PySide6/Qt/plugins/imageformats/libqtiff.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "libgssapi_krb5.so.2",
        "libreadline.so.8",
        "jieba/finalseg/prob_emit.p",
        "jieba/dict.txt",
        "m2m_desktop/resources/i18n/zh_CN/LC_MESSAGES/m2m_desktop.po",
    ],
)
def test_what_nobody_uses_is_not(tool, place):
    assert not tool("_build_trim").kept([(place, "", "BINARY")])


@pytest.mark.skipif(not (sys.platform == "linux" and shutil.which("strip")), reason="no strip")
def test_pythons_libraries_lose_their_names_and_still_load(tool, tmp_path):
    folder = Path(sysconfig.get_config_var("DESTSHARED"))
    library = max(folder.glob("*.so"), key=lambda path: path.stat().st_size)
    entries = [
        (f"python3.11/lib-dynload/{library.name}", str(library), "EXTENSION"),
        (f"numpy/{library.name}", str(library), "EXTENSION"),
    ]
    ours, foreign = tool("_build_trim").without_symbols(entries, tmp_path)
    assert foreign == entries[1]
    assert ours[0] == entries[0][0]
    assert Path(ours[1]).is_relative_to(tmp_path)
    assert Path(ours[1]).stat().st_size <= library.stat().st_size
    ctypes.PyDLL(ours[1])


def test_icons_are_drawn_that_windows_and_macos_read(tool, tmp_path):
    system = tool("_build_system")
    assert system.icon(tmp_path, "linux") is None
    windows = Path(system.icon(tmp_path, "win32")).read_bytes()
    assert QImage.fromData(windows, "ICO").width() in system.ICO_SIDES
    count = int.from_bytes(windows[4:6], "little")
    for number in range(count):
        entry = windows[6 + 16 * number : 22 + 16 * number]
        size, place = int.from_bytes(entry[8:12], "little"), int.from_bytes(entry[12:16], "little")
        picture = QImage.fromData(windows[place : place + size], "PNG")
        assert picture.width() % 256 == entry[0]
        assert picture.pixelColor(picture.width() // 8, picture.height() // 2).alpha() == 255
    macos = Path(system.icon(tmp_path, "darwin")).read_bytes()
    assert int.from_bytes(macos[4:8], "big") == len(macos)
    assert not QImage.fromData(macos, "ICNS").isNull()


def test_properties_of_a_windows_program_tell_the_version(tool):
    text = tool("_build_system").version_text("2.10.3")
    ast.parse(text)
    assert text.count("(2, 10, 3, 0)") == 2
    assert "'ProductVersion', '2.10.3'" in text


def test_the_build_is_tried_and_looked_through_after_its_papers(tool):
    steps = [" ".join(map(str, step)) for step in tool("_build").steps(["--ascii"])]
    wanted = ["PyInstaller", "_supply.py release", "smoke.py", "_supply.py supply --check"]
    assert [word in step for word, step in zip(wanted, steps, strict=True)] == [True] * 4
    assert steps[0].endswith("--ascii")
