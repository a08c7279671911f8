"""The gate of the supply chain: each rule holds here, and each is broken once to see it fail."""

import sys
import zipfile

import pytest


@pytest.mark.parametrize(
    ("expression", "may_ship"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("MIT AND (GPL-2.0-only OR Zlib)", True),
        ("(MIT OR GPL-2.0-only) AND GPL-3.0-only", False),
        ("GPL-2.0-or-later WITH Bootloader-exception", True),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", False),
        ("GPL-2.0-or-later", False),
        ("", False),
        ("MIT OR", False),
        ("(MIT", False),
        ("MIT MIT", False),
        ("OR MIT", False),
        ("see the file LICENSE", False),
    ],
)
def test_a_licence_expression_is_read_as_it_is_meant(tool, expression, may_ship):
    assert tool("_supply_licences").is_allowed(expression) is may_ship


@pytest.mark.requirement("R-005")
def test_the_checkout_passes(tool):
    check = tool("_supply_check")
    parts = tool("_supply_parts").everything()
    rules = [
        check._locks(), check._installed(), check._our_source(),
        *(rule(parts)
          for rule in (check._licences, check._versions, check._sqlite, check._sbom_whole)),
    ]  # fmt: skip
    assert {rule: problems for rule, _looked_at, problems in rules if problems} == {}


def test_an_unhashed_lock_fails(tool, monkeypatch, tmp_path):
    check = tool("_supply_check")
    for name in check.LOCKS:
        (tmp_path / f"{name}.txt").write_text("a==1 \\\n    --hash=sha256:00\nb==2\n", "utf-8")
    monkeypatch.setattr(check, "LOCK_DIR", tmp_path)
    assert len(check._locks().problems) == 2 * len(check.LOCKS)


def test_a_licence_nobody_knows_fails_also_inside_a_part(tool):
    part = tool("_supply_parts").Part
    inside = part("a", "1", "MIT", inside=(part("b", "2", ""), part("c", "3", "GPL-3.0-only")))
    assert tool("_supply_check")._licences([inside]).problems == [
        "b 2: licence not known",
        "c 3: GPL-3.0-only",
    ]


@pytest.mark.parametrize(
    ("name", "version", "passes"),
    [
        ("onnxruntime", "1.28.0", True),
        ("onnxruntime", "1.28.9", True),
        ("onnxruntime", "1.29", False),
        ("onnxruntime", "1.29.0", False),
        ("onnxruntime", "1.20.1", False),
        ("protobuf", "6.33.5", True),
        ("protobuf", "6.33.4", False),
        ("onnx", "1.20.0", False),
        ("pyside6-essentials", "6.12.0", False),
        ("Python", "3.11.3", False),
        ("Python", "3.14", False),
        ("expat", "2.4.0", False),
        ("defusedxml", "0.6.0", False),
    ],
)
def test_versions_too_old_and_too_new_fail(tool, name, version, passes):
    part, check = tool("_supply_parts").Part, tool("_supply_check")
    there = [
        part(one, version if one == name else limit.lowest, "MIT")
        for one, limit in check.LIMITS.items()
    ]
    problems = check._versions(there).problems
    assert (problems == []) is passes
    assert all(problem.startswith(f"{name} {version}") for problem in problems)


@pytest.mark.parametrize(
    ("version", "is_free"),
    [("3.40.1", False), ("3.50.4", False), ("3.50.7", True), ("3.51.2", False), ("3.51.3", True),
     ("3.53.0", True)],
)  # fmt: skip
def test_the_wal_reset_race_is_known_by_version(tool, version, is_free):
    assert tool("_supply_check").is_race_free(version) is is_free


def test_an_old_sqlite_passes_only_with_one_connection_a_project(tool, monkeypatch, tmp_path):
    check, part = tool("_supply_check"), tool("_supply_parts").Part
    old = [part("SQLite", "3.40.1", "blessing")]
    assert check._sqlite(old).problems == []
    source = tmp_path / "project_file.py"
    source.write_text("connection.execute('PRAGMA journal_mode = WAL')", encoding="utf-8")
    monkeypatch.setattr(check, "PROJECT_FILE", source)
    assert len(check._sqlite(old).problems) == 1
    assert check._sqlite([part("SQLite", "3.51.3", "blessing")]).problems == []


