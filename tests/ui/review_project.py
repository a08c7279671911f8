"""Real project files for tests of review: invented phrases, coded with the toy engine's terms."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem, NewSource

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
SOURCE = NewSource("导出.xlsx", "ab" * 32, "/data/导出.xlsx", {}, {"rows": 12})
NAMES = {"90000001": "皮疹", "90000002": "瘙痒", "90000003": "荨麻疹", "90000004": "恶心"}
SOCS = {
    "90000001": ("91000001", "皮肤病"),
    "90000002": ("91000001", "皮肤病"),
    "90000003": ("91000002", "免疫病"),
    "90000004": ("91000003", "胃肠病"),
}
RUN = {
    "terminology_id": "demo",
    "terminology_name": "toy",
    "terminology_version": "1",
    "terminology_language": "zh",
    "terminology_hashes": [["llt.asc", "00"]],
    "is_demo_terminology": True,
    "model_id": "toy",
    "model_hash": "00",
    "template": "toy",
    "alias_order": "file",
    "mode": "default",
    "threshold": 0.3,
    "top_k": 100,
    "app_version": "0",
    "coded_at": "2026-03-04T08:00:00+00:00",
}


@dataclass(frozen=True)
class Toy:
    """A phrase: how often it stands in the file, and what coding says of it.

    ``probabilities`` are those of the four PTs in their order; None: there is no answer.
    """

    text: str
    times: int = 1
    probabilities: tuple[float, ...] | None = (0.93, 0.2, 0.1, 0.04)
    band: str = "certain"
    kind: PieceKind = PieceKind.REACTION
    severity: str = "一般"


USUAL = (
    Toy("起皮疹", 3),
    Toy("皮疹伴瘙痒", 2, (0.91, 0.84, 0.1, 0.04)),
    Toy("说不清", 1, (0.22, 0.2, 0.1, 0.04), "not_found"),
    Toy("发风团", 2, (0.3, 0.2, 0.45, 0.04), "doubtful"),
    Toy("想吐", 4, (0.01, 0.02, 0.03, 0.97)),
    Toy("好转", 2, None, kind=PieceKind.OUTCOME),
)
"""Five reactions and an outcome, in the order in which they first appear."""


def answer(toy: Toy) -> dict[str, object]:
    """The answer for a phrase, as the engine would give it."""
    figures = zip(NAMES, toy.probabilities or (), strict=False)
    ranked = sorted(figures, key=lambda pair: -pair[1])
    candidates = [
        {
            "rank": rank,
            "candidate_pt_code": code,
            "candidate_pt_name": NAMES[code],
            "prob_1": probability,
            "is_estimated": False,
            "retrieval_rank": rank,
            "retrieval_score": 10.0 / rank,
            "evidence": {"llt_code": f"950{code[3:]}", "llt_name": NAMES[code], "source": "bm25"},
            "paths": [
                {
                    "soc_code": SOCS[code][0],
                    "soc_name": SOCS[code][1],
                    "hlgt_code": f"92{SOCS[code][0][2:]}",
                    "hlgt_name": f"{SOCS[code][1]}组",
                    "hlt_code": f"93{SOCS[code][0][2:]}",
                    "hlt_name": f"{SOCS[code][1]}类",
                    "primary": True,
                }
            ],
        }
        for rank, (code, probability) in enumerate(ranked, start=1)
    ]
    return {
        "mention_id": "1",
        "mention": toy.text,
        "normalised": toy.text,
        "candidates": candidates,
        "selected": [code for code, probability in ranked if probability >= 0.3],
        "band": toy.band,
        "source": "model",
        "is_final": True,
        "pairs_scored": 4,
        "pairs_kept": 0,
        "warnings": [],
        "run": RUN,
    }


def make_project(path: Path, toys: tuple[Toy, ...] = USUAL, **more: object) -> Path:
    """Write a project file in which these phrases have their answers."""
    rows = count(3)
    items = [
        NewItem(
            "Sheet1", next(rows), 3, 0, len(toy.text), toy.text, toy.kind, toy.severity,
            f"R{number}{time // 2}",
        )
        for number, toy in enumerate(toys)
        for time in range(toy.times)
    ]  # fmt: skip
    Project.create(path, SOURCE, items, terminology_id="demo", now=START, **more)  # type: ignore[arg-type]
    with Project.open(path) as project:
        project.restore_texts([toy.text for toy in toys])  # where the file does not hold them
        store(project, toys)
    return path


def store(project: Project, toys: tuple[Toy, ...]) -> list[int]:
    """Give the answers of these phrases to a project; gives the ids of their phrases."""
    by_text = {toy.text: toy for toy in toys}
    wanted = [
        (phrase_id, answer(by_text[text]))
        for phrase_id, text in project.unanswered()
        if text in by_text and by_text[text].probabilities is not None
    ]
    if wanted:
        project.store_answers(RUN, wanted)
    return [phrase_id for phrase_id, _told in wanted]


def many(number: int) -> tuple[Toy, ...]:
    """So many phrases, of all bands."""
    bands = (
        ((0.93, 0.2, 0.1, 0.04), "certain"),
        ((0.35, 0.2, 0.1, 0.04), "doubtful"),
        ((0.1, 0.05, 0.02, 0.01), "not_found"),
    )
    return tuple(Toy(f"虚构反应{n}号", 1 + n % 7, *bands[n % len(bands)]) for n in range(number))


class Clock:
    """Gives a later time whenever it is asked."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self) -> datetime:
        self._asked += 1
        return START + timedelta(seconds=self._asked)
