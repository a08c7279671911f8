"""The built program itself: `dev.py test -m frozen` with M2M_EXE naming its folder."""

import os
import shutil
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.frozen


@pytest.fixture
def folder() -> Path:
    told = os.environ.get("M2M_EXE", "")
    assert told, "M2M_EXE names the folder of the built program"
    return Path(told)


@pytest.mark.timeout(1800)
def test_it_works_from_a_folder_with_a_chinese_name(tool, folder, tmp_path):
    place = tmp_path / "药剂科 电脑" / "m2m-desktop"
    shutil.copytree(folder, place)
    assert tool("smoke").main([str(place)]) == 0
    assert tool("_hashes").differences(place) == []


@pytest.mark.timeout(600)
def test_a_damaged_file_is_found_by_its_own_test(tool, folder, tmp_path):
    place = tmp_path / "m2m-desktop"
    shutil.copytree(folder, place)
    victim = place / "_internal" / "m2m_desktop" / "resources" / "samples" / "adr_sample.xlsx"
    victim.write_bytes(victim.read_bytes()[:-1])
    smoke = tool("smoke")
    with pytest.raises(smoke.SmokeFailed, match=r"adr_sample\.xlsx"):
        smoke.passes_its_own_test(smoke.Built(place, tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="built on Linux: needs objdump")
def test_every_library_it_asks_for_is_there_or_a_package_brings_it(tool, folder):
    needed = tool("_package_deb").needs(folder)
    assert tuple(map(int, needed.glibc.split("."))) >= (2, 34)
    assert {"libgl1", "libegl1"} <= set(needed.packages)
