"""Whole-number products by ONNX Runtime: one byte a number, added up by the processor's own means.

The codes are handed over as they lie, on a memory-mapped file: nothing is copied or prepared.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.name_vectors import Codes, Digits, Multiply
from m2m_desktop.services.bundle_session import open_session

GRAPH = (
    b'\x08\x08:b\n\x18\n\x01a\n\x01b\x12\x01y"\rMatMulInteger\x12\x01g'
    b"Z\x15\n\x01a\x12\x10\n\x0e\x08\x02\x12\n\n\x03\x12\x01n\n\x03\x12\x01c"
    b"Z\x15\n\x01b\x12\x10\n\x0e\x08\x03\x12\n\n\x03\x12\x01c\n\x03\x12\x01q"
    b"b\x15\n\x01y\x12\x10\n\x0e\x08\x06\x12\n\n\x03\x12\x01n\n\x03\x12\x01qB\x04\n\x00\x10\x11"
)
"""One operator, y (n, q) int32 = MatMulInteger(a (n, c) uint8, b (c, q) int8), as an ONNX file has
it. The library that writes such files takes longer to load than all the products of a morning."""


def open_product() -> Multiply:
    """Open the operator, for one thread: the work is to read the codes, and one thread reads fast."""
    session: Any = open_session(GRAPH)

    def multiply(codes: Codes, digits: Digits) -> NDArray[np.int32]:
        product: NDArray[np.int32] = session.run(None, {"a": codes, "b": digits})[0]
        return product

    return multiply
