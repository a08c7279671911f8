"""The catalogue of messages: `messages.py update | compile | check`.

update    take all messages of the source into the .po; new ones come in untranslated
compile   make the .mo, which the program reads, from the .po
check     fail where a message lacks its Chinese, a placeholder differs, or a file is out of date
"""

from __future__ import annotations

import ast
import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "m2m_desktop"
DOMAIN = "m2m_desktop"
LANGUAGE = "zh_CN"
FOLDER = ROOT / "resources" / "i18n" / LANGUAGE / "LC_MESSAGES"
PO, MO = FOLDER / f"{DOMAIN}.po", FOLDER / f"{DOMAIN}.mo"

MARKERS = frozenset({"_", "N_", "message"})
"""Calls whose first argument, where it is a plain string, is a message."""
SKIPPED_FOLDERS = frozenset({"training"})

HEADER = """\
Chinese (simplified) messages of mention2meddra Desktop.
Licence: Apache-2.0, as the program."""


class Found(NamedTuple):
    """A message and the file it stands in."""

    text: str
    file: str


def messages_in(source: str) -> Iterator[str]:
    """The messages of one source text, in their order."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else None
        name = call.func.id if isinstance(call.func, ast.Name) else name
        if name in MARKERS and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield first.value


def all_messages() -> Iterator[Found]:
    """The messages of the package, file by file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] not in SKIPPED_FOLDERS:
            for text in messages_in(path.read_text(encoding="utf-8")):
                yield Found(text, path.relative_to(ROOT).as_posix())


def template() -> Catalog:
    """A catalogue of all messages without translations. Files are named, lines are not: they move."""
    catalog = Catalog(domain=DOMAIN, project="m2m_desktop", header_comment="")
    for found in all_messages():
        catalog.add(found.text, locations=[(found.file, 0)])
    return catalog


def read() -> Catalog:
    """The catalogue as it stands; empty where there is none yet."""
    if not PO.exists():
        return Catalog(locale=LANGUAGE, domain=DOMAIN)
    with PO.open("rb") as stream:
        return read_po(stream, locale=LANGUAGE, domain=DOMAIN)


def updated() -> Catalog:
    """The translations that stand in the .po, for exactly the messages of the source."""
    known = {str(message.id): str(message.string) for message in read() if message.id}
    catalog = template()
    catalog.locale = LANGUAGE
    for message in catalog:
        if message.id:
            message.string = known.get(str(message.id), "")
    return catalog


def po_text(catalog: Catalog) -> bytes:
    """The .po file; without dates, so that it changes only when a message does."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, omit_header=True, sort_by_file=True)
    header = "".join(f"# {line}\n" for line in HEADER.splitlines())
    fields = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {LANGUAGE}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    body = stream.getvalue().decode("utf-8").strip("\n")
    return f"{header}{fields}{body}\n".encode()


def mo_bytes(catalog: Catalog) -> bytes:
    """The .mo file of a catalogue, without dates."""
    always = datetime(2000, 1, 1, tzinfo=UTC)
    plain = Catalog(
        locale=LANGUAGE, domain=DOMAIN, fuzzy=False, creation_date=always, revision_date=always
    )
    for message in catalog:
        if message.id and message.string:
            plain.add(message.id, message.string)
    # babel writes its own header with today's date; only the character set is needed
    plain.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
    stream = io.BytesIO()
    write_mo(stream, plain)
    return stream.getvalue()


def placeholders(text: str) -> set[str]:
    """The names in braces and the %-fields of a message."""
    try:
        names = {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        names = {"(braces that do not match)"}
    return names | set(re.findall(r"%\(\w+\)[a-z]|%[sd]", text))


def problems() -> list[str]:
    """What is wrong with the catalogue, one line each."""
    found = []
    known = {str(message.id): message for message in read() if message.id}
    wanted = dict.fromkeys(found_one.text for found_one in all_messages())
    for text in wanted:
        if text not in known or not known[text].string:
            found.append(f"no Chinese for: {text}")
        elif placeholders(text) != placeholders(str(known[text].string)):
            found.append(f"other placeholders in the Chinese of: {text}")
    found += [f"no longer in the source: {text}" for text in known if text not in wanted]
    if not found and po_text(updated()) != PO.read_bytes():
        found.append("the .po is out of date: messages.py update")
    if not MO.exists() or MO.read_bytes() != mo_bytes(read()):
        found.append("the .mo is out of date: messages.py compile")
    return found


def update() -> int:
    """Bring the .po up to date with the source."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    catalog = updated()
    PO.write_bytes(po_text(catalog))
    missing = sum(1 for message in catalog if message.id and not message.string)
    print(f"{len(catalog)} messages, {missing} without Chinese: {PO.relative_to(ROOT)}")
    return 0


def compile_() -> int:
    """Make the .mo."""
    MO.write_bytes(mo_bytes(read()))
    print(f"{MO.relative_to(ROOT)}: {MO.stat().st_size} bytes")
    return 0


def check() -> int:
    """Print what is wrong; 1 if anything is."""
    found = problems()
    for line in found:
        print(line)
    print(f"{len(found)} problems" if found else "the catalogue is complete")
    return 1 if found else 0


COMMANDS = {"update": update, "compile": compile_, "check": check}


def main() -> int:
    """Run one command."""
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    return COMMANDS[sys.argv[1]]()


if __name__ == "__main__":
    raise SystemExit(main())
