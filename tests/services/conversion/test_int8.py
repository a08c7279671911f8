"""The integer arithmetic: what it computes, what it loses, and on what it must not depend."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from unittest import mock

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from onnx import numpy_helper

from m2m_desktop.core.batches import LENGTH_STEP, BatchRunner, TokenRow
from m2m_desktop.services.bundle_session import open_session
from m2m_desktop.services.conversion import int8, int8_weights
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.graph import Output
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import Dense, FloatArithmetic, GraphWriter
from m2m_desktop.services.conversion.int8 import Int8Arithmetic
from m2m_desktop.services.conversion.int8_inputs import TINY
from m2m_desktop.services.conversion.int8_weights import (
    NOISE_LIMIT,
    WEIGHT_LIMIT,
    QuantisedDense,
    noise_share,
    quantise_dense,
    quantise_table,
)
from m2m_desktop.services.conversion.layers import rows_of
from m2m_desktop.services.conversion.statistics import InputStatistics, collect, observing
from tests.services.conversion.toy_tensors import CASES, CONFIGS, WORDS, toy_tensors

IN, OUT = 40, 24
F32 = np.float32


def random(seed=1):
    return np.random.default_rng(seed)


def statistics_of(rows):
    ranges = np.maximum(rows.max(axis=1), 0) - np.minimum(rows.min(axis=1), 0)
    return InputStatistics(
        mean=rows.mean(axis=0),
        square=np.square(rows).mean(axis=0),
        low=rows.min(axis=0),
        high=rows.max(axis=0),
        row_square=float(np.square(ranges).mean()),
    )


def far_out(columns):
    """Statistics of which no fixed range can be made: single values shoot out anywhere."""
    ones = np.ones(columns, F32)
    return InputStatistics(0 * ones, ones, -1e4 * ones, 1e4 * ones, 1.0)


PLAIN = far_out(IN)


def one_layer(rows, weight, bias=None, statistics=PLAIN, sensitive=False):
    """Open a graph that looks ``rows`` (n, in) up by their number and applies one dense layer."""
    tensors = {"rows": rows, "weight": weight}
    if bias is not None:
        tensors["bias"] = bias
    with ThreadPoolExecutor(1) as executor:
        writer = GraphWriter(tensors, Int8Arithmetic({"weight": statistics}, executor))
        looked_up = FloatArithmetic().embedding(writer, "rows", "input_ids")
        hidden = rows_of(writer, looked_up, rows.shape[1])
        layer = Dense("weight", None if bias is None else "bias")
        [answer] = writer.linear(hidden, layer, sensitive=sensitive)
        file = io.BytesIO()
        writer.finish(answer, Output("answer", ("rows", len(weight)))).write(file)
    return file.getvalue()


def applied(rows, weight, bias=None, statistics=PLAIN, **options):
    session = open_session(one_layer(rows, weight, bias, statistics, **options))
    return session.run(None, {"input_ids": np.arange(len(rows))[None, :]})[0]


def quantised_rows(rows):
    """What the rows become: whole numbers, steps, and the number that stands for zero."""
    high = np.maximum(rows.max(axis=1), F32(TINY))
    low = np.minimum(rows.min(axis=1), F32(0))
    step = (high - low) * F32(1 / 255)
    zero = np.rint(low / ((high - low) * F32(-1 / 255)))
    return np.clip(np.rint(rows / step[:, None]) + zero[:, None], 0, 255), step, zero


def restored(dense: QuantisedDense) -> np.ndarray:
    """The weights (in, out) that the integers stand for."""
    return sum(term.values * term.scales.astype(np.float64) for term in dense.terms)


def reference(rows, weight, bias, statistics=PLAIN):
    """The same arithmetic in numpy, exact but for the last roundings."""
    values, step, zero = (one.astype(np.float64) for one in quantised_rows(rows))
    dense = quantise_dense(weight, statistics)
    return (values - zero[:, None]) @ restored(dense) * step[:, None] + bias + dense.shift


HARD_ROWS = {
    "random": random(2).normal(0, 1, (9, IN)),
    "zeros": np.zeros((3, IN)),
    "constants": np.repeat([[5.0], [-5.0], [1e-3], [1e-7]], IN, axis=1),
    "outliers": np.where(np.arange(IN) == 7, 1e4, random(3).normal(0, 1, (4, IN))),
    "outliers below": np.where(np.arange(IN) == 7, -3e3, random(4).normal(0, 1, (4, IN))),
    "all positive": random(5).uniform(1, 2, (4, IN)),
    "all negative": random(6).uniform(-2, -1, (4, IN)),
    "one alone": np.eye(IN)[:5] * 3,
    "tiny": random(7).normal(0, 1e-9, (3, IN)),
    "large": random(8).normal(0, 1e6, (3, IN)),
}


# -- one layer -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HARD_ROWS)
def test_a_layer_computes_what_the_same_arithmetic_gives_in_numpy(name):
    rows = HARD_ROWS[name].astype(F32)
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    bias = random(9).normal(0, 1, OUT).astype(F32)
    given, expected = applied(rows, weight, bias), reference(rows, weight, bias)
    scale = np.abs(rows).max(axis=1, keepdims=True) * np.abs(weight).sum(axis=1).max()
    assert (np.abs(given - expected) <= 1e-6 * scale + 1e-6).all()


@pytest.mark.parametrize("name", HARD_ROWS)
def test_no_output_is_off_by_more_than_the_rounding_of_inputs_and_weights(name):
    """Half a step of the row for each weight, half a step of the weights for each input."""
    rows = HARD_ROWS[name].astype(F32)
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    dense = quantise_dense(weight, PLAIN)
    rounded = restored(dense).T
    _, step, _ = quantised_rows(rows)
    by_inputs = 0.5 * step[:, None] * np.abs(rounded).sum(axis=1)
    by_weights = np.abs(rows) @ np.abs(weight - rounded).T
    off = np.abs(applied(rows, weight) - rows.astype(np.float64) @ weight.T)
    # an input far from zero may lie half a step outside the range, which begins at a whole step
    assert (off <= 2.01 * by_inputs + by_weights + 1e-5 * np.abs(rows).max() + 1e-9).all()


@pytest.mark.parametrize("has_bias", [True, False])
def test_a_row_of_zeros_gives_the_bias(has_bias):
    bias = random(9).normal(0, 1, OUT).astype(F32) if has_bias else None
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    given = applied(np.zeros((2, IN), F32), weight, bias)
    assert given == pytest.approx(np.broadcast_to(bias if has_bias else 0, (2, OUT)), abs=1e-7)


def test_a_row_that_shoots_far_out_costs_the_others_nothing():
    rows = HARD_ROWS["random"].astype(F32)
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    beside = np.concatenate([rows, HARD_ROWS["outliers"].astype(F32)])
    assert applied(beside, weight)[: len(rows)].tolist() == applied(rows, weight).tolist()


def test_sensitive_layers_stay_in_float32():
    rows = HARD_ROWS["random"].astype(F32)
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    given = applied(rows, weight, sensitive=True)
    assert given == pytest.approx(rows @ weight.T, abs=1e-5)
    graph = onnx.load_from_string(one_layer(rows, weight, sensitive=True)).graph
    assert all(entry.data_type != onnx.TensorProto.INT8 for entry in graph.initializer)


# -- weights ---------------------------------------------------------------------------------------

WEIGHTS = stn.arrays(
    F32,
    st.tuples(st.integers(1, 130), st.just(6)),
    elements=st.floats(-1e6, 1e6, width=32),
    fill=st.just(F32(0)),
)


@pytest.mark.requirement("R-020")
@given(WEIGHTS, st.integers(1, 2))
def test_weights_keep_to_7_bits_on_every_processors_account(weight, terms):
    """Two products of 255 and 64 fit into the 16 bits that processors without VNNI add them in."""
    dense = quantise_dense(weight, far_out(6), terms)
    assert 2 * 255 * WEIGHT_LIMIT < 2**15
    assert len(dense.terms) == terms
    for term in dense.terms:
        assert term.values.dtype == np.int8
        assert np.abs(term.values.astype(int)).max() <= WEIGHT_LIMIT
        assert (term.scales > 0).all()
        assert np.isfinite(term.scales).all()
        assert term.values[:, ~weight.any(axis=1)].any() == np.False_
    largest = np.abs(weight.astype(np.float64)).max(axis=1)
    assert dense.sums == pytest.approx(
        restored(dense).sum(axis=0), rel=1e-4, abs=1e-5 * largest.max()
    )


@given(WEIGHTS)
def test_each_term_loses_half_a_step_at_most(weight):
    statistics = far_out(6)
    steps = np.abs(weight.astype(np.float64)).max(axis=1) / WEIGHT_LIMIT
    for terms, finer in ((1, 1), (2, 2 * WEIGHT_LIMIT)):
        lost = np.abs(weight.T - restored(quantise_dense(weight, statistics, terms)))
        assert (lost <= steps / finer * 0.501 + 1e-6 * np.abs(weight).max(axis=1) + 1e-38).all()


def peaked(height: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows, and a weight (24, 192) whose every output has one weight that stands out."""
    weight = random().normal(0, 0.05, (24, 192)).astype(F32)
    np.fill_diagonal(weight, height)
    return random(1).normal(0, 1, (200, 192)).astype(F32), weight


