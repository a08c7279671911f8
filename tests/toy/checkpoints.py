"""Checkpoint folders with random weights, as the Hugging Face libraries save them, without these.

Which tensors there are comes from the tables of the code under test; that the tables are right is
shown against `transformers` itself in tests/training/test_tokenizer_parity.py.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.architectures import FAMILIES, Family, complete_config
from m2m_desktop.services.conversion.tensor_shapes import (
    base_tensors,
    head_tensors,
    label_tensor,
)

Fields = dict[str, Any]
Arrays = dict[str, NDArray[Any]]

CHARACTERS = (
    "的一不了上下全身发痒起疹头痛晕昏心慌悸呼吸困难恶呕吐腹泻拉肚子反胃皮肤红肿瘙症白细胞减少增多血小板贫肝功能"
    "异常转氨酶升高降低丙酸基移天冬谷草胆素肾衰竭肌酐尿蛋便秘消化良食欲退寒战热高烧咳嗽哮喘喉水过敏性休克口干溃疡"
    "味觉视力模糊眼睛充结膜炎耳鸣听手脚麻木感周围神经病变抽搐惊厥失眠嗜睡焦虑抑郁乏无体重关节肿肉酸注射部位反应"
    "静脉血栓动出鼻牙龈低钾钠糖骨髓制感染肺间质胸闷律齐率快慢脱荨斑丘剥脱药物样别名及其他系统器官各类"
)
PUNCTUATION = "！？：；，。、（）《》“”%/-+.,:;|()[]#'\" "
WORDS = ("alt", "ast", "pt", "llt", "rash", "drug", "##ug", "##a", "##t", "##s", "##1", "##0")
# 12 x 768 with 21,128 words, as Chinese BERT models have it
MACBERT = {"layers": 12, "hidden": 768, "heads": 12, "inner": 3072, "positions": 512}
MACBERT_WORDS = 21_128

_WORDPIECE_SPECIAL = ("[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_CLASS_ENDS = {
    "sequence_classification": "ForSequenceClassification",
    "token_classification": "ForTokenClassification",
    "encoder": "Model",
}
_HEAD_TENSORS = ("classifier.", "pre_classifier.", "head.")
_TORCH_TYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "F64": "float64"}
_NUMPY_TYPES = {"F32": np.float32, "F16": np.float16, "F64": np.float64}


def write_checkpoint(
    folder: Path,
    *,
    architecture: str = "bert",
    head: str = "sequence_classification",
    layers: int = 2,
    hidden: int = 32,
    heads: int = 2,
    inner: int = 64,
    positions: int = 64,
    vocabulary: Sequence[str] | None = None,
    labels: Sequence[str] = ("not_match", "match"),
    seed: int = 0,
    spread: float = 4.0,
    tokenizer: str = "vocab.txt",
    sentence_transformers: str | None = None,
    normalise: bool = False,
    dtype: str = "F32",
    config: Fields | None = None,
) -> Path:
    """Write a whole checkpoint and give its folder.

    ``architecture`` is a key of `FAMILIES`. ``spread`` scales the last layer: the larger, the
    further apart the logits. ``tokenizer`` "vocab.txt" stands for the word lists of that
    architecture (ModernBERT has none), "tokenizer.json" for one complete file.
    ``sentence_transformers`` is the pooling of the files to add; ``config`` changes config.json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    family = FAMILIES[architecture]
    size = write_tokenizer(folder, family.architecture, tokenizer, vocabulary)
    sizes = dict(zip(family.sizes, (hidden, layers, heads, inner), strict=True))
    fields: Fields = {
        "architectures": [family.class_prefix + _CLASS_ENDS[head]],
        "model_type": architecture,
        **sizes,
        "vocab_size": size,
        "max_position_embeddings": positions,
        "pad_token_id": 1 if family.architecture == "roberta" else 0,
        **_usual(family.architecture),
        **(config or {}),
    }
    if head != "encoder":
        fields.setdefault("id2label", {str(row): label for row, label in enumerate(labels)})
        fields.setdefault("label2id", {label: row for row, label in enumerate(labels)})
    write_json(folder / "config.json", fields)
    tensors = random_tensors(family, fields, head, len(labels), seed=seed, spread=spread)
    if head != "encoder":  # a bare model is saved without the prefix
        base = {name for name in tensors if not name.startswith(_HEAD_TENSORS)}
        tensors = {
            (family.tensor_prefix if name in base else "") + name: array
            for name, array in tensors.items()
        }
    write_safetensors(folder / "model.safetensors", tensors, dtype)
    text = "---\nlanguage: zh\nlicense: apache-2.0\n---\n# Toy\n\nRandom numbers.\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    if sentence_transformers:
        write_sentence_transformers(folder, hidden, sentence_transformers, normalise)
    return folder


