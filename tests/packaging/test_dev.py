"""The runner itself: its help, its stamp, its choices. Nothing is installed here."""

import hashlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """Import a module of packaging/ as dev.py does: by a path that is there for this test only."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(PACKAGING))

    def load_module(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load_module
    for name in set(sys.modules) - before:
        if name in {"_checks", "_commands", "_lock", "_setup", "_system"}:
            del sys.modules[name]


def dev(*arguments: str, prelude: str = "") -> subprocess.CompletedProcess[str]:
    """Run dev.py in a process of its own, after a few lines that change what it sees."""
    script = (
        f"import runpy, sys\n{prelude}\nsys.argv = ['dev.py', *{list(arguments)!r}]\n"
        f"sys.path.insert(0, {str(PACKAGING)!r})\n"
        f"runpy.run_path({str(PACKAGING / 'dev.py')!r}, run_name='__main__')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"}, check=False, timeout=60,
    )  # fmt: skip


def test_alone_it_prints_every_command_with_a_sentence(load):
    result = dev()
    assert result.returncode == 0
    for name, command in load("_commands").COMMANDS.items():
        assert f"  {name}" in result.stdout
        assert command.sentence in result.stdout


def test_an_unknown_command_is_refused_with_the_help():
    result = dev("tests")
    assert result.returncode == 2
    assert "there is no command 'tests'" in result.stderr
    assert "test-train" in result.stderr


def test_an_old_python_is_told_so_in_one_message():
    result = dev("run", prelude="sys.version_info = (3, 8, 18, 'final', 0)")
    assert result.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.8" in result.stderr
    assert "Traceback" not in result.stderr


def test_dev_py_can_be_read_by_a_very_old_python():
    source = (PACKAGING / "dev.py").read_text(encoding="utf-8")
    assert source.isascii()  # Python 2 refuses other characters without a coding line
    compile(source, "dev.py", "exec", dont_inherit=True)
    for newer in ("->", 'f"', ":=", "match "):
        assert newer not in source


@pytest.fixture
def setup(load, monkeypatch, tmp_path):
    """_setup over an empty project: locks of one line, and steps that only take notes."""
    module = load("_setup")
    steps: list[str] = []
    locks = tmp_path / "packaging" / "lock"
    locks.mkdir(parents=True)
    for name in module.LOCKS:
        (locks / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")

    def create(venv: Path) -> None:
        steps.append("create")
        python = module.venv_python(venv)
        python.parent.mkdir(parents=True)
        python.touch()

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCK_DIR", locks)
    monkeypatch.setattr(module, "create", create)
    monkeypatch.setattr(module, "install_lock", lambda venv, lock: steps.append(lock.stem))
    monkeypatch.setattr(module, "refuse_cuda", lambda venv, lock: steps.append("refuse_cuda"))
    module.steps = steps
    return module


def test_set_up_once_then_never_again(setup):
    setup.ensure("run")
    setup.ensure("run")
    assert setup.steps == ["create", "run"]


def test_the_environment_of_the_tests_serves_run_as_well(setup):
    setup.ensure("dev")
    setup.ensure("run")
    assert setup.steps == ["create", "dev"]


def test_a_changed_lock_is_installed_into_the_same_environment(setup):
    setup.ensure("run")
    (setup.LOCK_DIR / "run.txt").write_text("run==2\n", encoding="utf-8")
    setup.ensure("run")
    assert setup.steps == ["create", "run", "run"]


def test_other_line_ends_are_no_change(setup):
    setup.ensure("run")
    (setup.LOCK_DIR / "run.txt").write_bytes(b"run==1\r\n")
    setup.ensure("run")
    assert setup.steps == ["create", "run"]


def test_an_interrupted_set_up_starts_afresh(setup, monkeypatch, capsys):
    def interrupted(venv: Path, lock: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(setup, "install_lock", interrupted)
        with pytest.raises(KeyboardInterrupt):
            setup.ensure("run")
    half_done = setup.ROOT / ".venv" / "half-done"
    half_done.touch()
    setup.ensure("run")
    assert setup.steps == ["create", "create", "run"]
    assert not half_done.exists()
    assert "did not finish" in capsys.readouterr().out


def test_an_environment_whose_interpreter_is_gone_is_made_again(setup):
    python = setup.ensure("run")
    python.unlink()
    python.parent.rmdir()
    setup.ensure("run")
    assert setup.steps == ["create", "run", "create", "run"]


def test_the_build_of_torch_is_asked_for_before_the_training_set_up(setup):
    setup.ensure("train")
    assert setup.steps == ["create", "refuse_cuda", "train"]


def test_a_damaged_stamp_counts_as_none(setup):
    setup.ensure("run")
    (setup.ROOT / ".venv" / setup.STAMP).write_text("{", encoding="utf-8")
    setup.ensure("run")
    assert setup.steps == ["create", "run", "run"]
    stamp = json.loads((setup.ROOT / ".venv" / setup.STAMP).read_text(encoding="utf-8"))
    assert stamp == {"run": hashlib.sha256(b"run==1\n").hexdigest()}


NETWORK_CLIENTS = {"huggingface-hub", "httpx", "requests", "urllib3"}
CUDA = ['nvidia-cudnn-cu13==9; platform_system == "Linux"', "filelock"]


@pytest.mark.parametrize(
    ("version", "requires", "platform", "cuda"),
    [
        ("2.13.0", CUDA, "linux", True),
        ("2.13.0+cpu", ["filelock"], "linux", False),
        ("2.13.0", ["filelock"], "linux", False),
        ("2.13.0+cu130", ["filelock"], "win32", True),
        ("2.13.0", CUDA, "win32", False),
        ("2.13.0", CUDA, "darwin", False),
    ],
)
def test_a_cuda_build_is_recognised(load, version, requires, platform, cuda):
    assert load("_setup").is_cuda_build(version, requires, platform) is cuda


@pytest.mark.parametrize(
    ("release", "glib"),
    [
        ({"libglib2.0-0"}, "libglib2.0-0"),
        ({"libglib2.0-0t64"}, "libglib2.0-0t64"),
        ({"libglib2.0-0", "libglib2.0-0t64"}, "libglib2.0-0t64"),
    ],
)
def test_apt_names_follow_the_release(load, release, glib):
    system = load("_system")
    names = system.choose_packages(system.QT_PACKAGES, lambda name: name in release)
    assert [name for name in names if name.startswith("libglib")] == [glib]
    assert "libegl1" in names


def test_without_root_the_line_to_run_is_printed_and_nothing_installed(load, monkeypatch, capsys):
    system = load("_system")
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "is_root", lambda: False)
    monkeypatch.setattr(system, "package_exists", lambda name: True)
    monkeypatch.setattr(system, "apt_install", lambda names: pytest.fail("tried to install"))
    system.provide([("libegl1",)], ["libEGL.so.1"])
    said = capsys.readouterr().out
    assert "sudo apt-get install -y --no-install-recommends libegl1" in said
    assert "libEGL.so.1" in said


def test_every_lock_pins_and_hashes_every_package(load):
    entries = load("_lock").entries
    for name in load("_setup").LOCKS:
        text = (PACKAGING / "lock" / f"{name}.txt").read_text(encoding="utf-8")
        assert entries(text)
        for entry in entries(text):
            assert "==" in entry.splitlines()[0]
            assert entry.count("--hash=sha256:") == len(entry.splitlines()) - 1 > 0


def test_locks_agree_on_versions_and_hold_no_network_client_and_no_cuda(load):
    pins: dict[str, set[str]] = {}
    for name in load("_setup").LOCKS:
        text = (PACKAGING / "lock" / f"{name}.txt").read_text(encoding="utf-8")
        for entry in load("_lock").entries(text):
            package, _, version = entry.splitlines()[0].removesuffix(" \\").partition("==")
            assert not package.startswith(("nvidia", "cuda", "triton"))
            # transformers, which only tests of training use, does not import without its client
            assert name == "train" or package not in NETWORK_CLIENTS
            if ";" not in version:
                pins.setdefault(package, set()).add(version)
    assert {package: versions for package, versions in pins.items() if len(versions) > 1} == {}


def test_a_lock_entry_is_cut_out_with_its_hashes_alone(load):
    text = "a==1 \\\n    --hash=sha256:aa\nsetuptools==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nz==3 \\\n    --hash=sha256:dd\n"
    assert load("_setup").lock_entry(text, "setuptools") == (
        "setuptools==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    )


def test_what_is_published_as_source_is_built_with_tools_of_the_lock_alone(load):
    setup, train = load("_setup"), (PACKAGING / "lock" / "train.txt").read_text(encoding="utf-8")
    entries = setup.builders(train)
    for name in ("setuptools", "packaging", "vcs-versioning", "setuptools-scm"):
        assert f"{name}==" in entries
    assert entries.count("==") == 4
    run = (PACKAGING / "lock" / "run.txt").read_text(encoding="utf-8")
    assert setup.builders(run) == setup.lock_entry(run, "setuptools")


@pytest.mark.requirement("R-031")
def test_licensed_looking_rows_are_found_wherever_git_would_take_them(load, tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    row = b"10" + b"019211$name$"
    (tmp_path / ".gitignore").write_bytes(b"ignored.asc\n")
    (tmp_path / "ours.asc").write_bytes(b"90000001$name$\n")
    (tmp_path / "ignored.asc").write_bytes(row)
    (tmp_path / "notes.md").write_bytes(b"one\n" + row)
    assert load("_checks").licensed_rows(tmp_path) == ["notes.md:2"]
