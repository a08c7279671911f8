"""How sure a share is that was counted on few cases."""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0..1 with the bounds between which it lies with 95 % confidence."""

    value: float
    low: float
    high: float


def wilson(hits: int, count: int) -> Share:
    """Give ``hits`` of ``count`` with Wilson's score interval (1927); 0..1 where nothing counts."""
    if count == 0:
        return Share(0.0, 0.0, 1.0)
    share, z2 = hits / count, Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = (Z_95 / (1 + z2 / count)) * math.sqrt(
        share * (1 - share) / count + z2 / (4 * count**2)
    )
    return Share(
        share, max(0.0, min(share, middle - spread)), min(1.0, max(share, middle + spread))
    )
