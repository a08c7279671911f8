"""The validation pack: what the program must do, by which tests that is proved, how they last ended.

The requirements stand in validation_requirements.toml; a test names those it proves with
``@pytest.mark.requirement("R-...")``. Outcomes come from a JUnit file that pytest wrote:

    python3 packaging/dev.py test --junitxml results.xml
    python3 packaging/dev.py validation DIR --junit results.xml
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from _validation_page import LANGUAGES, page

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = Path(__file__).with_name("validation_requirements.toml")
RISKS = ("high", "medium", "low")
MARKER = "pytest.mark.requirement"


class ValidationError(Exception):
    """Requirements and tests do not fit together, or a file cannot be read."""


@dataclass(frozen=True)
class Requirement:
    """One line of the pack; `sentence` is by language."""

    number: str
    sentence: Mapping[str, str]
    risk: str
    source: str


class Test(NamedTuple):
    """A test function: its file below the root, with slashes, and its name."""

    path: str
    name: str

    @property
    def label(self) -> str:
        """As pytest names it, without parameters."""
        return f"{self.path}::{self.name}"


@dataclass(frozen=True)
class Results:
    """How tests ended, counted by outcome: one with parameters is many. `when` is the run's time."""

    outcomes: Mapping[Test, Counter[str]]
    when: str = ""


def read_requirements(path: Path = REQUIREMENTS) -> list[Requirement]:
    """Read all requirements in their order. Raises ValidationError."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    found = []
    for number, entry in told.items():
        if set(entry) != {"en", "zh", "risk", "source"} or not all(entry.values()):
            raise ValidationError(f"{number}: needs en, zh, risk and source, and nothing else")
        if entry["risk"] not in RISKS:
            raise ValidationError(f"{number}: the risk is one of {', '.join(RISKS)}")
        sentence = {language: entry[language] for language in LANGUAGES}
        found.append(Requirement(number, sentence, entry["risk"], entry["source"]))
    return found


def marked_tests(root: Path) -> dict[str, list[Test]]:
    """Give the tests below a folder that prove each requirement, in the order of their places."""
    found: dict[str, list[Test]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, numbers in _marks(path):
            test = Test(path.relative_to(root).as_posix(), name)
            for number in numbers:
                found.setdefault(number, []).append(test)
    return found


def problems(requirements: Sequence[Requirement], tests: Mapping[str, Sequence[Test]]) -> list[str]:
    """Give every requirement without a test and every mark without a requirement."""
    known = {one.number for one in requirements}
    without = [f"{number}: no test proves it" for number in sorted(known - tests.keys())]
    unknown = [
        f"{test.label}: there is no requirement {number}"
        for number in sorted(tests.keys() - known)
        for test in tests[number]
    ]
    return without + unknown


def read_results(path: Path) -> Results:
    """Read a JUnit file of pytest. Raises ValidationError."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    outcomes: dict[Test, Counter[str]] = {}
    try:
        root = fromstring(path.read_bytes())
    except (OSError, ParseError, DefusedXmlException) as error:
        raise ValidationError(f"{path}: no results can be read ({type(error).__name__})") from None
    for case in root.iter("testcase"):
        test = Test(
            case.get("classname", "").replace(".", "/") + ".py",
            case.get("name", "").partition("[")[0],
        )
        ends = {child.tag for child in case}
        outcome = "failed" if ends & {"failure", "error"} else "passed"
        outcome = "skipped" if outcome == "passed" and "skipped" in ends else outcome
        outcomes.setdefault(test, Counter())[outcome] += 1
    suite = next(root.iter("testsuite"), None)
    return Results(outcomes, "" if suite is None else suite.get("timestamp", ""))


def verdict(tests: Sequence[Test], results: Results) -> str:
    """Give how a requirement stands: failed, open (a test did not run), or passed."""
    ends = [results.outcomes.get(test, Counter()) for test in tests]
    if any(one["failed"] for one in ends):
        return "failed"
    return "passed" if ends and all(one["passed"] for one in ends) else "open"


def write_pack(folder: Path, results: Results) -> list[Path]:
    """Write the pack in each language. Raises ValidationError where it does not fit together."""
    requirements, tests = read_requirements(), marked_tests(ROOT)
    if wrong := problems(requirements, tests):
        raise ValidationError("\n".join(wrong))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language in LANGUAGES:
        rows = [
            (
                one.number,
                one.sentence[language],
                one.risk,
                one.source,
                [(test.label, dict(results.outcomes.get(test, {}))) for test in tests[one.number]],
                verdict(tests[one.number], results),
            )
            for one in requirements
        ]
        path = folder / f"validation.{language}.html"
        path.write_text(page(language, _version(), results.when, rows), "utf-8", newline="\n")
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> int:
    """Write the pack, and say how many requirements are proved by it."""
    parser = argparse.ArgumentParser(prog="dev.py validation")
    parser.add_argument("folder", type=Path, help="where the pages go")
    parser.add_argument("--junit", type=Path, help="what `dev.py test --junitxml FILE` wrote")
    options = parser.parse_args(arguments)
    try:
        results = read_results(options.junit) if options.junit else Results({})
        written = write_pack(options.folder, results)
    except (ValidationError, OSError) as error:
        print(f"validation: {error}", file=sys.stderr)
        return 1
    tests = marked_tests(ROOT)
    counts = Counter(verdict(tests[one.number], results) for one in read_requirements())
    for path in written:
        print(path)
    print(", ".join(f"{outcome}: {counts[outcome]}" for outcome in ("passed", "failed", "open")))
    return 1 if counts["failed"] else 0


def _marks(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The tests of a file that carry the mark, and what they prove."""
    text = path.read_text(encoding="utf-8")
    if MARKER not in text:  # most have none, and reading them as Python takes its time
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        numbers = [
            argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)
            for mark in node.decorator_list
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == MARKER
            for argument in mark.args
        ]
        if numbers:
            yield node.name, [str(number) for number in numbers]


def _version() -> str:
    source = (ROOT / "m2m_desktop" / "__init__.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    return "?"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
