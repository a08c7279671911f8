"""A model is converted with texts that it can read."""

import pytest

from m2m_desktop.services.bundle_files import MIN_GOLDEN
from m2m_desktop.services.bundle_session import open_tokenizer
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.known_texts import english_samples, readable
from m2m_desktop.services.conversion.samples import Samples
from tests.toy.checkpoints import toy_words, write_checkpoint

CHINESE = Samples((("头痛",), ("用药后皮疹，恶心",)), ((("头痛",),),), (("头痛",),))


def tokenizer_of(folder, words, architecture="bert"):
    write_checkpoint(
        folder, head="token_classification", labels=("O", "B-x"), vocabulary=words,
        architecture=architecture,
    )  # fmt: skip
    with open_checkpoint(folder, work_dir=folder) as found:
        return open_tokenizer(
            found.tokenizer_json.encode(), max_length=32,
            vocab_size=int(found.config["vocab_size"]), path="",
        )  # fmt: skip


def test_a_model_without_chinese_words_gets_english_texts(tmp_path):
    english = tokenizer_of(tmp_path / "en", [word for word in toy_words() if word.isascii()])
    assert readable(CHINESE, english) == english_samples()
    assert readable(CHINESE, tokenizer_of(tmp_path / "zh", toy_words())) is CHINESE


@pytest.mark.parametrize("architecture", ["roberta", "modernbert"])
def test_what_is_spelled_in_bytes_reads_everything(tmp_path, architecture):
    assert readable(CHINESE, tokenizer_of(tmp_path / "m", None, architecture)) is CHINESE


def test_the_texts_are_different_and_enough():
    samples = english_samples()
    texts = [*samples.calibration, *samples.compared]
    assert len(set(texts)) == len(texts)
    assert len(samples.golden) >= MIN_GOLDEN
    assert not set(samples.calibration) & {*samples.compared, *samples.golden}
