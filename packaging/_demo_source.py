"""Read and check all sources of the demo dictionary."""

from __future__ import annotations

from pathlib import Path

from _demo_checks import check_headings, check_names
from _demo_groups import GroupReader, settle_secondary_paths
from _demo_lines import numbered_lines
from _demo_records import Dictionary, SourceError
from _demo_smqs import SmqReader


def read_dictionary(folder: Path) -> Dictionary:
    """Read and check all sources.

    Raises:
        SourceError: with every problem found, not only the first.
    """
    problems: list[str] = []
    groups = []
    for place, key in numbered_lines(folder / "order.txt"):
        path = folder / "source" / f"{key}.txt"
        if path.is_file():
            groups.append(GroupReader(path, problems).read())
        else:
            problems.append(f"{place}: there is no source/{key}.txt")
    for path in sorted((folder / "source").glob("*.txt")):
        if path.stem not in {group.key for group in groups}:
            problems.append(f"order.txt:1: {path.stem} is missing")
    dictionary = Dictionary(groups, [])
    settle_secondary_paths(dictionary, problems)
    check_names(dictionary, problems)
    check_headings(dictionary, problems)
    smq_file = folder / "smq.txt"
    if smq_file.is_file():
        dictionary.smqs = SmqReader(smq_file, dictionary, problems).read()
    if problems:
        raise SourceError(problems)
    return dictionary
