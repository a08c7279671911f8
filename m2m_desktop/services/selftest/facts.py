"""What a report says of the installation: versions and hashes; nothing of the user, nothing of texts."""

import platform
import sqlite3
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop import __version__
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.meddra_identity import combined_hash
from m2m_desktop.services.selftest.file_list import FILE_LIST
from m2m_desktop.services.selftest.libraries import found_versions
from m2m_desktop.services.selftest.records import Json

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine


def facts_of(engine: "Engine", program: Path | None) -> Json:
    """Give what the installation is, as plain JSON.

    ``file_list`` is the SHA-256 of the list of files, to be compared with the published one; empty
    where there is none.
    """
    return {
        "app_version": __version__,
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": found_versions(),
        "file_list": _file_list_hash(program),
        "models": [
            {"id": info.model_id, "sha256": info.hash, "is_shipped": info.is_shipped}
            for info in engine.models()
        ],
        "terminologies": _terminologies(engine),
    }


def _file_list_hash(program: Path | None) -> str:
    if program is None:
        return ""
    try:
        return sha256((program / FILE_LIST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _terminologies(engine: "Engine") -> list[Json]:
    try:
        infos = engine.terminologies()
    except CodingToolError:  # the check of the dictionaries says what is wrong
        return []
    return [
        {
            "id": info.terminology_id,
            "name": info.name,
            "version": info.version,
            "sha256": combined_hash(info.hashes, None),
            "hashes": dict(info.hashes),
        }
        for info in infos
    ]
