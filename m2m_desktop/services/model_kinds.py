"""What models there are: by what they are for, and by how their weights are stored."""

import re

RERANKER, ENCODER, NER = "reranker", "encoder", "ner"
KINDS = (RERANKER, ENCODER, NER)

INT8, FLOAT32 = "int8", "fp32"
PRECISIONS = (INT8, FLOAT32)

_LANGUAGES = {"zh": "Chinese", "en": "English", "es": "Spanish", "ja": "Japanese"}
_SPOKEN = re.compile(r"-(zh|en|es|ja)(?=[-.]|$)")


def spoken_language(model_id: str) -> str:
    """Give the language of a model where its id tells (m2m-encoder-zh-1); "" for any."""
    found = _SPOKEN.search(model_id)
    return _LANGUAGES[found[1]] if found else ""
