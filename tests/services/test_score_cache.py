"""Kept scores: bit-equal or unknown, never wrong; no readable phrase at rest; never in the way."""

import logging
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services import score_cache, score_rows
from m2m_desktop.services.score_cache import ScoreCache, ScoreScope
from m2m_desktop.services.score_rows import PAGE_BYTES
from m2m_desktop.services.score_seal import SECRET_FILE, Seal, read_secret

SCOPE = ScoreScope("a" * 64, "full/8/file", 192, "demo-1")
PHRASE = "患者王某左上肢剧烈疼痛伴麻木"
TEXTS = [f"PT: 痛{number}；LLT别名: 痛 | 疼{number}" for number in range(100)]
ROOT = Path(score_cache.__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "scores"


@pytest.fixture
def make(folder):
    """Open caches of one folder, each as a program started later would."""
    made = []

    def open_cache(**options):
        made.append(ScoreCache(folder, **options))
        return made[-1]

    yield open_cache
    for cache in made:
        cache.close()


def probabilities(seed=1, count=100):
    values = np.random.default_rng(seed).random(count)
    values[:4] = 0.0, 1.0, 5e-324, np.nextafter(1.0, 0.0)
    return values


def same(first, second):
    return first.dtype == second.dtype == np.float64 and first.tobytes() == second.tobytes()


def unknown(values):
    return bool(np.isnan(values).all())


def is_right(found, expected):
    """Whether each value is the expected one, bit by bit, or unknown."""
    is_equal = found.view(np.uint64) == expected.view(np.uint64)
    return bool((is_equal | np.isnan(found)).all())


def database(folder):
    (path,) = folder.glob("scores-*.db")
    return path


def fill(cache, count, scope=SCOPE):
    with cache.batch():
        cache.scoped(scope).put_many(
            [(f"{PHRASE}{number}", TEXTS, probabilities(number)) for number in range(count)]
        )


# -- what it is for --------------------------------------------------------------------------------


def test_what_was_put_comes_back_bit_by_bit_also_in_the_next_run(make):
    cache = make()
    cache.scoped(SCOPE).put(PHRASE, TEXTS, probabilities())
    assert same(cache.scoped(SCOPE).get(PHRASE, TEXTS), probabilities())
    cache.close()
    assert same(make().scoped(SCOPE).get(PHRASE, TEXTS), probabilities())


def test_answers_stand_in_the_order_of_the_question(make):
    scores = make().scoped(SCOPE)
    scores.put(PHRASE, TEXTS, probabilities())
    order = np.random.default_rng(5).permutation(len(TEXTS))
    asked = [TEXTS[number] for number in order]
    assert same(scores.get(PHRASE, asked), probabilities()[order])
    found = scores.get(PHRASE, ["never seen", TEXTS[7], TEXTS[7]])
    assert np.isnan(found[0])
    assert found[1] == found[2] == probabilities()[7]
    assert scores.get(PHRASE, []).shape == (0,)


def test_parts_are_joined_and_the_newer_value_counts(make):
    cache, values = make(), probabilities()
    cache.scoped(SCOPE).put(PHRASE, TEXTS[:40], values[:40])
    cache.close()
    scores = make().scoped(SCOPE)
    scores.put(PHRASE, TEXTS[30:70], 1 - values[30:70])
    found = scores.get(PHRASE, TEXTS)
    assert same(found[:30], values[:30])
    assert same(found[30:70], 1 - values[30:70])
    assert unknown(found[70:])


@pytest.mark.parametrize(
    "change",
    [
        {"model_hash": "b" * 64},
        {"template": "full/8/matched_first"},
        {"max_length": 193},
        {"terminology_id": "demo-2"},
    ],
)
def test_another_scope_knows_nothing(make, change):
    cache = make()
    cache.scoped(SCOPE).put(PHRASE, TEXTS, probabilities())
    assert unknown(cache.scoped(replace(SCOPE, **change)).get(PHRASE, TEXTS))
    assert same(cache.scoped(replace(SCOPE)).get(PHRASE, TEXTS), probabilities())


def test_another_phrase_knows_nothing_and_odd_phrases_are_phrases_too(make):
    scores = make().scoped(SCOPE)
    phrases = ["", " ", "痛", "痛 ", "\udc80", "痛" * 100_000, "a\x00b", '"]痛']
    for number, phrase in enumerate(phrases):
        assert unknown(scores.get(phrase, TEXTS))
        scores.put(phrase, TEXTS, probabilities(number))
    for number, phrase in enumerate(phrases):
        assert same(scores.get(phrase, TEXTS), probabilities(number))


def test_only_probabilities_are_kept(make):
    scores = make().scoped(SCOPE)
    scores.put(PHRASE, TEXTS[:5], np.array([0.5, np.nan, -0.1, 1.5, np.inf]))
    found = scores.get(PHRASE, TEXTS[:5])
    assert found[0] == 0.5
    assert unknown(found[1:])
    scores.put(PHRASE, TEXTS[:1], np.array([np.nan]))
    assert scores.get(PHRASE, TEXTS[:1])[0] == 0.5
    scores.put("nothing known of it", TEXTS[:1], np.array([np.nan]))
    with pytest.raises(ValueError, match="one probability per candidate"):
        scores.put(PHRASE, TEXTS, probabilities()[:-1])


def test_a_list_is_asked_and_answered_at_once(make):
    cache = make()
    fill(cache, 30)
    questions = [(f"{PHRASE}{number}", TEXTS[:50]) for number in range(31)]
    found = cache.scoped(SCOPE).get_many(questions)
    assert all(same(found[number], probabilities(number)[:50]) for number in range(30))
    assert unknown(found[30])
    assert cache.count() == 30


def test_a_batch_is_known_at_once_and_written_at_its_end_even_after_an_error(make, monkeypatch):
    monkeypatch.setattr(score_cache, "WRITE_AFTER_S", 3600.0)
    cache, other = make(), make()
    scores = cache.scoped(SCOPE)

    def stopped():
        with cache.batch():
            scores.put(PHRASE, TEXTS[:60], probabilities()[:60])
            with cache.batch():
                scores.put(PHRASE, TEXTS[60:], probabilities()[60:])
            scores.put("another", TEXTS, probabilities(2))
            assert same(scores.get(PHRASE, TEXTS), probabilities())
            assert same(scores.get("another", TEXTS), probabilities(2))
            assert unknown(other.scoped(SCOPE).get("another", TEXTS))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert same(other.scoped(SCOPE).get(PHRASE, TEXTS), probabilities())
    assert same(other.scoped(SCOPE).get("another", TEXTS), probabilities(2))


def test_a_long_batch_is_written_from_time_to_time(make, monkeypatch):
    monkeypatch.setattr(score_cache, "WRITE_AFTER_S", 0.0)
    cache, other = make(), make()
    with cache.batch():
        cache.scoped(SCOPE).put(PHRASE, TEXTS, probabilities())
        assert same(other.scoped(SCOPE).get(PHRASE, TEXTS), probabilities())


def test_a_row_does_not_grow_without_end(make):
    scores = make().scoped(SCOPE)
    for start in range(0, 12_000, 3000):
        texts = [f"text {number}" for number in range(start, start + 3000)]
        values = probabilities(start, 3000)
        scores.put(PHRASE, texts, values)
        assert same(scores.get(PHRASE, texts), values)
    assert np.isnan(scores.get(PHRASE, ["text 0"])[0])


# -- what is at rest -------------------------------------------------------------------------------


def readable(text):
    """Ways in which a text could be found in a file."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield text.encode(encoding)
        yield text.encode(encoding).hex().encode()
        yield text.encode(encoding).hex().upper().encode()
    yield text.encode("unicode-escape")


def contents(folder):
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def hot_journal(monkeypatch):
    """Copy every journal while a transaction has it open."""
    seen = []
    put = score_cache.ScoreRows.touch

    def touch(self, key, day):
        put(self, key, day)
        path = Path(self._connection.execute("PRAGMA database_list").fetchone()[2].decode())
        seen.append(path.with_name(f"{path.name}-journal").read_bytes())

    monkeypatch.setattr(score_cache.ScoreRows, "touch", touch)
    return seen


def test_no_file_holds_a_readable_phrase_or_candidate(make, folder, hot_journal):
    pieces = {piece for text in (PHRASE[:4], "剧烈", TEXTS[3]) for piece in readable(text)}
    days = iter(range(700_000, 800_000))
    cache = make(max_bytes=200_000, today=lambda: next(days))
    fill(cache, 40)
    kept = contents(folder)
    for number in range(40):  # merges, day stamps, evictions
        cache.scoped(SCOPE).get(f"{PHRASE}{number}", TEXTS)
        cache.scoped(SCOPE).put(f"{PHRASE}{number}", ["another"], np.array([0.25]))
        kept += contents(folder)
    cache.forget_terminology("another")
    kept += [*contents(folder), *hot_journal]
    cache.close()
    kept += contents(folder)
    assert sum(map(len, hot_journal)) > 30 * PAGE_BYTES
    assert not [piece for piece in pieces for content in kept if piece in content]


def test_rows_show_neither_what_they_have_in_common_nor_that_they_were_rewritten(make, folder):
    cache = make()
    cache.scoped(SCOPE).put("one", TEXTS, probabilities())
    cache.scoped(SCOPE).put("two", TEXTS, probabilities())
    cache.close()

    def sealed():
        connection = sqlite3.connect(database(folder))
        rows = [row for (row,) in connection.execute("SELECT sealed FROM scores ORDER BY key")]
        connection.close()
        return rows

    first, second = sealed()
    assert len(first) == len(second) == 32 + 1600
    assert not {first[at : at + 8] for at in range(1632)} & {
        second[at : at + 8] for at in range(1632)
    }
    assert Seal(read_secret(folder)).candidate(TEXTS[0]).to_bytes(8, "little") not in first + second
    cache.scoped(SCOPE).put("one", TEXTS, probabilities())
    cache.close()
    again = sealed()
    assert sum(row in again for row in (first, second)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_only_the_user_may_read_the_files(make, folder):
    before = os.umask(0)
    try:
        make().scoped(SCOPE).put(PHRASE, TEXTS, probabilities())
    finally:
        os.umask(before)
    modes = {path.name.partition("-")[0]: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {SECRET_FILE: 0o600, "scores": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_day_of_last_use_is_the_only_time_that_is_kept(make, folder):
    make(today=lambda: 738_000).scoped(SCOPE).put(PHRASE, TEXTS, probabilities())
    cache = make(today=lambda: 738_009)
    cache.scoped(SCOPE).get(PHRASE, TEXTS)
    cache.close()
    connection = sqlite3.connect(database(folder))
    columns = [row[1] for row in connection.execute("PRAGMA table_info(scores)")]
    assert columns == ["key", "scope", "day", "sealed"]
    assert connection.execute("SELECT day FROM scores").fetchall() == [(738_009,)]
    connection.close()


def test_the_secret_is_not_printed():
    assert "secret" not in repr(Seal(b"secret" * 6)).replace("(secret", "")
    assert "736563" not in repr(Seal(b"secret" * 6))


# -- deleting --------------------------------------------------------------------------------------


def test_clearing_deletes_all_files_and_the_secret(make, folder):
    cache = make()
    fill(cache, 3)
    old_secret, old_file = read_secret(folder), database(folder)
    assert cache.size_bytes() == sum(path.stat().st_size for path in folder.iterdir()) > 5000
    cache.clear()
    assert list(folder.iterdir()) == []
    assert (cache.count(), cache.size_bytes()) == (0, 0)
    assert list(folder.iterdir()) == []
    assert unknown(cache.scoped(SCOPE).get(f"{PHRASE}1", TEXTS))
    fill(cache, 2)
    assert cache.count() == 2
    assert read_secret(folder) not in {None, old_secret}
    assert database(folder) != old_file


def test_clearing_where_nothing_was_ever_kept_makes_nothing(make, folder):
    cache = make()
    cache.clear()
    cache.forget_model("x")
    cache.forget_terminology("x")
    assert (cache.count(), cache.size_bytes()) == (0, 0)
    cache.close()
    assert not folder.exists()


def test_another_open_program_notices_that_the_cache_was_cleared(make, folder):
    first, second = make(), make()
    fill(first, 3)
    fill(second, 3)
    second.clear()
    fill(first, 3)  # meets the change
    fill(first, 3)
    assert first.count() == 3
    assert len(list(folder.glob("scores-*.db"))) == 1
    assert same(second.scoped(SCOPE).get(f"{PHRASE}2", TEXTS), probabilities(2))


def test_what_cannot_be_deleted_is_said(make, folder):
    cache = make()
    fill(cache, 1)
    cache.close()
    path = database(folder)
    path.unlink()
    path.mkdir()  # no file can be deleted there, whoever asks
    with pytest.raises(OutputUnwritable, match=path.name):
        cache.clear()
    assert read_secret(folder) is None


@pytest.mark.parametrize("kind", ["model", "terminology"])
def test_forgetting_deletes_the_rows_of_one_model_or_terminology(make, kind):
    cache = make()
    field = {"model": "model_hash", "terminology": "terminology_id"}[kind]
    other = replace(SCOPE, **{field: "another"})
    fill(cache, 5)
    fill(cache, 5, replace(SCOPE, max_length=64))
    fill(cache, 5, other)
    getattr(cache, f"forget_{kind}")(getattr(SCOPE, field))
    assert cache.count() == 5
    assert unknown(cache.scoped(SCOPE).get(f"{PHRASE}1", TEXTS))
    assert same(cache.scoped(other).get(f"{PHRASE}1", TEXTS), probabilities(1))


def test_forgetting_the_last_rows_gives_the_space_back(make, folder):
    cache = make()
    fill(cache, 5)
    cache.forget_model(SCOPE.model_hash)
    assert cache.size_bytes() == 0
    fill(cache, 5)
    assert cache.count() == 5


def test_what_was_not_of_use_for_longest_goes_first(make):
    day = [738_000]
    cache = make(max_bytes=1_000_000, today=lambda: day[0])
    scores = cache.scoped(SCOPE)
    for start in range(0, 1500, 50):
        day[0] += 1
        with cache.batch():
            scores.get(f"{PHRASE}0", TEXTS)  # of use every day
            scores.put_many(
                [(f"{PHRASE}{n}", TEXTS, probabilities(n)) for n in range(start, start + 50)]
            )
    assert cache.size_bytes() < 1_200_000
    assert 300 < cache.count() < 500
    kept = [not unknown(scores.get(f"{PHRASE}{number}", TEXTS)) for number in range(1500)]
    assert kept[0]
    assert not any(kept[1:900])
    assert all(kept[1200:])


# -- damage and other misfortune -------------------------------------------------------------------


def goes_on(cache):
    """Whether what is put is there, at the latest once a `put` has met the damage."""
    scores = cache.scoped(SCOPE)
    for _ in range(3):
        scores.put(PHRASE, TEXTS, probabilities())
        if same(scores.get(PHRASE, TEXTS), probabilities()):
            return True
    return False


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Files of a cache with 60 phrases."""
    folder = tmp_path_factory.mktemp("whole")
    cache = ScoreCache(folder)
    fill(cache, 60)
    cache.close()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def hasty_disk(monkeypatch):
    """Wait for no disk, where hundreds of files are written in vain."""
    hasty = score_rows._SETTINGS.replace("synchronous = NORMAL", "synchronous = OFF")
    assert hasty != score_rows._SETTINGS
    monkeypatch.setattr(score_rows, "_SETTINGS", hasty)


def lay_out(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return next(folder / name for name in files if name.endswith(".db"))


QUESTIONS = [(f"{PHRASE}{number}", TEXTS) for number in range(60)]
EXPECTED = [probabilities(number) for number in range(60)]


def ask_all(cache):
    """Give how many of the 60 phrases are known; fail on a wrong probability."""
    found = cache.scoped(SCOPE).get_many(QUESTIONS)
    assert all(map(is_right, found, EXPECTED))
    return sum(not unknown(values) for values in found)


def test_a_flipped_bit_never_gives_a_wrong_probability_nor_an_error(folder, whole, hasty_disk):
    chance, known = random.Random(11), []
    for number in range(240):
        path = lay_out(folder, whole)
        content = bytearray(path.read_bytes())
        page = chance.randrange(len(content) // PAGE_BYTES) * PAGE_BYTES
        # every other one at the beginning of a page, where it says what lies in it
        at = page + chance.randrange(128 if number % 2 else PAGE_BYTES)
        content[at] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        cache = ScoreCache(folder)
        known.append(ask_all(cache))
        assert goes_on(cache)
        cache.close()
        cache = ScoreCache(folder)
        ask_all(cache)
        cache.close()
    assert min(known) == 0
    assert known.count(59) > 20  # the damaged row is the only one that is lost


@pytest.mark.parametrize("at", [18, 19])
@pytest.mark.parametrize("bit", range(8))
def test_a_header_that_forbids_to_write_is_damage(folder, whole, hasty_disk, at, bit):
    path = lay_out(folder, whole)
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)
    cache = ScoreCache(folder)
    ask_all(cache)
    assert goes_on(cache)
    cache.close()


@pytest.mark.parametrize("seed", range(20))
def test_greater_damage_does_neither(folder, whole, hasty_disk, seed):
    chance = random.Random(seed)
    path = lay_out(folder, whole)
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 3, 30))):
        at, size = chance.randrange(len(content)), chance.choice((1, 16, 512, PAGE_BYTES))
        piece = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))
        content[at : at + size] = piece
    if seed % 2:
        content = content[: chance.randrange(len(content))]
    path.write_bytes(content)
    cache = ScoreCache(folder)
    ask_all(cache)
    assert goes_on(cache)
    cache.forget_model("another")
    cache.count()
    cache.close()


