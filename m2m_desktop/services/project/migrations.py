"""Bring a project of an earlier version forward; never back.

A backup comes first, and all steps are one transaction: after a kill it is the old or the new one.
A file that is only read stays as it is; what it lacks is made up beside it, in memory.
"""

import sqlite3
from pathlib import Path

from m2m_desktop.services.project import schema
from m2m_desktop.services.project.project_file import transaction


def needs_migration(connection: sqlite3.Connection) -> bool:
    """Whether a file is of an earlier version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version) < schema.VERSION


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a file to the present version. Raises NotSaved, DiskFull: it is as it was then."""
    with transaction(connection, path):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for step in range(version, schema.VERSION):
            for statement in schema.STEPS[step]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")


def read_as_newest(connection: sqlite3.Connection) -> None:
    """Let a file of an earlier version be read as one of the present version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < 4:
        connection.execute(schema.TEMPORARY_ADDITIONS)
    if version < 2:
        connection.execute(schema.TEMPORARY_TALLY)
    if version < 3:
        connection.execute(schema.TEMPORARY_PAIRS)
