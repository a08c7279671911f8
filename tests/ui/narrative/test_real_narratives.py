"""The page over the real engine process and the demo dictionary."""

import pytest

from m2m_desktop.services import language
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.narrative.mention_model import Column
from m2m_desktop.ui.narrative.page import NarrativePage
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.notices import NoticeArea
from tests.ui.analysis.counting import column, settings
from tests.ui.workbench import real_engine

pytestmark = pytest.mark.slow
LONG = 120_000


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def sample(client, home, qtbot):
    """Makes the page with the sample of a language, read and coded."""
    made = []

    def show(spoken):
        language.use_language(spoken)
        page = NarrativePage(client, NoticeArea(), settings(home))
        qtbot.addWidget(page)
        made.append(page)
        page.show()
        page.set_choices(Choices("demo"))
        page.start()
        page.show_sample()
        qtbot.waitUntil(
            lambda: page._is_read and not page.asking.is_reading and not page.asking.waiting,
            timeout=LONG,
        )
        return page

    yield show
    for page in made:
        page.stop_asking()


@pytest.mark.parametrize("spoken", ["zh_CN", "en"])
def test_the_sample_has_mentions_of_every_status_and_its_reactions_are_coded(sample, spoken):
    page = sample(spoken)
    found = page.mentions.shown
    text = page.text.box.text
    assert {one.status for one in found} == set(Status)
    assert all(text[one.start : one.end] == one.text for one in found)
    present = [one for one in found if one.status is Status.PRESENT]
    assert len(present) >= 7
    assert {one.text for one in present} <= page.asking.results.keys()
    assert not page._notices.texts()


def test_each_reaction_of_the_chinese_sample_gets_the_pt_that_it_means(sample):
    page = sample("zh_CN")
    words = column(page.list.table, Column.MENTION)
    chosen = dict(zip(words, column(page.list.table, Column.SELECTED), strict=True))
    assert {word: chosen[word] for word in ("恶心", "呕吐", "拉肚子", "发热")} == {
        "恶心": "恶心", "呕吐": "呕吐", "拉肚子": "腹泻", "发热": "",
    }  # fmt: skip
