"""Read our own source: no network, no pickles, none of the functions that fetch or run what they find."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from _supply_facts import (
    FORBIDDEN_CALLS,
    NETWORK_MODULES,
    PICKLING_MODULES,
    UNSAFE_OPTIONS,
)

NOT_SHIPPED = ("training",)
"""Folders of the package that no release holds."""
_WORDS = {name.rpartition(".")[2] for name in NETWORK_MODULES | PICKLING_MODULES}
_SUSPECT = re.compile(rf"\b({'|'.join(sorted(_WORDS | {*FORBIDDEN_CALLS, *UNSAFE_OPTIONS}))})\b")
"""A word without which no rule can be broken; a file without any is not parsed."""


def shipped(package: Path) -> list[Path]:
    """The source files below a folder that ship."""
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package).parts[0] not in NOT_SHIPPED
    ]


def broken_rules(package: Path) -> list[str]:
    """What stands in the source below a folder against the rules: ``file:line: what``."""
    found = []
    for path in shipped(package):
        text = path.read_text(encoding="utf-8")
        if not _SUSPECT.search(text):
            continue
        tree = ast.parse(text, str(path))
        told = path.relative_to(package.parent).as_posix()
        found += [f"{told}:{line}: {what}" for line, what in _broken(tree)]
    return found


def _broken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for banned, why in (
            (NETWORK_MODULES, "is for the network"),
            (PICKLING_MODULES, "runs what a file tells it to"),
        ):
            name = next((one for one in _imported(node) if _is_below(one, banned)), None)
            if name is not None:
                yield getattr(node, "lineno", 0), f"{name} {why}"
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_CALLS:
            yield node.lineno, f"{node.attr} {FORBIDDEN_CALLS[node.attr]}"
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_CALLS:
            yield node.lineno, f"{node.id} {FORBIDDEN_CALLS[node.id]}"
        if isinstance(node, ast.keyword) and node.arg in UNSAFE_OPTIONS:
            value = node.value
            if not (isinstance(value, ast.Constant) and value.value is False):
                yield value.lineno, f"{node.arg} is not False"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
            return [node.args[0].value]
    return []


def _is_below(name: str, modules: frozenset[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in modules)
