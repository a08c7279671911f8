"""Finding terms by their code, whole or by how it begins."""

import unicodedata

import numpy as np

from m2m_desktop.core.columns import CodeColumn, IntArray

MIN_BEGINNING = 3
"""With fewer characters a code must be given whole."""


def code_typed(text: str) -> str:
    """Give what may be a code: one word with a digit, plain ASCII; else an empty text."""
    code = unicodedata.normalize("NFKC", text).strip()
    is_one = code.isascii() and code.isprintable() and " " not in code
    return code if is_one and any(one.isdigit() for one in code) else ""


def rows_of_code(column: CodeColumn, code: str) -> IntArray:
    """Give the rows whose code begins with ``code``, in the order of codes: the whole one first."""
    size = column.codes.dtype.itemsize
    begin = code.encode()
    if not len(column) or not begin or len(begin) > size:
        return np.empty(0, np.int32)
    if len(begin) < MIN_BEGINNING:
        row = column.index(code)
        return np.array([row] if row >= 0 else [], np.int32)
    least, most = (
        np.array(key, dtype=column.codes.dtype) for key in (begin, begin.ljust(size, b"\xff"))
    )
    start = np.searchsorted(column.codes, least, side="left", sorter=column.order)
    stop = np.searchsorted(column.codes, most, side="right", sorter=column.order)
    return column.order[int(start) : int(stop)]
