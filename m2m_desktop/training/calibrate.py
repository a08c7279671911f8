"""``calibrate``: what a reranker's probabilities mean where an encoder proposes beside wording.

The development mentions are coded over a release by the program's own way of coding, the weights
fitted on its candidates (`core.calibration.WithEncoder`) and written into the reranker's bundle. How
good that is, is measured on mentions that were left out of the fit. Needs no torch.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from m2m_desktop.core.calibration import Calibration, Figures, WithEncoder, figures
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.evaluation.mentions import set_tally
from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.pipeline import Pipeline
from m2m_desktop.core.progress import silent
from m2m_desktop.core.ranking_model import RankingModel, nearness_of
from m2m_desktop.core.records import CodingResult, Mention, TermLevel
from m2m_desktop.core.retrieval import Proposal
from m2m_desktop.services.bundle_files import ModelUnsupported, folder_reader, read_manifest
from m2m_desktop.services.bundle_writer import set_calibration
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.training.evaluate import read_gold
from m2m_desktop.training.fitting import fit_logistic
from m2m_desktop.training.kept_answers import KeptFirstStages, KeptOpinions

FOLDS = 10
UNKNOWN = 4
"""Of so many mentions one is learnt from as if the release had no term for it: without such, a fit
never sees a nearest candidate that is wrong to select."""
SEED = 20261121
_FLOOR = 1e-12

Fit = Callable[["Sequence[Coded]"], Calibration]


@dataclass(frozen=True)
class Coded:
    """One mention, its candidates as a way of coding sees them, and its right PT rows.

    ``opinions`` are what the model says by itself of the proposals.
    """

    mention: str
    gold: frozenset[int]
    proposals: tuple[Proposal, ...]
    opinions: Figures

    @property
    def labels(self) -> Figures:
        """1 for each proposal that is right."""
        return np.array([float(one.pt_row in self.gold) for one in self.proposals])

    @property
    def shares(self) -> Figures:
        """The share of each proposal."""
        return np.array([one.share for one in self.proposals])


def without_answer(one: Coded) -> Coded:
    """Give the same mention over a release that lacks what it means: others are the best there."""
    places = [n for n, own in enumerate(one.proposals) if own.pt_row not in one.gold]
    left = [one.proposals[place] for place in places]
    texts = {own.text for own in left}
    nearest = {text: min(own.behind for own in left if own.text == text) for text in texts}
    top = {text: max(own.share for own in left if own.text == text) or 1.0 for text in texts}
    proposals = tuple(
        replace(own, share=own.share / top[own.text], behind=own.behind - nearest[own.text])
        for own in left
    )
    return Coded(one.mention, frozenset(), proposals, one.opinions[places])


@dataclass(frozen=True, slots=True)
class Scores:
    """hit@1 of mentions with a right PT, right sets and log loss a mention, over all of them.

    ``left_alone`` is the share of mentions for which nothing would be selected if the release lacked
    what they mean.
    """

    hit: float
    right_sets: float
    loss: float
    left_alone: float

    def line(self, name: str) -> str:
        """A row of the table."""
        figures = f"{self.hit:>8.3f}{self.right_sets:>8.3f}{self.left_alone:>8.3f}"
        return f"{name:<36}{figures}{self.loss:>10.3f}"


def add_calibrating(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``calibrate``."""
    one = commands.add_parser("calibrate", help="fit a reranker's probabilities to an encoder")
    one.add_argument("bundle", type=Path, help="bundle folder of the reranker, changed in place")
    one.add_argument("--encoder", required=True, help="bundle folder of the encoder")
    one.add_argument("--data", type=Path, required=True, help="folder of the open sources")
    one.add_argument("--release", type=Path, required=True, help="release to code over")
    one.add_argument("--dry-run", action="store_true", help="only say how good it would be")
    one.set_defaults(run=calibrate)


def calibrate(options: argparse.Namespace) -> int:
    """Fit, print the table, and write."""
    calibration, scores = fitted(options.bundle, options.encoder, options.data, options.release)
    print(calibration)
    if not options.dry_run:
        set_calibration(options.bundle, calibration, scores)
    return 0


