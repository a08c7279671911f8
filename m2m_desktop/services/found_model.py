"""What lies at a path, before it is installed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A bundle, or a checkpoint that would become one.

    ``questions`` are those a checkpoint leaves open (`ConversionWish` has a field for each);
    ``is_bundle`` models are installed as they are. ``is_known`` ones are those the app ships.
    ``model_id`` of a checkpoint is the one it gets where nothing else is wished for.
    """

    is_bundle: bool
    is_known: bool
    model_id: str
    name: str
    kind: str
    architecture: str
    layers: int
    hidden: int
    vocab_size: int
    labels: tuple[str, ...]
    max_length: int
    bytes: int
    licence: str = ""
    questions: tuple[str, ...] = ()
    suggested_template: str = ""
