"""The graphs we write from a checkpoint's tensors give what transformers gives.

Run with ``-s`` to see the table: architecture, head, what is special, largest difference.
"""

import math

import numpy as np
import pytest
import torch

from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import FloatArithmetic
from tests.toy.checkpoints import write_tokenizer

transformers = pytest.importorskip("transformers")
transformers.logging.disable_progress_bar()  # it leaves a thread behind

TOLERANCE = 1e-4
INPUTS = 200
BATCH = 10

SMALL = {
    "vocab_size": 400,
    "hidden_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 80,
    "max_position_embeddings": 128,
}
SMALL_DISTILBERT = {
    "vocab_size": 400,
    "dim": 48,
    "n_layers": 3,
    "n_heads": 4,
    "hidden_dim": 80,
    "max_position_embeddings": 128,
}
SMALL_MODERNBERT = {
    **SMALL,
    "num_hidden_layers": 5,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "cls_token_id": 1,
    "eos_token_id": 2,
    "sep_token_id": 2,
}
SIZES = {
    "bert": SMALL,
    "roberta": {**SMALL, "type_vocab_size": 1, "pad_token_id": 1},
    "distilbert": SMALL_DISTILBERT,
    "modernbert": SMALL_MODERNBERT,
}
CLASSES = {
    "bert": ("Bert", "bert."),
    "roberta": ("Roberta", "roberta."),
    "distilbert": ("DistilBert", "distilbert."),
    "modernbert": ("ModernBert", "model."),
}
HEADS = {
    "sequence_classification": "ForSequenceClassification",
    "token_classification": "ForTokenClassification",
    "encoder": "Model",
}
ROPE = {
    "full_attention": {"rope_type": "default", "rope_theta": 9_000.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 70.0},
}
CASES = [
    *((architecture, head, {}) for architecture in CLASSES for head in HEADS),
    ("bert", "sequence_classification", {"hidden_act": "gelu_new", "layer_norm_eps": 1e-3}),
    ("bert", "sequence_classification", {"hidden_act": "relu", "type_vocab_size": 1}),
    ("bert", "encoder", {"hidden_act": "silu", "type_vocab_size": 3}),
    ("roberta", "sequence_classification", {"type_vocab_size": 2, "pad_token_id": 3}),
    ("roberta", "token_classification", {"hidden_act": "gelu_pytorch_tanh"}),
    ("distilbert", "sequence_classification", {"activation": "gelu_pytorch_tanh"}),
    ("distilbert", "encoder", {"sinusoidal_pos_embds": True}),
    ("modernbert", "sequence_classification", {"classifier_pooling": "mean"}),
    ("modernbert", "sequence_classification", {"num_hidden_layers": 4, "local_attention": 16}),
    ("modernbert", "token_classification", {"local_attention": 17, "rope_parameters": ROPE}),
    (
        "modernbert",
        "sequence_classification",
        {
            "norm_bias": True,
            "mlp_bias": True,
            "attention_bias": True,
            "classifier_bias": True,
            "classifier_activation": "silu",
            "hidden_activation": "gelu_new",
        },
    ),
    ("modernbert", "encoder", {"layer_types": ["sliding_attention", "full_attention"] * 2}),
]


def spread(model, seed=0):
    """Give all parameters values that let every part of the network be heard in the answer."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name.lower():
                parameter.copy_(name.endswith("weight") + 0.3 * torch.randn_like(parameter))
            elif parameter.ndim == 1:
                parameter.normal_(std=0.3)
            elif "embedding" in name:
                parameter.normal_()
            else:
                parameter.normal_(std=1.5 / math.sqrt(parameter.shape[1]))
    return model.eval()


def make_model(architecture, head, changes):
    stem, _ = CLASSES[architecture]
    sizes = {**SIZES[architecture], **changes}
    if "layer_types" in sizes:
        sizes["num_hidden_layers"] = len(sizes["layer_types"])
    config = getattr(transformers, f"{stem}Config")(**sizes, num_labels=3)
    model = getattr(transformers, stem + HEADS[head])(config)
    return spread(model), config


def tensors_of(model, architecture):
    """Give the tensors as a checkpoint's reader gives them."""
    prefix = CLASSES[architecture][1]
    return {name.removeprefix(prefix): value.numpy() for name, value in model.state_dict().items()}


