"""Try the built program: it must code a phrase without anything but itself.

``python packaging/smoke.py [FOLDER]``; FOLDER is what PyInstaller made (dist/m2m-desktop).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the built command line once; any other outcome than the right term is a failure."""
    folder = Path(arguments[0]) if arguments else Path("dist") / "m2m-desktop"
    program = folder / ("m2m.exe" if sys.platform == "win32" else "m2m")
    with tempfile.TemporaryDirectory() as home:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environ["M2M_HOME"] = home
        done = subprocess.run(
            [str(program), "code", "拉肚子", "--jsonl"],
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    if done.returncode or done.stderr.strip():
        print(f"smoke: exit status {done.returncode}\n{done.stderr}", file=sys.stderr)
        return 1
    answer = json.loads(done.stdout)
    names = [candidate["candidate_pt_name"] for candidate in answer["candidates"]]
    if not answer["selected"] or names[:1] != ["腹泻"]:
        print(f"smoke: 拉肚子 gave {names[:3]}", file=sys.stderr)
        return 1
    print(f"smoke: {program} codes 拉肚子 as {names[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