def test_a_weight_far_above_the_others_asks_for_a_second_term():
    for height, is_asked in ((0.1, False), (1.5, True)):
        rows, weight = peaked(height)
        assert (noise_share(weight, statistics_of(rows)) > NOISE_LIMIT) == is_asked


def test_the_estimate_of_the_noise_is_about_what_there_is():
    weight = random().normal(0, 0.05, (OUT, IN)).astype(F32)
    rows = random(1).normal(0, 1, (4000, IN)).astype(F32)
    dense = quantise_dense(weight, statistics_of(rows))
    noise = np.square(rows @ (weight.T - restored(dense))).mean(axis=0)
    share = float(np.mean(noise / np.square(rows @ weight.T).mean(axis=0)))
    assert 0.5 < share / noise_share(weight, statistics_of(rows)) < 2


def test_a_layer_in_two_terms_is_the_more_exact():
    rows, weight = peaked(1.5)
    exact = rows.astype(np.float64) @ weight.T.astype(np.float64)
    known = statistics_of(rows)
    off = np.abs(applied(rows, weight, statistics=known) - exact).mean()
    with mock.patch.object(int8_weights, "NOISE_LIMIT", np.inf):
        coarse = np.abs(applied(rows, weight, statistics=known) - exact).mean()
    assert off < 0.3 * coarse


