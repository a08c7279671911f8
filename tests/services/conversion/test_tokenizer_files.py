"""Tokenizers of checkpoints: made where only word lists are there, refused where they are broken.

That they split as `transformers` does is shown in tests/training/test_tokenizer_parity.py.
"""

import json
import shutil

import pytest
from tokenizers import Tokenizer

from m2m_desktop.core.errors import ModelDamaged, ModelError, ModelMismatch
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from tests.toy.checkpoints import change_json, write_checkpoint, write_json


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One checkpoint an architecture and a form of its tokenizer."""
    folder = tmp_path_factory.mktemp("toys")
    return {
        (name, form): write_checkpoint(
            folder / name / form, architecture=name, tokenizer=form, layers=1, hidden=16, inner=16
        )
        for name in ("bert", "roberta", "distilbert", "modernbert")
        for form in ("vocab.txt", "tokenizer.json")
    }


@pytest.fixture
def copy(originals, tmp_path):
    """Give a copy to change."""

    def copy_it(architecture="bert", form="vocab.txt"):
        return shutil.copytree(originals[architecture, form], tmp_path / "toy")

    return copy_it


@pytest.fixture
def opened(tmp_path):
    def open_it(folder):
        with open_checkpoint(folder, work_dir=tmp_path / "work") as checkpoint:
            return Tokenizer.from_str(checkpoint.tokenizer_json)

    return open_it


def refused(folder, error, *words):
    with pytest.raises(ModelError) as caught, open_checkpoint(folder, work_dir=folder / "work"):
        pass
    assert type(caught.value) is error
    for word in words:
        assert word in caught.value.sentence()


@pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta"])
def test_word_lists_give_the_tokenizer_that_the_complete_file_holds(
    originals, opened, architecture
):
    texts = ["ALT升高；头痛", "rash  DRUG a1", "恶心\t呕吐", "鑫😀", ""]
    made, whole = (
        opened(originals[architecture, form]) for form in ("vocab.txt", "tokenizer.json")
    )
    assert made.get_vocab() == whole.get_vocab()
    for text in texts:
        for pair in ((text,), (text, "皮疹")):
            assert made.encode(*pair).ids == whole.encode(*pair).ids
            assert made.encode(*pair).type_ids == whole.encode(*pair).type_ids


def test_a_pair_of_wordpiece_has_two_types(originals, opened):
    encoding = opened(originals["bert", "vocab.txt"]).encode("头痛", "皮疹")
    assert encoding.tokens == ["[CLS]", "头", "痛", "[SEP]", "皮", "疹", "[SEP]"]
    assert encoding.type_ids == [0, 0, 0, 0, 1, 1, 1]


def test_a_pair_of_byte_level_pieces_has_two_ends_between(originals, opened):
    encoding = opened(originals["roberta", "vocab.txt"]).encode("头痛", "皮疹")
    assert encoding.ids[:1] == [0]
    assert encoding.ids[3:5] == [2, 2]
    assert encoding.type_ids == [0] * 8


def test_nothing_cuts_or_pads(originals, tmp_path):
    with open_checkpoint(originals["bert", "tokenizer.json"], work_dir=tmp_path) as checkpoint:
        fields = json.loads(checkpoint.tokenizer_json)
    assert fields["truncation"] is None
    assert fields["padding"] is None
    assert len(Tokenizer.from_str(checkpoint.tokenizer_json).encode("头" * 1000)) == 1002


@pytest.mark.parametrize("form", ["vocab.txt", "tokenizer.json"])
def test_the_settings_overrule(copy, opened, form):
    folder = copy("bert", form)
    assert opened(folder).encode("ALT").tokens[1:-1] == ["alt"]
    change_json(folder / "tokenizer_config.json", do_lower_case=False, tokenize_chinese_chars=False)
    tokens = opened(folder).encode("ALT 头").tokens[1:-1]
    assert tokens == ["A", "##L", "##T", "头"]
    assert opened(folder).encode("头痛").tokens[1:-1] == ["[UNK]"]


def test_a_class_that_takes_the_file_as_it_is_leaves_it_so(copy, opened):
    folder = copy("bert", "tokenizer.json")
    change_json(
        folder / "tokenizer_config.json",
        do_lower_case=False,
        tokenizer_class="PreTrainedTokenizerFast",
    )
    assert opened(folder).encode("ALT").tokens[1:-1] == ["alt"]


def test_lower_case_asked_for_by_sentence_transformers_comes_first(copy, opened):
    folder = copy("bert", "vocab.txt")
    change_json(folder / "tokenizer_config.json", do_lower_case=False)
    write_json(folder / "modules.json", [{"path": "", "type": "x.Transformer"}])
    write_json(folder / "sentence_bert_config.json", {"do_lower_case": True})
    assert opened(folder).encode("ALT 头痛").tokens[1:-1] == ["alt", "头", "痛"]


def test_a_complete_file_without_a_frame_gets_one(copy, opened):
    folder = copy("bert", "tokenizer.json")
    change_json(folder / "tokenizer.json", post_processor=None)
    encoding = opened(folder).encode("头", "痛")
    assert encoding.tokens == ["[CLS]", "头", "[SEP]", "痛", "[SEP]"]
    assert encoding.type_ids == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("token", ["[PAD]", {"content": "[unused1]"}, None])
def test_the_padding_is_the_token_that_is_named(copy, tmp_path, token):
    folder = copy()
    change_json(folder / "tokenizer_config.json", pad_token=token)
    change_json(folder / "special_tokens_map.json", pad_token=token)
    with open_checkpoint(folder, work_dir=tmp_path / "work") as checkpoint:
        assert checkpoint.pad_id == (1 if isinstance(token, dict) else 0)


@pytest.mark.parametrize("token", ["[UNK]", "[CLS]", "[SEP]", "[PAD]"])
def test_a_word_list_without_a_token_that_texts_need_is_refused(copy, token):
    folder = copy()
    path = folder / "vocab.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(token, "other"), encoding="utf-8")
    refused(folder, ModelDamaged, f"vocab.txt lacks the token {token}")


def test_a_word_list_without_a_mask_will_do(copy, opened):
    folder = copy()
    path = folder / "vocab.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("[MASK]", "other"), encoding="utf-8")
    assert opened(folder).token_to_id("[MASK]") is None


@pytest.mark.parametrize("architecture", ["bert", "roberta", "distilbert", "modernbert"])
def test_a_tokenizer_of_another_model_is_refused(copy, architecture):
    folder = copy(architecture, "tokenizer.json")
    fields = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    fields["model"]["vocab"]["extra"] = len(fields["model"]["vocab"])
    write_json(folder / "tokenizer.json", fields)
    refused(folder, ModelMismatch, "tokens, the weights are for")


def test_a_padding_beyond_the_weights_is_refused(copy):
    folder = copy("modernbert")
    change_json(folder / "tokenizer_config.json", pad_token=...)
    change_json(folder / "config.json", pad_token_id=50283)
    refused(folder, ModelMismatch, "50284 tokens")


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt"])
def test_one_word_list_of_two_is_not_enough(copy, name):
    folder = copy("roberta")
    (folder / name).unlink()
    refused(folder, ModelDamaged, f"{name} is missing")


@pytest.mark.parametrize("architecture", ["bert", "roberta"])
def test_without_any_tokenizer_its_file_is_named(copy, architecture):
    folder = copy(architecture)
    for name in ("vocab.txt", "vocab.json", "merges.txt"):
        (folder / name).unlink(missing_ok=True)
    refused(folder, ModelDamaged, "tokenizer.json is missing")


@pytest.mark.parametrize("named", ["BertJapaneseTokenizer", "XLMRobertaTokenizerFast"])
def test_a_class_that_splits_in_its_own_way_needs_the_complete_file(copy, named):
    folder = copy()
    change_json(folder / "tokenizer_config.json", tokenizer_class=named)
    refused(folder, CheckpointUnsupported, "tokenizer.json, which is missing")


def test_modernbert_needs_the_complete_file(copy):
    folder = copy("modernbert")
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("[PAD]\n", encoding="utf-8")
    refused(folder, CheckpointUnsupported, "tokenizer.json, which is missing")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"model": 7}',
        b'{"a": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 99_999,
    ],
)
def test_what_is_no_tokenizer_is_refused(copy, content):
    folder = copy("bert", "tokenizer.json")
    (folder / "tokenizer.json").write_bytes(content)
    refused(folder, ModelDamaged, "tokenizer.json")


@pytest.mark.parametrize(
    "normalizer",
    [
        {"type": "Precompiled", "precompiled_charsmap": "AAAA"},
        {"type": "Replace", "pattern": {"Regex": "("}, "content": ""},
        {"type": "Unheard"},
    ],
)
def test_what_the_library_fails_or_panics_at_is_refused(copy, normalizer, capfd):
    folder = copy("modernbert")
    change_json(folder / "tokenizer.json", normalizer=normalizer)
    refused(folder, ModelDamaged, "tokenizer.json is not a usable tokenizer")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("merges.txt", "a b c\n"),
        ("merges.txt", "nope nowhere\n"),
        ("vocab.json", '{"<s>": "0"}'),
        ("vocab.json", "[]"),
        ("vocab.json", '{"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": -3}'),
    ],
)
def test_broken_word_lists_are_refused(copy, name, content):
    folder = copy("roberta")
    (folder / name).write_text(content, encoding="utf-8")
    refused(folder, ModelDamaged)


@pytest.mark.parametrize(
    "changes",
    [
        {"added_tokens_decoder": [1]},
        {"added_tokens_decoder": {"x": {"content": "y"}}},
        {"added_tokens_decoder": {"5": {}}},
        {"added_tokens_decoder": {"5": "y"}},
    ],
)
def test_broken_settings_are_refused(copy, changes):
    folder = copy()
    change_json(folder / "tokenizer_config.json", **changes)
    refused(folder, ModelDamaged, "vocab.txt is not a usable tokenizer")


def test_an_added_token_without_a_weight_is_refused(copy):
    folder = copy()
    write_json(folder / "added_tokens.json", {"[new]": 9999})
    refused(folder, ModelMismatch, "tokens, the weights are for")
