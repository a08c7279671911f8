"""Models that read one text, over the shipped tokenizer and sessions of a few lines."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from m2m_desktop.core.batches import BatchRunner
from m2m_desktop.core.encoding import TextEncoder, TokenTagger
from m2m_desktop.core.errors import Cancelled

SHIPPED = Path(__file__).parents[2] / "resources/models/m2m-small-zh-1"
NAMES = ("input_ids", "attention_mask", "token_type_ids")
LABELS = ("O", "B-ADR", "I-ADR")
MAX_LENGTH = 12
TOKENIZER = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
TOKENIZER.enable_truncation(MAX_LENGTH, strategy="longest_first")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


class VectorSession:
    """Four whole numbers from the unmasked tokens of each text."""

    def run(self, outputs, inputs):
        assert outputs is None
        ids = inputs["input_ids"] * inputs["attention_mask"]
        columns = [ids.sum(axis=1), (ids % 7).sum(axis=1), ids[:, 0], (ids**2).sum(axis=1) % 1009]
        return [np.stack(columns, axis=1).astype(np.float32)]


class TagSession:
    """Three logits for each token, from its id alone; nonsense for padding."""

    def run(self, outputs, inputs):
        assert outputs is None
        ids = inputs["input_ids"]
        logits = np.stack([ids % 3, ids % 5, ids % 7], axis=2).astype(np.float32)
        logits[inputs["attention_mask"] == 0] = np.nan
        return [logits]


def runner(session, budget=40):
    return BatchRunner(session, input_names=NAMES, max_length=MAX_LENGTH, tokens_per_batch=budget)


def encoder(budget=40):
    return TextEncoder(runner(VectorSession(), budget), TOKENIZER)


def tagger(budget=40):
    return TokenTagger(runner(TagSession(), budget), TOKENIZER, LABELS)


def cancelled():
    raise Cancelled


# -- vectors ---------------------------------------------------------------------------------------


@given(st.lists(TEXT, max_size=12), st.integers(1, 100))
def test_each_text_gets_its_own_vector_in_order(texts, budget: int) -> None:
    vectors = encoder(budget).encode(texts)
    alone = [encoder().encode([text])[0].tolist() for text in texts]

    assert vectors.dtype == np.float32
    assert vectors.tolist() == alone


def test_no_texts_give_no_vectors() -> None:
    assert encoder().encode([]).shape[0] == 0


def test_a_text_is_read_with_its_special_tokens_up_to_the_longest_length() -> None:
    ids = [TOKENIZER.token_to_id(token) for token in ("[CLS]", "头", "痛", "[SEP]")]
    assert encoder().encode(["头痛"])[0, 0] == sum(ids)
    long = encoder().encode(["头痛" * 50, "头痛" * 5])
    assert long[0].tolist() == long[1].tolist()


def test_half_characters_do_not_reach_the_tokenizer() -> None:
    first, second = encoder().encode(["皮\ud800疹", "皮\ufffd疹"])
    assert first.tolist() == second.tolist()
    assert tagger().tag(["皮\ud800疹"])[0].offsets == tagger().tag(["皮\ufffd疹"])[0].offsets


@pytest.mark.parametrize("work", [encoder().encode, tagger().tag])
def test_the_check_can_stop_it(work) -> None:
    with pytest.raises(Cancelled):
        work(["头痛", "皮疹"], cancelled)


# -- labels ----------------------------------------------------------------------------------------


@given(st.lists(TEXT, max_size=12), st.integers(1, 100))
def test_each_token_gets_probabilities_of_all_labels(texts, budget: int) -> None:
    for text, tagged in zip(texts, tagger(budget).tag(texts), strict=True):
        encoding = TOKENIZER.encode(text)
        places = [place for place, (start, stop) in enumerate(encoding.offsets) if start < stop]
        assert tagged.probabilities.shape == (len(places), len(LABELS))
        assert tagged.offsets == tuple(encoding.offsets[place] for place in places)
        assert tagged.probabilities.sum(axis=1) == pytest.approx(np.ones(len(places)))
        for place, row in zip(places, tagged.probabilities, strict=True):
            logits = np.array([encoding.ids[place] % base for base in (3, 5, 7)], dtype=float)
            assert row == pytest.approx(np.exp(logits) / np.exp(logits).sum())


def test_offsets_tell_where_a_token_stands_in_the_text() -> None:
    text = "ALT 升高，头痛"
    [tagged] = tagger().tag([text])
    found = [text[start:stop] for start, stop in tagged.offsets]
    assert "".join(found) == text.replace(" ", "")
    assert found[-2:] == ["头", "痛"]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_text_without_tokens_has_no_labels(text: str) -> None:
    [tagged] = tagger().tag([text])
    assert tagged.offsets == ()
    assert tagged.probabilities.shape == (0, len(LABELS))


def test_large_logits_do_not_overflow() -> None:
    class Large(TagSession):
        def run(self, outputs, inputs):
            return [super().run(outputs, inputs)[0] * 1e4]

    model = TokenTagger(runner(Large()), TOKENIZER, LABELS)
    [tagged] = model.tag(["头痛"])
    assert np.isfinite(tagged.probabilities).all()
    assert tagged.probabilities.max(axis=1) == pytest.approx([1, 1])


def test_no_texts_give_no_labels() -> None:
    assert tagger().tag([]) == []
    assert tagger().labels == LABELS
