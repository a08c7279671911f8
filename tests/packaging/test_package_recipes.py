"""The recipes that only other systems run: what they name is there, and what they promise they keep."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "build.yml"
INSTALLER = ROOT / "packaging" / "windows" / "m2m-desktop.iss"
RECIPES = [
    WORKFLOW,
    INSTALLER,
    ROOT / "packaging" / "windows" / "README.md",
    ROOT / "packaging" / "macos" / "README.md",
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_every_command_and_file_that_is_named_is_there(tool, recipe):
    text = recipe.read_text(encoding="utf-8")
    commands = re.findall(r"dev\.py[ `]+([a-z-]+)", text)
    assert commands
    assert set(commands) <= set(tool("_commands").COMMANDS)
    for told in re.findall(r"\b((?:packaging|tests|m2m_desktop)[/\\][\w./\\-]*\w)", text):
        assert (ROOT / told.replace("\\", "/")).exists(), told


def test_the_proof_the_workflow_runs_is_there(tool):
    text = WORKFLOW.read_text(encoding="utf-8")
    modules = re.findall(r"-m (tests[\w.]+)", text)
    assert modules
    for module in modules:
        assert ROOT.joinpath(*module.split(".")).with_suffix(".py").is_file()


def test_the_workflow_builds_on_all_three_systems():
    text = WORKFLOW.read_text(encoding="utf-8")
    systems = re.findall(r"system: ([a-z]+)-", text)
    assert sorted(systems) == ["macos", "ubuntu", "windows"]
    assert "ubuntu-latest" not in text  # its glibc would grow unseen


def test_the_installer_asks_for_no_rights_and_leaves_projects_alone():
    lines = INSTALLER.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if not line.startswith(";")]
    assert "PrivilegesRequired=lowest" in told
    assert not any("m2m_desktop" in line for line in told), "the folder of the users' files"
    assert "[UninstallDelete]" not in told
    deleted = [line for line in told if line.startswith("Type: filesandordirs")]
    assert deleted == [r'Type: filesandordirs; Name: "{app}\_internal"']


def test_the_installer_names_what_a_build_makes(tool):
    text = INSTALLER.read_text(encoding="utf-8")
    assert set(re.findall(r"\{app\}\\([\w-]+)\.exe", text)) <= set(tool("_package_deb").PROGRAMS)
    licence = re.search(r"^LicenseFile=(.+)$", text, re.MULTILINE)[1].replace("\\", "/")
    assert (INSTALLER.parent / licence).resolve().is_file()
    package = (ROOT / "packaging" / "_package.py").read_text(encoding="utf-8")
    for name in re.findall(r"#ifndef (\w+)|\{#(\w+)\}", text):
        assert f"/D{''.join(name)}=" in package
