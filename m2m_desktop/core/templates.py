"""The text the cross-encoder reads for a PT: what it was trained on, byte for byte.

The wording is model input and is never translated. The reference model (mention2meddra) was
trained on the template ``full`` with LLTs in the order of ``llt.asc``; a bundle's manifest names
the template it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ALIAS_SEPARATOR = " | "
PART_SEPARATOR = "；"

TEMPLATE_NAMES = ("full", "pt_llt", "pt_only")
ALIAS_ORDERS = ("file", "matched_first")


@dataclass(frozen=True, slots=True)
class Template:
    """Which parts a candidate text has.

    ``alias_order`` "file" is the reference: current LLTs as they stand in ``llt.asc``, without
    repetitions. "matched_first" puts the LLT that matched the mention in front and does not
    repeat the PT's own name; only models trained that way may use it.
    """

    name: str = "full"
    max_aliases: int = 8
    alias_order: str = "file"

    def __post_init__(self) -> None:
        if self.name not in TEMPLATE_NAMES or self.alias_order not in ALIAS_ORDERS:
            raise ValueError(f"no template {self.name!r} with alias order {self.alias_order!r}")

    @property
    def key(self) -> str:
        """All of it as one string, for what depends on it."""
        return f"{self.name}/{self.max_aliases}/{self.alias_order}"


REFERENCE_TEMPLATE = Template()


def order_aliases(
    template: Template, pt_name: str, llt_names: Sequence[str], matched: str = ""
) -> list[str]:
    """Choose and order the LLT names for a candidate text.

    ``llt_names`` are the current LLTs of the PT in file order; ``matched`` is the LLT that the
    retriever matched, current or not, or empty.
    """
    if template.alias_order == "file":
        names: Sequence[str] = llt_names
    else:
        names = [name for name in (matched, *llt_names) if name and name != pt_name]
    return list(dict.fromkeys(filter(None, names)))[: template.max_aliases]


def render(
    template: Template,
    pt_name: str,
    aliases: Sequence[str],
    *,
    hlt_name: str = "",
    hlgt_name: str = "",
    soc_name: str = "",
) -> str:
    """Write the candidate text; a part without a value is left out, ``PT: `` is always there."""
    parts = [f"PT: {pt_name}"]
    if template.name != "pt_only" and aliases:
        parts.append("LLT别名: " + ALIAS_SEPARATOR.join(aliases))
    if template.name == "full":
        named = (("HLT", hlt_name), ("HLGT", hlgt_name), ("SOC", soc_name))
        parts.extend(f"{label}: {name}" for label, name in named if name)
    return PART_SEPARATOR.join(parts)
