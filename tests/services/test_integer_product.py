"""Whole-number products by the runtime: right to the last digit, over files as they lie."""

import numpy as np
import pytest
from onnx import TensorProto, checker, load_from_string

from m2m_desktop.core.name_vectors import DIGIT
from m2m_desktop.services.integer_product import GRAPH, open_product


def test_the_graph_is_one_product_of_whole_numbers():
    model = load_from_string(GRAPH)
    checker.check_model(model)
    (node,) = model.graph.node
    assert node.op_type == "MatMulInteger"
    types = [
        value.type.tensor_type.elem_type for value in (*model.graph.input, *model.graph.output)
    ]
    assert types == [TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32]
    assert not model.graph.initializer


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 16, 2), (513, 33, 6), (3, 768, 2)])
def test_products_are_right_also_at_the_bounds(shape):
    count, columns, questions = shape
    chance = np.random.default_rng(4)
    codes = chance.integers(0, 256, (count, columns), dtype=np.uint8)
    codes[0] = 255
    digits = chance.integers(-DIGIT, DIGIT + 1, (columns, questions), dtype=np.int8)
    digits[:, 0] = DIGIT
    product = open_product()(codes, digits)
    assert product.dtype == np.int32
    assert (product == codes.astype(np.int32) @ digits.astype(np.int32)).all()
    assert product[0, 0] == 255 * DIGIT * columns


def test_codes_may_lie_on_a_file_that_is_mapped_read_only(tmp_path):
    codes = np.random.default_rng(5).integers(0, 256, (300, 64), dtype=np.uint8)
    np.save(tmp_path / "codes.npy", codes)
    mapped = np.load(tmp_path / "codes.npy", mmap_mode="r").view(np.ndarray)
    assert not mapped.flags.writeable
    digits = np.ones((64, 2), np.int8)
    assert (open_product()(mapped, digits)[:, 0] == codes.astype(int).sum(axis=1)).all()
