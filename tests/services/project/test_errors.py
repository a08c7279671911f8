"""Every error of a project file has a code of its own and a sentence for the user."""

import re
import string

import pytest

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.project import errors

KINDS = [getattr(errors, name) for name in errors.__all__ if name not in ("ProjectError",)]


def test_codes_are_of_the_projects_range_and_belong_to_one_error_each() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes) == 12
    assert all(re.fullmatch(r"M2M-4(0[1-9]|2[0-2])", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_is_drawn_in_the_tree_and_names_its_fields(kind) -> None:
    assert issubclass(kind, CodingToolError)
    assert re.search(rf"{kind.__name__} +{kind.code}\b", errors.__doc__)
    texts = kind.what + kind.hint
    names = {name for _, name, _, _ in string.Formatter().parse(texts) if name is not None}
    documented = kind.__doc__.partition("Fields:")[2]
    assert all(name in documented for name in names)
    sentence = kind(**{name: f"<{name} 值>" for name in names}).sentence()
    assert sentence.endswith(".")
    assert "{" not in sentence
