"""Tokenizers and tensor tables are those of `transformers`, which the checkpoints are made with."""

import itertools
import random
from importlib.util import find_spec

import pytest

from m2m_desktop.services.conversion.architectures import FAMILIES, complete_config
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.tensor_shapes import base_tensors, head_tensors
from m2m_desktop.services.conversion.weights import plain_name
from tests.toy.checkpoints import CHARACTERS, change_json, write_checkpoint, write_json

pytestmark = pytest.mark.skipif(find_spec("transformers") is None, reason="needs transformers")

HEADS = {
    "sequence_classification": "AutoModelForSequenceClassification",
    "token_classification": "AutoModelForTokenClassification",
    "encoder": "AutoModel",
}
ODD = (
    "", " ", "  头痛 ", "ALT升高", "Ａ Ｂ　Ｃ", "naïve ÀÉÎ résumé", "[MASK] 头[SEP]痛 <mask> </s>", "a\tb\nc",
    "𠮷𪚥", "①②③ Ⅻ", "头痛😀👨‍👩‍👧", "x" * 150, "1.5mg/次，每日3次", "It's don't we're", "ß ﬁ İ ı",
    "e\u0301 a\u200bb \u0000 \ufffd \u00a0", "[unused1] [new] [NEW] [头晕]", "한국어 ひらがな カタカナ",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def no_progress_bars():
    """Their bars leave a thread behind."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    yield
    logging.enable_progress_bar()


def texts(count, seed=1):
    """Random texts of Chinese, English, digits, marks and what else there is."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    kinds = (CHARACTERS, letters, " .,;:-/()[]%", "，。；：（）、", "éüñßçÅøА한ひ　\t𠮷😀鑫氣")
    found = list(ODD)
    while len(found) < count:
        parts = (rng.choice(kinds) for _ in range(rng.randint(1, 8)))
        found.append("".join("".join(rng.choices(kind, k=rng.randint(1, 5))) for kind in parts))
    return found


def assert_same(folder, tmp_path):
    """Ids and types of texts and pairs, equal to those of AutoTokenizer."""
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(folder))
    with open_checkpoint(folder, work_dir=tmp_path / "work") as checkpoint:
        ours = Tokenizer.from_str(checkpoint.tokenizer_json)
        assert checkpoint.pad_id == theirs.pad_token_id
    singles = texts(300)
    # an empty second text is no pair for `transformers`
    pairs = [pair for pair in zip(texts(200, 2), texts(200, 3)[::-1], strict=True) if pair[1]]
    seen = set()
    for item in (*((text,) for text in singles), *pairs):
        given = ours.encode(*item)
        wanted = theirs(*item, return_token_type_ids=True)
        assert given.ids == wanted["input_ids"], item
        assert given.type_ids == wanted["token_type_ids"], item
        seen.update(given.ids)
    assert len(seen) > 100


@pytest.mark.parametrize("form", ["vocab.txt", "tokenizer.json"])
@pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta", "modernbert"])
def test_the_usual_files_split_texts_and_pairs_as_autotokenizer_does(tmp_path, architecture, form):
    folder = write_checkpoint(tmp_path / "model", architecture=architecture, tokenizer=form)
    assert_same(folder, tmp_path)


@pytest.mark.parametrize("form", ["vocab.txt", "tokenizer.json"])
@pytest.mark.parametrize(
    ("lower", "accents", "chinese"),
    [*itertools.product([True, False], [None, True, False], [True, False]), (..., ..., ...)],
)
def test_the_settings_of_wordpiece_do_what_they_do_there(tmp_path, form, lower, accents, chinese):
    folder = write_checkpoint(tmp_path / "model", tokenizer=form)
    change_json(
        folder / "tokenizer_config.json",
        do_lower_case=lower,
        strip_accents=accents,
        tokenize_chinese_chars=chinese,
    )
    assert_same(folder, tmp_path)


@pytest.mark.parametrize("form", ["vocab.txt", "tokenizer.json"])
@pytest.mark.parametrize("prefix", [True, False, ...])
def test_the_settings_of_byte_level_pairs_do_what_they_do_there(tmp_path, form, prefix):
    folder = write_checkpoint(tmp_path / "model", architecture="roberta", tokenizer=form)
    change_json(folder / "tokenizer_config.json", add_prefix_space=prefix)
    assert_same(folder, tmp_path)