def test_what_the_rounding_does_to_the_mean_output_is_given_back():
    rows = (random(2).normal(0, 1, (500, IN)) + random(3).normal(0, 2, IN)).astype(F32)
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    exact = (rows.astype(np.float64) @ weight.T.astype(np.float64)).mean(axis=0)
    aware = statistics_of(rows)
    unaware = replace(aware, mean=np.zeros(IN, F32))
    off = [
        np.abs(applied(rows, weight, statistics=one).mean(axis=0) - exact).mean()
        for one in (aware, unaware)
    ]
    # what remains is the rounding of 500 inputs, which cancels out but for a fraction of a step
    assert off[0] < 0.1 * off[1]
    assert off[1] > 5e-3
    dense = quantise_dense(weight, aware)
    corrected = (rows @ restored(dense)).mean(axis=0) + dense.shift
    assert corrected == pytest.approx(exact, abs=1e-4)


@given(
    stn.arrays(F32, st.tuples(st.integers(1, 100), st.just(5)), elements=st.floats(-9, 9, width=32))
)
def test_a_table_is_off_by_half_a_step_of_each_row_at_most(table):
    values, scales = quantise_table(table)
    assert values.dtype == np.int8
    assert np.abs(values.astype(int)).max() <= 127
    assert (np.abs(values * scales - table) <= 0.501 * scales).all()


