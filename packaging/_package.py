"""What is handed out, made from a built program: one file to unpack, and one that installs.

Run by ``dev.py package [OUT]`` (dist/packages); prints each file with its SHA-256 and writes them
into SHA256SUMS beside it. Linux: tar.gz and .deb. Windows: portable zip, and the installer where
Inno Setup is there. macOS: the bundle as zip.
"""

from __future__ import annotations

import gzip
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import _hashes
from _build import FOLDER
from _build_system import NAME
from _package_deb import MOMENT, make_deb
from _setup import ROOT, SetupError, say

SUMS = "SHA256SUMS"
_ZIP_MOMENT = (2026, 1, 1, 0, 0, 0)
INNO_SETUP = ROOT / "packaging" / "windows" / "m2m-desktop.iss"


def version() -> str:
    """The version of the program."""
    text = (ROOT / "m2m_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise SetupError("m2m_desktop/__init__.py does not say the version")
    return found[1]


def files_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """All files with their paths inside, in the order of the list of files."""
    for told in sorted([*_hashes.listed(folder), _hashes.LIST], key=str.encode):
        yield folder / told, told


def is_run(path: Path) -> bool:
    """Whether a file is to be started, also after it was unpacked."""
    return path.suffix == "" and path.stat().st_mode & 0o100 != 0


def make_tar(folder: Path, target: Path) -> None:
    """Pack a built program under one folder, the same bytes every time."""
    top = target.name.removesuffix(".tar.gz")
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=MOMENT) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, told in files_of(folder):
            entry = tarfile.TarInfo(f"{top}/{told}")
            is_link = path.is_symlink()
            content = b"" if is_link else path.read_bytes()
            if is_link:  # the libraries of Qt are found in two places
                entry.type, entry.linkname = tarfile.SYMTYPE, str(path.readlink())
            entry.size, entry.mtime = len(content), MOMENT
            entry.mode = 0o755 if is_run(path) else 0o644
            archive.addfile(entry, io.BytesIO(content))


def make_zip(folder: Path, target: Path) -> None:
    """Pack a built program under one folder, for Windows: to be unpacked anywhere and started."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, told in files_of(folder):
            entry = zipfile.ZipInfo(f"{target.stem}/{told}", _ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if is_run(path) else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())


def make_installer(folder: Path, target: Path) -> bool:
    """Make the installer of Windows; False where Inno Setup is not there."""
    compiler = shutil.which("iscc")
    if compiler is None:
        say("Inno Setup (iscc) is not on the path: no installer was made.")
        return False
    defined = [f"/DVersion={version()}", f"/DProgram={folder}", f"/DIcon={icon_file()}"]
    command = [compiler, "/Qp", *defined, f"/O{target.parent}", f"/F{target.stem}", str(INNO_SETUP)]
    if subprocess.run(command, check=False).returncode:
        raise SetupError("Inno Setup could not make the installer; see above")
    return True


def icon_file() -> Path:
    """The icon that the build has drawn."""
    return ROOT / "build" / "m2m_desktop" / "drawn" / "m2m-desktop.ico"


def make_bundle_zip(target: Path) -> None:
    """Pack the bundle of macOS with the tool of macOS, which keeps its links and signatures."""
    bundle = FOLDER.parent / f"{NAME}.app"
    if not bundle.is_dir():
        raise SetupError(f"{bundle} is not there; build first")
    subprocess.run(["ditto", "-c", "-k", "--keepParent", bundle, target], check=True)


def make_all(folder: Path, out: Path) -> list[Path]:
    """Make everything this system can make of a built program."""
    machine = platform.machine().lower()
    if sys.platform == "win32":
        stem = f"m2m-desktop-{version()}-windows-{machine}"
        portable, installer = out / f"{stem}.zip", out / f"{stem}-setup.exe"
        make_zip(folder, portable)
        return [portable, *([installer] if make_installer(folder, installer) else [])]
    if sys.platform == "darwin":
        bundle = out / f"m2m-desktop-{version()}-macos-{machine}.zip"
        make_bundle_zip(bundle)
        return [bundle]
    archive = out / f"m2m-desktop-{version()}-linux-{machine}.tar.gz"
    make_tar(folder, archive)
    return [archive, make_deb(folder, out, version())]


def write_sums(made: Sequence[Path], out: Path) -> None:
    """Write and say the SHA-256 of every package, as ``sha256sum --check`` reads them."""
    lines = []
    for path in sorted(made):
        size, digest = _hashes.measured(path)
        lines.append(f"{digest}  {path.name}\n")
        say(f"{path}  {size / 1e6:.0f} MB\n  SHA-256 {digest}")
    (out / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """Check the built program against its list of files, then make the packages."""
    out = Path(arguments[0]) if arguments else FOLDER.parent / "packages"
    try:
        if not (FOLDER / _hashes.LIST).is_file():
            raise SetupError(f"{FOLDER} is not a whole built program; first: dev.py build")
        problems = _hashes.differences(FOLDER)
        if problems:
            raise SetupError("the built program is not as it was built: " + "; ".join(problems[:5]))
        out.mkdir(parents=True, exist_ok=True)
        write_sums(make_all(FOLDER, out.absolute()), out)
    except (SetupError, OSError, subprocess.CalledProcessError) as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
