"""Ranges of inputs: which are fixed beforehand, what layers then compute, and what that loses."""

import io
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np
import onnx
import pytest

from m2m_desktop.services.bundle_session import open_session
from m2m_desktop.services.conversion import int8, int8_inputs
from m2m_desktop.services.conversion.graph import Output
from m2m_desktop.services.conversion.graph_writer import Dense, FloatArithmetic, GraphWriter
from m2m_desktop.services.conversion.int8 import Int8Arithmetic
from m2m_desktop.services.conversion.int8_inputs import LEVELS, FixedRange, choose_range
from m2m_desktop.services.conversion.int8_weights import quantise_dense
from m2m_desktop.services.conversion.layers import rows_of
from m2m_desktop.services.conversion.statistics import InputStatistics

IN, OUT = 96, 48
F32 = np.float32


def random(seed=1):
    return np.random.default_rng(seed)


def statistics_of(rows):
    ranges = np.maximum(rows.max(axis=1), 0) - np.minimum(rows.min(axis=1), 0)
    return InputStatistics(
        mean=rows.mean(axis=0),
        square=np.maximum(np.square(rows).mean(axis=0), F32(1e-12)),
        low=rows.min(axis=0),
        high=rows.max(axis=0),
        row_square=float(np.square(ranges).mean()),
    )


def weight(seed=2):
    return random(seed).normal(0, 0.3, (OUT, IN)).astype(F32)


def even_rows(count=300):
    """What a norm gives: every column alike."""
    return random(3).normal(0, 1, (count, IN)).astype(F32)


def rows_with_wide_columns(count=300):
    """What norms of trained encoders give: a few columns always go far."""
    rows = even_rows(count)
    rows[:, [7, 30]] *= 20
    return rows


def rows_with_far_rows(count=300):
    """What the inner layers of trained encoders give: a few tokens go far, each its own way."""
    rows = np.maximum(even_rows(count), 0)
    far = np.arange(0, count, 40)
    rows[far, random(4).permutation(IN)[: len(far)]] += 60
    return rows


def chosen(rows, *weights):
    return choose_range(weights or [weight()], statistics_of(rows))


def applied(rows, layers, biases, statistics, choose=choose_range):
    """Give the answers (rows, out of all layers) and the operators of a graph of dense layers."""
    tensors = {"rows": rows}
    for number, (one, bias) in enumerate(zip(layers, biases, strict=True)):
        tensors |= {f"weight {number}": one, f"bias {number}": bias}
    names = [Dense(f"weight {number}", f"bias {number}") for number in range(len(layers))]
    known = {one.weight: statistics for one in names}
    with ThreadPoolExecutor(1) as executor, mock.patch.object(int8, "choose_range", choose):
        writer = GraphWriter(tensors, Int8Arithmetic(known, executor))
        looked_up = FloatArithmetic().embedding(writer, "rows", "input_ids")
        given = writer.linear(rows_of(writer, looked_up, rows.shape[1]), *names)
        answer = writer.op("Concat", *given, axis=1)
        file = io.BytesIO()
        writer.finish(answer, Output("answer", ("rows", "columns"))).write(file)
    content = file.getvalue()
    operators = [node.op_type for node in onnx.load_from_string(content).graph.node]
    ids = np.arange(len(rows))[None, :]
    return open_session(content).run(None, {"input_ids": ids})[0], operators


# -- which range -----------------------------------------------------------------------------------


def test_even_inputs_have_one_range_that_holds_all_that_was_seen():
    rows = even_rows()
    fixed = chosen(rows)
    assert fixed.factors is None
    assert fixed.step == pytest.approx((rows.max() - rows.min()) / LEVELS, rel=1e-6)
    assert (-fixed.zero - 0.5) * fixed.step <= rows.min()
    assert rows.max() <= (LEVELS - fixed.zero + 0.5) * fixed.step


@pytest.mark.parametrize(("low", "high"), [(2, 3), (-3, -2), (-0.17, 4), (0, 0)])
def test_zero_is_always_in_the_range(low, high):
    rows = random().uniform(low, high, (50, IN)).astype(F32)
    fixed = chosen(rows)
    assert 0 <= fixed.zero <= LEVELS
    assert fixed.step > 0
    assert fixed.zero == {2: 0, -3: LEVELS, 0: 0}.get(low, round(0.17 / fixed.step))