def test_what_goes_wrong_in_the_quantiser_is_raised_when_the_graph_is_written():
    weight = random().normal(0, 0.3, (OUT, IN)).astype(F32)
    wrong = replace(PLAIN, mean=np.zeros(IN + 1, F32))
    with pytest.raises(ValueError, match="mismatch"):
        one_layer(np.zeros((1, IN), F32), weight, statistics=wrong)


# -- what is measured ------------------------------------------------------------------------------


def test_the_statistics_are_those_of_what_the_layers_are_fed_with():
    """Every text counts alike, however long it is; inputs that are always zero keep a little."""
    graph = both_graphs("bert", "sequence_classification")[0]
    layers = graph.linear_inputs
    fed = [one_row(length, seed) for seed, length in enumerate((5, 30, 12))]
    statistics, answers = collect(graph, open_graph(observing(graph)), fed)
    session = open_graph(graph.exposing(layers.values()))
    runs = [session.run([graph.output.name, *layers.values()], one) for one in fed]
    assert [one.tolist() for one in answers] == [run[0].tolist() for run in runs]
    assert statistics.keys() == layers.keys()
    for place, name in enumerate(layers):
        inputs = [run[1 + place].astype(np.float64) for run in runs]
        assert statistics[name].low.tolist() == np.concatenate(inputs).min(axis=0).tolist()
        assert statistics[name].high.tolist() == np.concatenate(inputs).max(axis=0).tolist()
        ranges = [one.max(axis=1).clip(0) - one.min(axis=1).clip(max=0) for one in inputs]
        row_square = np.mean([np.square(one).mean() for one in ranges])
        assert statistics[name].row_square == pytest.approx(row_square, rel=1e-5)
        assert statistics[name].mean == pytest.approx(
            np.mean([one.mean(axis=0) for one in inputs], axis=0), abs=1e-5
        )
        square = np.mean([np.square(one).mean(axis=0) for one in inputs], axis=0)
        assert statistics[name].square == pytest.approx(square, rel=1e-4, abs=1e-6 * square.max())
        assert (statistics[name].square > 0).all()


def test_without_a_text_there_are_no_statistics():
    graph = both_graphs("bert", "encoder")[0]
    with pytest.raises(ValueError, match="no text"):
        collect(graph, open_graph(observing(graph)), [])


def one_row(length, seed):
    fed = batch(1, seed, length)
    own = int(fed["attention_mask"].sum())
    return {name: array[:, :own] for name, array in fed.items()}


# -- whole networks --------------------------------------------------------------------------------


def batch(count=24, seed=3, length=16):
    source = random(seed)
    lengths = source.integers(3, length + 1, count)
    mask = (np.arange(length) < lengths[:, None]).astype(np.int64)
    ids = np.where(mask, source.integers(2, WORDS, mask.shape), 0)
    types = mask * (np.arange(length) >= lengths[:, None] // 2)
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def both_graphs(architecture, head):
    config, tensors = CONFIGS[architecture], toy_tensors(architecture, head)

    def build(arithmetic):
        return build_graph(
            architecture, head, config, tensors, arithmetic=arithmetic, pooling="mean"
        )

    graph = build(FloatArithmetic())
    fed = batch(16, seed=4)
    lengths = fed["attention_mask"].sum(axis=1)
    one_by_one = [
        {name: fed[name][row : row + 1, :length] for name in graph.inputs}
        for row, length in enumerate(lengths)
    ]
    statistics, _ = collect(graph, open_graph(observing(graph)), one_by_one)
    with ThreadPoolExecutor(2) as executor:
        file = io.BytesIO()
        build(Int8Arithmetic(statistics, executor)).write(file)
    return graph, file.getvalue()


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_a_quantised_network_answers_nearly_like_the_exact_one(architecture, head):
    """Relative to how far apart its answers are; 4 to 12 % are measured.

    A step of 1/64 of the largest of 24 weights loses 1 % of a layer's output, a step of 1/255 of a
    range half of that. The answers of these networks differ by a fifth of what they add up.
    """
    graph, content = both_graphs(architecture, head)
    fed = {name: batch()[name] for name in graph.inputs}
    exact = open_graph(graph).run(None, fed)[0]
    given = open_session(content).run(None, fed)[0]
    if head == "token_classification":
        seen = fed["attention_mask"].astype(bool)
        exact, given = exact[seen], given[seen]
    off = np.sqrt(np.square(given - exact).mean() / exact.var(axis=0).mean())
    assert 1e-3 < off < 0.2


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_all_weights_of_the_body_and_only_those_are_small(architecture, head):
    _, content = both_graphs(architecture, head)
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model)
    stored = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    floats = [name for name, array in stored.items() if array.dtype == F32 and array.ndim == 2]
    # factors of each output, angles of positions
    floats = [name for name in floats if not name.endswith((" scale", " rest", ".cos", ".sin"))]
    kept = ("position_embeddings.weight", "token_type_embeddings.weight")  # few, and added up
    heads = ("classifier", "pooler", "pre_classifier", "head")
    assert all(name.endswith(kept) or name.startswith(heads) for name in floats)
    assert any(name.startswith(heads) for name in floats) == (head != "encoder")
    multiplied = {
        node.input[1] for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"
    }
    assert len(multiplied) >= 8
    for name in multiplied:
        assert np.abs(stored[name].astype(int)).max() <= WEIGHT_LIMIT