def test_pages_that_changed_places_do_neither(folder, whole, hasty_disk):
    path = lay_out(folder, whole)
    content = path.read_bytes()
    pages = [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
    chance = random.Random(3)
    for _ in range(15):
        moved = pages[:2] + chance.sample(pages[2:], len(pages) - 2)
        lay_out(folder, whole).write_bytes(b"".join(moved))
        cache = ScoreCache(folder)
        ask_all(cache)
        assert goes_on(cache)
        cache.close()


def test_a_row_that_was_put_in_the_place_of_another_is_unknown(folder, whole):
    path = lay_out(folder, whole)
    connection = sqlite3.connect(path)
    (one, _), (_, other) = connection.execute("SELECT key, sealed FROM scores LIMIT 2").fetchall()
    connection.execute("UPDATE scores SET sealed = ? WHERE key = ?", (other, one))
    connection.commit()
    connection.close()
    cache = ScoreCache(folder)
    assert ask_all(cache) == 59
    cache.close()


@pytest.mark.parametrize("sealed", [None, "", b"", 7, "x" * 48, b"x" * 32, b"x" * 47, 1.5, "痛"])
def test_a_row_of_something_else_is_unknown_and_is_replaced(folder, whole, sealed):
    path = lay_out(folder, whole)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute("PRAGMA writable_schema = 1")
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'scores'").fetchone()[0]
    free = sql.replace("sealed BLOB NOT NULL", "sealed BLOB")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'scores'", (free,))
    connection.commit()
    connection.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE scores SET sealed = ?", (sealed,))
    connection.commit()
    connection.close()
    cache = ScoreCache(folder)
    assert ask_all(cache) == 0
    fill(cache, 60)
    assert ask_all(cache) == 60
    cache.close()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database at all", b"SQLite format 3\x00", os.urandom(50_000), b"\x00" * 16384],
    ids=["empty", "text", "only a magic", "noise", "zeros"],
)
def test_a_file_that_is_no_database_is_begun_anew(folder, whole, content, caplog):
    caplog.set_level(logging.INFO)
    lay_out(folder, whole).write_bytes(content)
    cache = ScoreCache(folder)
    assert ask_all(cache) == 0
    assert goes_on(cache)
    cache.close()
    assert len(list(folder.glob("scores-*.db"))) == 1
    assert len(caplog.records) <= 1
    assert "痛" not in caplog.text


