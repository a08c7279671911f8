"""How much of the work the model did, in words: for the provenance sheet and the command line."""

import math
from collections.abc import Iterator

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.services.export.words import NOTHING
from m2m_desktop.services.language import _


def pair_lines(pairs: PairCounts) -> Iterator[tuple[str, str]]:
    """Name and value of each line; a share is rounded down, so that "100 %" means all."""
    share = pairs.share
    yield _("Candidates of all answers"), str(pairs.candidates)
    yield _("Pairs of phrase and candidate scored by the model"), str(pairs.scored)
    yield _("Pairs whose scores were kept from before"), str(pairs.kept)
    yield (
        _("Share of pairs with a score of the model"),
        NOTHING if share is None else f"{math.floor(share * 1000 + 1e-9) / 10:.1f} %",
    )
    if pairs.uncounted:
        yield _("Answers of an earlier version, without these counts"), str(pairs.uncounted)
