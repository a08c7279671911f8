"""Places of real tokenizers, whatever they do to a text: what is reported is what stands there."""

from itertools import pairwise

import numpy as np
import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from m2m_desktop.core.encoding import TaggedText
from m2m_desktop.core.narratives.tagging import entities_of, read_labels

LABELS = ("O", "B-ADR", "I-ADR")
TEXTS = (
    "患者[皮疹]、[恶心]",
    "ＡＬＴ[升高]，[ﬁbrosis]",
    "😀[头痛]😀👩‍⚕️\r\n[Rash]\r\n",
    "e\u0301 [nau\u0301seas] y [vo\u0301mitos]",
    "[Übelkeit] İ [皮　疹] １２",
    "体温㎏[发热]ﷺ[寒战]",
    "[皮\u200b疹] \u00a0[痒]",
)


def bert():
    """Lower case, no accents, one token a Chinese character, pieces of words."""
    made = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def compatible():
    """Compatibility forms: one character may become several."""
    made = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    one_by_one = pre_tokenizers.Split(Regex("[\u4e00-\u9fff]"), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), one_by_one])
    return made


def bytes_with_spaces(trim_offsets):
    """Bytes of UTF-8, the space before a word a part of it."""
    alphabet = {
        one: number for number, one in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))
    }
    made = Tokenizer(models.BPE(alphabet, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.post_processor = processors.ByteLevel(trim_offsets=trim_offsets)
    made.decoder = decoders.ByteLevel()
    return made


TOKENIZERS = {
    "bert": bert(),
    "nfkc": compatible(),
    "bytes": bytes_with_spaces(trim_offsets=False),
    "bytes-trimmed": bytes_with_spaces(trim_offsets=True),
}


def marked(line):
    text, places = "", []
    for part in line.replace("]", "[").split("["):
        places.append((len(text), len(text) + len(part)))
        text += part
    return text, places[1::2]


def read(tokenizer, text, choose):
    encoding = tokenizer.encode(text)
    offsets = [(start, end) for start, end in encoding.offsets if start < end]
    rows = np.full((len(offsets), 3), 0.01)
    for row, place in enumerate(offsets):
        rows[row, choose(row, place)] = 0.98
    spans = entities_of(text, TaggedText(tuple(offsets), rows), read_labels(LABELS))
    return [(one.start, one.end) for one in spans]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("line", TEXTS)
def test_a_mention_marked_token_by_token_is_found_in_its_place(name, line):
    text, places = marked(line)

    def choose(_row, token):
        for start, end in places:
            bare_start = token[0] + len(text[slice(*token)]) - len(text[slice(*token)].lstrip())
            if start <= bare_start < end:
                return 1 if bare_start == start else 2
        return 0

    found = read(TOKENIZERS[name], text, choose)
    assert [text[start:end].strip("\u200b") for start, end in found] == [
        text[start:end] for start, end in places
    ]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_model_says_places_lie_in_the_text_and_do_not_overlap(name, seed):
    random = np.random.default_rng(seed)
    text, _ = marked("".join(random.permutation(TEXTS)))
    found = read(TOKENIZERS[name], text, lambda row, place: int(random.integers(3)))

    assert found
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
    assert all(one[1] <= two[0] for one, two in pairwise(found))
