"""A network that marks entities: tags for its tokens, windows of long texts, what it learns."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from m2m_desktop.training.checkpoints import Reader
from m2m_desktop.training.tagged import Span, Tagged

SCHEMES = ("bio", "bioes")
IGNORED = -100
"""Label of the tokens that stand for no character."""


def tag_names(texts: Sequence[Tagged], scheme: str) -> tuple[str, ...]:
    """Give the tags for the types that occur, "O" first."""
    kinds = sorted({span.kind for one in texts for span in one.spans})
    letters = "BI" if scheme == "bio" else "BIES"
    return ("O", *(f"{letter}-{kind}" for kind in kinds for letter in letters))


@dataclass(frozen=True)
class Window:
    """A stretch of a text that the network sees at once, with the tags of its tokens."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    tags: tuple[int, ...]

    @property
    def type_ids(self) -> list[int]:
        """As an encoding of the tokenizer names them."""
        return list(self.types)

    @property
    def attention_mask(self) -> list[int]:
        """All tokens count."""
        return [1] * len(self.ids)


def windows_of(
    reader: Reader, one: Tagged, tags: Sequence[str], *, stride: int = 0
) -> list[Window]:
    """Cut a text into windows, which overlap by ``stride`` tokens."""
    tokenizer = reader.tokenizer
    tokenizer.enable_truncation(reader.max_length, stride=stride)
    whole = tokenizer.encode(one.text)
    tokenizer.enable_truncation(reader.max_length, strategy="longest_first")
    number = {name: place for place, name in enumerate(tags)}
    found = []
    for part in (whole, *whole.overflowing):
        labels = _labels(part.offsets, part.special_tokens_mask, one.spans, number)
        found.append(
            Window(tuple(part.ids), tuple(part.type_ids), tuple(part.offsets), tuple(labels))
        )
    return found


def _labels(
    offsets: Sequence[tuple[int, int]],
    special: Sequence[int],
    spans: Sequence[Span],
    number: Mapping[str, int],
) -> list[int]:
    has_ends = any(name.startswith("E-") for name in number)
    labels = [IGNORED if is_special else 0 for is_special in special]
    for span in spans:
        inside = [
            place
            for place, (start, end) in enumerate(offsets)
            if not special[place] and start < span.end and end > span.start
        ]
        if f"B-{span.kind}" not in number:
            continue
        for order, place in enumerate(inside):
            letter = "B" if order == 0 and offsets[place][0] >= span.start else "I"
            if has_ends and order == len(inside) - 1:
                letter = "S" if letter == "B" else "E"
            labels[place] = number[f"{letter}-{span.kind}"]
    return labels


def spans_of(
    offsets: Sequence[tuple[int, int]], tags: Sequence[int], names: Sequence[str]
) -> set[Span]:
    """Read entities from the tags of a window; an I without a beginning begins one."""
    found: set[Span] = set()
    start, end, kind = 0, 0, ""
    for (first, last), tag in zip(offsets, tags, strict=True):
        name = names[tag] if tag >= 0 else "O"
        letter, own = name[0], name[2:]
        if kind and (letter in "OBS" or own != kind):
            found.add(Span(start, end, kind))
            kind = ""
        if letter != "O":
            start = start if kind else first
            end, kind = last, own
    if kind:
        found.add(Span(start, end, kind))
    return found


class TagTask:
    """Goes through all windows, shuffled anew in every epoch; see `loop.Task`."""

    def __init__(
        self,
        model: nn.Module,
        reader: Reader,
        windows: Sequence[Window],
        *,
        batch: int,
        seed: int,
    ) -> None:
        self._model, self._reader, self._windows = model, reader, windows
        self._batch, self._seed = batch, seed
        self._order: tuple[int, list[int]] = (-1, [])

    @property
    def steps_per_epoch(self) -> int:
        """How many steps go once through all windows."""
        return math.ceil(len(self._windows) / self._batch)

    def loss(self, step: int, rng: random.Random) -> Tensor:  # noqa: ARG002
        """Give the mean loss of the tokens of one batch."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order[0] != epoch:
            order = list(range(len(self._windows)))
            random.Random(f"{self._seed}:{epoch}").shuffle(order)
            self._order = (epoch, order)
        rows = self._order[1][place * self._batch : (place + 1) * self._batch]
        chosen = [self._windows[row] for row in rows]
        logits = self._model(**self._reader.inputs(chosen)).logits.float()
        longest = logits.shape[1]
        tags = torch.tensor(
            [[*one.tags, *[IGNORED] * (longest - len(one.tags))] for one in chosen]
        ).to(logits.device)
        return functional.cross_entropy(logits.flatten(0, 1), tags.flatten(), ignore_index=IGNORED)

    def state(self) -> dict[str, Any]:
        """Nothing: the step says it all."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""


def judge(
    model: nn.Module,
    reader: Reader,
    windows: Sequence[Window],
    names: Sequence[str],
    *,
    batch: int = 32,
) -> dict[str, float]:
    """Give strict entity precision, recall and F1, over all types and for each (``f1 TYPE``).

    Windows must not overlap, or entities would be counted twice.
    """
    counts: dict[str, list[int]] = {}
    order = sorted(range(len(windows)), key=lambda row: len(windows[row].ids))
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            chosen = [windows[row] for row in order[start : start + batch]]
            said = model(**reader.inputs(chosen)).logits.argmax(-1).cpu().tolist()
            for one, tags in zip(chosen, said, strict=True):
                shown = [tag if own != IGNORED else IGNORED for tag, own in zip(tags, one.tags)]  # noqa: B905
                found = spans_of(one.offsets, shown, names)
                gold = spans_of(one.offsets, one.tags, names)
                for group, place in ((found & gold, 0), (found, 1), (gold, 2)):
                    for span in group:
                        counts.setdefault(span.kind, [0, 0, 0])[place] += 1
    total = [sum(one[place] for one in counts.values()) for place in range(3)]
    by_kind = {f"f1 {kind}": _f1(*counts[kind]) for kind in sorted(counts)}
    return {
        "f1": _f1(*total),
        "precision": total[0] / total[1] if total[1] else 0.0,
        "recall": total[0] / total[2] if total[2] else 0.0,
        **by_kind,
    }


def _f1(right: int, said: int, wanted: int) -> float:
    return 2 * right / (said + wanted) if said + wanted else 0.0
