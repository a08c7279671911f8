"""``prepare pairs``, ``prepare synonyms`` and ``prepare ner``: from what one has to training data."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from m2m_desktop.core.terminology import Terminology
from m2m_desktop.training import prepared, splits
from m2m_desktop.training.options import add_template, template_of
from m2m_desktop.training.pairs import Pair, by_mention, read_pairs, write_pairs
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.tagged import Tagged, named_kinds, read_tagged

PARTS = (splits.TRAIN, splits.DEV, splits.TEST)


def add_prepare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``prepare`` and what follows it."""
    kinds = commands.add_parser("prepare", help="make training data").add_subparsers(
        dest="kind", required=True
    )
    one = kinds.add_parser("pairs", help="pairs for a reranker, in train, dev and test")
    _add_sources(one)
    add_template(one)
    one.add_argument("--pairs", type=Path, nargs="*", default=[], help="pair files to split anew")
    one.add_argument("--negatives", type=int, default=9, help="wrong candidates a mention")
    one.set_defaults(run=prepare_pairs)
    one = kinds.add_parser("synonyms", help="concept TAB name lines for an encoder")
    _add_sources(one)
    one.set_defaults(run=prepare_synonyms)
    one = kinds.add_parser("ner", help="marked texts as one character a line")
    one.add_argument("--texts", type=Path, nargs="+", required=True, help="tag files, brat folders")
    one.add_argument("--kinds", nargs="*", help="TYPE or TYPE=NAME to keep; all where left out")
    one.add_argument("--held-out", type=float, default=0.1, help="share for dev, and for test")
    one.add_argument("--seed", type=int, default=42)
    one.add_argument("--out", type=Path, required=True)
    one.set_defaults(run=prepare_ner)


def _add_sources(one: argparse.ArgumentParser) -> None:
    one.add_argument("--project", type=Path, nargs="*", default=[], help="reviewed projects")
    one.add_argument("--terminology", default="", help="id of an imported one, or its folder")
    one.add_argument("--with-release", action="store_true", help="its own LLTs as mentions, too")
    one.add_argument("--held-out-concepts", type=float, default=0.1, help="share for dev, and test")
    one.add_argument("--held-out-mentions", type=float, default=0.1, help="share for dev, and test")
    one.add_argument("--seed", type=int, default=42)
    one.add_argument("--out", type=Path, required=True, help="folder for the files")


def prepare_pairs(options: argparse.Namespace) -> int:
    """Write ``train.jsonl``, ``dev.jsonl``, ``test.jsonl`` and ``prepared.json``."""
    template = template_of(options)
    written: dict[str, list[Pair]] = {part: [] for part in PARTS}
    counts: Counter[str] = Counter()
    if options.pairs:
        groups = [
            group for path in options.pairs for group in by_mention(read_pairs(path, template))
        ]
        mentions = [(group[0].mention, group[0].gold) for group in groups]
        for group, split in zip(groups, _split(mentions, options), strict=True):
            counts[f"{split.part} {split.why}".strip()] += 1
            written[split.part].extend(group)
    if options.project or options.with_release:
        terminology = prepared.open_terminology(options.terminology)
        maker = prepared.PairMaker(terminology, template, negatives=options.negatives)
        found = [one for one in _mentions(options, terminology) if maker.known(one)]
        chosen = _split([(one.text, one.gold) for one in found], options)
        for number, (one, split) in enumerate(zip(found, chosen, strict=True)):
            counts[f"{split.part} {split.why}".strip()] += 1
            written[split.part].extend(maker.pairs(number, one, split))
            if number % 1000 == 999:
                print(f"{number + 1}/{len(found)} mentions", flush=True)
    if not counts:
        raise TrainingProblem(
            "There is nothing to prepare.", "Give --project, --with-release or --pairs."
        )
    options.out.mkdir(parents=True, exist_ok=True)
    for part, pairs in written.items():
        write_pairs(options.out / f"{part}.jsonl", pairs)
    return _told(options.out, counts, {"template": template.key, "seed": options.seed})


def prepare_synonyms(options: argparse.Namespace) -> int:
    """Write ``names.tsv`` to learn from, ``dev.tsv`` and ``test.tsv`` of the projects' mentions."""
    terminology = prepared.open_terminology(options.terminology)
    found = [one for path in options.project for one in prepared.read_project(path)]
    single = [one for one in prepared.merged(found) if len(one.gold) == 1]
    chosen = _split([(one.text, one.gold) for one in single], options)
    parts = {
        part: [one for one, split in zip(single, chosen, strict=True) if split.part == part]
        for part in PARTS
    }
    options.out.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    lines = dict.fromkeys(prepared.synonym_lines(parts[splits.TRAIN], terminology))
    _write_lines(options.out / "names.tsv", list(lines))
    counts["names"] = len(lines)
    for part in (splits.DEV, splits.TEST):
        _write_lines(options.out / f"{part}.tsv", [(one.gold[0], one.text) for one in parts[part]])
        counts[part] = len(parts[part])
    return _told(options.out, counts, {"seed": options.seed})


def prepare_ner(options: argparse.Namespace) -> int:
    """Write ``train.txt``, ``dev.txt`` and ``test.txt``, one character and its tag a line."""
    kinds = named_kinds(options.kinds)
    texts = [one for path in options.texts for one in read_tagged(path, kinds)]
    shares = splits.Shares(concepts=0.0, mentions=options.held_out)
    chosen = splits.split_mentions([(one.text, ()) for one in texts], shares, seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    for part in PARTS:
        own = [one for one, split in zip(texts, chosen, strict=True) if split.part == part]
        counts[part] = len(own)
        content = "\n".join("".join(_tag_lines(one)) for one in own)
        (options.out / f"{part}.txt").write_text(content, encoding="utf-8")
    return _told(options.out, counts, {"seed": options.seed})


def _tag_lines(one: Tagged) -> Sequence[str]:
    tags = ["O"] * len(one.text)
    for span in one.spans:
        tags[span.start] = f"B-{span.kind}"
        for place in range(span.start + 1, span.end):
            tags[place] = f"I-{span.kind}"
    return [
        f"{character} {tag}\n"
        for character, tag in zip(one.text, tags, strict=True)
        if not character.isspace()
    ]


def _mentions(options: argparse.Namespace, terminology: Terminology) -> list[prepared.Mention]:
    found = [one for path in options.project for one in prepared.read_project(path)]
    if options.with_release:
        found += prepared.read_release_mentions(terminology)
    return prepared.merged(found)


def _split(
    mentions: Sequence[tuple[str, Sequence[str]]], options: argparse.Namespace
) -> list[splits.Split]:
    shares = splits.Shares(options.held_out_concepts, options.held_out_mentions)
    try:
        return splits.split_mentions(mentions, shares, seed=options.seed)
    except ValueError as error:
        raise TrainingProblem(
            "Too much is held out.", "Each share must be at least 0 and below 0.4."
        ) from error


def _write_lines(path: Path, lines: Sequence[tuple[str, str]]) -> None:
    path.write_text("".join(f"{one}\t{other}\n" for one, other in lines), encoding="utf-8")


def _told(folder: Path, counts: Counter[str], more: dict[str, object]) -> int:
    content = {"mentions": dict(sorted(counts.items())), **more}
    (folder / "prepared.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1), "utf-8"
    )
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    print(f"written: {folder}")
    return 0
