"""What somebody dropped on the window or chose: a table, a project, a model, or a release."""

import zipfile
from enum import Enum
from pathlib import Path, PurePosixPath

TABLE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt"})
PROJECT_SUFFIX = ".m2m"
MODEL_FILES = frozenset({"config.json", "manifest.json"})
ZIP_NAMES = 5000


class Dropped(Enum):
    """The kinds of things that can be opened."""

    TABLE = "table"
    PROJECT = "project"
    MODEL = "model"
    RELEASE = "release"


def kind_of(path: str) -> Dropped | None:
    """What a path most likely is, by its name and what lies in it; None: nothing to be opened."""
    if not path:
        return None
    where = Path(path)
    if where.is_dir():
        has_model = any((where / name).is_file() for name in MODEL_FILES)
        return Dropped.MODEL if has_model else Dropped.RELEASE
    suffix = where.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        return Dropped.TABLE
    if suffix == PROJECT_SUFFIX:
        return Dropped.PROJECT
    if suffix == ".zip":
        return Dropped.MODEL if _zip_holds_model(where) else Dropped.RELEASE
    return None


def _zip_holds_model(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:ZIP_NAMES]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False  # whoever opens it as a release says what is wrong with it
    return any(PurePosixPath(name).name in MODEL_FILES for name in names)
