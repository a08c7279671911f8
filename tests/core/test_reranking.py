"""The cross-encoder over the shipped tokenizer and a session of a few lines, or the shipped one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from tokenizers import Tokenizer

from m2m_desktop.core.batches import BatchRunner
from m2m_desktop.core.reranking import CrossEncoder, softmax_probability
from m2m_desktop.services.bundle_session import open_session
from tests.toy.bundle import PAIRS
from tests.toy.session import ToySession

SHIPPED = Path(__file__).parents[2] / "resources/models/m2m-small-zh-1"
MAX_LENGTH = 12
TOKENIZER = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
TOKENIZER.enable_truncation(MAX_LENGTH, strategy="longest_first")


NAMES = ("input_ids", "attention_mask", "token_type_ids")
PHRASE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def encoder(session: ToySession, budget: int = 40, names=NAMES, **options) -> CrossEncoder:
    runner = BatchRunner(
        session, input_names=names, max_length=MAX_LENGTH, tokens_per_batch=budget, **options
    )
    return CrossEncoder(runner, TOKENIZER)


@given(PHRASE, st.lists(PHRASE, max_size=20), st.integers(1, 80))
def test_a_batch_scores_like_one_by_one(mention: str, texts, budget: int) -> None:
    batched = encoder(ToySession(), budget).score(mention, texts)
    alone = encoder(ToySession())
    single = [alone.score(mention, [text])[0] for text in texts]

    assert batched.tolist() == single


def test_the_label_of_a_match_is_configurable() -> None:
    runner = BatchRunner(ToySession(), input_names=NAMES, max_length=MAX_LENGTH)
    first, second = (
        CrossEncoder(runner, TOKENIZER, match_label=label).score("痒", ["疹", "痛"])
        for label in (0, 1)
    )

    assert (first + second).tolist() == pytest.approx([1, 1])


def test_nothing_to_score_does_not_bother_the_session() -> None:
    session = ToySession()

    assert encoder(session).score("痒", []).tolist() == []
    assert session.asked == []


def test_half_characters_do_not_reach_the_tokenizer() -> None:
    scores = encoder(ToySession()).score("皮\ud800疹", ["疹"])

    assert scores.tolist() == encoder(ToySession()).score("皮\ufffd疹", ["疹"]).tolist()


# -- several phrases at once -----------------------------------------------------------------------


@given(st.lists(st.tuples(PHRASE, st.lists(PHRASE, max_size=6)), max_size=6))
def test_phrases_scored_together_score_as_alone(phrases) -> None:
    together = encoder(ToySession()).score_many(phrases)
    alone = encoder(ToySession())

    assert [scores.tolist() for scores in together] == [
        alone.score(*phrase).tolist() for phrase in phrases
    ]


def test_phrases_share_batches() -> None:
    session = ToySession()
    encoder(session, 1000).score_many([("痒", ["疹", "痛"])] * 100)

    assert len(session.asked) <= 2


# -- several threads -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped_session():
    return open_session((SHIPPED / "model.onnx").read_bytes(), threads=1)


@pytest.mark.parametrize("count", [1, 3, 40, 100])
def test_the_answers_do_not_depend_on_the_number_of_workers(shipped_session, count: int) -> None:
    """Bit by bit, of a model whose arithmetic looks at a batch as a whole."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    texts = [text * (1 + row % 3) for row, (_, text) in enumerate(PAIRS * 5)][:count]
    answers = []
    for workers in (0, 1, 2, 5):
        with ThreadPoolExecutor(max(1, workers)) as pool:
            executor = pool if workers else None
            runner = BatchRunner(
                shipped_session,
                input_names=NAMES,
                max_length=64,
                executor=executor,
                workers=max(1, workers),
            )
            model = CrossEncoder(runner, tokenizer)
            answers.append(model.logits("服药后全身发痒", texts).tolist())

    assert len(answers[0]) == count
    assert answers[1:] == answers[:1] * 3
    assert count == 1 or np.ptp(answers[0], axis=0).min() > 0.1


# -- probabilities ---------------------------------------------------------------------------------


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