BROKEN = {
    "import socket": "socket is for the network",
    "from urllib import request": "urllib is for the network",
    "def f():\n    import http.client": "http.client is for the network",
    "import importlib\nimportlib.import_module('requests')": "requests is for the network",
    "from PySide6 import QtNetwork": "PySide6.QtNetwork is for the network",
    "import pickle": "pickle runs what a file tells it to",
    "from joblib import load": "joblib runs what a file tells it to",
    "import numpy\nnumpy.load(f, allow_pickle=True)": "allow_pickle is not False",
    "import jieba\njieba.enable_paddle()": "enable_paddle runs pip",
    "T.from_pretrained('x')": "from_pretrained asks a server",
}


@pytest.mark.parametrize(("source", "said"), BROKEN.items(), ids=list(BROKEN.values()))
def test_source_against_the_rules_is_named_with_its_line(tool, tmp_path, source, said):
    package = tmp_path / "package"
    package.mkdir()
    (package / "good.py").write_text("import json\nimport httpd_like\n", encoding="utf-8")
    (package / "bad.py").write_text(source, encoding="utf-8")
    line = source.count("\n") + 1
    rules = tool("_supply_imports")
    assert rules.broken_rules(package) == [f"package/bad.py:{line}: {said}"]


def test_training_does_not_ship_and_is_not_read(tool, tmp_path):
    (tmp_path / "package" / "training").mkdir(parents=True)
    (tmp_path / "package" / "training" / "a.py").write_text("import pickle", encoding="utf-8")
    assert tool("_supply_imports").broken_rules(tmp_path / "package") == []


@pytest.mark.requirement("R-005")
@pytest.mark.parametrize("head", [b"\x7fELF", b"MZ\x90\0", b"\xcf\xfa\xed\xfe"])
@pytest.mark.parametrize("form", ["ascii", "utf-16-le"])
def test_an_uploader_is_seen_in_programs_of_every_system(tool, tmp_path, head, form):
    scan = tool("_supply_scan")
    path = tmp_path / "library"
    path.write_bytes(head + bytes(2_000_001) + "OneCollector".encode(form) + b"\0")
    assert scan.uploaders(scan.native_files(tmp_path)) == [f"{path}: OneCollector"]


def test_a_text_that_only_speaks_of_it_is_no_program(tool, tmp_path):
    (tmp_path / "notes.md").write_text("OneCollector", encoding="utf-8")
    assert list(tool("_supply_scan").native_files(tmp_path)) == []


def test_a_scan_that_sees_nothing_says_so(tool, monkeypatch):
    scan = tool("_supply_scan")
    assert scan.is_blind() == []
    monkeypatch.setattr(scan, "ENCODINGS", ("ascii", "utf-16-le", "utf-32-le"))
    assert len(scan.is_blind()) == len(scan.UPLOADER_MARKS)


def test_an_empty_folder_is_no_proof(tool, tmp_path):
    (problem,) = tool("_supply_check")._scan(tmp_path, "nothing").problems
    assert "nothing was looked at" in problem


def test_names_that_never_ship_are_found_and_those_alike_are_not(tool, tmp_path):
    scan = tool("_supply_scan")
    names = {"ssl", "xmlrpc.client", "m2m_desktop.training.loop", "http.client", "sslish", "pipes"}
    assert scan.banned_modules(names) == ["m2m_desktop.training.loop", "ssl", "xmlrpc.client"]
    for name in (
        "libQt6Network.so.6",
        "Qt6Core.dll",
        "libqvnc.so",
        "libreadline.so.8",
        "libqxcb.so",
    ):
        (tmp_path / name).touch()
    assert scan.banned_files(tmp_path) == [
        "libQt6Network.so.6", "libqvnc.so", "libreadline.so.8",
    ]  # fmt: skip


