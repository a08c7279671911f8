"""jieba with a dictionary of our own: silent, private, and blind to what others left in /tmp."""

import marshal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from m2m_desktop.services.segmenter import MAX_WORD_LENGTH, open_segmenter

ROOT = Path(__file__).parents[2]
WORDS = ["患者", "出现", "头痛", "恶心", "血小板", "血小板减少", "减少", "ALT升高"]


def in_new_process(script, cwd):
    """Run Python with a temporary folder of its own; gives (stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)],
        capture_output=True,
        check=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(cwd), "HOME": str(cwd), "PYTHONUTF8": "1"},
    )
    return done.stdout.decode(), done.stderr.decode()


def test_known_words_are_cut_and_the_longest_wins():
    segment = open_segmenter(WORDS)
    assert segment("患者出现头痛恶心") == ["患者", "出现", "头痛", "恶心"]
    assert segment("血小板减少") == ["血小板减少"]
    assert segment("血小板不减少") == ["血小板", "不", "减少"]


@pytest.mark.parametrize(
    "text", ["", " ", "全新的话", "头痛 x 恶心", "ALT 升高,头痛!", "𠮷头痛😀", "\x00头痛"]
)
def test_the_pieces_joined_are_the_text(text):
    assert "".join(open_segmenter(WORDS)(text)) == text


def test_unknown_text_falls_into_characters_whatever_jiebas_own_dictionary_knows():
    assert open_segmenter(WORDS)("北京大学") == list("北京大学")
    assert open_segmenter([])("北京头痛") == list("北京头痛")


def test_the_order_of_the_words_does_not_matter():
    text = "患者出现血小板减少头痛恶心"
    assert open_segmenter(WORDS)(text) == open_segmenter(reversed(WORDS))(text)


def test_words_are_normalised_and_long_ones_left_out():
    long = "长" * (MAX_WORD_LENGTH + 1)
    segment = open_segmenter(["ＡＬＴ升高", long])
    assert segment("alt升高") == ["alt升高"]
    assert segment(long) == list(long)


def test_segmenters_know_nothing_of_one_another_nor_of_the_shared_one():
    import jieba

    first, second = open_segmenter(["头痛"]), open_segmenter(["痛恶"])
    assert first("头痛恶心") == ["头痛", "恶", "心"]
    assert second("头痛恶心") == ["头", "痛恶", "心"]
    assert first("头痛恶心") == ["头痛", "恶", "心"]
    assert not jieba.dt.initialized
    assert not jieba.dt.FREQ


def test_nothing_is_written_and_nothing_is_said(tmp_path):
    out, err = in_new_process(
        """
        import tempfile
        from m2m_desktop.services.segmenter import open_segmenter
        print(open_segmenter(["头痛", "恶心"])("头痛恶心"), tempfile.gettempdir())
        """,
        tmp_path,
    )
    assert out.split(" /")[0] == "['头痛', '恶心']"
    assert str(tmp_path) in out
    assert err == ""
    assert list(tmp_path.rglob("*")) == []


def test_a_poisoned_cache_in_the_temporary_folder_has_no_effect(tmp_path):
    """jieba trusts this file by its name; anyone can write it there."""
    words = {"头": 0, "头痛": 0, "头痛恶": 9_000_000, "心": 5}
    poison = marshal.dumps((words, 9_000_005))
    (tmp_path / "jieba.cache").write_bytes(poison)
    script = """
        from m2m_desktop.services.segmenter import open_segmenter
        import jieba
        print(open_segmenter(["头痛", "恶心"])("头痛恶心"))
        print(jieba.lcut("头痛恶心"))
    """
    out, _ = in_new_process(script, tmp_path)
    ours, jiebas = out.splitlines()
    assert ours == "['头痛', '恶心']"
    # the control: the poison does work on jieba itself
    assert "头痛恶" in jiebas
    assert (tmp_path / "jieba.cache").read_bytes() == poison
