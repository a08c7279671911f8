"""Coding from end to end: fixed phrases, the demo dictionary, the model that ships, fixed answers."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import CodingResult, Mention
from m2m_desktop.services.engine import DEMO, CodingOptions
from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN
from m2m_desktop.services.selftest.records import Finding, bad, good
from m2m_desktop.services.selftest.scene import Scene

BY_NAME: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "拉肚子": frozenset({"90100096"}),
        "皮疹": frozenset({"90100001"}),
        "恶心呕吐": frozenset({"90100085", "90100086"}),
        "ALT升高": frozenset({"90101553"}),
    }
)
"""Phrases whose whole answer follows from names."""

BY_MODEL: Mapping[str, str] = MappingProxyType(
    {"皮肤出现大片红色皮疹": "90100001", "头有点晕": "90100203"}
)
"""Phrases whose first candidate is found by the model."""

_RIGHT = N_("All fixed phrases got their fixed answers ({count}), with the model {model}.")
_WRONG = N_("Phrases that did not get their fixed answer: {phrases} (with the model {model})")
_NO_MODEL = N_("There is no model that came with the program to code with.")
_DO_NOT_USE = N_("Do not code with this installation. Install the program again, then test again.")


def check_coding(scene: Scene) -> Iterator[Finding]:
    """Code the phrases without memory and without scores of earlier runs."""
    shipped = [
        info.model_id
        for info in scene.engine.models()
        if info.is_shipped and info.kind == "reranker"
    ]
    if not shipped:
        yield bad(message(_NO_MODEL), message(INSTALL_AGAIN))
        return
    options = CodingOptions(
        terminology=DEMO,
        model=shipped[0],
        encoder="none",
        keeps_scores=False,
        uses_memory=False,
    )
    mentions = [Mention(text, text) for text in (*BY_NAME, *BY_MODEL)]
    wrong = []
    for result in scene.engine.code(mentions, options):
        scene.cancel()
        if not is_right(result):
            wrong.append(result.mention.text)
    if wrong:
        detail = message(_WRONG, phrases=", ".join(wrong), model=shipped[0])
        yield bad(detail, message(_DO_NOT_USE))
    else:
        yield good(message(_RIGHT, count=len(mentions), model=shipped[0]))


def is_right(result: CodingResult) -> bool:
    """Whether an answer is the fixed one, and was given by the model it was asked of."""
    text = result.mention.text
    if not result.candidates or not result.run.model_id:
        return False
    if text in BY_NAME:
        return frozenset(result.selected) == BY_NAME[text]
    first = result.candidates[0]
    return first.pt.code == BY_MODEL[text] and first.probability is not None