def test_a_native_file_nobody_knows_is_named(tool, tmp_path):
    below = tmp_path / "_internal"
    (below / "numpy").mkdir(parents=True)
    (below / "numpy" / "core.so").write_bytes(b"\x7fELF")
    (below / "libnobodys-own.so.9").write_bytes(b"\x7fELF")
    (tmp_path / "m2m").write_bytes(b"\x7fELF")
    found = tool("_supply_native").natives(tmp_path)
    assert found.owners == {"numpy/core.so": "numpy", "m2m": "pyinstaller"}
    assert found.unknown == ("libnobodys-own.so.9",)
    assert tool("_supply_check")._native_owners(found).problems


def test_modules_are_read_from_loose_files_and_zips(tool, tmp_path, monkeypatch):
    class Reader:
        """What PyInstaller's own reader of programs gives; it is not installed where tests run."""

        def __init__(self, _path):
            self.toc = {"PYZ.pyz": (0, 0, 0, 0, "z"), "icon": (0, 0, 0, 0, "x")}

        def open_embedded_archive(self, _name):
            return type("Archive", (), {"toc": {"smtplib": (), "m2m_desktop.cli": ()}})()

    readers = type(sys)("PyInstaller.archive.readers")
    readers.CArchiveReader = Reader
    for name in ("PyInstaller", "PyInstaller.archive"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, "PyInstaller.archive.readers", readers)
    below = tmp_path / "_internal" / "python3.11" / "lib-dynload"
    below.mkdir(parents=True)
    (below / "readline.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")
    (tmp_path / "_internal" / "PySide6").mkdir()
    (tmp_path / "_internal" / "PySide6" / "QtNetwork.abi3.so").write_bytes(b"\x7fELF")
    with zipfile.ZipFile(tmp_path / "_internal" / "base_library.zip", "w") as archive:
        archive.writestr("xmlrpc/client.pyc", b"")
        archive.writestr("codecs.pyc", b"")
    (tmp_path / "m2m").write_bytes(b"\x7fELF")
    scan = tool("_supply_scan")
    names = scan.modules_of(tmp_path)
    assert names == {
        "readline", "PySide6.QtNetwork", "xmlrpc.client", "codecs", "smtplib", "m2m_desktop.cli",
    }  # fmt: skip
    assert scan.banned_modules(names) == [
        "PySide6.QtNetwork", "readline", "smtplib", "xmlrpc.client",
    ]  # fmt: skip
    (tmp_path / "m2m").unlink()
    with pytest.raises(FileNotFoundError, match="holds no program"):
        scan.modules_of(tmp_path)


@pytest.mark.parametrize("job", ["supply", "sbom", "notices", "release"])
def test_a_folder_that_is_no_built_program_is_one_sentence(tool, tmp_path, capsys, job):
    assert tool("_supply").main([job, str(tmp_path)]) == 1
    assert "is not a built program" in capsys.readouterr().err


def test_a_release_folder_is_listed_and_checked(tool, tmp_path, capsys):
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    main = tool("_supply").main
    assert main(["hashes", str(tmp_path)]) == 0
    assert main(["hashes", str(tmp_path), "--check"]) == 0
    (tmp_path / "setup.exe").write_bytes(b"ZM")
    assert main(["hashes", str(tmp_path), "--check"]) == 1
    assert "changed: setup.exe" in capsys.readouterr().out
    assert main(["hashes", str(tmp_path / "nowhere")]) == 1


def test_every_part_of_the_verdict_is_said(tool):
    check = tool("_supply_check")
    lines = []
    finding = check.Finding
    assert check.told([finding("a", "1", []), finding("b", "2", ["bad"])], lines.append) == 1
    assert lines == [
        "ok      a (1)", "FAILED  b (2)", "        bad", "supply check failed: 1 rules",
    ]  # fmt: skip
    assert check.told([finding("a", "1", [])], lines.append) == 0