def write_macbert_size(folder: Path, *, seed: int = 0, spread: float = 4.0) -> Path:
    """Write a classifier as large as the published one: 12 x 768, 21,128 words, 409 MB."""
    return write_checkpoint(folder, vocabulary=macbert_words(), seed=seed, spread=spread, **MACBERT)


def macbert_words() -> list[str]:
    """Give exactly as many words as Chinese BERT models have, most of them single characters."""
    words = [*toy_words(), *map(chr, range(0x4E00, 0x9FA6))]
    words = list(dict.fromkeys(words))
    return (words + [f"##{char}" for char in map(chr, range(0x4E00, 0x9FA6))])[:MACBERT_WORDS]


# -- weights ---------------------------------------------------------------------------------------


def random_tensors(
    family: Family, fields: Fields, head: str, labels: int, *, seed: int = 0, spread: float = 4.0
) -> Arrays:
    """Give weights of a scale at which every tensor matters, by normalised names."""
    rng = np.random.default_rng(seed)
    whole = complete_config(family, fields)
    shapes = base_tensors(family.architecture, whole)
    shapes |= head_tensors(family.architecture, head, whole, labels)
    last = label_tensor(family.architecture, head)
    tensors: Arrays = {}
    for name, shape in shapes.items():
        values = rng.standard_normal(shape, dtype=np.float32)
        if len(shape) == 1:
            values *= 0.1
            values += 1.0 if name.lower().endswith(("norm.weight", "norm2.weight")) else 0.0
        elif "embeddings" not in name:
            values *= (spread if name == last else 1.0) / np.sqrt(shape[1])
        tensors[name] = values
    return tensors


def write_safetensors(path: Path, arrays: Mapping[str, NDArray[Any]], dtype: str = "F32") -> Path:
    """Write float arrays as one type, others as they are."""
    from safetensors import TensorSpec, serialize_file

    kept = {name: _stored(array, dtype) for name, array in arrays.items()}
    specs = {
        name: TensorSpec(
            dtype=_TORCH_TYPES[dtype] if arrays[name].dtype.kind == "f" else array.dtype.name,
            shape=arrays[name].shape,
            data_ptr=array.ctypes.data,
            data_len=array.nbytes,
        )
        for name, array in kept.items()
    }
    serialize_file(specs, path, metadata={"format": "pt"})
    return path