def other_table(connection):
    connection.execute("CREATE TABLE scores (key INTEGER PRIMARY KEY, day, sealed)")
    connection.execute("INSERT INTO scores VALUES (1, 2, 3)")


def later_version(connection):
    other_table(connection)
    connection.execute("PRAGMA application_id = 0x6D326D73")
    connection.execute("PRAGMA user_version = 2")


def no_tables(connection):
    connection.execute("CREATE TABLE another (x)")
    connection.execute("PRAGMA application_id = 0x6D326D73")
    connection.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("foreign", [other_table, later_version, no_tables])
def test_a_database_of_another_program_or_version_is_begun_anew(folder, whole, foreign, caplog):
    caplog.set_level(logging.INFO)
    path = lay_out(folder, whole)
    path.unlink()
    connection = sqlite3.connect(path)
    foreign(connection)
    connection.commit()
    connection.close()
    cache = ScoreCache(folder)
    assert ask_all(cache) == 0
    assert goes_on(cache)
    cache.close()
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the kept scores are damaged and are begun anew"
    ]
    assert not path.exists()


@pytest.mark.parametrize("secret", [None, b"", b"short", b"x" * 31, b"x" * 33, b"x" * 32])
def test_without_its_secret_a_database_is_deleted(folder, whole, secret):
    path = lay_out(folder, whole)
    (folder / SECRET_FILE).unlink()
    if secret is not None:
        (folder / SECRET_FILE).write_bytes(secret)
    cache = ScoreCache(folder)
    assert ask_all(cache) == 0
    assert goes_on(cache)
    cache.close()
    assert not path.exists()
    assert len(list(folder.glob("*.db"))) == 1
    assert len(read_secret(folder)) == 32
    assert len({secret, read_secret(folder)}) == (1 if secret == b"x" * 32 else 2)


