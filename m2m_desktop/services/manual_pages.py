"""The pages of the manual: Markdown files that ship with the program, one folder a language.

A page is named ``NN-topic.md``: the number orders it, the topic is what F1 asks for. Its first
line is its title. A language without a page shows the English one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FALLBACK = "en"
_NAME = re.compile(r"(\d\d)-([a-z_]+)\.md")


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page: what F1 calls it, its title, and where it lies."""

    topic: str
    title: str
    path: Path

    def text(self) -> str:
        """Read the page: Markdown, pictures relative to its folder."""
        return self.path.read_text(encoding="utf-8")


def manual_pages(resources: Path, language: str) -> tuple[ManualPage, ...]:
    """List the pages of a language in their order."""
    folder = resources / "help" / "manual"
    found: dict[str, Path] = {}
    for spoken in (FALLBACK, language):
        for path in sorted((folder / spoken).glob("*.md")):
            if _NAME.fullmatch(path.name):
                found[path.name] = path
    pages = []
    for name, path in sorted(found.items()):
        matched = _NAME.fullmatch(name)
        assert matched is not None
        with path.open(encoding="utf-8") as file:
            title = file.readline().lstrip("#").strip()
        pages.append(ManualPage(matched[2], title, path))
    return tuple(pages)


def find_in_pages(pages: tuple[ManualPage, ...], wanted: str) -> tuple[ManualPage, ...]:
    """Give the pages whose title or text has every one of the words wanted, titles first."""
    words = wanted.casefold().split()
    if not words:
        return pages
    by_title, by_text = [], []
    for page in pages:
        if all(word in page.title.casefold() for word in words):
            by_title.append(page)
        elif all(word in page.text().casefold() for word in words):
            by_text.append(page)
    return (*by_title, *by_text)
