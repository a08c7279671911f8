"""The tensors of a checkpoint under the names that the graph writers use.

Checkpoints name the same tensor in several ways: with or without the prefix of their base model
(``bert.``), behind the ``module.`` of a parallel run, with the old ``gamma`` and ``beta`` of layer
norms. Here all of that is taken off, and a checkpoint in several parts is one mapping.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.conversion.checkpoint_files import (
    MAX_WEIGHTS_BYTES,
    WEIGHTS,
    WEIGHTS_FILE,
    WEIGHTS_INDEX,
    CheckpointFolder,
)
from m2m_desktop.services.conversion.safetensors_file import (
    HeaderRefused,
    StoredTensor,
    TensorFile,
)

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5")


@dataclass(frozen=True)
class _Place:
    file: TensorFile
    name: str


class Tensors(Mapping[str, NDArray[np.float32]]):
    """All float tensors of a checkpoint by normalised name; nothing is read before it is asked for.

    See `TensorFile` for what the arrays are and how long they live.
    """

    def __init__(self, places: Mapping[str, _Place], size: int) -> None:
        self._places = places
        self.size = size

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        place = self._places[name]
        return place.file[place.name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._places if self.stored(name).is_float)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._places and self.stored(str(name)).is_float

    def stored(self, name: str) -> StoredTensor:
        """Tell how a tensor of any type is stored; KeyError where there is none."""
        place = self._places[name]
        return place.file.stored[place.name]


@contextmanager
def open_tensors(folder: CheckpointFolder, prefix: str) -> Iterator[Tensors]:
    """Open ``model.safetensors`` or its parts; ``prefix`` is that of the base model (``bert.``).

    Raises ModelDamaged, ModelMismatch, CheckpointUnsupported.
    """
    files: dict[str, TensorFile] = {}
    try:
        if folder.has(WEIGHTS):
            file = files[WEIGHTS] = _open(folder, WEIGHTS)
            found = [_Place(file, name) for name in file.stored]
        elif folder.has(WEIGHTS_INDEX):
            found = _open_parts(folder, files)
        else:
            raise _no_weights(folder)
        places: dict[str, _Place] = {}
        for place in found:
            name = plain_name(place.name, prefix)
            if name in places:
                detail = message(N_("two tensors are both called {tensor}"), tensor=name)
                raise folder.mismatch(detail)
            places[name] = place
        yield Tensors(places, sum(file.size for file in files.values()))
    finally:
        for file in files.values():
            file.close()


def plain_name(name: str, prefix: str) -> str:
    """Take off what does not belong to the tensor itself."""
    while name.startswith("module."):
        name = name.removeprefix("module.")
    name = name.removeprefix(prefix)
    for old, new in (("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")):
        if name.endswith(old):
            name = name.removesuffix(old) + new
    return name


def _open(folder: CheckpointFolder, name: str) -> TensorFile:
    path = folder.file(name, MAX_WEIGHTS_BYTES)
    try:
        return TensorFile(path)
    except HeaderRefused as error:
        raise folder.damaged(error.detail) from error
    except (OSError, ValueError) as error:  # a file that cannot be mapped
        raise folder.unreadable(name) from error


def _open_parts(folder: CheckpointFolder, files: dict[str, TensorFile]) -> list[_Place]:
    where = folder.fields(WEIGHTS_INDEX).get("weight_map")
    if not isinstance(where, dict) or not where:
        detail = message(N_("{file} does not say where the tensors are"), file=WEIGHTS_INDEX)
        raise folder.damaged(detail)
    places = []
    for tensor, name in where.items():
        if not isinstance(name, str) or not WEIGHTS_FILE.fullmatch(name):
            detail = message(N_("{file} names a file outside its folder"), file=WEIGHTS_INDEX)
            raise folder.damaged(detail)
        if name not in files:
            files[name] = _open(folder, name)
        if tensor not in files[name].stored:
            detail = message(N_("{file} lacks the tensor {tensor}"), file=name, tensor=tensor)
            raise folder.damaged(detail)
        places.append(_Place(files[name], tensor))
    return places


def _no_weights(folder: CheckpointFolder) -> Exception:
    """Say what is there instead, and what to ask for."""

    def first(*endings: str) -> str:
        return min((name for name in folder.names if name.endswith(endings)), default="")

    if name := first(*_PICKLES):
        return folder.unsupported(
            message(
                N_(
                    "its weights are only there as {file}, a format that can run any program when "
                    "it is opened; ask its makers for {wanted}"
                ),
                file=name,
                wanted=WEIGHTS,
            )
        )
    if name := first(".gguf", ".ggml", ".msgpack", ".onnx", ".tflite", ".index"):
        return folder.unsupported(
            message(
                N_(
                    "its weights are only there as {file}, made for other programs; {wanted} is needed"
                ),
                file=name,
                wanted=WEIGHTS,
            )
        )
    if folder.has("adapter_model.safetensors"):
        return folder.unsupported(
            message(
                N_("it holds only an adapter; its makers can merge it with its base model"),
            )
        )
    return folder.unreadable(WEIGHTS)
