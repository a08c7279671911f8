"""Words for severities."""

import pytest

from m2m_desktop.core.analysis.severities import cut_severity, is_severity, ordered, worst


def test_the_worst_comes_first_and_not_said_last():
    assert ordered(["", "一般", "奇怪", "严重", "死亡", "一般"]) == (
        "死亡", "严重", "一般", "奇怪", "",
    )  # fmt: skip
    assert worst(["一般", "严重", ""]) == "严重"
    assert worst([]) == ""


@pytest.mark.parametrize(
    ("text", "name", "severity"),
    [
        ("皮疹（一般）", "皮疹", "一般"),
        ("皮疹 (严重)", "皮疹", "严重"),
        ("炎（Ⅱ型）", "炎（Ⅱ型）", ""),
        ("皮疹", "皮疹", ""),
        ("（一般）", "（一般）", ""),
    ],
)
def test_a_severity_is_taken_off_the_name_it_hangs_on(text, name, severity):
    assert cut_severity(text) == (name, severity)


def test_only_words_of_severity_are_severities():
    assert is_severity(" Serious ")
    assert is_severity("严重")
    assert not is_severity("皮疹")
    assert not is_severity("")
