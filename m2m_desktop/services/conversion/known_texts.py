"""Texts for models that cannot read the terminology in use, such as an English one beside Chinese names.

A network that sees nothing but unknown words shows neither what its layers are usually fed with, nor
answers by which it could be told from another.
"""

from typing import Any

from m2m_desktop.services.conversion.samples import (
    CALIBRATION_TEXTS,
    COMPARED_TEXTS,
    GOLDEN_TEXTS,
    Samples,
)

_FINDINGS = (
    "severe headache", "skin rash", "nausea and vomiting", "high fever", "liver injury",
    "chest pain", "dry cough", "low blood pressure", "acute renal failure", "itching",
    "swelling of the face", "shortness of breath", "diarrhoea", "blurred vision", "joint pain",
    "anaemia", "hypokalaemia", "gastric bleeding", "insomnia", "allergic shock",
)  # fmt: skip
_SENTENCES = (
    "{}",
    "The patient developed {} two hours after the second dose of the drug.",
    "{} with {}",
    "No history of {}; {} was noted on day 3 and resolved after treatment with 10 mg daily.",
)


def readable(samples: Samples, tokenizer: Any) -> Samples:
    """Give ``samples``, or English texts where most of them are unknown words to the tokenizer.

    Tokenizers that spell everything (bytes) read any text.
    """
    unknown = getattr(tokenizer.model, "unk_token", None)
    if unknown is None:
        return samples
    texts = [texts if len(texts) > 1 else texts[0] for texts in samples.calibration]
    tokens = [
        token
        for one in tokenizer.encode_batch(texts, add_special_tokens=False)
        for token in one.tokens
    ]
    return english_samples() if 2 * tokens.count(unknown) > len(tokens) else samples


def english_samples() -> Samples:
    """Give single texts of different lengths, as `text_samples` does."""
    count = COMPARED_TEXTS + CALIBRATION_TEXTS
    findings = len(_FINDINGS)
    texts = [
        (
            _SENTENCES[(place + place // findings) % len(_SENTENCES)].format(
                _FINDINGS[place % findings], _FINDINGS[(place + 7) % findings]
            ),
        )
        for place in range(count)
    ]
    groups = tuple((one,) for one in texts[:COMPARED_TEXTS])
    golden = tuple(texts[:GOLDEN_TEXTS])
    return Samples(tuple(texts[COMPARED_TEXTS:]), groups, golden)
