"""A program that is to be killed: ``python -m tests.services.versions.upgrade_child PROJECT JSON``.

It brings all decisions of a project to another release and takes that back, again and again, and
prints a line whenever one of the two is done. It needs no terminology, as the window does not.
"""

import json
import sys
from pathlib import Path

from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.upgrades import stamp_from_json
from m2m_desktop.services.versions.upgrading import apply_effects
from m2m_desktop.services.versions.wire import effect_from_json
from tests.services.project.toy_project import WANG, later


def main(path: Path, told: dict) -> None:
    effects = [effect_from_json(one) for one in told["effects"]]
    release = stamp_from_json(told["release"])
    keys = [effect.key for effect in effects if effect.can_apply]
    assert "numpy" not in sys.modules
    with Project.open(path) as project:
        print("open", flush=True)
        for number in range(1_000_000):
            done = apply_effects(
                project, effects, keys, actor=WANG, when=later(number), release=release
            )
            print(done.seq, flush=True)
            project.undo(actor=WANG, now=later(number))
            print(project.info.event_count, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))