def test_damage_again_and_again_switches_the_cache_off(make, folder, whole, caplog):
    caplog.set_level(logging.INFO)
    cache = make()
    for _ in range(6):
        cache.close()
        goes_on(cache)
        for path in folder.glob("scores-*.db"):
            path.write_bytes(b"not a database")
    cache.close()
    cache.scoped(SCOPE).get(PHRASE, TEXTS)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == score_cache.MAX_BEGUN_ANEW + 1
    assert messages[-1] == "scores are not kept: SQLITE_NOTADB"
    assert not goes_on(cache)
    cache.clear()
    assert goes_on(cache)


def test_a_file_where_the_folder_should_be_means_no_cache(make, folder, caplog):
    caplog.set_level(logging.INFO)
    folder.parent.mkdir()
    folder.write_text("a file")
    cache = make()
    assert not goes_on(cache)
    assert cache.count() == cache.size_bytes() == 0
    assert len(caplog.records) == 1


@contextmanager
def ordinary_user():
    """Give up the rights of the administrator, to whom every folder can be written."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that any user may reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_a_folder_that_cannot_be_written_is_read_all_the_same(open_folder, whole, caplog):
    caplog.set_level(logging.INFO)
    path = lay_out(open_folder, whole)
    for file in open_folder.iterdir():
        file.chmod(0o444)
    open_folder.chmod(0o555)
    before = {file.name: file.read_bytes() for file in open_folder.iterdir()}
    with ordinary_user():
        cache = ScoreCache(open_folder)
        assert ask_all(cache) == 60
        assert not goes_on(cache)
        assert ask_all(cache) == 60
        cache.forget_model(SCOPE.model_hash)
        with pytest.raises(OutputUnwritable):
            cache.clear()
        cache.close()
    assert {file.name: file.read_bytes() for file in open_folder.iterdir()} == before
    assert caplog.messages[0] == "no more scores can be kept: SQLITE_READONLY"
    open_folder.chmod(0o755)
    path.write_bytes(b"damaged")
    open_folder.chmod(0o555)
    with ordinary_user():
        cache = ScoreCache(open_folder)
        assert ask_all(cache) == 0
        assert not goes_on(cache)
        cache.close()
    open_folder.chmod(0o755)


def test_a_disk_without_room_keeps_what_was_there(make, folder, caplog):
    resource = pytest.importorskip("resource")
    caplog.set_level(logging.INFO)
    cache = make()
    fill(cache, 20)
    limit = database(folder).stat().st_size + 4096
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        fill(cache, 60)
        assert ask_all(cache) == 20
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caplog.messages[0].startswith("no more scores can be kept: SQLITE_")
    assert len(caplog.records) == 1
    cache.close()
    assert ask_all(make()) == 20


def test_a_locked_database_is_waited_for_only_shortly_and_written_later(make, folder):
    cache = make()
    fill(cache, 5)
    blocker = sqlite3.connect(database(folder), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    scores = cache.scoped(SCOPE)
    scores.put(PHRASE, TEXTS, probabilities())
    assert unknown(scores.get(f"{PHRASE}1", TEXTS))
    assert unknown(make().scoped(SCOPE).get(f"{PHRASE}1", TEXTS))
    blocker.execute("COMMIT")
    blocker.close()
    assert same(scores.get(PHRASE, TEXTS), probabilities())
    assert same(scores.get(f"{PHRASE}1", TEXTS), probabilities(1))
    cache.close()
    assert same(make().scoped(SCOPE).get(PHRASE, TEXTS), probabilities())


def test_what_waits_too_long_is_given_up(make, folder, monkeypatch):
    monkeypatch.setattr(score_cache, "MAX_WAITING", 10)
    cache = make()
    fill(cache, 1)
    blocker = sqlite3.connect(database(folder), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    fill(cache, 11)
    blocker.execute("COMMIT")
    blocker.close()
    assert cache.count() == 1


def test_another_thread_is_a_mistake_of_the_program(make):
    cache = make()
    fill(cache, 1)
    raised = []

    def use():
        try:
            cache.count()
        except sqlite3.ProgrammingError as error:
            raised.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(raised) == 1


WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    import numpy as np
    from m2m_desktop.services.score_cache import ScoreCache, ScoreScope

    folder, phrase, start, stop, is_endless = sys.argv[1:]
    texts = [f"PT: 痛{number}；LLT别名: 痛 | 疼{number}" for number in range(100)]
    scores = (cache := ScoreCache(Path(folder))).scoped(ScoreScope("a" * 64, "full/8/file", 192, "demo-1"))

    def probabilities(seed):
        values = np.random.default_rng(seed).random(100)
        values[:4] = 0.0, 1.0, 5e-324, np.nextafter(1.0, 0.0)
        return values

    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        for number in range(int(start), int(stop)):
            scores.put(f"{phrase}{number}", texts, probabilities(number))
            if number == int(start):
                print("going", flush=True)
        if is_endless == "no":
            break
    cache.close()
    """
)


def start_writer(folder, start, stop, *, is_endless=False):
    arguments = [str(folder), PHRASE, str(start), str(stop), "yes" if is_endless else "no"]
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", WRITER, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_programs_write_at_once(folder, make):
    writers = [start_writer(folder, 0, 40), start_writer(folder, 20, 60)]
    for writer in writers:  # both begin with an empty folder
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    cache = make()
    assert ask_all(cache) >= 40
    assert goes_on(cache)
    assert len(list(folder.glob("scores-*.db"))) == 1


def test_a_program_that_is_killed_while_it_writes_harms_nothing(folder):
    chance = random.Random(2)
    for _ in range(4):
        writer = start_writer(folder, 0, 60, is_endless=True)
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "going\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=0.1 * chance.random())
        writer.kill()
        writer.communicate()
        cache = ScoreCache(folder)
        assert ask_all(cache) > 0
        assert goes_on(cache)
        cache.close()