def make_batches(config, longest, count=INPUTS, seed=1):
    """Make padded batches of mixed lengths, pairs where there are token types."""
    random = np.random.default_rng(seed)
    padding = config.pad_token_id
    for _ in range(0, count, BATCH):
        lengths = random.integers(2, random.integers(2, longest + 1) + 1, BATCH)
        ids = random.integers(4, config.vocab_size, (BATCH, lengths.max()))
        ids[random.random(ids.shape) < 0.02] = padding  # a text may hold it as well
        ids[:, 0] = 2
        places = np.arange(lengths.max())
        mask = (places < lengths[:, None]).astype(np.int64)
        types = (places >= lengths[:, None] // 2) * mask
        yield {
            "input_ids": np.where(mask, ids, padding),
            "attention_mask": mask,
            "token_type_ids": types * (getattr(config, "type_vocab_size", 1) - 1),
        }


def pool(states, mask, pooling):
    if pooling == "cls":
        return states[:, 0]
    share = mask / mask.sum(axis=1, keepdims=True)
    return np.einsum("bl,blh->bh", share, states)


def reference(model, config, batch, pooling):
    """Give what transformers gives."""
    fed = dict(batch)
    if getattr(config, "type_vocab_size", 1) == 1:
        del fed["token_type_ids"]
    with torch.inference_mode():
        output = model(**{name: torch.from_numpy(value) for name, value in fed.items()})
    if hasattr(output, "logits"):
        return output.logits.numpy()
    return pool(output.last_hidden_state.numpy(), batch["attention_mask"], pooling)


def answers(session, batch):
    names = [entry.name for entry in session.get_inputs()]
    return session.run(None, {name: batch[name] for name in names})[0]


def relevant(values, batch):
    """Leave the answers of padding tokens out, which nobody asks for."""
    return values[batch["attention_mask"] == 1] if values.ndim == 3 else values


def differences(graph, model, config, *, longest, pooling="cls", count=INPUTS):
    """Give the largest difference, and how far the reference answers are spread."""
    worst, seen = 0.0, []
    session = open_graph(graph, 1)
    for batch in make_batches(config, longest, count):
        wanted = relevant(reference(model, config, batch, pooling), batch)
        given = relevant(answers(session, batch), batch)
        assert given.shape == wanted.shape
        worst = max(worst, float(np.abs(given - wanted).max()))
        seen.append(wanted)
    return worst, float(np.concatenate(seen).std(axis=0).mean())


def longest_of(architecture):
    return 300 if architecture == "modernbert" else 100


def graph_of(model, config, architecture, head, **options):
    return build_graph(
        architecture,
        head,
        config.to_dict(),
        tensors_of(model, architecture),
        arithmetic=FloatArithmetic(),
        **options,
    )


@pytest.mark.parametrize(("architecture", "head", "changes"), CASES)
def test_a_graph_gives_what_transformers_gives(architecture, head, changes):
    model, config = make_model(architecture, head, changes)
    graph = graph_of(model, config, architecture, head)
    worst, width = differences(graph, model, config, longest=longest_of(architecture))
    print(f"\n| {architecture} | {head} | {', '.join(changes)} | {worst:.1e} | {INPUTS} |", end="")
    assert width > 0.1
    assert worst <= TOLERANCE


@pytest.mark.parametrize("architecture", CLASSES)
def test_mean_pooling_gives_the_mean_of_what_transformers_gives(architecture):
    model, config = make_model(architecture, "encoder", {})
    graph = graph_of(model, config, architecture, "encoder", pooling="mean")
    worst, _ = differences(
        graph, model, config, longest=longest_of(architecture), pooling="mean", count=50
    )
    assert worst <= TOLERANCE


MISTAKES = [
    ("bert", "swap query and key", {}),
    ("bert", "swap value and output", {}),
    ("bert", "forget a bias", {}),
    ("bert", "", {"hidden_act": "gelu_new"}),
    ("bert", "", {"num_attention_heads": 3}),
    ("bert", "", {"layer_norm_eps": 1e-2}),
    ("roberta", "", {"pad_token_id": 0}),
    ("distilbert", "swap query and key", {}),
    ("distilbert", "", {"activation": "relu"}),
    ("modernbert", "", {"local_attention": 126}),
    ("modernbert", "", {"local_attention": 130}),
    ("modernbert", "", {"rope_parameters": {**ROPE, "sliding_attention": {"rope_theta": 9_900}}}),
    ("modernbert", "", {"rope_parameters": {**ROPE, "full_attention": {"rope_theta": 159_000}}}),
    ("modernbert", "", {"layer_types": ["full_attention"] * 5}),
    ("modernbert", "", {"norm_eps": 1e-2}),
    ("modernbert", "", {"classifier_pooling": "mean"}),
    ("modernbert", "swap gate and input", {}),
    ("modernbert", "swap query and key", {}),
]


def mistaken(tensors, mistake):
    """Give tensors with one small mistake in the last block but one."""
    changed = dict(tensors)

    def swap(*names):
        first, second = sorted(name for name in tensors if name.endswith(names))[:2]
        changed[first], changed[second] = tensors[second], tensors[first]

    match mistake:
        case "forget a bias":
            name = "encoder.layer.1.attention.self.value.bias"
            changed[name] = np.zeros_like(tensors[name])
        case "swap query and key" if "layers.1.attn.Wqkv.weight" in tensors:
            query, key, value = np.split(tensors["layers.1.attn.Wqkv.weight"], 3)
            changed["layers.1.attn.Wqkv.weight"] = np.concatenate([key, query, value])
        case "swap query and key":
            swap(
                "1.attention.self.query.weight",
                "1.attention.self.key.weight",
                "1.attention.q_lin.weight",
                "1.attention.k_lin.weight",
            )
        case "swap value and output":
            swap("1.attention.self.value.weight", "1.attention.output.dense.weight")
        case "swap gate and input":
            halves = np.split(tensors["layers.1.mlp.Wi.weight"], 2)
            changed["layers.1.mlp.Wi.weight"] = np.concatenate(halves[::-1])
    return changed


@pytest.mark.parametrize(("architecture", "mistake", "change"), MISTAKES)
def test_a_mistake_would_show(architecture, mistake, change):
    """Slips like these lie well outside of the tolerance on such weights and inputs."""
    model, config = make_model(architecture, "sequence_classification", {})
    graph = build_graph(
        architecture,
        "sequence_classification",
        {**config.to_dict(), **change},
        mistaken(tensors_of(model, architecture), mistake),
        arithmetic=FloatArithmetic(),
    )
    worst, _ = differences(graph, model, config, longest=longest_of(architecture), count=50)
    assert worst > 5 * TOLERANCE


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("architecture", CLASSES)
def test_a_saved_checkpoint_gives_what_transformers_gives(tmp_path, architecture, head):
    form = "tokenizer.json" if architecture == "modernbert" else "vocab.txt"
    folder = tmp_path / "model"
    folder.mkdir()
    words = write_tokenizer(folder, architecture, form, None)
    model, config = make_model(architecture, head, {"vocab_size": words})
    model.save_pretrained(folder)
    with open_checkpoint(folder, work_dir=tmp_path) as checkpoint:
        assert (checkpoint.architecture, checkpoint.head) == (architecture, head)
        graph = build_graph(
            architecture,
            head,
            checkpoint.config,
            checkpoint.tensors,
            arithmetic=FloatArithmetic(),
        )
        worst, _ = differences(graph, model, config, longest=longest_of(architecture), count=20)
    assert worst <= TOLERANCE


@pytest.mark.slow
def test_a_model_of_base_size_gives_what_transformers_gives():
    """MacBERT's sizes: 12 x 768, 21,128 words; phrases and terms are short."""
    sizes = {
        "vocab_size": 21_128,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 512,
    }
    model, config = make_model("bert", "sequence_classification", sizes)
    graph = graph_of(model, config, "bert", "sequence_classification")
    worst, width = differences(graph, model, config, longest=48)
    print(f"\n| bert, base size | sequence_classification | | {worst:.1e} | {INPUTS} |", end="")
    assert width > 0.1
    assert worst <= TOLERANCE
