"""The graphs that are written from a checkpoint's tensors: what they hold, and what they answer."""

import io
import math
import tracemalloc
from hashlib import sha256

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from m2m_desktop.core.errors import Cancelled
from m2m_desktop.services.bundle_session import open_session
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.graph import Graph, GraphTooLarge, Output, Weight
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import (
    FloatArithmetic,
    GraphWriter,
    TensorMisshapen,
    TensorMissing,
)
from tests.services.conversion.toy_tensors import (
    CASES,
    CONFIGS,
    HEADS,
    HIDDEN,
    LABELS,
    WORDS,
    toy_tensors,
)

LENGTHS = (19, 4, 11, 2, 30)


def build(architecture="bert", head="sequence_classification", config=None, **options):
    config = config or CONFIGS[architecture]
    tensors = options.pop("tensors", None) or toy_tensors(architecture, head, config)
    options.setdefault("arithmetic", FloatArithmetic())
    return build_graph(architecture, head, config, tensors, **options)


def written(graph):
    file = io.BytesIO()
    graph.write(file)
    return file.getvalue()


def batch_of(lengths=LENGTHS, *, padding=0, width=0, seed=3):
    random = np.random.default_rng(seed)
    width = max(width, *lengths)
    mask = (np.arange(width) < np.array(lengths)[:, None]).astype(np.int64)
    ids = np.where(mask, random.integers(2, WORDS, mask.shape), padding)
    types = mask * (np.arange(width) >= np.array(lengths)[:, None] // 2)
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def answers(session, batch):
    return session.run(None, {entry.name: batch[entry.name] for entry in session.get_inputs()})[0]


def padding_of(architecture):
    return CONFIGS[architecture]["pad_token_id"]


# -- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_what_is_written_is_a_valid_model_with_the_tensors_of_the_checkpoint(architecture, head):
    tensors = toy_tensors(architecture, head)
    graph = build(architecture, head, tensors=tensors)
    model = onnx.load_from_string(written(graph))
    onnx.checker.check_model(model)
    stored = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    assert set(stored) == {weight.name for weight in graph.weights}
    for name in set(stored) & set(tensors):
        assert np.array_equal(stored[name], tensors[name])
    whole = {name.split("[")[0] for name in stored}
    assert set(tensors) <= whole


def test_the_file_holds_what_the_library_itself_would_put_together():
    graph = build()
    model = onnx.load_from_string(written(graph))
    tensors = [numpy_helper.from_array(weight.array(), weight.name) for weight in graph.weights]
    again = onnx.helper.make_graph(
        graph.nodes, model.graph.name, model.graph.input, model.graph.output, tensors
    )
    assert again == model.graph
    versions = {entry.domain: entry.version for entry in model.opset_import}
    assert (model.ir_version, versions) == (9, {"": 20, "com.microsoft": 1})


def test_the_hash_is_of_what_was_written_and_progress_ends_at_its_size():
    file, steps = io.BytesIO(), []
    digest = build().write(file, lambda done, total, note="": steps.append((done, total)))
    content = file.getvalue()
    assert digest == sha256(content).hexdigest()
    assert steps == sorted(steps)
    assert steps[-1] == (len(content), len(content))


def test_writing_stops_when_it_is_cancelled():
    def cancel(done, total, note=""):
        if done > total / 2:
            raise Cancelled

    file = io.BytesIO()
    with pytest.raises(Cancelled):
        build().write(file, cancel)
    assert file.getvalue()


def graph_with(weights):
    return Graph(inputs=(), output=Output("logits", ()), nodes=(), weights=tuple(weights))


def test_weights_are_made_one_after_the_other():
    def make():
        return np.ones(1 << 18, dtype=np.float32)

    class Nowhere:
        def write(self, content):
            return len(content)

    weights = [Weight(str(n), np.dtype(np.float32), (1 << 18,), make) for n in range(20)]
    graph_with(weights[:1]).write(Nowhere())  # imports
    tracemalloc.start()
    graph_with(weights).write(Nowhere())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * (1 << 20)


def test_a_model_beyond_two_gigabytes_is_refused_before_anything_is_made_or_written():
    def make():
        raise AssertionError

    file = io.BytesIO()
    weight = Weight("large", np.dtype(np.float32), (1 << 15, 1 << 14), make)
    with pytest.raises(GraphTooLarge):
        graph_with([weight]).write(file)
    assert not file.getvalue()


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (200,), (70, 300)])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int8, np.uint8])
def test_a_weight_of_any_type_and_size_arrives(shape, dtype):
    value = np.arange(math.prod(shape)).astype(dtype).reshape(shape)
    weight = Weight("value", np.dtype(dtype), shape, lambda: value)
    model = onnx.load_from_string(written(graph_with([weight, weight])))
    for stored in model.graph.initializer:
        assert numpy_helper.to_array(stored).dtype == dtype
        assert np.array_equal(numpy_helper.to_array(stored), value)


