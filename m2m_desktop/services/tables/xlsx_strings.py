"""The strings that the cells of a workbook share, read only as far as they are asked for."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.tables.errors import TableRefused
from m2m_desktop.services.tables.grid import MAX_CELL_CHARACTERS
from m2m_desktop.services.tables.values import decode_escapes
from m2m_desktop.services.tables.xml_stream import feed, names_of, new_parser, open_part, pieces_of

MAX_CHARACTERS = 100_000_000
"""All of them together: what is in memory at a time, and more than 100 MB of any real file."""
_NAMES = names_of("si", "t", "rPh")


class SharedStrings:
    """The strings of one workbook by number, in the order in which the file has them.

    Programs number them as they first meet them, so the first rows need only the first ones. Text
    that only shows how Japanese is read aloud (``rPh``) is left out.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str, path: Path) -> None:
        self._path = path
        self._known: list[str] = []
        self._more = _stream(archive, part, path) if part else iter(())
        self._characters = 0

    def get(self, number: int) -> str | None:
        """Give a string by its number from 0; None where there is none of that number."""
        while number >= len(self._known):
            batch = next(self._more, None)
            if batch is None:
                return None
            self._characters += sum(map(len, batch))
            if self._characters > MAX_CHARACTERS:
                detail = message(N_("it holds more text than can be read."))
                raise TableRefused(path=self._path, detail=detail)
            self._known.extend(batch)
        return self._known[number]

    def finish(self) -> None:
        """Read to the end: only there the zip can tell whether they are as they were written."""
        for _batch in self._more:
            pass


def _where() -> Message:
    return message(N_("the texts of its cells are damaged or cut short."))


def _stream(archive: zipfile.ZipFile, part: str, path: Path) -> Iterator[list[str]]:
    parser = new_parser()
    batch: list[str] = []
    texts: list[str] = []
    depth_aloud = 0
    is_text = False
    length = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal is_text, depth_aloud, length
        short = _NAMES.get(name)
        if short == "t":
            is_text = not depth_aloud
        elif short == "rPh":
            depth_aloud += 1
        elif short == "si":
            texts.clear()
            length = 0

    def end(name: str) -> None:
        nonlocal is_text, depth_aloud
        short = _NAMES.get(name)
        if short == "t":
            is_text = False
        elif short == "rPh":
            depth_aloud -= 1
        elif short == "si":
            batch.append(decode_escapes("".join(texts)))

    def characters(text: str) -> None:
        nonlocal length
        if is_text:
            length += len(text)
            if length > MAX_CELL_CHARACTERS:
                detail = message(N_("a cell of it is far longer than any real one."))
                raise TableRefused(path=path, detail=detail)
            texts.append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    fed = 0
    with open_part(archive, part, path) as stream:
        for piece in pieces_of(stream, path, _where):
            feed(parser, piece, fed, path, _where)
            fed += len(piece)
            if batch:
                yield batch[:]
                batch.clear()
        feed(parser, b"", fed, path, _where)
    if batch:
        yield batch[:]
