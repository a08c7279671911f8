"""Checkpoint folders as they are left behind: for this program, transformers and others."""

import json
import shutil
from pathlib import Path

from m2m_desktop.training.checkpoints import Checkpoint


def save_checkpoint(folder: Path, checkpoint: Checkpoint, *, pooling: str = "") -> None:
    """Write config, weights and tokenizer; with ``pooling`` also the sentence-transformers files."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint.network.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(checkpoint.tokenizer_json, encoding="utf-8")
    length = checkpoint.reader.max_length
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": length,
            **_special_tokens(checkpoint),
        },
    )
    if pooling:
        _save_pooling(folder, pooling, checkpoint.config.hidden_size, length)


def _save_pooling(folder: Path, pooling: str, hidden: int, length: int) -> None:
    steps = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {
            "idx": place,
            "name": str(place),
            "path": path,
            "type": f"sentence_transformers.models.{kind}",
        }
        for place, (path, kind) in enumerate(steps)
    ]
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": length, "do_lower_case": False})
    for path, _ in steps[1:]:
        shutil.rmtree(folder / path, ignore_errors=True)
        (folder / path).mkdir()
    _write(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": hidden,
            "pooling_mode_cls_token": pooling == "cls",
            "pooling_mode_mean_tokens": pooling == "mean",
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )


def _special_tokens(checkpoint: Checkpoint) -> dict[str, str]:
    """Name the special tokens that the tokenizer has, so that other programs pad alike."""
    tokenizer = checkpoint.reader.tokenizer
    known = {"[UNK]": "unk", "[SEP]": "sep", "[PAD]": "pad", "[CLS]": "cls", "[MASK]": "mask"}
    bytes_known = {"<unk>": "unk", "</s>": "sep", "<pad>": "pad", "<s>": "cls", "<mask>": "mask"}
    return {
        f"{role}_token": token
        for token, role in {**known, **bytes_known}.items()
        if tokenizer.token_to_id(token) is not None
    }


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