def test_a_weight_that_is_not_what_was_announced_is_refused():
    weight = Weight("value", np.dtype(np.float32), (2,), lambda: np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="value"):
        written(graph_with([weight]))


# -- what it asks for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("architecture", "types", "asks"),
    [("bert", 2, True), ("bert", 1, False), ("roberta", 1, False), ("roberta", 2, True)],
)
def test_token_types_are_asked_for_only_where_there_are_several(architecture, types, asks):
    config = {**CONFIGS[architecture], "type_vocab_size": types}
    assert ("token_type_ids" in build(architecture, config=config).inputs) == asks


@pytest.mark.parametrize("architecture", ["distilbert", "modernbert"])
def test_other_architectures_know_no_token_types(architecture):
    assert build(architecture).inputs == ("input_ids", "attention_mask")


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_the_answer_has_the_shape_that_is_declared(architecture, head):
    graph = build(architecture, head)
    given = answers(open_graph(graph, 1), batch_of(padding=padding_of(architecture)))
    rows, width = len(LENGTHS), max(LENGTHS)
    sizes = {"batch": rows, "length": width, "labels": LABELS}
    assert given.dtype == np.float32
    assert given.shape == tuple(sizes.get(name, name) for name in graph.output.dimensions)
    assert graph.output.name == ("embedding" if head == "encoder" else "logits")


# -- what it answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_a_graph_on_arrays_answers_like_its_file(architecture, head):
    graph = build(architecture, head)
    batch = batch_of(padding=padding_of(architecture))
    from_file = answers(open_session(written(graph), 1), batch)
    from_arrays = answers(open_graph(graph, 1), batch)
    assert from_file.std() > 0.1
    assert np.abs(from_file - from_arrays).max() < 1e-5


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_an_answer_does_not_depend_on_padding(architecture, head):
    session = open_graph(build(architecture, head), 1)
    padding = padding_of(architecture)
    batch = batch_of(padding=padding, width=40)
    together = answers(session, batch)
    for row, length in enumerate(LENGTHS):
        alone = {name: value[row : row + 1, :length] for name, value in batch.items()}
        padded = together[row : row + 1]
        if head == "token_classification":
            padded = padded[:, :length]
        assert np.abs(answers(session, alone) - padded).max() < 2e-6


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_what_stands_in_padding_does_not_matter_at_all(architecture, head):
    session = open_graph(build(architecture, head), 1)
    padded = batch_of(padding=padding_of(architecture))
    other = {**padded, "input_ids": np.where(padded["attention_mask"], padded["input_ids"], 77)}
    mine, theirs = answers(session, padded), answers(session, other)
    if head == "token_classification":
        seen = padded["attention_mask"] == 1
        mine, theirs = mine[seen], theirs[seen]
    assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("head", ["sequence_classification", "encoder"])
@pytest.mark.parametrize("architecture", CONFIGS)
@pytest.mark.parametrize("layers", [1, 2])
def test_the_last_block_for_the_first_token_alone_gives_the_same_answer(architecture, head, layers):
    # two layers of ModernBERT end with one that looks at the neighbourhood only
    name = "n_layers" if architecture == "distilbert" else "num_hidden_layers"
    config = {**CONFIGS[architecture], name: layers}
    batch = batch_of(padding=padding_of(architecture))
    lean, full = (
        build(architecture, head, config),
        build(architecture, head, config, cls_only=False),
    )
    lean_answers = answers(open_graph(lean, 1), batch)
    assert np.abs(lean_answers - answers(open_graph(full, 1), batch)).max() < 2e-6
    assert [node.op_type for node in lean.nodes] != [node.op_type for node in full.nodes]