# -- on what answers do not depend -----------------------------------------------------------------


@pytest.fixture(scope="module", params=["as chosen", "each row by its own range"])
def int8_model(request):
    choose = int8.choose_range if request.param == "as chosen" else lambda *_: None
    with mock.patch.object(int8, "choose_range", choose):
        return both_graphs("bert", "sequence_classification")[1]


def token_rows(count=60, seed=5, longest=30):
    source = random(seed)
    rows = []
    for length in source.integers(3, longest, count):
        ids = source.integers(2, WORDS, length).astype(np.int32)
        rows.append(TokenRow(ids, (np.arange(length) >= length // 2).astype(np.int32)))
    return rows


def answers(model, rows, tokens_per_batch=256, workers=0):
    session = open_session(model)
    names = [entry.name for entry in session.get_inputs()]
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        runner = BatchRunner(
            session,
            input_names=names,
            max_length=64,
            tokens_per_batch=tokens_per_batch,
            executor=pool if workers else None,
            workers=max(workers, 1),
        )
        return [answer.tolist() for answer in runner.run(rows)]


@pytest.mark.requirement("R-020")
def test_answers_do_not_depend_on_the_batch_its_size_or_the_workers(int8_model):
    """Bit by bit: this is why no range is that of a batch."""
    rows = token_rows()
    alone = [answers(int8_model, [row])[0] for row in rows]
    assert np.ptp(alone, axis=0).min() > 0.1
    for tokens in (1, 100, 256, 10_000):
        assert answers(int8_model, rows, tokens) == alone
    for workers in (1, 2, 3, 5):
        assert answers(int8_model, rows, 256, workers) == alone
    assert answers(int8_model, rows[::-1]) == alone[::-1]
    assert answers(int8_model, rows * 3) == alone * 3


def test_answers_do_not_depend_on_the_words_of_the_neighbours(int8_model):
    """Neighbours of the same padded length, of whatever own length."""
    rows = [row for row in token_rows(200) if 8 < len(row.ids) <= 8 + LENGTH_STEP]
    assert len({len(row.ids) for row in rows}) == LENGTH_STEP
    first, alone = rows[0], answers(int8_model, rows[:1])[0]
    for start in range(1, len(rows) - 4):
        assert answers(int8_model, [first, *rows[start : start + 4]], 10_000)[0] == alone


def test_padding_changes_nothing_but_the_last_roundings(int8_model):
    session = open_session(int8_model)
    row = token_rows(1)[0]
    length = len(row.ids)
    found = []
    for width in range(length, length + 9):
        ids, types, mask = np.zeros((3, 1, width), np.int64)
        ids[0, :length], types[0, :length], mask[0, :length] = row.ids, row.type_ids, 1
        known = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        found.append(session.run(None, known)[0])
    assert np.ptp(found, axis=0).max() < 1e-5