@pytest.mark.parametrize("architecture", ["bert", "roberta"])
def test_without_any_settings_the_usual_ones_hold(tmp_path, architecture):
    folder = write_checkpoint(tmp_path / "model", architecture=architecture)
    (folder / "tokenizer_config.json").unlink()
    (folder / "special_tokens_map.json").unlink()
    assert_same(folder, tmp_path)


def test_added_tokens_are_never_split(tmp_path):
    folder = write_checkpoint(tmp_path / "old", config={"vocab_size": 420})
    write_json(folder / "added_tokens.json", {"[new]": 415, "[头晕]": 414})
    change_json(folder / "special_tokens_map.json", additional_special_tokens=["[unused1]"])
    assert_same(folder, tmp_path)

    folder = write_checkpoint(tmp_path / "new", config={"vocab_size": 420})
    flags = {"lstrip": True, "rstrip": False, "single_word": False, "normalized": True}
    change_json(
        folder / "tokenizer_config.json",
        added_tokens_decoder={
            "414": {"content": "[new]", "special": False, **flags},
            "0": {"content": "[PAD]", "special": True, **flags, "normalized": False},
        },
    )
    assert_same(folder, tmp_path)


def test_words_with_windows_line_ends_are_the_same_words(tmp_path):
    folder = write_checkpoint(tmp_path / "model")
    path = folder / "vocab.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert_same(folder, tmp_path)


# -- tensors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("architecture", FAMILIES)
def test_the_tables_name_exactly_the_tensors_of_the_framework(tmp_path, architecture, head):
    import transformers

    labels = [f"L{row}" for row in range(5)]
    folder = write_checkpoint(tmp_path, architecture=architecture, head=head, labels=labels)
    config = transformers.AutoConfig.from_pretrained(str(folder))
    model = getattr(transformers, HEADS[head]).from_config(config)
    family = FAMILIES[architecture]
    theirs = {
        plain_name(name, family.tensor_prefix): tuple(tensor.shape)
        for name, tensor in model.state_dict().items()
    }
    if head == "encoder":  # the framework makes a pooler that no encoder uses
        theirs = {name: shape for name, shape in theirs.items() if not name.startswith("pooler.")}
    whole = complete_config(family, config.to_dict())
    ours = base_tensors(family.architecture, whole)
    ours |= head_tensors(family.architecture, head, whole, len(labels))
    assert ours == theirs


@pytest.mark.parametrize("architecture", ["bert", "roberta", "distilbert", "modernbert"])
def test_a_folder_saved_by_the_framework_opens_with_its_very_weights(tmp_path, architecture):
    import torch
    import transformers

    toy = write_checkpoint(tmp_path / "toy", architecture=architecture, tokenizer="tokenizer.json")
    loading = transformers.AutoModelForSequenceClassification.from_pretrained
    model = loading(str(toy), dtype=torch.float32)
    saved = tmp_path / "saved"
    model.save_pretrained(saved)
    transformers.AutoTokenizer.from_pretrained(str(toy)).save_pretrained(saved)
    with open_checkpoint(saved, work_dir=tmp_path / "work") as checkpoint:
        assert checkpoint.labels == ("not_match", "match")
        prefix = FAMILIES[architecture].tensor_prefix
        theirs = {plain_name(name, prefix): value for name, value in model.state_dict().items()}
        assert set(checkpoint.tensors) == set(theirs)
        for name, array in checkpoint.tensors.items():
            assert torch.equal(torch.from_numpy(array.copy()), theirs[name])
    assert_same(saved, tmp_path)


@pytest.mark.parametrize("kin", ["xlm-roberta", "camembert"])
def test_the_kin_of_roberta_compute_what_roberta_computes(tmp_path, kin):
    import torch
    import transformers

    answers = []
    ids = torch.randint(5, 500, (4, 20), generator=torch.Generator().manual_seed(1))
    ids[2, 12:] = 1  # padding
    for architecture in ("roberta", kin):
        folder = write_checkpoint(tmp_path / architecture, architecture=architecture)
        loading = transformers.AutoModelForSequenceClassification.from_pretrained
        model = loading(str(folder), dtype=torch.float32).eval()
        with torch.no_grad():
            answers.append(model(input_ids=ids, attention_mask=(ids != 1).long()).logits)
    assert torch.equal(*answers)
    assert answers[0].std() > 0.1
