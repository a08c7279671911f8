"""Which tokens are hidden, and that perplexity is always of the same ones."""

import math

import pytest
import torch

from m2m_desktop.training.checkpoints import MASKED, make_start
from m2m_desktop.training.masked import MaskedTask, MaskingOptions, perplexity, read_texts
from m2m_desktop.training.masking import hide_tokens
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json

TEXTS = ["患者服药后头痛", "恶心呕吐两次", "全身皮疹瘙痒", "发热", "腹泻三天伴腹痛"]


@pytest.fixture(scope="module")
def start():
    tokens = tokenizer_json(build_vocabulary(TEXTS, min_count=1), 24)
    return make_start("tiny", tokens, MASKED, max_length=24, device=torch.device("cpu"))


def hidden(start, texts, **options):
    inputs = start.reader.inputs(start.reader.encode(texts))
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    changed, where = hide_tokens(ids, mask, start.reader.tokenizer, **options)
    return ids, mask, changed, where


@pytest.mark.parametrize(("share", "most"), [(0.15, 0), (0.5, 0), (0.9, 2), (0.01, 22)])
def test_so_many_tokens_are_hidden_and_no_special_one(start, share, most):
    torch.manual_seed(1)
    ids, mask, changed, where = hidden(start, TEXTS, share=share, most=most)
    assert not (where & (ids < 5)).any()
    assert not (where & ~mask.bool()).any()
    assert torch.equal(ids[~where], changed[~where])
    for text, row in zip(TEXTS, where, strict=True):
        wanted = max(1, round(share * len(text) + 1e-9))
        assert abs(int(row.sum()) - (min(wanted, most) if most else wanted)) <= (0 if most else 1)


def test_most_hidden_tokens_become_masks_and_some_stay(start):
    torch.manual_seed(2)
    mask_id = start.reader.tokenizer.token_to_id("[MASK]")
    counts = torch.zeros(3)
    for _ in range(60):
        ids, _, changed, where = hidden(start, TEXTS, share=0.9)
        before, after = ids[where], changed[where]
        counts += torch.tensor(
            [
                (after == mask_id).sum(),
                (after == before).sum(),
                ((after != mask_id) & (after != before)).sum(),
            ]
        )
    shares = counts / counts.sum()
    assert float(shares[0]) == pytest.approx(0.8, abs=0.05)
    assert float(shares[1]) == pytest.approx(0.1, abs=0.04)
    assert float(shares[2]) == pytest.approx(0.1, abs=0.04)


def test_perplexity_is_repeatable_and_falls_while_texts_are_learnt(start):
    options = MaskingOptions(batch=5)
    before = perplexity(start.network, start.reader, TEXTS, options)
    assert before == perplexity(start.network, start.reader, TEXTS, options)
    assert math.log(before) == pytest.approx(
        math.log(start.reader.tokenizer.get_vocab_size()), rel=0.1
    )
    task = MaskedTask(start.network.train(), start.reader, TEXTS, options)
    optimiser = torch.optim.AdamW(start.network.parameters(), lr=5e-3)
    for step in range(60):
        task.loss(step, None).backward()
        optimiser.step()
        optimiser.zero_grad()
    assert perplexity(start.network, start.reader, TEXTS, options) < 0.5 * before


def test_a_text_has_as_many_masks_as_are_asked_for(start):
    start.network.eval()
    for copies in (1, 3):
        options = MaskingOptions(batch=5, copies=copies)
        task = MaskedTask(start.network, start.reader, TEXTS, options)
        with torch.inference_mode():
            losses = {round(float(task.loss(step, None)), 4) for step in range(12)}
        assert len(losses) == copies


def test_masking_leaves_the_generator_of_the_step_alone(start):
    task = MaskedTask(start.network, start.reader, TEXTS, MaskingOptions())
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    start.network.eval()
    with torch.inference_mode():
        task.loss(0, None)
    assert torch.rand(1) == expected


def test_texts_are_lines_of_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.txt").write_text("一\n\n二\n", encoding="utf-8")
    (tmp_path / "b" / "c.txt").write_text("三", encoding="utf-8")
    assert read_texts(tmp_path) == ["一", "二", "三"]
    assert read_texts(tmp_path / "a.txt") == ["一", "二"]
    (tmp_path / "b" / "c.txt").write_bytes("甲".encode("gbk"))
    with pytest.raises(TrainingProblem, match="cannot be read"):
        read_texts(tmp_path)
