"""Losses, masks and batches against slow and plain versions; and that the loss goes down."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from m2m_desktop.training.batches import score_pairs, stack, torch_score
from m2m_desktop.training.network import BertShape, CrossEncoder
from m2m_desktop.training.pretrain import MASKED_SHARE, mask_tokens, pretrain
from m2m_desktop.training.train import TrainingPlan, group_loss, train


def small_model(ingredients, seed=1):
    torch.manual_seed(seed)
    shape = BertShape(
        len(ingredients.vocabulary),
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
    )
    return CrossEncoder(shape)


def naive_group_loss(logits, labels, owners):
    """The same, group by group, as one would write it down."""
    pairwise = [
        -math.log(math.exp(row[label]) / sum(map(math.exp, row)))
        for row, label in zip(logits, labels, strict=True)
    ]
    listwise = []
    for owner in sorted(set(owners)):
        margins = [row[1] - row[0] for row, o in zip(logits, owners, strict=True) if o == owner]
        golds = [label for label, o in zip(labels, owners, strict=True) if o == owner]
        weights = [math.exp(margin) for margin in margins]
        if any(golds):
            gold = sum(weight for weight, label in zip(weights, golds, strict=True) if label)
            listwise.append(-math.log(gold / sum(weights)))
    mean = sum(pairwise) / len(pairwise)
    return mean + 0.5 * (sum(listwise) / len(listwise) if listwise else 0)


@pytest.mark.parametrize("seed", range(20))
def test_group_loss_equals_the_naive_one(seed):
    rng = random.Random(seed)
    owners = [group for group in range(rng.randint(1, 6)) for _ in range(rng.randint(1, 5))]
    labels = [int(rng.random() < 0.4) for _ in owners]
    logits = [[rng.gauss(0, 3), rng.gauss(0, 3)] for _ in owners]
    loss = group_loss(torch.tensor(logits), torch.tensor(labels), torch.tensor(owners))
    assert float(loss) == pytest.approx(naive_group_loss(logits, labels, owners), rel=1e-4)


def test_group_loss_of_groups_without_gold_is_the_pairwise_part_and_has_a_gradient():
    logits = torch.randn(4, 2, requires_grad=True)
    labels = torch.zeros(4, dtype=torch.long)
    loss = group_loss(logits, labels, torch.tensor([0, 0, 1, 1]))
    expected = functional.cross_entropy(logits, labels)
    assert loss.item() == pytest.approx(expected.item())
    loss.backward()
    assert torch.isfinite(logits.grad).all()


def test_group_loss_survives_huge_margins():
    logits = torch.tensor([[-500.0, 500.0], [500.0, -500.0]], requires_grad=True)
    loss = group_loss(logits, torch.tensor([0, 1]), torch.tensor([0, 0]))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()


# -- masks -----------------------------------------------------------------------------------------


def some_ids(rows=200, length=50):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, 300, (rows, length), generator=generator)
    ids[:, 0], ids[:, 30] = 2, 3
    mask = torch.ones_like(ids)
    ids[:, 31:], mask[:, 31:] = 0, 0
    return ids, mask


def test_masks_obey_the_laws_of_bert():
    ids, mask = some_ids()
    changed, where = mask_tokens(ids, mask, 4, 300, torch.Generator().manual_seed(1))
    open_places = mask.bool() & (ids >= 5)
    assert not (where & ~open_places).any()  # neither padding nor special tokens
    assert torch.equal(changed[~where], ids[~where])
    assert float(where.sum() / open_places.sum()) == pytest.approx(MASKED_SHARE, abs=0.02)
    hidden = changed[where]
    assert float((hidden == 4).float().mean()) == pytest.approx(0.8, abs=0.03)
    strange = (hidden != 4) & (hidden != ids[where])
    assert float(strange.float().mean()) == pytest.approx(0.1, abs=0.03)
    assert hidden.min() >= 4
    assert hidden.max() < 300


def test_masks_are_the_same_for_the_same_seed():
    ids, mask = some_ids()
    first, second, third = (
        mask_tokens(ids, mask, 4, 300, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.equal(first[1], third[1])


# -- batches ---------------------------------------------------------------------------------------


def test_stacked_rows_are_padded_to_the_longest(ingredients):
    tokenizer = ingredients.tokenizer()
    encodings = tokenizer.encode_batch([("头痛", "PT: 头痛"), ("头", "PT: 恶心呕吐")])
    ids, types, mask = stack(encodings)
    assert ids.shape == types.shape == mask.shape == (2, len(encodings[1].ids))
    for row, encoding in enumerate(encodings):
        length = len(encoding.ids)
        assert ids[row, :length].tolist() == encoding.ids
        assert types[row, :length].tolist() == encoding.type_ids
        assert mask[row].tolist() == [1] * length + [0] * (ids.shape[1] - length)
        assert not ids[row, length:].any()


def test_pairs_scored_in_batches_by_length_come_back_in_their_order(ingredients, groups):
    model, tokenizer = small_model(ingredients).eval(), ingredients.tokenizer()
    pairs = [(g.mention, text) for g in groups[:12] for text in g.candidates]
    with torch.inference_mode():
        together = score_pairs(model, tokenizer, pairs, batch_size=7)
        alone = torch.cat([score_pairs(model, tokenizer, [pair]) for pair in pairs])
    assert torch.allclose(together, alone, atol=1e-5)
    score = torch_score(model, tokenizer)
    mention, texts = groups[0].mention, groups[0].candidates
    assert score(mention, texts) == pytest.approx(together[: len(texts)].numpy(), abs=1e-5)
    assert score(mention, ()).shape == (0, 2)


# -- learning --------------------------------------------------------------------------------------


def test_thirty_steps_on_the_demo_dictionary_lower_the_loss(ingredients, capsys):
    model, tokenizer = small_model(ingredients), ingredients.tokenizer()
    stream = ingredients.groups(random.Random(1))
    held = [next(stream) for _ in range(40)]
    pairs = [(group.mention, text) for group in held for text in group.candidates]
    labels = torch.tensor([label for group in held for label in group.labels])
    owners = torch.tensor([row for row, group in enumerate(held) for _ in group.labels])

    def loss(scored):
        with torch.inference_mode():
            return float(group_loss(score_pairs(scored.eval(), tokenizer, pairs), labels, owners))

    calls = []
    before = loss(model)
    averaged = train(
        model,
        tokenizer,
        stream,
        TrainingPlan(30, groups_per_step=8, learning_rate=2e-3),
        evaluate=lambda average, step: calls.append((step, average.training)),
        evaluate_every=20,
    )
    assert calls == [(20, False), (30, False)]
    assert loss(model) < before - 0.05
    assert loss(averaged) < before
    assert not averaged.training


def test_training_twice_with_the_same_seed_gives_the_same_model(ingredients):
    def trained():
        model = small_model(ingredients)
        groups = ingredients.groups(random.Random(1))
        plan = TrainingPlan(3, groups_per_step=4)
        return train(model, ingredients.tokenizer(), groups, plan).state_dict()

    first, second = trained(), trained()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("steps", [1, 2, 10, 30])
def test_the_warm_up_learns_characters_at_any_length(ingredients, steps, capsys):
    losses = pretrain(
        small_model(ingredients),
        ingredients.tokenizer(),
        ingredients.warm_up_texts,
        steps=steps,
        batch_size=16,
        learning_rate=3e-3,
        seed=1,
    )
    assert len(losses) == steps
    assert np.isfinite(losses).all()
    if steps == 30:
        assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.3


def test_the_learning_rate_rises_then_falls(ingredients, monkeypatch):
    seen = []
    real = torch.optim.AdamW.step

    def step(self, *arguments, **options):
        seen.append(self.param_groups[0]["lr"])
        return real(self, *arguments, **options)

    monkeypatch.setattr(torch.optim.AdamW, "step", step)
    groups = ingredients.groups(random.Random(1))
    plan = TrainingPlan(20, groups_per_step=1, warmup_share=0.25)
    train(small_model(ingredients), ingredients.tokenizer(), groups, plan)
    top = seen.index(max(seen))
    assert max(seen) == pytest.approx(plan.learning_rate)
    assert all(a < b for a, b in pairwise(seen[: top + 1]))
    assert all(a >= b for a, b in pairwise(seen[top:]))