class Formulas:
    """One text by the formulas of the papers, in float64, without batches or masks."""

    def __init__(self, tensors, epsilon):
        self.tensors = {name: value.astype(np.float64) for name, value in tensors.items()}
        self.epsilon = epsilon

    def dense(self, name, value):
        return value @ self.tensors[f"{name}.weight"].T + self.tensors.get(f"{name}.bias", 0)

    def norm(self, name, value):
        centred = value - value.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.epsilon)
        weight, bias = self.tensors[f"{name}.weight"], self.tensors.get(f"{name}.bias", 0)
        return centred / deviation * weight + bias

    def gelu(self, value):
        return value * (1 + np.vectorize(math.erf)(value / math.sqrt(2))) / 2

    def attend(self, query, key, value, turn=lambda value: value, reach=math.inf):
        mixed, size = np.empty_like(query), HIDDEN // HEADS
        places = np.arange(len(query))
        away = np.abs(places[:, None] - places)
        for columns in (slice(start, start + size) for start in range(0, HIDDEN, size)):
            scores = turn(query[:, columns]) @ turn(key[:, columns]).T / math.sqrt(size)
            shares = np.where(away <= reach, np.exp(scores), 0)
            mixed[:, columns] = shares / shares.sum(axis=1, keepdims=True) @ value[:, columns]
        return mixed


def bert_reference(tensors, config, ids, types):
    net = Formulas(tensors, config["layer_norm_eps"])
    words, positions, kinds = (
        net.tensors[f"embeddings.{name}_embeddings.weight"]
        for name in ("word", "position", "token_type")
    )
    state = net.norm("embeddings.LayerNorm", words[ids] + positions[: len(ids)] + kinds[types])
    for number in range(config["num_hidden_layers"]):
        block = f"encoder.layer.{number}"
        attention = f"{block}.attention"
        parts = [net.dense(f"{attention}.self.{name}", state) for name in ("query", "key", "value")]
        mixed = net.dense(f"{attention}.output.dense", net.attend(*parts))
        state = net.norm(f"{attention}.output.LayerNorm", mixed + state)
        inner = net.gelu(net.dense(f"{block}.intermediate.dense", state))
        state = net.norm(
            f"{block}.output.LayerNorm", net.dense(f"{block}.output.dense", inner) + state
        )
    return net.dense("classifier", np.tanh(net.dense("pooler.dense", state[0])))


def turning(theta):
    """Turn each pair of columns, seen as a complex number, by its position."""

    def turn(value):
        half = value.shape[1] // 2
        angles = np.arange(len(value))[:, None] / theta ** (np.arange(half) / half)
        turned = (value[:, :half] + 1j * value[:, half:]) * np.exp(1j * angles)
        return np.concatenate([turned.real, turned.imag], axis=1)

    return turn


def modernbert_reference(tensors, config, ids):
    net = Formulas(tensors, config["norm_eps"])
    state = net.norm("embeddings.norm", net.tensors["embeddings.tok_embeddings.weight"][ids])
    for number in range(config["num_hidden_layers"]):
        block = f"layers.{number}"
        is_global = number % config["global_attn_every_n_layers"] == 0
        ready = net.norm(f"{block}.attn_norm", state) if number else state
        mixed = net.attend(
            *np.split(net.dense(f"{block}.attn.Wqkv", ready), 3, axis=1),
            turning(config["global_rope_theta" if is_global else "local_rope_theta"]),
            math.inf if is_global else config["local_attention"] // 2,
        )
        state = state + net.dense(f"{block}.attn.Wo", mixed)
        ready = net.norm(f"{block}.mlp_norm", state)
        inner, gate = np.split(net.dense(f"{block}.mlp.Wi", ready), 2, axis=1)
        state = state + net.dense(f"{block}.mlp.Wo", net.gelu(inner) * gate)
    first = net.norm("final_norm", state)[0]
    return net.dense("classifier", net.norm("head.norm", net.gelu(net.dense("head.dense", first))))


def test_bert_answers_what_the_formulas_of_its_paper_give():
    tensors = toy_tensors("bert", "sequence_classification")
    batch = batch_of()
    given = answers(open_graph(build(tensors=tensors), 1), batch)
    for row, length in enumerate(LENGTHS):
        ids, types = batch["input_ids"][row, :length], batch["token_type_ids"][row, :length]
        wanted = bert_reference(tensors, CONFIGS["bert"], ids, types)
        assert np.abs(given[row] - wanted).max() < 1e-5


