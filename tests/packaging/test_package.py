"""What is handed out: the same bytes every time, all of it, and nothing of the users'."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
needs_tools = pytest.mark.skipif(
    not (shutil.which("dpkg-deb") and shutil.which("objdump")), reason="no dpkg-deb or no objdump"
)


@pytest.fixture
def built(tool, tmp_path):
    """A folder such as a build leaves it."""
    folder = tmp_path / "m2m-desktop"
    (folder / "_internal").mkdir(parents=True)
    for name in ("m2m", "m2m-desktop"):
        shutil.copy(shutil.which("true") or sys.executable, folder / name)
        (folder / name).chmod(0o755)
    (folder / "_internal" / "词典.txt").write_text("皮疹", encoding="utf-8")
    (folder / "_internal" / "libQt6.so.6").write_bytes(bytes(1 << 20))
    (folder / "_internal" / "libQt6.so").symlink_to("libQt6.so.6")
    tool("_hashes").write_list(folder)
    return folder


def test_an_archive_holds_all_files_and_is_the_same_every_time(tool, built, tmp_path):
    package, hashes = tool("_package"), tool("_hashes")
    archive = tmp_path / "m2m-1.tar.gz"
    package.make_tar(built, archive)
    first = archive.read_bytes()
    os.utime(built / "m2m", (1e9, 1e9))
    package.make_tar(built, archive)
    assert archive.read_bytes() == first
    with tarfile.open(archive) as content:
        assert {entry.name.split("/")[0] for entry in content} == {"m2m-1"}
        assert {entry.mode for entry in content if entry.name.endswith("m2m")} == {0o755}
        content.extractall(tmp_path / "out", filter="data")
    assert hashes.differences(tmp_path / "out" / "m2m-1") == []
    assert (tmp_path / "out/m2m-1/_internal/libQt6.so").is_symlink()  # not twice its size


def test_a_zip_holds_all_files_and_is_the_same_every_time(tool, built, tmp_path):
    package, hashes = tool("_package"), tool("_hashes")
    archive = tmp_path / "m2m-1.zip"
    package.make_zip(built, archive)
    first = archive.read_bytes()
    os.utime(built / "m2m", (1e9, 1e9))
    package.make_zip(built, archive)
    assert archive.read_bytes() == first
    with zipfile.ZipFile(archive) as content:
        content.extractall(tmp_path / "out")
    assert hashes.differences(tmp_path / "out" / "m2m-1") == []


@needs_tools
def test_a_debian_package_holds_all_and_runs_nothing(tool, built, tmp_path):
    deb, hashes = tool("_package_deb"), tool("_hashes")
    made = deb.make_deb(built, tmp_path, "1.2.3")
    root, papers = tmp_path / "root", tmp_path / "papers"
    subprocess.run(["dpkg-deb", "--extract", made, root], check=True)
    subprocess.run(["dpkg-deb", "--control", made, papers], check=True)
    # no script of its own: nothing can touch a home when it is installed or removed
    assert [path.name for path in papers.iterdir()] == ["control"]
    assert sorted(path.name for path in root.iterdir()) == ["opt", "usr"]
    assert hashes.differences(root / "opt" / "m2m-desktop") == []
    assert (root / "opt/m2m-desktop/_internal/libQt6.so").is_symlink()
    for name in ("m2m", "m2m-desktop"):
        assert str((root / "usr" / "bin" / name).readlink()) == f"/opt/m2m-desktop/{name}"
    control = (papers / "control").read_text(encoding="utf-8")
    assert "Version: 1.2.3\n" in control
    assert re.search(r"^Depends: libc6 \(>= 2\.\d+\)", control, re.MULTILINE)
    assert (root / "usr/share/icons/hicolor/scalable/apps/m2m-desktop.svg").is_file()


@needs_tools
def test_a_debian_package_is_the_same_every_time(tool, built, tmp_path):
    deb = tool("_package_deb")
    first = deb.make_deb(built, tmp_path, "1.2.3").read_bytes()
    os.utime(built / "m2m", (1e9, 1e9))
    os.utime(built / "m2m-desktop", (1.9e9, 1.9e9))
    assert deb.make_deb(built, tmp_path, "1.2.3").read_bytes() == first


def test_a_library_of_nobody_stops_the_package(tool):
    deb = tool("_package_deb")
    assert deb.packages_of({"libGL.so.1", "libc.so.6", "ld-linux-x86-64.so.2"}) == ("libgl1",)
    with pytest.raises(tool("_setup").SetupError, match=r"libcurl\.so\.4"):
        deb.packages_of({"libGL.so.1", "libcurl.so.4"})


def test_the_newest_glibc_is_told_by_numbers(tool):
    assert tool("_package_deb").newest(["2.4", "2.34", "2.9", "2.2.5"]) == "2.34"


def test_wayland_is_recommended_and_the_rest_needed(tool):
    deb = tool("_package_deb")
    text = deb.control(deb.Needs("2.36", ("libgl1", "libwayland-client0")), "1", "amd64", 7)
    assert "Depends: libc6 (>= 2.36), libgl1, fontconfig-config\n" in text
    assert "Recommends: libwayland-client0\n" in text


def test_sums_are_what_sha256sum_reads(tool, tmp_path):
    package = tool("_package")
    for name in ("b.deb", "a.tar.gz"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    package.write_sums([tmp_path / "b.deb", tmp_path / "a.tar.gz"], tmp_path)
    lines = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert [line[64:] for line in lines] == ["  a.tar.gz", "  b.deb"]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_a_build_that_was_changed_is_not_packed(tool, built, tmp_path, monkeypatch, capsys):
    package = tool("_package")
    monkeypatch.setattr(package, "FOLDER", built)
    (built / "_internal" / "词典.txt").write_text("皮疼", encoding="utf-8")
    assert package.main([str(tmp_path / "out")]) == 1
    assert "词典.txt" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    (built / "FILES.txt").unlink()
    assert package.main([str(tmp_path / "out")]) == 1
    assert "dev.py build" in capsys.readouterr().err


def test_the_menu_entry_starts_our_program(tool):
    text = (ROOT / "packaging" / "linux" / "m2m-desktop.desktop").read_text(encoding="utf-8")
    entry = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert entry["Exec"] in tool("_package_deb").PROGRAMS
    assert (ROOT / "packaging" / "linux" / f"{entry['Icon']}.svg").is_file()
    assert entry["Name[zh_CN]"]
