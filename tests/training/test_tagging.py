"""Marked texts: read, turned into tags of tokens, and read back from them."""

import itertools
import random

import pytest
import torch

from m2m_desktop.training.checkpoints import ENCODER, NER, lengthen, make_start
from m2m_desktop.training.ner import IGNORED, TagTask, judge, spans_of, tag_names, windows_of
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.tagged import Span, Tagged, named_kinds, read_tagged, without_overlaps
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json

TEXT = "患者服药后头痛，伴恶心呕吐，无发热。"
SPANS = (
    Span(5, 7, "symptom"),
    Span(9, 11, "symptom"),
    Span(11, 13, "symptom"),
    Span(15, 17, "sign"),
)


@pytest.fixture(scope="module")
def start():
    tokens = tokenizer_json(build_vocabulary([TEXT], min_count=1), 16)
    return make_start(
        "tiny", tokens, NER, max_length=16, device=torch.device("cpu"), labels=("O", "B-x", "I-x")
    )


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_tags_of_a_text_are_read_back_as_its_entities(start, scheme):
    one = Tagged(TEXT[:13], SPANS[:3])
    names = tag_names([one], scheme)
    (window,) = windows_of(start.reader, one, names)
    assert window.tags[0] == window.tags[-1] == IGNORED
    assert spans_of(window.offsets, window.tags, names) == set(SPANS[:3])


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_any_entities_are_read_back(start, scheme):
    rng = random.Random(7)
    for _ in range(200):
        cuts = sorted(rng.sample(range(14), rng.randint(2, 7)))
        spans = tuple(
            Span(a, b, rng.choice("ab")) for a, b in itertools.pairwise(cuts) if rng.random() < 0.6
        )
        names = tag_names([Tagged("", (Span(0, 1, "a"), Span(0, 1, "b")))], scheme)
        (window,) = windows_of(start.reader, Tagged(TEXT[:14], spans), names)
        assert spans_of(window.offsets, window.tags, names) == set(spans)


def test_a_long_text_is_cut_into_windows_that_overlap(start):
    one = Tagged(
        TEXT * 3,
        tuple(Span(s.start + 18 * n, s.end + 18 * n, s.kind) for n in range(3) for s in SPANS),
    )
    names = tag_names([one], "bio")
    plain, overlapping = (windows_of(start.reader, one, names, stride=s) for s in (0, 4))
    assert len(overlapping) > len(plain) > 1
    seen = [
        o
        for window in plain
        for o, tag in zip(window.offsets, window.tags, strict=True)
        if tag != IGNORED
    ]
    assert seen == [(place, place + 1) for place in range(len(one.text))]
    assert all(len(window.ids) <= 16 for window in overlapping)
    # the reader cuts pairs as before
    assert len(start.reader.encode(["头" * 99])[0].ids) == 16


def test_an_entity_without_a_beginning_begins_where_it_is_seen():
    names = ("O", "B-a", "I-a", "B-b", "I-b")
    offsets = [(place, place + 1) for place in range(6)]
    assert spans_of(offsets, [2, 2, 0, 1, 4, 4], names) == {
        Span(0, 2, "a"),
        Span(3, 4, "a"),
        Span(4, 6, "b"),
    }


def test_a_tagger_learns_a_text_by_heart(start):
    one = Tagged(TEXT[:14], (Span(5, 7, "x"), Span(9, 11, "x")))
    names = ("O", "B-x", "I-x")
    windows = windows_of(start.reader, one, names)
    task = TagTask(start.network.train(), start.reader, windows, batch=2, seed=1)
    assert task.steps_per_epoch == 1
    optimiser = torch.optim.AdamW(start.network.parameters(), lr=5e-3)
    for step in range(80):
        loss = task.loss(step, random.Random())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    figures = judge(start.network.eval(), start.reader, windows, names)
    assert figures == {"f1": 1.0, "precision": 1.0, "recall": 1.0, "f1 x": 1.0}


