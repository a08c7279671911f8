"""The files of an evaluation as numbered lines and named fields."""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.evaluation.errors import EvaluationLineBad
from m2m_desktop.services.phrases import decode_text, os_reason, read_bytes

_BOM = "\ufeff"
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the name of a file and the number of a line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def bad(self, template: str, **fields: object) -> EvaluationLineBad:
        """Make the error about this line."""
        return EvaluationLineBad(place=self, detail=message(template, **fields))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a line by name; those of a table are all texts."""

    place: Place
    values: Mapping[str, object]

    def first(self, names: Iterable[str]) -> object:
        """Give the value of the first of these names that has one, else None."""
        for name in names:
            value = self.values.get(name)
            if value is not None and value != "":
                return value
        return None

    def text(self, names: Iterable[str]) -> str:
        """Give a value as text; numbers as they are written."""
        value = self.first(names)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.place.bad(N_("{names} must be a text."), names="/".join(names))
        return str(value).strip()

    def number(self, names: Iterable[str]) -> float | None:
        """Give a value as a finite number."""
        value = self.first(names)
        if value is None:
            return None
        try:
            number = float(value) if isinstance(value, str | int | float) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if isinstance(value, bool) or not math.isfinite(number):
            raise self.place.bad(N_("{names} must be a number."), names="/".join(names))
        return number


def read_fields(path: Path) -> Iterator[Fields]:
    """Read JSON lines (by the name, or by a first ``{``), CSV, or else a tab-separated table.

    Tables have a header. Raises InputUnreadable; EvaluationLineBad with file and line.
    """
    if path.suffix.lower() in _JSON_SUFFIXES or _begins_with_brace(path):
        return _read_json_lines(path)
    return _read_table(path)


def read_text(path: Path) -> str:
    """Read a whole text file as `services.phrases` does. Raises InputUnreadable."""
    return decode_text(read_bytes(path), str(path))


def numbered_lines(path: Path) -> Iterator[tuple[Place, str]]:
    """Stream the lines of a UTF-8 file of any size, without their ends."""
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield Place(path.name, number), line.decode("utf-8").strip("\r\n").lstrip(_BOM)
    except UnicodeDecodeError as error:
        raise Place(path.name, number).bad(N_("this is not UTF-8 text.")) from error
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error


def _begins_with_brace(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error


def _read_json_lines(path: Path) -> Iterator[Fields]:
    for place, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise place.bad(N_("this is not a JSON object.")) from error
        if not isinstance(value, dict):
            raise place.bad(N_("this is not a JSON object."))
        yield Fields(place, value)


def _read_table(path: Path) -> Iterator[Fields]:
    text = read_text(path).lstrip(_BOM)
    is_csv = path.suffix.lower() == ".csv"
    csv.field_size_limit(_LONGEST_FIELD)
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="," if is_csv else "\t",
        quoting=csv.QUOTE_MINIMAL if is_csv else csv.QUOTE_NONE,
    )
    head: list[str] | None = None
    place = Place(path.name, 1)
    try:
        for cells in rows:
            place = Place(path.name, rows.line_num)
            if not any(cell.strip() for cell in cells):
                continue
            if head is None:
                head = [cell.strip() for cell in cells]
                continue
            if len(cells) != len(head):
                raise place.bad(
                    N_("it has {count} cells, the header {wanted}."),
                    count=len(cells),
                    wanted=len(head),
                )
            yield Fields(place, dict(zip(head, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        raise place.bad(N_("this is not a row of a table.")) from error
