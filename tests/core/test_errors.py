"""Every error says what happened in a sentence and has a code to read out over the phone."""

import re
import string
from collections.abc import Iterator

import pytest

from m2m_desktop.core import errors
from m2m_desktop.core.errors import (
    BadRequest,
    CodingToolError,
    InputUnreadable,
    ModelDamaged,
    ReleaseBroken,
)
from m2m_desktop.core.messages import message

ROOTS = (CodingToolError, errors.TerminologyError, errors.ModelError)


def below(kind: type[CodingToolError]) -> Iterator[type[CodingToolError]]:
    """Every error of the core below ``kind``."""
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
        yield from below(each)


ALL = sorted(set(below(CodingToolError)) - set(ROOTS), key=lambda kind: kind.code)


def fields_of(kind: type[CodingToolError]) -> set[str]:
    texts = kind.what + kind.hint
    return {name for _, name, _, _ in string.Formatter().parse(texts) if name is not None}


@pytest.mark.requirement("R-028")
def test_codes_are_short_and_belong_to_one_error_each() -> None:
    codes = [kind.code for kind in ALL]

    assert len(ALL) >= 15
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"M2M-[1-9]\d\d", code) for code in codes)


@pytest.mark.requirement("R-028")
@pytest.mark.parametrize("kind", ALL)
def test_the_sentence_names_every_field_and_ends_like_one(kind) -> None:
    values = {name: f"<{name} 值>" for name in fields_of(kind)}

    sentence = kind(**values).sentence()

    assert all(value in sentence for value in values.values())
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert str(kind(**values)) == sentence


@pytest.mark.parametrize("kind", ALL)
def test_the_docstring_names_the_fields(kind) -> None:
    documented = (kind.__doc__ or "").partition("Fields:")[2]

    assert all(name in documented for name in fields_of(kind))


@pytest.mark.parametrize("kind", [*ROOTS, *ALL])
def test_the_drawn_tree_shows_every_error(kind) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    if kind not in ROOTS:
        assert re.search(rf"{kind.__name__} +{kind.code}\b", errors.__doc__ or "")


def test_templates_and_nested_messages_are_translated_but_values_are_not() -> None:
    defect = message("row {line} is empty", line=3)
    error = ReleaseBroken(path="{D:/发布}", detail=defect, count=1, defects=(defect,))
    chinese = {
        ReleaseBroken.what: "{path} 中的发布已损坏（{count} 处）。第一处：{detail}。",
        ReleaseBroken.hint: "没有导入任何内容。",
        "row {line} is empty": "第 {line} 行为空",
    }

    assert error.sentence(lambda text: chinese[text]) == (
        "{D:/发布} 中的发布已损坏（1 处）。第一处：第 3 行为空。 没有导入任何内容。"
    )
    assert error.defects == (defect,)


def test_what_ends_with_a_value_still_ends_before_the_hint_begins() -> None:
    sentence = ModelDamaged(path="D:/模型", detail="it was cut short").sentence()

    assert "it was cut short. Install the model again" in sentence


@pytest.mark.parametrize(
    "detail", ["Is it open?", "too large.", "全部…", "太大。", "(see the log.)", "它说“没有。”"]
)
def test_what_ends_with_a_mark_gets_no_second_one(detail) -> None:
    assert BadRequest(detail=detail).sentence().endswith(detail)


def test_the_mark_is_that_of_the_language_and_not_of_the_file() -> None:
    error = InputUnreadable(path="x", detail="报告.xlsx")
    chinese = {InputUnreadable.what: "无法读取 {path}：{detail}", InputUnreadable.hint: "另存一份"}

    assert "报告.xlsx. Open" in error.sentence()
    assert error.sentence(lambda text: chinese[text]) == "无法读取 x：报告.xlsx。 另存一份。"
