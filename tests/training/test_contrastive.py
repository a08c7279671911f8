"""Contrastive losses against plain versions, what is drawn, what is mined, what is written."""

import math
import random

import pytest
import torch
from torch.nn import functional

from m2m_desktop.training.checkpoints import ENCODER, make_start
from m2m_desktop.training.encoder import (
    ContrastiveTask,
    SentenceEncoder,
    Warmup,
    embed,
    info_nce,
    multi_similarity,
    same_meaning,
)
from m2m_desktop.training.encoder_score import NamesToFind, first_ranks, nearest_concepts
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.synonyms import Draw, Synonyms, read_synonyms
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json

NAMES = [
    ["头痛", "脑袋疼", "头疼"],
    ["恶心", "想吐", "反胃"],
    ["皮疹", "起疹子"],
    ["发热", "发烧", "体温升高"],
    ["腹泻", "拉肚子"],
    ["头晕", "眩晕"],
]


def vectors(seed, rows=7, columns=5):
    generator = torch.Generator().manual_seed(seed)
    both = torch.randn(2, rows, columns, generator=generator)
    return functional.normalize(both[0], dim=-1), functional.normalize(both[1], dim=-1)


def same_rows(seed, rows=7):
    rng = random.Random(seed)
    same = torch.zeros(rows, rows, dtype=torch.bool)
    for _ in range(4):
        a, b = rng.sample(range(rows), 2)
        same[a, b] = same[b, a] = True
    return same


def naive_info_nce(anchors, others, same, temperature=0.05):
    def one_way(one, other):
        total = 0.0
        for row in range(len(one)):
            kept = [c for c in range(len(one)) if c == row or not same[row][c]]
            scores = [
                sum(x * y for x, y in zip(one[row], other[c], strict=True)) / temperature
                for c in kept
            ]
            total -= math.log(math.exp(scores[kept.index(row)]) / sum(map(math.exp, scores)))
        return total / len(one)

    return (one_way(anchors, others) + one_way(others, anchors)) / 2


@pytest.mark.parametrize("seed", range(5))
def test_info_nce_equals_the_naive_one(seed):
    one, other = vectors(seed)
    same = same_rows(seed)
    naive = naive_info_nce(one.double().tolist(), other.double().tolist(), same.tolist())
    assert float(info_nce(one, other, same)) == pytest.approx(naive, rel=1e-4)


def naive_multi_similarity(anchors, others, same):
    alpha, beta, base, margin = 2.0, 50.0, 0.5, 0.1
    total = 0.0
    for row in range(len(anchors)):
        score = [sum(x * y for x, y in zip(anchors[row], one, strict=True)) for one in others]
        good = [c for c in range(len(others)) if c == row or same[row][c]]
        bad = [c for c in range(len(others)) if c not in good]
        nearest, farthest = max(score[c] for c in bad), min(score[c] for c in good)
        pulls = [math.exp(-alpha * (score[c] - base)) for c in good if score[c] - margin < nearest]
        pushes = [math.exp(beta * (score[c] - base)) for c in bad if score[c] + margin > farthest]
        total += math.log1p(sum(pulls)) / alpha + math.log1p(sum(pushes)) / beta
    return total / len(anchors)


@pytest.mark.parametrize("seed", range(5))
def test_multi_similarity_equals_the_naive_one(seed):
    one, other = vectors(seed)
    same = same_rows(seed)
    naive = naive_multi_similarity(one.double().tolist(), other.double().tolist(), same.tolist())
    assert float(multi_similarity(one, other, same)) == pytest.approx(naive, rel=1e-4)


def test_rows_that_share_a_name_are_no_negatives_of_one_another():
    keys = [{"a", "b"}, {"c"}, {"b", "d"}, {"c"}]
    drawn = Draw((), (), tuple(map(frozenset, keys)))
    same = same_meaning(drawn, torch.device("cpu"))
    assert same.nonzero().tolist() == [[0, 2], [1, 3], [2, 0], [3, 1]]


