"""Prove that the program opens no network socket: `python -m tests.offline.prove --seconds 60`.

    --program DIR   a built program (dist/m2m-desktop, or where a package was unpacked)
    --network       with the network of this machine, not in an empty namespace

Runs command line, engine and (of a built program) the hidden window under strace, and follows the
processes that read tables. A workbook is coded and exported, so that the workbench is seen too: beside
the sockets, every program that is started and every file that is opened for writing. The home folder
is compared before and after, and a built program with its list of files. A run shorter than ten
seconds proves little: an uploader may wait that long before its first attempt. A control that does
open a socket must be caught in the same way, else the proof is worth nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.offline.session import program_of, session
from tests.offline.tracing import CONTROL, ROOT, Traced, strays, trace, why_not

__all__ = ["CONTROL", "main", "prove", "strays", "trace", "why_not"]

LOCAL_SERVICES = ("/tmp/.X11-unix/", "/run/dbus/", "/var/run/dbus/", "/run/user/", "/var/run/nscd/")
"""Sockets inside this computer that a window, or the C library, may ask: screen, input, names."""
OWN_FOLDERS = (".local/share/m2m_desktop", ".cache/m2m_desktop", ".config/m2m_desktop", ".local/state/m2m_desktop")  # fmt: skip
"""Where the administrator's page says that a user's files lie."""


def prove(seconds: float, folder: Path | None, *, has_network: bool) -> list[str]:
    """Give what speaks against us, one line each; empty when the proof holds."""
    problems = []
    if not trace([sys.executable, "-c", CONTROL], 60, has_network=has_network).calls:
        problems.append("the control opened a socket and was not caught")
    inside = [sys.executable, "-m", "tests.offline.prove", "--inside", str(seconds)]
    if folder is not None:
        inside += ["--program", str(folder.absolute())]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as temporary:
        environ = {"HOME": home, "TMPDIR": temporary}
        environ |= {f"XDG_{name}_HOME": "" for name in ("DATA", "CACHE", "CONFIG", "STATE")}
        seen = trace(inside, seconds + 900, environ=environ, has_network=has_network)
        problems += judged(seen, [Path(home), Path(temporary)], folder)
        problems += left_behind(Path(home), Path(temporary))
    return problems + changed(folder)


def judged(seen: Traced, places: list[Path], folder: Path | None) -> list[str]:
    """What of all that was seen should not have been."""
    problems = [f"the session ended with status {seen.status}"] if seen.status else []
    problems += seen.calls
    problems += [
        f"a socket of this computer: {path}"
        for path in sorted(seen.local)
        if path and not path.startswith(LOCAL_SERVICES)
    ]
    own = {str(Path(sys.executable)), str(Path(sys.executable).resolve())}
    if folder is not None:
        own |= {str(folder.absolute() / name) for name in ("m2m", "m2m-desktop")}
        lacking = sorted(own - seen.programs - {str(Path(sys.executable).resolve())})
        problems += [f"not seen: {path}" for path in lacking]
    names = {Path(path).name for path in own}
    problems += [
        f"another program was run: {path}"
        for path in sorted(seen.programs)
        if Path(path).name not in names
    ]
    problems += [f"a file was written elsewhere: {path}" for path in strays(seen.written, places)]
    if not seen.readers:
        problems.append("no process that reads tables was seen")
    return problems


def left_behind(home: Path, temporary: Path) -> list[str]:
    """The files that a session left where none should be."""
    files = [path for path in home.rglob("*") if not path.is_dir()]
    foreign = [
        path for path in files if not path.relative_to(home).as_posix().startswith(OWN_FOLDERS)
    ]
    problems = [f"left in the home: {path.relative_to(home)}" for path in foreign]
    problems += [f"left in the temporary folder: {path.name}" for path in temporary.iterdir()]
    return problems if files else [*problems, "nothing was written to the home: not our session"]


def changed(folder: Path | None) -> list[str]:
    """What a session changed in the folder of a built program."""
    if folder is None:
        return []
    command = [sys.executable, ROOT / "packaging" / "_supply.py", "hashes", folder, "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"the program's folder: {line}" for line in done.stdout.splitlines()[:-1]] or (
        [f"the list of files could not be checked: {done.stderr}"] if done.returncode else []
    )


def main() -> int:
    """Prove it, or say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--program", type=Path, help="a built program, instead of this checkout")
    parser.add_argument("--network", action="store_true", help="leave the network on")
    parser.add_argument("--inside", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    program = program_of(options.program)
    if options.inside is not None:
        session(options.inside, program)
        return 0
    reason = why_not()
    if reason:
        print(f"cannot be proved here: {reason}")
        return 2
    os.environ.pop("M2M_HOME", None)
    problems = prove(options.seconds, options.program, has_network=options.network)
    with tempfile.TemporaryDirectory() as home:
        models = subprocess.run(
            [*program.cli, "model", "list"], env={**os.environ, "M2M_HOME": home},
            capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False,
        ).stdout  # fmt: skip
        print(f"models in this installation:\n{models}")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"no network socket in {options.seconds:.0f} s; the control was caught")
        print("no program but our own, no file but in the user's folders, nothing left behind")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
