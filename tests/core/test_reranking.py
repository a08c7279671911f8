"""The cross-encoder over a session and a tokenizer of a few lines."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from m2m_desktop.core.reranking import CrossEncoder, plan_batches, softmax_probability

MAX_LENGTH = 12


@dataclass
class Pair:
    ids: list[int]
    type_ids: list[int]


class ToyTokenizer:
    """[CLS] a [SEP] b [SEP]; a character is its code point; refuses what UTF-8 cannot hold."""

    def encode_batch(self, pairs):
        return [self._encode(first, second) for first, second in pairs]

    def _encode(self, first: str, second: str) -> Pair:
        first.encode("utf-8")
        a, b = [ord(c) + 9 for c in first], [ord(c) + 9 for c in second]
        while len(a) + len(b) > MAX_LENGTH - 3:
            (a if len(a) > len(b) else b).pop()
        return Pair([1, *a, 2, *b, 2], [0] * (len(a) + 2) + [1] * (len(b) + 1))


@dataclass
class ToySession:
    """Two logits from exact integer sums over the unmasked tokens; remembers what it was given."""

    asked: list[dict] = field(default_factory=list)

    def run(self, outputs, inputs):
        assert outputs is None
        self.asked.append(dict(inputs))
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        types = inputs.get("token_type_ids", np.zeros_like(ids))
        sums = (ids * mask * (1 + types)).sum(axis=1)
        return [np.stack([sums % 97 / 16, sums % 89 / 16], axis=1).astype(np.float32)]


NAMES = ("input_ids", "attention_mask", "token_type_ids")
PHRASE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def encoder(session: ToySession, budget: int = 40, names=NAMES, **options) -> CrossEncoder:
    return CrossEncoder(
        session, ToyTokenizer(), input_names=names, tokens_per_batch=budget, **options
    )


@given(PHRASE, st.lists(PHRASE, max_size=20), st.integers(1, 80))
def test_a_batch_scores_like_one_by_one(mention: str, texts, budget: int) -> None:
    batched = encoder(ToySession(), budget).score(mention, texts)
    single = [encoder(ToySession()).score(mention, [text])[0] for text in texts]

    assert batched.tolist() == single


@given(st.lists(st.integers(1, 70), max_size=60), st.integers(1, 800))
def test_each_row_is_in_one_batch_within_the_budget(lengths, budget: int) -> None:
    batches = plan_batches(lengths, budget)

    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[row] for row in batch)
        assert len(batch) * longest <= budget or len(batch) == 1
    flat = [lengths[row] for batch in batches for row in batch]
    assert flat == sorted(lengths)


def test_the_session_gets_what_it_asks_for_padded_and_masked() -> None:
    session = ToySession()
    encoder(session, 1000, pad_id=7).score("痒", ["疹", "疹疹疹"])
    (asked,) = session.asked

    assert sorted(asked) == sorted(NAMES)
    assert asked["input_ids"].dtype == np.int64
    assert asked["input_ids"][0].tolist()[-2:] == [7, 7]
    assert asked["attention_mask"].tolist() == [[1] * 5 + [0] * 2, [1] * 7]
    assert asked["token_type_ids"].tolist() == [[0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 1]]


def test_a_model_without_token_types_is_not_given_any() -> None:
    session = ToySession()
    encoder(session, names=NAMES[:2]).score("痒", ["疹"])

    assert sorted(session.asked[0]) == ["attention_mask", "input_ids"]


def test_the_label_of_a_match_is_configurable() -> None:
    first = encoder(ToySession(), match_label=0).score("痒", ["疹", "痛"])
    second = encoder(ToySession(), match_label=1).score("痒", ["疹", "痛"])

    assert (first + second).tolist() == pytest.approx([1, 1])


def test_nothing_to_score_does_not_bother_the_session() -> None:
    session = ToySession()

    assert encoder(session).score("痒", []).tolist() == []
    assert session.asked == []


def test_half_characters_do_not_reach_the_tokenizer() -> None:
    scores = encoder(ToySession()).score("皮\ud800疹", ["疹"])

    assert scores.tolist() == encoder(ToySession()).score("皮\ufffd疹", ["疹"]).tolist()


LOGITS = stn.arrays(
    np.float64, st.tuples(st.integers(1, 5), st.integers(2, 4)), elements=st.floats(-1e300, 1e300)
)


@given(LOGITS)
def test_probabilities_are_stable_and_add_up(logits) -> None:
    shares = [softmax_probability(logits, label) for label in range(logits.shape[1])]

    assert all(((share >= 0) & (share <= 1)).all() for share in shares)
    assert sum(shares) == pytest.approx(np.ones(len(logits)))


def test_probability_of_known_logits() -> None:
    assert softmax_probability(np.array([[0.0, np.log(3.0)]]), 1).tolist() == pytest.approx([0.75])
    assert softmax_probability(np.array([[1e9, -1e9]]), 1).tolist() == [0]
