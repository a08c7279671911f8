"""The files of a checkpoint in a folder: where they lie, how large they may be, reading them.

Only files that a conversion reads are ever opened, each up to a size of its own.
"""

import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from m2m_desktop.core.errors import ModelDamaged, ModelError, ModelMismatch, ModelNotFound
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.bundle_files import ModelUnsupported

CONFIG = "config.json"
MODULES = "modules.json"
README = "README.md"
WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"

# Ten times what the largest of such files has, a fraction of what takes a PC down.
MAX_BYTES = {
    CONFIG: 4 << 20,
    MODULES: 1 << 20,
    README: 4 << 20,
    WEIGHTS_INDEX: 16 << 20,
    "added_tokens.json": 16 << 20,
    "config_sentence_transformers.json": 1 << 20,
    "merges.txt": 64 << 20,
    "sentence_bert_config.json": 1 << 20,
    "special_tokens_map.json": 4 << 20,
    "tokenizer.json": 64 << 20,
    "tokenizer_config.json": 16 << 20,
    "vocab.json": 64 << 20,
    "vocab.txt": 64 << 20,
}
MAX_WEIGHTS_BYTES = 8 << 30

# the folders that sentence-transformers numbers its modules with
MODULE_FOLDER = re.compile(r"\d{1,2}_[A-Za-z]{1,40}")
WEIGHTS_FILE = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors")


class CheckpointUnsupported(ModelUnsupported):
    """A sound checkpoint that cannot become one of our models. Fields: path, detail."""

    hint = N_(
        "Models of the kinds BERT, RoBERTa, DistilBERT and ModernBERT, saved as model.safetensors, "
        "can be installed. Nothing was changed."
    )


@dataclass(frozen=True)
class CheckpointFolder:
    """A folder with the files of a checkpoint.

    ``chosen`` is what the user chose, and what errors name; ``root`` is where the files lie;
    ``names`` are all files that were there, of whatever kind.
    """

    chosen: Path
    root: Path
    names: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.names

    def file(self, name: str, max_bytes: int) -> Path:
        """Give the path of a plain file that is there and not too large; ModelDamaged if not."""
        path = self.root / name
        try:
            status = path.stat()  # of what a link leads to: hub caches are made of links
        except OSError as error:
            raise self.unreadable(name) from error
        if not stat.S_ISREG(status.st_mode):
            raise self.unreadable(name)
        if status.st_size > max_bytes:
            raise self.damaged(message(N_("{file} is too large"), file=name))
        return path

    def text(self, name: str) -> str:
        """Read a text file whole; ModelDamaged."""
        path = self.file(name, MAX_BYTES[name])
        try:
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise self.unreadable(name) from error
        except UnicodeDecodeError as error:
            raise self.damaged(message(N_("{file} is not UTF-8 text"), file=name)) from error

    def json(self, name: str) -> Any:
        """Read a JSON file whole; ModelDamaged."""
        text = self.text(name)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.damaged(message(N_("{file} is not valid JSON"), file=name)) from error

    def fields(self, name: str) -> dict[str, Any]:
        """Read a JSON object; an empty one where there is no such file. ModelDamaged."""
        if not self.has(name):
            return {}
        content = self.json(name)
        if not isinstance(content, dict):
            raise self.damaged(message(N_("{file} is not a JSON object"), file=name))
        return content

    def module(self, name: str) -> "CheckpointFolder":
        """Give the folder of one sentence-transformers module; itself for the name ""."""
        if not name:
            return self
        if not MODULE_FOLDER.fullmatch(name) or not (self.root / name).is_dir():
            detail = message(N_("{file} names a folder that is not there"), file=MODULES)
            raise self.damaged(detail)
        try:
            names = _names(self.root / name)
        except OSError as error:
            raise self.unreadable(name) from error
        return CheckpointFolder(self.chosen, self.root / name, names)

    def damaged(self, detail: Message) -> ModelDamaged:
        """Say that something in it is missing, cut short or changed."""
        return ModelDamaged(path=self.chosen, detail=detail)

    def unreadable(self, name: str) -> ModelDamaged:
        """Say that one file cannot be read."""
        return self.damaged(message(N_("{file} is missing or cannot be read"), file=name))

    def mismatch(self, detail: Message) -> ModelMismatch:
        """Say that files in it do not belong together."""
        return ModelMismatch(path=self.chosen, detail=detail)

    def unsupported(self, detail: Message) -> CheckpointUnsupported:
        """Say why this kind of checkpoint cannot be installed."""
        return CheckpointUnsupported(path=self.chosen, detail=detail)


def size_limit(name: str) -> int:
    """How large a file may be; 0 for one that nobody reads."""
    return MAX_WEIGHTS_BYTES if WEIGHTS_FILE.fullmatch(name) else MAX_BYTES.get(name, 0)


def find_roots(folder: Path) -> list[Path]:
    """Find where the files lie: here, in a hub cache's snapshot, or in the folders that have any.

    Several folders are several checkpoints. OSError.
    """
    here = _root_here(folder)
    if here is not None:
        return [here]
    deeper = [_root_here(inner) for inner in sorted(folder.iterdir()) if inner.is_dir()]
    return [root for root in deeper if root is not None]


def open_folder(path: Path) -> CheckpointFolder:
    """Open a folder that holds a checkpoint somewhere.

    Raises ModelNotFound, ModelDamaged; CheckpointUnsupported where there are several.
    """
    try:
        roots = find_roots(path)
        if len(roots) == 1:
            return CheckpointFolder(path, roots[0], _names(roots[0]))
    except OSError as error:
        detail = message(N_("the folder cannot be read ({reason})"), reason=error.strerror)
        raise ModelDamaged(path=path, detail=detail) from error
    raise no_one_checkpoint(path, len(roots))


def no_one_checkpoint(path: Path, count: int) -> ModelError:
    """Say that there is no checkpoint at a place, or not a single one."""
    if not count:
        return ModelNotFound(path=path)
    detail = message(N_("it holds several models; choose the folder of one of them"))
    return CheckpointUnsupported(path=path, detail=detail)


def _root_here(folder: Path) -> Path | None:
    if (folder / CONFIG).is_file() or (folder / MODULES).is_file():
        return folder
    snapshots = folder / "snapshots"
    if not snapshots.is_dir():
        return None
    found = [inner for inner in snapshots.iterdir() if (inner / CONFIG).is_file()]
    main = folder / "refs" / "main"
    if len(found) > 1 and main.is_file():  # a hub cache names the revision that is in use
        name = main.read_text(encoding="utf-8", errors="replace").strip()
        found = [inner for inner in found if inner.name == name]
    return found[0] if len(found) == 1 else None


def _names(folder: Path) -> frozenset[str]:
    return frozenset(entry.name for entry in folder.iterdir() if not entry.is_dir())
