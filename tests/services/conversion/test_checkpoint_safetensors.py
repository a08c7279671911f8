"""Files in the safetensors format: what is not sound to the last byte is refused."""

import json
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from m2m_desktop.core.errors import ModelError
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.safetensors_file import (
    MAX_HEADER_BYTES,
    HeaderRefused,
    TensorFile,
)
from tests.toy.checkpoints import read_safetensors, write_checkpoint, write_safetensors


def entry(start=0, stop=16, shape=(2, 2), dtype="F32", **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, stop], **more}


def packed(header, data=bytes(16)):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.fixture
def read(tmp_path):
    """Read a file of these bytes."""

    def read_it(content):
        path = tmp_path / "model.safetensors"
        path.write_bytes(content)
        file = TensorFile(path)
        arrays = {name: array.copy() for name, array in file.items()}
        file.close()
        return arrays

    return read_it


def test_a_sound_file_is_read(read):
    values = np.arange(4, dtype="<f4")
    arrays = read(packed({"a": entry(), "__metadata__": {"format": "pt"}}, values.tobytes()))
    assert list(arrays) == ["a"]
    assert np.array_equal(arrays["a"], values.reshape(2, 2))


def test_a_file_without_tensors_is_sound(read):
    assert read(packed({}, b"")) == {}


def test_scalars_and_empty_tensors_are_tensors(read):
    header = {"scalar": entry(0, 4, ()), "empty": entry(4, 4, (0, 7)), "a": entry(4, 12, (2,))}
    arrays = read(packed(header, bytes(12)))
    assert {name: array.shape for name, array in arrays.items()} == {
        "scalar": (), "empty": (0, 7), "a": (2,)
    }  # fmt: skip


def test_a_tensor_of_a_type_that_is_no_float_is_known_but_not_given(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(packed({"ids": entry(0, 16, (2,), "I64"), "a": entry(16, 32)}, bytes(32)))
    file = TensorFile(path)
    assert list(file) == ["a"]
    assert file.stored["ids"].shape == (2,)
    with pytest.raises(KeyError):
        file["ids"]
    file.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cut short"),
        (b"\x10\0\0\0", "cut short"),
        (packed({"a": entry()})[:40], "cut short"),
        (packed({"a": entry()})[:-1], "cut short"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", "Git LFS"),
        (struct.pack("<Q", MAX_HEADER_BYTES + 1) + b"{}", "not a sound"),
        (struct.pack("<q", -1) + b"{}", "not a sound"),
        (packed(b"not json"), "not a sound"),
        (packed(b'{"a": \xff}'), "not a sound"),
        (packed(b"[" * 50_000), "not a sound"),
        (packed([entry()]), "not a sound"),
        (packed({"a": entry()}, bytes(20)), "not a sound"),
        (packed({"a": 7}), "not a sound"),
        (packed({"a": {"dtype": "F32", "shape": [2, 2]}}), "not a sound"),
        (packed({"a": entry(dtype="F33")}), "not a sound"),
        (packed({"a": entry(dtype=["F32"])}), "not a sound"),
        (packed({"a": entry(shape=(2, 3))}), "not a sound"),
        (packed({"a": entry(shape=(-2, -2))}), "not a sound"),
        (packed({"a": entry(shape=(2.0, 2))}), "not a sound"),
        (packed({"a": entry(shape=(True, 4))}), "not a sound"),
        (packed({"a": entry(shape=(1 << 62, 1 << 62))}), "not a sound"),
        (packed({"a": entry(shape=(1,) * 8 + (4,))}), "not a sound"),
        (packed({"a": entry(-16, 0)}), "not a sound"),
        (packed({"a": entry(16, 0)}), "not a sound"),
        (packed({"a": entry(4, 20)}, bytes(20)), "not a sound"),
        (packed({"a": entry(0, 16), "b": entry(8, 24)}, bytes(24)), "not a sound"),
        (packed({"a": entry(0, 16), "b": entry(0, 16)}), "not a sound"),
        (packed({"a": entry(0, 16), "b": entry(20, 36)}, bytes(36)), "not a sound"),
        (packed({"a": entry(0, 1 << 40, (1 << 38,))}), "cut short"),
        (packed(json.dumps({"a": entry()})[:-1].encode() + b', "a": {}}'), "not a sound"),
        (packed({"a": entry(0, 1, (3,), "F4")}, b"x"), "not a sound"),
    ],
)
def test_what_is_not_sound_is_refused(read, content, words):
    with pytest.raises(HeaderRefused, match=words):
        read(content)


def test_files_of_the_formats_own_library_are_read_as_it_reads_them(tmp_path):
    rng = np.random.default_rng(1)
    arrays = {
        f"{kind}.{shape}": rng.standard_normal(shape).astype(kind)
        for kind in ("f2", "f4", "f8", "i4")
        for shape in ((), (3,), (2, 5), (4, 1, 3))
    }
    from safetensors.numpy import save_file

    path = tmp_path / "model.safetensors"
    save_file(arrays, str(path))
    file = TensorFile(path)
    theirs = {name: array for name, array in read_safetensors(path).items() if array.dtype != "i4"}
    assert set(file) == set(theirs)
    for name, array in theirs.items():
        assert np.array_equal(file[name], array.astype(np.float32))
    file.close()


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    values = np.array([0.0, -0.0, 1.0, -2.5, 3.0e38, 1e-40, np.inf], np.float32)
    path = write_safetensors(tmp_path / "model.safetensors", {"a": values}, "BF16")
    file = TensorFile(path)
    assert np.array_equal(file["a"], (values.view("u4") & 0xFFFF0000).view("f4"))
    file.close()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_checkpoint(tmp_path_factory.mktemp("toy") / "toy", layers=1, hidden=16, inner=16)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_damage_of_the_header_raises_nothing_but_our_errors(checkpoint, tmp_path, data):
    path = checkpoint / "model.safetensors"
    sound = path.read_bytes()
    header = 8 + int.from_bytes(sound[:8], "little")
    content = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 3), "flips")):
        bit = data.draw(st.integers(0, header * 8 - 1), "bit")
        content[bit // 8] ^= 1 << bit % 8
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(content) - 1)), "cut")
    try:
        path.write_bytes(content[:cut])
        with open_checkpoint(checkpoint, work_dir=tmp_path) as opened:
            for name, array in opened.tensors.items():
                array.sum()
                assert name
    except ModelError:
        pass
    finally:
        path.write_bytes(sound)


def test_400_flips_of_the_header_are_nearly_all_found(checkpoint, tmp_path):
    """What is left is harmless: a name of a tensor nobody needs, or a comment."""
    path = checkpoint / "model.safetensors"
    sound = path.read_bytes()
    header = 8 + int.from_bytes(sound[:8], "little")
    rng = np.random.default_rng(2)
    refusals = 0
    for bit in rng.choice(header * 8, 400, replace=False):
        content = bytearray(sound)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        try:
            with open_checkpoint(checkpoint, work_dir=tmp_path):
                pass
        except ModelError:
            refusals += 1
    path.write_bytes(sound)
    assert refusals > 380
