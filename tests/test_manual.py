"""What the manual says must be true of the program: its words, its keys, its error codes."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import m2m_desktop
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _catalogue
from m2m_desktop.services.locations import resources
from m2m_desktop.services.manual_pages import ManualPage, manual_pages

LANGUAGES = ("zh_CN", "en")
QUOTED = {"zh_CN": r"“([^”\n]+)”", "en": r'"([^"\n]+)"'}
EXAMPLES = {
    *("瘙痒", "皮疹", "无皮疹", "药疹", "伴", "及", "和", "并", "0.1", "0.2", "全身发痒起疹"),
    *("编码‘全身发痒起疹’", "语言 / Language", "这条短语与这个 PT 相符"),
    "itching all over, a rash comes up",
}
"""What is quoted in the manual and is not a word of the program's catalogue."""


def pages(language: str) -> tuple[ManualPage, ...]:
    return manual_pages(resources(), language)


def plain(text: str) -> str:
    """A word of the window as people write it: no mnemonics, no dots, nothing filled in."""
    return re.sub(r"\(&\w\)|[&…]|\{[^{}]*\}", "", text).strip()


def words_of_the_program(language: str) -> str:
    catalogue = _catalogue("zh_CN")._catalog  # type: ignore[attr-defined]
    found: set[str] = set()
    for message, translated in catalogue.items():
        english = message[0] if isinstance(message, tuple) else message
        found.add(plain(translated if language == "zh_CN" else english))
    return "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_manual_quotes_are_words_of_the_program(language):
    words = words_of_the_program(language)
    unknown = {
        (page.path.name, quoted)
        for page in pages(language)
        if page.topic != "tour"
        for quoted in re.findall(QUOTED[language], page.text())
        if quoted not in EXAMPLES
        and not all(part.strip() in words for part in re.split("…", quoted))
    }
    assert not unknown


def error_codes() -> Iterator[str]:
    for module in pkgutil.walk_packages(m2m_desktop.__path__, "m2m_desktop."):
        if not re.search(r"\.(training|ui|cli)\b|__main__|engine_process", module.name):
            importlib.import_module(module.name)
    waiting = [CodingToolError]
    while waiting:
        error = waiting.pop()
        if error.__module__.startswith("m2m_desktop."):  # not those that other tests make
            yield error.code
        waiting.extend(error.__subclasses__())


@pytest.mark.requirement("R-028")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_is_explained_and_none_is_invented(language):
    (trouble,) = [page for page in pages(language) if page.topic == "trouble"]
    cells = re.findall(r"^\| M2M-([^|]+)\|", trouble.text(), flags=re.MULTILINE)
    explained = {code for cell in cells for code in re.findall(r"\d{3}", cell)}
    made = {code.removeprefix("M2M-") for code in error_codes()}
    made = {code for code in made if re.fullmatch(r"[1-9]\d\d", code)}
    assert explained == made


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_of_the_manual_are_keys_of_the_program(language):
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(m2m_desktop.__path__[0], "ui").rglob("*.py")
    )
    (keys,) = [page for page in pages(language) if page.topic == "keys"]
    named = set(re.findall(r"\b(?:Ctrl\+(?:Shift\+)?[A-Z]|(?:Shift\+)?F\d)\b", keys.text()))
    assert len(named) > 15
    assert not {key for key in named if f'"{key}"' not in source}


@pytest.mark.requirement("R-030")
def test_pages_say_the_same_in_both_languages():
    shapes = []
    for language in LANGUAGES:
        shapes.append(
            {
                page.topic: (
                    len(re.findall(r"^#+ ", page.text(), flags=re.MULTILINE)),
                    len(re.findall(r"^\|", page.text(), flags=re.MULTILINE)),
                    len(re.findall(r"!\[", page.text())),
                )
                for page in pages(language)
            }
        )
    assert shapes[0] == shapes[1]