def _stored(array: NDArray[Any], dtype: str) -> NDArray[Any]:
    if array.dtype.kind != "f":
        return np.ascontiguousarray(array)
    if dtype == "BF16":
        return (np.ascontiguousarray(array, np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return np.ascontiguousarray(array, _NUMPY_TYPES[dtype])


def read_safetensors(path: Path) -> Arrays:
    """Read all tensors with the format's own library."""
    from safetensors.numpy import load_file

    return dict(load_file(path))


# -- tokenizers ------------------------------------------------------------------------------------


def toy_words() -> list[str]:
    """Some 450 words: special ones, ASCII, and the characters of adverse reactions."""
    ascii_words = [chr(code) for code in range(0x21, 0x7F)]
    pieces = [f"##{char}" for char in ascii_words]
    words = [*_WORDPIECE_SPECIAL, *ascii_words, *pieces, *PUNCTUATION.strip(), *CHARACTERS, *WORDS]
    return list(dict.fromkeys(word for word in words if word.strip()))


def write_tokenizer(
    folder: Path, architecture: str, form: str = "vocab.txt", words: Sequence[str] | None = None
) -> int:
    """Write the files of a tokenizer and give how many words it has."""
    if architecture in ("bert", "distilbert"):
        return _write_wordpiece(folder, list(words or toy_words()), form)
    if architecture == "modernbert":
        return _write_modern(folder)
    return _write_byte_level(folder, form)


def _write_wordpiece(folder: Path, words: list[str], form: str) -> int:
    special = {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "cls": "[CLS]", "mask": "[MASK]"}
    named = {f"{role}_token": token for role, token in special.items()}
    write_json(folder / "special_tokens_map.json", named)
    write_json(
        folder / "tokenizer_config.json",
        {
            **named,
            "do_lower_case": True,
            "strip_accents": None,
            "tokenize_chinese_chars": True,
            "tokenizer_class": "BertTokenizer",
            "model_max_length": 512,
        },
    )
    if form == "vocab.txt":
        (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8", newline="\n")
        return len(words)
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(
        models.WordPiece({word: row for row, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(list(special.values()))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.enable_truncation(128)
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(words)


def byte_level(special: Iterable[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Give words and merges that put the bytes of common characters together."""
    from tokenizers import pre_tokenizers

    splitter = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    merges: dict[tuple[str, str], None] = {}
    for text in (*dict.fromkeys(CHARACTERS), " a", " d", "al", "ru", " dr"):
        ((spelled, _),) = splitter.pre_tokenize_str(text)
        for end in range(1, len(spelled)):
            merges[spelled[:end], spelled[end]] = None
    words = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    words += [left + right for left, right in merges]
    return {word: row for row, word in enumerate(dict.fromkeys(words))}, list(merges)


def _write_byte_level(folder: Path, form: str) -> int:
    words, merges = byte_level(("<s>", "<pad>", "</s>", "<unk>", "<mask>"))
    mask = {
        "content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False,
        "normalized": False,
    }  # fmt: skip
    write_json(folder / "special_tokens_map.json", {"mask_token": mask, "pad_token": "<pad>"})
    write_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "tokenizer_class": "RobertaTokenizer",
            "model_max_length": 512,
        },
    )
    if form == "vocab.txt":
        write_json(folder / "vocab.json", words)
        lines = ["#version: 0.2", *(f"{left} {right}" for left, right in merges)]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        return len(words)
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.BPE(words, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(words)


def _write_modern(folder: Path) -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    words, merges = byte_level(special)
    tokenizer = Tokenizer(models.BPE(words, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(list(special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "pad_token": "[PAD]",
            "model_max_length": 10**30,
        },
    )
    return len(words)


# -- the other files -------------------------------------------------------------------------------


def write_sentence_transformers(folder: Path, hidden: int, mode: str, normalise: bool) -> None:
    """Write modules.json and the folders that it names."""
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling")]
    if normalise:
        kinds.append(("2_Normalize", "Normalize"))
    modules = [
        {"idx": row, "name": str(row), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for row, (path, kind) in enumerate(kinds)
    ]
    write_json(folder / "modules.json", modules)
    for path, _ in kinds[1:]:
        (folder / path).mkdir(exist_ok=True)
    pooling = {
        "word_embedding_dimension": hidden,
        "pooling_mode_cls_token": mode == "cls",
        "pooling_mode_mean_tokens": mode == "mean",
        "pooling_mode_max_tokens": mode == "max",
    }
    write_json(folder / "1_Pooling" / "config.json", pooling)
    settings = {"max_seq_length": 32, "do_lower_case": False}
    write_json(folder / "sentence_bert_config.json", settings)


def write_json(path: Path, content: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")


def change_json(path: Path, **changes: object) -> None:
    """Change fields of a JSON file; those set to ... are taken out."""
    fields = json.loads(path.read_text(encoding="utf-8")) | changes
    write_json(path, {name: value for name, value in fields.items() if value is not ...})


def _usual(architecture: str) -> Fields:
    """What config.json says beside the sizes."""
    if architecture == "modernbert":
        return {
            "hidden_activation": "gelu", "norm_eps": 1e-5, "norm_bias": False,
            "attention_bias": False, "mlp_bias": False, "classifier_bias": False,
            "classifier_pooling": "mean", "local_attention": 8, "global_attn_every_n_layers": 3,
            "global_rope_theta": 160000.0, "local_rope_theta": 10000.0,
            # the usual ones, around 50,000, lie far outside a toy vocabulary
            "bos_token_id": 2, "cls_token_id": 2, "eos_token_id": 3, "sep_token_id": 3,
        }  # fmt: skip
    if architecture == "distilbert":
        return {"activation": "gelu"}
    return {
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12 if architecture == "bert" else 1e-5,
        "type_vocab_size": 2 if architecture == "bert" else 1,
    }
