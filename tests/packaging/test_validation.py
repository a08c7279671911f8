"""Every requirement is proved by a test, every mark names a requirement, and the pages say so."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RESULTS = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" timestamp="2026-03-04T08:00:00">
<testcase classname="tests.fault.test_kill9" name="test_a"/>
<testcase classname="tests.fault.test_kill9" name="test_b[one]"/>
<testcase classname="tests.fault.test_kill9" name="test_b[two]"><failure message="x"/></testcase>
<testcase classname="tests.fault.test_kill9" name="test_c[a::b]"><skipped/></testcase>
<testcase classname="tests.fault.test_kill9" name="test_d"/>
<testcase classname="tests.fault.test_kill9" name="test_d"><error message="tear-down"/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def pack(tool):
    return tool("_validation")


@pytest.fixture
def results(pack, tmp_path):
    path = tmp_path / "results.xml"
    path.write_text(RESULTS, encoding="utf-8")
    return pack.read_results(path)


def test_every_requirement_has_a_test_and_every_mark_a_requirement(pack):
    requirements = pack.read_requirements()
    assert pack.problems(requirements, pack.marked_tests(ROOT)) == []
    numbers = [one.number for one in requirements]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 30


def test_what_does_not_fit_together_is_named(pack, tmp_path):
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_x.py").write_text(
        "import pytest\n"
        '@pytest.mark.requirement("R-001", "R-999")\n'
        "def test_one(): ...\n"
        "class TestMore:\n"
        '    @pytest.mark.requirement("R-001")\n'
        "    def test_two(self): ...\n"
        '@pytest.mark.parametrize("x", ["R-002"])\n'
        "def test_three(x): ...\n"
    )
    found = pack.marked_tests(tmp_path)
    assert [test.label for test in found["R-001"]] == [
        "tests/test_x.py::test_one", "tests/test_x.py::test_two",
    ]  # fmt: skip
    requirements = [one for one in pack.read_requirements() if one.number in ("R-001", "R-002")]
    assert pack.problems(requirements, found) == [
        "R-002: no test proves it",
        "tests/test_x.py::test_one: there is no requirement R-999",
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[R-001]\nen = "a"\nzh = "b"\nrisk = "high"\n',
        '[R-001]\nen = "a"\nzh = "b"\nrisk = "huge"\nsource = "s"\n',
        '[R-001]\nen = ""\nzh = "b"\nrisk = "low"\nsource = "s"\n',
    ],
)
def test_a_requirement_that_says_too_little_is_refused(pack, tmp_path, text):
    path = tmp_path / "r.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(pack.ValidationError, match="R-001"):
        pack.read_requirements(path)


def test_outcomes_are_counted_by_test_whatever_its_parameters(pack, results):
    ends = {test.name: ends for test, ends in results.outcomes.items()}
    assert ends["test_b"] == Counter(passed=1, failed=1)
    assert ends["test_c"] == Counter(skipped=1)
    assert ends["test_d"] == Counter(passed=1, failed=1)
    assert results.when == "2026-03-04T08:00:00"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["test_a"], "passed"),
        (["test_a", "test_b"], "failed"),
        (["test_a", "test_c"], "open"),
        (["test_a", "test_not_run"], "open"),
        ([], "open"),
    ],
)
def test_a_requirement_is_proved_only_where_all_its_tests_passed(pack, results, names, said):
    tests = [pack.Test("tests/fault/test_kill9.py", name) for name in names]
    assert pack.verdict(tests, results) == said


def test_the_pages_hold_every_requirement_with_its_tests_in_both_languages(
    pack, results, tmp_path, capsys
):
    assert pack.main([str(tmp_path / "out"), "--junit", str(tmp_path / "results.xml")]) == 0
    tests = pack.marked_tests(ROOT)
    for language, word in (("zh", "未运行"), ("en", "not run")):
        html = (tmp_path / "out" / f"validation.{language}.html").read_text("utf-8")
        for one in pack.read_requirements():
            assert f'<tr id="{one.number}">' in html
            assert all(test.label in html for test in tests[one.number])
        assert word in html
        assert "<script" not in html
    assert "open: " in capsys.readouterr().out


def test_results_that_cannot_be_read_are_one_sentence(pack, tmp_path, capsys):
    bad = tmp_path / "bad.xml"
    bad.write_text("<testsuites>")
    for path in (bad, tmp_path / "none.xml"):
        assert pack.main([str(tmp_path / "out"), "--junit", str(path)]) == 1
        assert "no results can be read" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
