"""From reviewed projects and a terminology to mentions, and from these to pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import read_thesaurus
from m2m_desktop.training.pairs import Pair
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.splits import Split


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase with the PT codes a person, or the release, gives it; none: no term is suitable."""

    text: str
    gold: tuple[str, ...]


def read_project(path: Path) -> list[Mention]:
    """Read what was decided in a project; drafts and what nobody decided are left out."""
    with Project.open(path, read_only=True) as project:
        rows = [row for row in project.phrases() if row.state.is_locked and row.text]
    found = [Mention(row.text, tuple(term.pt_code for term in row.state.terms)) for row in rows]
    if not found:
        raise TrainingProblem(
            f"Nothing is decided in {path.name}, or its texts were purged.",
            "Review phrases in the program first.",
        )
    rejected = sum(row.state.status is ReviewStatus.NO_TERM for row in rows)
    print(f"{path.name}: {len(found)} decided phrases, {rejected} of them without a term")
    return found


def read_release_mentions(terminology: Terminology) -> list[Mention]:
    """Take every current LLT that is worded unlike its PT as a mention of it."""
    names = terminology.names(TermLevel.LLT).to_list()
    terms = terminology.names(TermLevel.PT).to_list()
    codes = terminology.codes(TermLevel.PT)
    found: dict[str, Mention] = {}
    for row, name in enumerate(names):
        owner = int(terminology.llt_pt[row])
        if terminology.llt_current[row] and match_key(name) != match_key(terms[owner]):
            found.setdefault(match_key(name), Mention(name, (str(codes[owner]),)))
    return list(found.values())


def merged(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep one of equally worded mentions, the first: projects come before releases."""
    found: dict[str, Mention] = {}
    for one in mentions:
        found.setdefault(match_key(one.text), one)
    return list(found.values())


def open_terminology(name: str) -> Terminology:
    """Open an imported terminology by its id, a release folder by its path, or "demo"."""
    path = resources() / "demo" if name == "demo" else Path(name)
    if name and path.exists():
        with TemporaryDirectory() as folder:
            return TerminologyStore(Path(folder)).open(path)
    return Engine(default_locations()).terminology(name)


class PairMaker:
    """Makes the pairs of mentions over one terminology: their PTs, and what is taken for them.

    Hard negatives are the best of the program's own first stage.
    """

    def __init__(self, terminology: Terminology, template: Template, *, negatives: int) -> None:
        self._terminology, self._negatives = terminology, negatives
        tokenisers = open_tokenisers(terminology, read_thesaurus(resources()))
        index = build_name_index(terminology, tokenisers)
        self._retriever = LexicalRetriever(terminology, index, tokenisers)
        self._texts = CandidateTexts(terminology, template)
        self._codes = _pt_codes(terminology)

    def known(self, mention: Mention) -> bool:
        """Whether all PTs of a mention are in the terminology."""
        return all(self._terminology.index(TermLevel.PT, code) >= 0 for code in mention.gold)

    def pairs(self, number: int, mention: Mention, split: Split) -> list[Pair]:
        """Give the pairs of a mention, its own PTs first."""
        terminology = self._terminology
        own = {terminology.index(TermLevel.PT, code): -1 for code in mention.gold}
        first = self._retriever.retrieve(mention.text, k=self._negatives + len(own) + 5)
        others: dict[int, int] = {}
        for proposal in first.proposals:
            if proposal.pt_row in own:
                own[proposal.pt_row] = proposal.llt_row
            elif len(others) < self._negatives:
                others[proposal.pt_row] = proposal.llt_row
        names = terminology.names(TermLevel.PT)
        return [
            Pair(
                mention_id=f"m{number}",
                mention=mention.text,
                text=self._texts.text(row, llt_row),
                label=int(row in own),
                pt_code=self._codes[row],
                pt_name=names[row],
                gold=mention.gold,
                part=split.why,
            )
            for row, llt_row in (*own.items(), *others.items())
        ]


def synonym_lines(
    mentions: Sequence[Mention], terminology: Terminology
) -> Iterable[tuple[str, str]]:
    """Give (concept, name) of a terminology and of the mentions that mean one concept alone."""
    codes = _pt_codes(terminology)
    for row, name in enumerate(terminology.names(TermLevel.PT).to_list()):
        yield codes[row], name
    for row, name in enumerate(terminology.names(TermLevel.LLT).to_list()):
        if terminology.llt_current[row]:
            yield codes[int(terminology.llt_pt[row])], name
    for mention in mentions:
        if len(mention.gold) == 1:
            yield mention.gold[0], mention.text


def _pt_codes(terminology: Terminology) -> list[str]:
    column = terminology.codes(TermLevel.PT)
    return [str(column[row]) for row in range(terminology.count(TermLevel.PT))]
