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
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
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
PLURAL_MARKER = "ngettext"
"""The call whose first two arguments are a message for one and for several; Chinese has one form."""
PLURAL_FORMS = "nplurals=1; plural=0;"
SKIPPED_FOLDERS = frozenset({"training"})

HEADER = """\
Chinese (simplified) messages of mention2meddra Desktop.
Licence: Apache-2.0, as the program."""


Id = str | tuple[str, str]
"""What a message is known by: its English, or its English for one and for several."""


class Found(NamedTuple):
    """A message and the file it stands in."""

    text: Id
    file: str


def messages_in(source: str) -> Iterator[Id]:
    """The messages of one source text, in their order."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else None
        name = call.func.id if isinstance(call.func, ast.Name) else name
        texts = list(_plain_texts(call.args))
        if name in MARKERS and texts:
            yield texts[0]
        elif name == PLURAL_MARKER and len(texts) == 2:
            yield texts[0], texts[1]


def _plain_texts(arguments: list[ast.expr]) -> Iterator[str]:
    """The arguments at the beginning that are plain strings."""
    for one in arguments:
        if not (isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value):
            return
        yield one.value


def all_messages() -> Iterator[Found]:
    """The messages of the package, file by file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] not in SKIPPED_FOLDERS:
            for text in messages_in(path.read_text(encoding="utf-8")):
                yield Found(text, path.relative_to(ROOT).as_posix())


def chinese(message: Message) -> str:
    """The Chinese of a message; empty where it has none yet."""
    text = message.string
    return text if isinstance(text, str) else next(iter(text or ()), "")


def set_chinese(message: Message, text: str) -> None:
    """Give a message its Chinese: one form, also where the English has two."""
    message.string = text if isinstance(message.id, str) else (text,)


def english(text: str | Sequence[str]) -> str:
    """The English by which a message is shown here: the one for several."""
    return text if isinstance(text, str) else text[1]


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
    known = {english(message.id): chinese(message) for message in read() if message.id}
    catalog = template()
    catalog.locale = LANGUAGE
    for message in catalog:
        if message.id:
            set_chinese(message, known.get(english(message.id), ""))
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
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURAL_FORMS}\\n"\n\n'
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
        if message.id and chinese(message):
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
    known = {message.id: chinese(message) for message in read() if message.id}
    wanted = dict.fromkeys(found_one.text for found_one in all_messages())
    for text in wanted:
        if not known.get(text):
            found.append(f"no Chinese for: {english(text)}")
        elif not isinstance(text, str) and not placeholders(text[0]) <= placeholders(text[1]):
            found.append(f"other placeholders for one in: {english(text)}")
        elif placeholders(english(text)) != placeholders(known[text]):
            found.append(f"other placeholders in the Chinese of: {english(text)}")
    found += [f"no longer in the source: {english(text)}" for text in known if text not in wanted]
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
    missing = sum(1 for message in catalog if message.id and not chinese(message))
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
