"""A program killed in the middle of an upgrade: all decisions are of one release afterwards.

``python -m tests.services.versions.test_kill --n 50`` kills more often.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import Action, Change, Target
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem
from m2m_desktop.services.versions.deciding import project_effects
from m2m_desktop.services.versions.wire import effect_to_json
from m2m_desktop.services.wire import info_to_json
from tests.services.project.toy_project import SOURCE
from tests.services.versions.decided import START, WANG, cases, decided
from tests.toy.versions import open_pair, planted

ROOT = Path(__file__).parents[3]
PHRASES = 400


def big_project(path: Path, pair, made) -> Path:
    """A project of many decisions that all have something to apply; gives what the child needs."""
    items = [
        NewItem("Sheet1", row + 3, 3, 0, 4, f"短语{row}", PieceKind.REACTION)
        for row in range(PHRASES)
    ]
    Project.create(path, SOURCE, items, terminology_id=pair[0].info.terminology_id, now=START)
    term = describe_term(pair[0], *cases(made)["demoted"])
    with Project.open(path) as project:
        changes = [
            Change(Target.PHRASE, row.phrase_id, Action.CHOOSE, decided(row, [term]))
            for row in project.phrases()
        ]
        project.apply(changes, actor=WANG, now=START)
        effects = project_effects(project, *pair)
    told = {
        "effects": [effect_to_json(effect) for effect in effects],
        "release": info_to_json(pair[1].info),
    }
    file = path.with_suffix(".json")
    file.write_text(json.dumps(told), "utf-8")
    return file


def kill_upgrades(folder: Path, pair, made, count: int, chance: random.Random) -> dict[str, int]:
    """Kill ``count`` programs; count what is mixed, unsound or lost afterwards (none should be)."""
    path = folder / "p.m2mp"
    told = big_project(path, pair, made)
    old_pt, new_pt = cases(made)["demoted"][0], made.new.llt_pt[cases(made)["demoted"][0]]
    found = {"kills": 0, "done": 0, "mixed": 0, "unsound": 0, "lost": 0, "wrong release": 0}
    for number in range(count):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.services.versions.upgrade_child", str(path), str(told)],
            stdout=subprocess.PIPE, cwd=ROOT, text=True,
        )  # fmt: skip
        assert child.stdout.readline() == "open\n"
        first = child.stdout.readline() if number == 0 else ""  # one is done before it is killed
        time.sleep(chance.random() * 0.3)
        child.kill()
        rest = first + child.communicate()[0]
        said = [int(line) for line in rest.splitlines() if line.strip().isdigit()]
        found["kills"] += 1
        found["done"] += len(said)
        with Project.open(path) as project:
            codes = {term.pt_code for row in project.phrases() for term in row.state.terms}
            found["mixed"] += codes not in ({old_pt}, {new_pt})
            found["lost"] += max(said, default=0) > project.info.event_count
            release = project.info.release.version
            is_new = codes == {new_pt}
            found["wrong release"] += is_new != (release == "99.1")
            found["unsound"] += not project.verify().is_sound
            if is_new:  # the next program begins at the old release again
                _take_back(project)
    return found


def _take_back(project: Project) -> None:
    """Undo belongs to a session: a new one goes back by the events of the last group."""
    from m2m_desktop.services.project import states

    group = project.upgrades()[-1].group_id
    with project._change():
        states.revert_group(project._connection, group, Action.UNDO, actor=WANG, now=START)


@pytest.mark.requirement("R-017")
def test_a_killed_upgrade_leaves_the_old_or_the_new_state(tmp_path, pair, made) -> None:
    found = kill_upgrades(tmp_path, pair, made, 4, random.Random(7))
    assert found["done"] > 0
    assert {name: found[name] for name in ("kills", "mixed", "lost", "unsound", "wrong release")} == {
        "kills": 4, "mixed": 0, "lost": 0, "unsound": 0, "wrong release": 0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=50)
    made = planted(seed=3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = open_pair(made, folder)
        print(kill_upgrades(folder, pair, made, parser.parse_args().n, random.Random(1)))


if __name__ == "__main__":
    main()
