"""Read phrases to code from a text file, a TSV, or stdin."""

import codecs
import re
import sys
from pathlib import Path

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import Mention

STDIN = "-"
MAX_BYTES = 100 * 1024 * 1024

REACTION_COLUMNS = (
    "不良反应名称",
    "不良反应/事件名称",
    "不良事件名称",
    "不良反应-术语",
    "不良反应术语",
    "AETERM",
)
"""Names of the column that holds reactions, in national exports and elsewhere; the first wins."""

_PLAIN_HEADERS = ("mention", "mention_zh", "mention_en", "phrase", "text", "verbatim", "短语")
_ASCII_LETTER = re.compile("[A-Za-z]")
_CJK = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ZIP_START = b"PK\x03\x04"
_OLE_START = b"\xd0\xcf\x11\xe0"


def is_workbook(name: str) -> bool:
    """Whether a name is that of an Excel workbook we read."""
    return Path(name).suffix.lower() in {".xlsx", ".xlsm", ".xls"}


def read_phrases(name: str) -> list[Mention]:
    """Read the phrases of a file, or of stdin where ``name`` is ``-``.

    Text: one phrase a line, or the first column of a TSV, where a header line with a known name is
    skipped; blank lines are skipped, and ``mention_id`` is the number of the line. For workbooks
    see `table_mentions`. Raises: InputUnreadable.
    """
    data = sys.stdin.buffer.read() if name == STDIN else read_bytes(Path(name))
    return parse_phrases(decode_text(data, name))


def parse_phrases(text: str) -> list[Mention]:
    """Take the phrases out of a text, each exactly as it stands but for the spaces around it."""
    lines = _LINE_END.split(text)
    first_cells = [line.partition("\t")[0].strip() for line in lines]
    is_table = "\t" in lines[0]
    skip_header = is_table and is_header(first_cells[0])
    return [
        Mention(str(number), cell)
        for number, cell in enumerate(first_cells, 1)
        if cell and not (skip_header and number == 1)
    ]


def is_header(cell: str) -> bool:
    """Whether a cell is the heading of a column of phrases rather than a phrase."""
    return header_key(cell) in {header_key(name) for name in (*_PLAIN_HEADERS, *REACTION_COLUMNS)}


def header_key(cell: object) -> str:
    """What two spellings of a column name share: no spaces, one width of brackets and slashes."""
    return re.sub(r"\s+", "", str(cell or "")).replace("／", "/").casefold()


def decode_text(data: bytes, name: str) -> str:
    """Decode a whole file by rule: BOM, else strict UTF-8, else strict GB18030; never with losses.

    The file decides as a whole: one line of Chinese in GB18030 can be valid UTF-8 by chance. A file
    of a few short phrases still can (头痛 is one), so UTF-8 without any Chinese and without any
    ASCII letter gives way to GB18030 that is all Chinese.
    """
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(bom):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
        if data.startswith((_ZIP_START, _OLE_START)):
            raise InputUnreadable(path=name, detail=message(N_("this is not a text file.")))
        if b"\0" in data:
            raise InputUnreadable(
                path=name, detail=message(N_("it holds NUL characters; it is not plain text."))
            )
    if is_chinese_by_chance_utf8(data):
        return data.decode("gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
    raise InputUnreadable(
        path=name,
        detail=message(
            N_("it is neither UTF-8, UTF-16 with a mark, nor GB18030 (byte {place})."), place=place
        ),
    )


def is_chinese_by_chance_utf8(data: bytes) -> bool:
    """Whether bytes are valid UTF-8, but far more likely Chinese in GB18030."""
    try:
        as_utf8, as_chinese = data.decode("utf-8"), data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    if as_utf8.isascii() or _CJK.search(as_utf8) or _ASCII_LETTER.search(as_utf8):
        return False
    return all(character.isascii() or _CJK.match(character) for character in as_chinese)


def read_bytes(path: Path) -> bytes:
    """Read a whole file of phrases. Raises: InputUnreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            detail = message(N_("the file is larger than {size} MB."), size=MAX_BYTES >> 20)
            raise InputUnreadable(path=path, detail=detail)
        return path.read_bytes()
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error


def os_reason(error: OSError) -> object:
    """Say in words why the system refused."""
    if isinstance(error, FileNotFoundError):
        return message(N_("the file or folder does not exist."))
    if isinstance(error, PermissionError):
        return message(N_("access is denied, or another program has it open."))
    if isinstance(error, IsADirectoryError):
        return message(N_("it is a folder."))
    return error.strerror or type(error).__name__