def test_modernbert_answers_what_the_formulas_of_its_paper_give():
    tensors = toy_tensors("modernbert", "sequence_classification")
    batch = batch_of()
    given = answers(open_graph(build("modernbert", tensors=tensors), 1), batch)
    for row, length in enumerate(LENGTHS):
        ids = batch["input_ids"][row, :length]
        wanted = modernbert_reference(tensors, CONFIGS["modernbert"], ids)
        assert np.abs(given[row] - wanted).max() < 2e-5


def test_mean_pooling_averages_tokens_and_leaves_padding_out():
    tensors = toy_tensors("bert", "encoder")
    # a classifier of tokens that passes their states through
    identity = {
        "classifier.weight": np.eye(HIDDEN, dtype=np.float32),
        "classifier.bias": np.zeros(HIDDEN, np.float32),
    }
    batch = batch_of()
    states = build(head="token_classification", tensors=tensors | identity)
    states = answers(open_graph(states, 1), batch)
    given = build(head="encoder", tensors=tensors, pooling="mean")
    given = answers(open_graph(given, 1), batch)
    for row, length in enumerate(LENGTHS):
        assert np.abs(given[row] - states[row, :length].mean(axis=0)).max() < 1e-6


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_normalised_vectors_have_length_one_and_the_same_direction(pooling):
    batch = batch_of()
    plain = answers(open_graph(build(head="encoder", pooling=pooling), 1), batch)
    graph = build(head="encoder", pooling=pooling, normalises=True)
    given = answers(open_graph(graph, 1), batch)
    wanted = plain / np.linalg.norm(plain, axis=1, keepdims=True)
    assert np.abs(given - wanted).max() < 1e-6


# -- ModernBERT ------------------------------------------------------------------------------------


def test_a_local_layer_sees_to_the_edge_of_its_window_and_not_beyond():
    config = {**CONFIGS["modernbert"], "num_hidden_layers": 1}
    config |= {"layer_types": ["sliding_attention"], "local_attention": 8}
    session = open_graph(build("modernbert", "token_classification", config), 1)
    batch = batch_of((20,))
    before = answers(session, batch)[0]
    changed = batch["input_ids"].copy()
    changed[0, 10] = (changed[0, 10] + 1) % WORDS
    after = answers(session, {**batch, "input_ids": changed})[0]
    places = np.flatnonzero(np.abs(after - before).max(axis=1) > 1e-6)
    assert places.tolist() == list(range(6, 15))