def fitted(
    bundle: Path, encoder: str, data: Path, release: Path
) -> tuple[Calibration, dict[str, float]]:
    """Give the whole calibration of a bundle beside an encoder, and what it earns; print a table.

    ModelUnsupported where the bundle's probabilities are to be taken as they are.
    """
    plain = read_manifest(folder_reader(bundle), bundle).info.calibration
    if plain is None:
        detail = message(N_("its probabilities are taken as they are; there is nothing to fit"))
        raise ModelUnsupported(path=bundle, detail=detail)
    with TemporaryDirectory() as home:
        folders = {name: Path(home) / name for name in ("data", "cache", "config", "logs")}
        engine = Engine(Locations(**folders, resources=resources()))
        options = CodingOptions(
            str(release / "chinese"), str(bundle), mode="full", encoder="none", keeps_scores=False
        )
        engine.embed_terminology(options.terminology, encoder, silent)
        ways = [engine.pipeline(replace(options, encoder=one)) for one in ("none", encoder)]
        gold = read_gold(
            data / "mentions" / "zh_dev.tsv", release / "oae_to_pt.tsv", ways[0].terminology
        )
        kept = KeptOpinions()
        wording, meaning = (
            replace(way, retriever=KeptFirstStages(way.retriever), kept=kept) for way in ways
        )
        rows = [
            ("by wording", wording, fit_plain),
            ("by wording and meaning", meaning, fit_plain),
            ("the same, with cosines", meaning, lambda coded: beside(plain, meaning, coded)),
        ]
        print(
            f"{len(gold)} mentions, {FOLDS} folds{'':<16}{'hit@1':>8}{'set':>8}{'alone':>8}{'log loss':>10}"
        )
        told = {}
        for name, way, fit in rows:
            told[name] = cross_validated(way, gold, fit)
            print(told[name].line(name), flush=True)
        best = told["the same, with cosines"]
        scores = {f"hit@1 with {meaning.run.encoder_id}": round(best.hit, 4)}
        return beside(plain, meaning, coded_by(meaning, gold)), scores


def fit_plain(coded: "Sequence[Coded]") -> Calibration:
    """Fit a calibration to what was coded, without cosines."""
    labels = np.concatenate([one.labels for one in coded])
    columns = [figures(one.opinions, one.shares) for one in coded]
    bias, margin, share = fit_logistic(_joined(columns), labels)
    return Calibration(bias, margin, share)


def beside(plain: Calibration, way: Pipeline, coded: "Sequence[Coded]") -> Calibration:
    """Fit what stands in the place of ``plain`` where a candidate has a cosine."""
    open_ones = [one for one in coded if not np.isnan(nearness_of(one.proposals).cosines).any()]
    if not open_ones:
        raise BadRequest(detail=message(N_("every mention is a name of this release")))
    learnt = [*open_ones, *map(without_answer, open_ones[::UNKNOWN])]
    labels = np.concatenate([one.labels for one in learnt])
    columns = [figures(one.opinions, one.shares, nearness_of(one.proposals)) for one in learnt]
    weights = fit_logistic(_joined(columns), labels)
    return replace(plain, with_encoder=WithEncoder(way.run.encoder_hash, *weights))


def _joined(columns: Sequence[tuple[Figures, ...]]) -> list[Figures]:
    return [np.concatenate(column) for column in zip(*columns, strict=True)]


def coded_by(way: Pipeline, gold: "dict[str, frozenset[int]]") -> list[Coded]:
    """Give the candidates of all mentions and what the model says of them by itself."""
    assert way.reranker is not None
    texts = CandidateTexts(way.terminology, way.template)
    model = RankingModel(way.reranker, texts, Calibration(0.0, 1.0, 0.0), way.kept)
    found = []
    for mention, rows in gold.items():
        question = way.question(Mention("", mention))
        proposals = way.look(question).first.proposals
        opinions = model.score(question.text, proposals).opinions
        found.append(Coded(mention, rows, proposals, opinions))
    return found


def cross_validated(way: Pipeline, gold: "dict[str, frozenset[int]]", fit: Fit) -> Scores:
    """Judge a fit by mentions that it has not seen, each fold of them by the fit on the others."""
    coded = [one for one in coded_by(way, gold) if one.proposals]
    codes = way.terminology.codes(TermLevel.PT)
    folds = [place % FOLDS for place in range(len(coded))]
    random.Random(SEED).shuffle(folds)
    results: list[CodingResult] = []
    wanted: list[frozenset[str]] = []
    left_alone: list[bool] = []
    for fold in range(FOLDS):
        seen = [one for one, own in zip(coded, folds, strict=True) if own != fold]
        calibration = fit(seen)
        judge = replace(way, calibration=calibration)
        for one, own in zip(coded, folds, strict=True):
            if own == fold:
                results.append(judge.code(Mention("", one.mention)))
                wanted.append(frozenset(codes[row] for row in one.gold))
                other = without_answer(one)
                nearness = nearness_of(other.proposals)
                likely = calibration.apply(other.opinions, other.shares, nearness)
                left_alone.append(not (likely >= way.run.threshold).any())
    orders = [[c.pt.code for c in one.candidates] for one in results]
    selected = [frozenset(one.selected) for one in results]
    named = [place for place, right in enumerate(wanted) if right]
    return Scores(
        hit_rates([orders[place] for place in named], [wanted[place] for place in named], (1,))[1],
        set_tally(selected, wanted).values()["exact_set_match"],
        float(np.mean([_loss(*pair) for pair in zip(results, wanted, strict=True)])),
        float(np.mean(left_alone)),
    )


def _loss(result: CodingResult, right: frozenset[str]) -> float:
    """Say how far the probabilities of all candidates are from the truth, in nats."""
    told = [(c.probability or 0.0, c.pt.code in right) for c in result.candidates]
    likely: Figures = np.array([p if is_right else 1 - p for p, is_right in told])
    return -float(np.log(np.clip(likely, _FLOOR, 1.0)).sum())
