"""What a run leaves about itself: ``training.json`` for programs, ``README.md`` for people."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from m2m_desktop import __version__
from m2m_desktop.training.problems import TrainingProblem

RECORD, CARD = "training.json", "README.md"


def write_record(
    folder: Path,
    *,
    task: str,
    start: str,
    data: Sequence[Path],
    options: Mapping[str, object],
    figures: Mapping[str, float],
) -> None:
    """Write what was learnt from what, and how well; files by name and hash, never by content."""
    import torch
    import transformers

    record = {
        "task": task,
        "start": start,
        "data": [{"file": path.name, "sha256": file_hash(path)} for path in data],
        "options": {
            name: value
            for name, value in sorted(options.items())
            if isinstance(value, str | int | float | bool)
        },
        "figures": {name: round(value, 6) for name, value in figures.items()},
        "versions": {
            "m2m_desktop": __version__,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
    }
    (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record of a checkpoint. Raises TrainingProblem where there is none."""
    try:
        found: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingProblem(
            f"{folder} has no {RECORD}.", "A card is made of what these commands trained."
        ) from error
    return found


def write_card(
    folder: Path, *, name: str, licence: str, data_licences: Sequence[str], limits: str
) -> Path:
    """Write the model card of a checkpoint from its record; gives its path."""
    record = read_record(folder)
    lines = [
        "---",
        f"license: {licence}",
        "---",
        "",
        f"# {name}",
        "",
        f"Task: {record['task']}. Start: {record['start']}.",
        "",
        "## Data",
        "",
        *(f"- `{one['file']}` (SHA-256 {one['sha256'][:16]}…)" for one in record["data"]),
        *(f"- {text}" for text in data_licences),
        "",
        "## Figures",
        "",
        *_table("figure", record["figures"]),
        "",
        "They were measured on the held-out part of the data above; other data, other figures.",
        "",
        "## Limits",
        "",
        limits,
        "",
        "## Options",
        "",
        *_table("option", record["options"]),
        "",
        "Made with " + ", ".join(f"{key} {value}" for key, value in record["versions"].items()),
        "",
    ]
    path = folder / CARD
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def file_hash(path: Path) -> str:
    """Give the SHA-256 of a file, or of all files of a folder with their names."""
    digest = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for one in files:
        if path.is_dir():
            digest.update(one.relative_to(path).as_posix().encode())
        digest.update(one.read_bytes())
    return digest.hexdigest()


def data_mark(paths: Sequence[Path], *more: object) -> str:
    """Give what stands for the data of a run: the content of its files and whatever else."""
    told = [*(file_hash(path) for path in paths), *map(str, more)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _table(heading: str, values: Mapping[str, object]) -> list[str]:
    return [
        f"| {heading} | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in values.items()),
    ]