def test_pairs_are_two_names_of_one_concept():
    synonyms = Synonyms([*NAMES, ["瘙痒"]])
    rng = random.Random(1)
    for _ in range(20):
        rows = synonyms.sample(4, rng)
        assert len(set(rows)) == 4
        drawn = synonyms.draw(rows, rng)
        for row, one, other in zip(rows, drawn.anchors, drawn.positives, strict=True):
            assert {one, other} <= set(synonyms.concepts[row])
            assert one != other or len(synonyms.concepts[row]) == 1


def test_more_concepts_than_there_are_gives_all():
    assert sorted(Synonyms(NAMES).sample(99, random.Random(1))) == list(range(len(NAMES)))


@pytest.fixture(scope="module")
def start():
    texts = [name for names in NAMES for name in names]
    tokens = tokenizer_json(build_vocabulary(texts, min_count=1), 16)
    return make_start("tiny", tokens, ENCODER, max_length=16, device=torch.device("cpu"))


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_text_has_the_same_unit_vector_beside_any_others(start, pooling):
    model = SentenceEncoder(start.network, pooling).eval()
    texts = ["头痛", "体温升高", "恶心", "头"]
    with torch.inference_mode():
        together = embed(model, start.reader, texts, part=2)
        alone = torch.cat([embed(model, start.reader, [text]) for text in texts])
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(4), atol=1e-5)
    assert not torch.allclose(together[0], together[1], atol=1e-4)


def learn(start, steps, **options):
    torch.manual_seed(1)
    model = SentenceEncoder(start.network, "mean").train()
    task = ContrastiveTask(model, start.reader, Synonyms(NAMES), batch=6, **options)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    losses = []
    for step in range(steps):
        torch.manual_seed(step)
        loss = task.loss(step, random.Random(step))
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
    return model.eval(), losses, task


@pytest.mark.parametrize("loss", ["infonce", "multi-similarity"])
def test_synonyms_are_found_after_learning(loss):
    texts = [name for names in NAMES for name in names]
    tokens = tokenizer_json(build_vocabulary(texts, min_count=1), 16)
    fresh = make_start("tiny", tokens, ENCODER, max_length=16, device=torch.device("cpu"))
    wanted = NamesToFind(
        tuple(names[0] for names in NAMES),
        tuple(range(len(NAMES))),
        tuple(names[-1] for names in NAMES),
        tuple(frozenset({row}) for row in range(len(NAMES))),
    )
    model, losses, _ = learn(fresh, 60, loss=loss)
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])
    assert first_ranks(model, fresh.reader, wanted)["hit@1"] == 1.0
    assert nearest_concepts(model, fresh.reader, wanted, 2)[0][0] == 0


def test_mined_neighbours_join_the_batch_and_survive_a_stop(start):
    _, _, task = learn(start, 5, hard_share=0.5, mine_every=2)
    state = task.state()
    assert state["neighbours"].shape == (len(NAMES), len(NAMES))
    assert sorted(state["neighbours"][0].tolist()) == list(range(len(NAMES)))
    model = SentenceEncoder(start.network, "mean")
    again = ContrastiveTask(model, start.reader, Synonyms(NAMES), batch=6, hard_share=0.5)
    again.restore(state)
    assert torch.equal(again.state()["neighbours"], state["neighbours"])
    rows = again._rows(random.Random(2))
    assert len(rows) == len(set(rows)) > 3


def test_warm_up_steps_learn_masked_characters(start):
    texts = [name for names in NAMES for name in names]
    _, losses, _ = learn(start, 30, warmup=Warmup(30, texts, batch=12))
    assert sum(losses[-5:]) < sum(losses[:5])


def test_files_of_names_are_joined_and_a_bad_line_is_named(tmp_path):
    one, other = tmp_path / "a.tsv", tmp_path / "b.tsv"
    one.write_text("C1\t头痛\nC2\t恶心\n\n", encoding="utf-8")
    other.write_text("C1\t头疼\n", encoding="utf-8")
    assert read_synonyms([one, other]) == [["头痛", "头疼"], ["恶心"]]
    other.write_text("C1\t头疼\n头痛\n", encoding="utf-8")
    with pytest.raises(TrainingProblem, match="line 2"):
        read_synonyms([one, other])