def test_columns_that_always_go_far_are_brought_in_line_by_factors():
    rows = rows_with_wide_columns()
    fixed = chosen(rows)
    assert fixed.factors is not None
    assert fixed.factors.dtype == F32
    assert fixed.factors.max() == 1
    assert (fixed.factors > 0).all()
    others = np.delete(fixed.factors, [7, 30])
    assert fixed.factors[[7, 30]].max() < 0.6 * others.min()


def test_rows_that_go_far_each_their_own_way_have_their_own_ranges():
    assert chosen(rows_with_far_rows()) is None


def test_factors_are_not_taken_from_columns_that_hardly_ever_go_far():
    """Whoever saw some texts does not know how far such columns go in others."""
    source = random(4)
    is_used = source.random((300, IN)) < 0.2
    rows = even_rows() * is_used * np.exp(source.normal(0, 3, IN))
    assert chosen(rows.astype(F32)) is None
    with mock.patch.object(int8_inputs, "STEADY", np.inf):
        assert chosen(rows.astype(F32)).factors is not None


def test_one_range_is_chosen_for_all_layers_over_an_input():
    rows = rows_with_wide_columns()
    layers, biases = [weight(1), weight(2)], [np.zeros(OUT, F32), np.ones(OUT, F32)]
    _, operators = applied(rows, layers, biases, statistics_of(rows))
    assert operators.count("QuantizeLinear") == 1
    assert operators.count("MatMulIntegerToFloat") == 2
    assert operators.count("Mul") == 1


# -- what is computed ------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [even_rows, rows_with_wide_columns])
def test_a_layer_computes_what_the_same_arithmetic_gives_in_numpy(make):
    rows, bias = make(), random(9).normal(0, 1, OUT).astype(F32)
    known = statistics_of(rows)
    fixed = choose_range([weight()], known)
    given, _ = applied(rows, [weight()], [bias], known)
    dense = quantise_dense(weight(), known, 1, fixed.factors)
    restored = dense.terms[0].values * dense.terms[0].scales.astype(np.float64)
    scaled = rows if fixed.factors is None else rows * fixed.factors
    numbers = np.clip(np.rint(scaled / F32(fixed.step)) + fixed.zero, 0, LEVELS) - fixed.zero
    expected = numbers @ restored * fixed.step + bias + dense.shift
    assert given == pytest.approx(expected, abs=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize("make", [even_rows, rows_with_wide_columns, rows_with_far_rows])
def test_what_is_chosen_is_nearly_as_exact_as_a_range_for_each_row(make):
    rows, bias = make(), np.zeros(OUT, F32)
    known = statistics_of(rows)
    exact = rows.astype(np.float64) @ weight().T.astype(np.float64)
    off = {
        name: np.square(applied(rows, [weight()], [bias], known, choose)[0] - exact).mean()
        for name, choose in (("chosen", choose_range), ("rows", lambda *_: None))
    }
    share = off["chosen"] / np.square(exact).mean()
    assert share < 6e-4 or off["chosen"] <= 2 * off["rows"]


def test_one_range_for_columns_that_go_far_loses_much_more_than_factors_do():
    rows, bias = rows_with_wide_columns(), np.zeros(OUT, F32)
    known = statistics_of(rows)
    exact = rows.astype(np.float64) @ weight().T.astype(np.float64)
    span = float(rows.max() - rows.min())
    plain = FixedRange(span / LEVELS, round(-float(rows.min()) * LEVELS / span))
    off = [
        np.square(applied(rows, [weight()], [bias], known, choose)[0] - exact).mean()
        for choose in (choose_range, lambda *_: plain)
    ]
    assert 2 * off[0] < off[1]


def test_a_value_beyond_the_range_counts_as_its_end():
    rows, bias = even_rows(), np.zeros(OUT, F32)
    known, fixed = statistics_of(rows), chosen(rows)
    far, near = np.zeros((2, 1, IN), F32)
    far[0, 3], near[0, 3] = 1e6, (LEVELS - fixed.zero) * fixed.step
    given = [applied(one, [weight()], [bias], known)[0] for one in (far, near)]
    assert given[0].tolist() == given[1].tolist()


def test_a_second_term_is_added_under_a_fixed_range_too():
    peaked = random().normal(0, 0.05, (OUT, IN)).astype(F32)
    np.fill_diagonal(peaked, 1.5)
    rows, bias = even_rows(), random(9).normal(0, 1, OUT).astype(F32)
    given, operators = applied(rows, [peaked], [bias], statistics_of(rows))
    assert operators.count("MatMulIntegerToFloat") == 2
    exact = rows.astype(np.float64) @ peaked.T + bias
    assert np.abs(given - exact).mean() < 0.01 * np.abs(exact).mean()