def test_a_network_is_lengthened_without_another_answer_to_short_texts():
    tokens = tokenizer_json(build_vocabulary([TEXT], min_count=1), 16)
    short = make_start("tiny", tokens, ENCODER, max_length=16, device=torch.device("cpu"))
    short.network.eval()
    inputs = short.reader.inputs(short.reader.encode([TEXT[:10]]))
    with torch.inference_mode():
        before = short.network(**inputs).last_hidden_state
        longer = lengthen(short, 40)
        after = longer.network(**inputs).last_hidden_state
        long = longer.reader.inputs(longer.reader.encode([TEXT * 3]))
        assert longer.network(**long).last_hidden_state.shape == (1, 40, 32)
    assert torch.allclose(before, after, atol=1e-6)


def test_with_waves_a_place_resembles_its_neighbours_most():
    tokens = tokenizer_json(build_vocabulary([TEXT], min_count=1), 16)
    short = make_start("tiny", tokens, ENCODER, max_length=16, device=torch.device("cpu"))
    words = short.network.embeddings.word_embeddings.weight[5:].norm(dim=1).mean()
    places = lengthen(short, 40, waves=True).network.embeddings.position_embeddings.weight
    assert torch.allclose(places.norm(dim=1), 0.7 * words.expand(40), rtol=1e-4)
    alike = places @ places.T
    assert alike[20, 21] > alike[20, 22]
    assert alike[20, 22] > alike[20, 30]
    assert alike[20].argsort(descending=True)[:3].sort().values.tolist() == [19, 20, 21]


# -- files -----------------------------------------------------------------------------------------


def test_characters_and_words_are_joined_as_they_were_written(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "头 B_症状\n痛 I_症状\n， O\n吐 B_症状\n\n恶 B_症状\n心 I_症状", encoding="utf-8"
    )
    assert read_tagged(path) == [
        Tagged("头痛，吐", (Span(0, 2, "症状"), Span(3, 4, "症状"))),
        Tagged("恶心", (Span(0, 2, "症状"),)),
    ]
    path.write_text("Severe\tO\nchest\tB-S\npain\tI-S\nrash\tB-S\n", encoding="utf-8")
    (one,) = read_tagged(path, {"S": "symptom"})
    assert [one.text[s.start : s.end] for s in one.spans] == ["chest pain", "rash"]
    assert {s.kind for s in one.spans} == {"symptom"}
    assert read_tagged(path, {"T": "T"})[0].spans == ()


def test_tags_with_ends_and_singles_are_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a S-x\nb B-x\nc I-x\nd E-x\ne S-y", encoding="utf-8")
    assert read_tagged(path)[0].spans == (Span(0, 1, "x"), Span(1, 4, "x"), Span(4, 5, "y"))


@pytest.mark.parametrize("line", ["头痛", "头 X-y", "头 B"])
def test_a_line_that_is_no_token_is_named(tmp_path, line):
    path = tmp_path / "a.txt"
    path.write_text(f"头 O\n{line}\n", encoding="utf-8")
    with pytest.raises(TrainingProblem, match="line 2"):
        read_tagged(path)


def test_brat_folders_are_read_and_overlaps_settled(tmp_path):
    (tmp_path / "1.txt").write_text("chest pain, rash", encoding="utf-8")
    (tmp_path / "1.ann").write_text(
        "T1\tSign 0 10\tchest pain\nT2\tPlace 0 5\tchest\nE1\tSign:T1\nT3\tSign 12 14;15 16\trash\n",
        encoding="utf-8",
    )
    assert read_tagged(tmp_path) == [
        Tagged("chest pain, rash", (Span(0, 10, "Sign"), Span(12, 16, "Sign")))
    ]
    (tmp_path / "1.ann").write_text("T1\tSign x y\tz\n", encoding="utf-8")
    with pytest.raises(TrainingProblem, match="T1"):
        read_tagged(tmp_path)


def test_kinds_are_named_as_typed():
    assert named_kinds(["a", "b=c"]) == {"a": "a", "b": "c"}
    assert named_kinds(None) is None
    assert without_overlaps([Span(2, 4, "a"), Span(0, 3, "b")]) == [Span(0, 3, "b")]