def test_old_and_new_ways_of_configuring_rotation_give_the_same_graph():
    old = CONFIGS["modernbert"]
    names = {"global_attn_every_n_layers", "global_rope_theta", "local_rope_theta"}
    new = {name: value for name, value in old.items() if name not in names}
    new["layer_types"] = ["full_attention", *["sliding_attention"] * 2, "full_attention"]
    new["rope_parameters"] = {
        "full_attention": {"rope_type": "default", "rope_theta": 9000.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
    }
    assert written(build("modernbert", config=old)) == written(build("modernbert", config=new))
    new["rope_parameters"]["sliding_attention"]["rope_theta"] = 101.0
    assert written(build("modernbert", config=old)) != written(build("modernbert", config=new))


def test_a_local_rotation_that_is_not_given_is_the_global_one():
    config = {**CONFIGS["modernbert"], "local_rope_theta": None}
    same = {**CONFIGS["modernbert"], "local_rope_theta": 9000.0}
    assert written(build("modernbert", config=config)) == written(build("modernbert", config=same))


def test_a_classifier_may_look_at_the_mean_of_all_tokens():
    config = {**CONFIGS["modernbert"], "classifier_pooling": "mean"}
    batch = batch_of()
    given = answers(open_graph(build("modernbert", config=config), 1), batch)
    first = answers(open_graph(build("modernbert"), 1), batch)
    assert np.abs(given - first).max() > 0.1


# -- the seam for other arithmetics ----------------------------------------------------------------


class Recorder(FloatArithmetic):
    def __init__(self):
        self.layers, self.tables = {}, []

    def linear(self, writer, hidden, layers, *, sensitive):
        self.layers |= {layer.weight: (sensitive, len(layers)) for layer in layers}
        return super().linear(writer, hidden, layers, sensitive=sensitive)

    def embedding(self, writer, weight, ids):
        self.tables.append(weight)
        return super().embedding(writer, weight, ids)


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_all_dense_layers_go_through_the_arithmetic_and_heads_are_marked(architecture, head):
    recorder = Recorder()
    graph = build(architecture, head, arithmetic=recorder)
    tensors = toy_tensors(architecture, head)
    dense = {
        name for name, value in tensors.items() if value.ndim == 2 and "embeddings" not in name
    }
    assert {name.split("[")[0] for name in recorder.layers} == dense
    assert set(graph.linear_inputs) == set(recorder.layers)
    inside = ("encoder.layer", "transformer.layer", "layers.")
    for name, (is_sensitive, _) in recorder.layers.items():
        assert is_sensitive != name.startswith(inside)
    assert len(recorder.tables) == 1
    assert max(count for _, count in recorder.layers.values()) == 3


@pytest.mark.parametrize("architecture", CONFIGS)
def test_the_inputs_of_dense_layers_can_be_fetched(architecture):
    graph = build(architecture)
    tensors = toy_tensors(architecture, "sequence_classification")
    names = list(dict.fromkeys(graph.linear_inputs.values()))
    exposing = graph.exposing(graph.linear_inputs.values())
    assert exposing.outputs == ("logits", *names)
    batch = batch_of(padding=padding_of(architecture))
    for session in (open_graph(exposing, 1), open_session(written(exposing), 1)):
        feed = {entry.name: batch[entry.name] for entry in session.get_inputs()}
        values = dict(zip(exposing.outputs, session.run(None, feed), strict=True))
        for weight, value in graph.linear_inputs.items():
            assert values[value].ndim == 2
            assert values[value].shape[1] == tensors[weight.split("[")[0]].shape[1]
        last = list(graph.linear_inputs)[-1].removesuffix(".weight")
        weight, bias = tensors[f"{last}.weight"], tensors[f"{last}.bias"]
        logits = values[graph.linear_inputs[f"{last}.weight"]] @ weight.T + bias
        assert np.abs(logits - values["logits"]).max() < 1e-5


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_nothing_is_computed_that_nobody_reads(architecture, head):
    graph = build(architecture, head)
    read = {name for node in graph.nodes for name in node.input} | {graph.output.name}
    assert {name for node in graph.nodes for name in node.output if name} <= read
    assert {weight.name for weight in graph.weights} <= read


def test_the_same_node_is_written_once():
    writer = GraphWriter({}, FloatArithmetic())
    first = writer.op("Shape", "input_ids", start=1)
    assert writer.op("Shape", "input_ids", start=1) == first
    assert writer.op("Shape", "input_ids", start=0) != first
    assert writer.op("Size", "input_ids") != first


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(("architecture", "head"), CASES)
def test_each_tensor_is_needed_in_its_shape(architecture, head):
    tensors = toy_tensors(architecture, head)
    for name, value in tensors.items():
        lacking = {other: tensor for other, tensor in tensors.items() if other != name}
        with pytest.raises(TensorMissing, match=name):
            build(architecture, head, tensors=lacking)
        longer = np.concatenate([value, value])
        if name in ("classifier.weight", "classifier.out_proj.weight"):
            continue  # any number of labels will do
        with pytest.raises(TensorMisshapen, match=name):
            build(architecture, head, tensors={**tensors, name: longer})


@pytest.mark.parametrize(
    ("architecture", "change", "said"),
    [
        ("bert", {"hidden_act": "mish"}, "mish"),
        ("distilbert", {"activation": "mish"}, "mish"),
        ("modernbert", {"hidden_activation": "mish"}, "mish"),
        ("modernbert", {"classifier_activation": "mish"}, "mish"),
        ("modernbert", {"classifier_pooling": "max"}, "max"),
        ("modernbert", {"layer_types": ["full_attention"]}, "layer_types"),
        ("modernbert", {"layer_types": ["chunked_attention"] * 4}, "layer_types"),
        ("modernbert", {"rope_scaling": {"rope_type": "yarn", "factor": 2.0}}, "yarn"),
        ("modernbert", {"rope_parameters": {"full_attention": {"rope_type": "linear"}}}, "linear"),
    ],
)
def test_what_is_not_supported_is_refused(architecture, change, said):
    with pytest.raises(ValueError, match=said):
        build(architecture, config={**CONFIGS[architecture], **change})


def test_an_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="max"):
        build(head="encoder", pooling="max")


def test_an_unknown_head_is_refused():
    with pytest.raises(ValueError, match="question"):
        build(head="question_answering", tensors=toy_tensors("bert", "encoder"))
