"""The published systems by what they are made of: architecture, real sizes, head, and their job.

Sizes are those of the checkpoints' own ``config.json``. ``small`` replaces them where only the way
matters (tests/training/test_systems.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

CODE, RETRIEVE, LINK, TAG, PRETRAIN = "code", "retrieve", "link", "tag", "pretrain"

MACCROBAT_TYPES = (
    "Activity", "Administration", "Age", "Area", "Biological_attribute", "Biological_structure",
    "Clinical_event", "Color", "Coreference", "Date", "Detailed_description",
    "Diagnostic_procedure", "Disease_disorder", "Distance", "Dosage", "Duration", "Family_history",
    "Frequency", "Height", "History", "Lab_value", "Mass", "Medication",
    "Nonbiological_location", "Occupation", "Other_entity", "Other_event", "Outcome",
    "Personal_background", "Qualitative_concept", "Quantitative_concept", "Severity", "Sex",
    "Shape", "Sign_symptom", "Subject", "Texture", "Therapeutic_procedure", "Time", "Volume",
    "Weight",
)  # fmt: skip
BIO_TAGS = ("O", *(f"{place}-{kind}" for kind in MACCROBAT_TYPES for place in "BI"))

BASE_BERT = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
}
SMALL_BERT = {
    "hidden_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 80,
}
MODERN = {
    "vocab_size": 50_368,
    "hidden_size": 768,
    "num_hidden_layers": 22,
    "num_attention_heads": 12,
    "intermediate_size": 1152,
    "max_position_embeddings": 8192,
    "global_attn_every_n_layers": 3,
    "local_attention": 128,
    "pad_token_id": 0,
    "bos_token_id": 2,
    "cls_token_id": 2,
    "eos_token_id": 3,
    "sep_token_id": 3,
}
SMALL_MODERN = {**SMALL_BERT, "num_hidden_layers": 4, "local_attention": 16}


@dataclass(frozen=True, slots=True)
class System:
    """A kind of published checkpoint.

    ``words`` is the real size of the vocabulary (0: as small as it can be); ``shrunk`` replaces
    sizes of ``config``; ``ours`` is the model of this project that does the same; ``pooling`` is
    for encoders.
    """

    key: str
    name: str
    architecture: str
    head: str
    job: str
    words: int
    config: Mapping[str, Any]
    shrunk: Mapping[str, Any]
    ours: str
    pooling: str = ""
    labels: tuple[str, ...] = field(default=())

    @property
    def size(self) -> str:
        """The size in words: layers × hidden, tokens."""
        config = self.config
        layers = config.get("num_hidden_layers", config.get("n_layers"))
        hidden = config.get("hidden_size", config.get("dim"))
        return f"{layers} × {hidden}, {self.words:,} tokens"

    def small(self) -> "System":
        """The same kind in a size that is computed in no time."""
        return replace(self, config={**self.config, **self.shrunk}, words=0)


def _bert(key: str, name: str, words: int, head: str, job: str, ours: str, **more: Any) -> System:
    return System(key, name, "bert", head, job, words, {**BASE_BERT}, SMALL_BERT, ours, **more)


OUR_RERANKER = "m2m-small-zh-1 (4 × 192)"
OUR_TAGGER = "m2m-ner-zh-1 (4 × 256)"
OUR_ENGLISH = "English encoder (`train ship-encoder-en`, 4 × 256)"
OUR_SPANISH = "Spanish encoder (`train ship-encoder-es`, 4 × 256)"
OUR_PRETRAINING = "`training pretrain --from-scratch small`"

SYSTEMS = (
    _bert(
        "s0", "S0 mention2meddra-macbert-base", 21_128, "sequence_classification", CODE,
        OUR_RERANKER, labels=("not_match", "match"),
    ),
    System(
        "s1", "S1 ModernPubMedBERT", "modernbert", "encoder", RETRIEVE, 50_368, MODERN,
        SMALL_MODERN, OUR_ENGLISH, pooling="mean",
    ),
    System(
        "s2-distilbert", "S2 DistilBERT", "distilbert", "token_classification", TAG, 30_522,
        {
            "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
            "max_position_embeddings": 512,
        },
        {"dim": 48, "n_layers": 2, "n_heads": 4, "hidden_dim": 80}, OUR_TAGGER, labels=BIO_TAGS,
    ),
    System(
        "s2-modernbert", "S2 ModernBERT-base", "modernbert", "token_classification", TAG, 50_368,
        MODERN, SMALL_MODERN, OUR_TAGGER, labels=BIO_TAGS,
    ),
    _bert(
        "s2-biomedbert", "S2 BioMedBERT", 30_522, "token_classification", TAG, OUR_TAGGER,
        labels=BIO_TAGS,
    ),
    System(
        "s2-bioformer", "S2 Bioformer-16L", "bert", "token_classification", TAG, 32_768,
        {
            "hidden_size": 384, "num_hidden_layers": 16, "num_attention_heads": 6,
            "intermediate_size": 1536, "max_position_embeddings": 512,
        },
        SMALL_BERT, OUR_TAGGER, labels=BIO_TAGS,
    ),
    _bert(
        "s2-biobert", "S2 BioBERT", 28_996, "token_classification", TAG, OUR_TAGGER,
        labels=BIO_TAGS,
    ),
    System(
        "s3", "S3 MedProcNER bi-encoder", "roberta", "encoder", LINK, 52_000,
        {
            **BASE_BERT, "max_position_embeddings": 514, "type_vocab_size": 1, "pad_token_id": 1,
            "bos_token_id": 0, "eos_token_id": 2,
        },
        SMALL_BERT, OUR_SPANISH, pooling="cls",
    ),
    _bert("s4", "S4 MedBERT", 28_996, "masked", PRETRAIN, OUR_PRETRAINING),
)  # fmt: skip
assert len(MACCROBAT_TYPES) == 41
