"""How somebody without this program verifies an audit export: in words, and as a short script."""

from collections.abc import Iterator

from m2m_desktop.core.messages import N_
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.language import CHINESE, ENGLISH, _, translate
from m2m_desktop.services.project.audit_trail import Trail

SCRIPT = """\
import hashlib, json, sys
with open(sys.argv[1], encoding='utf-8', newline='\\n') as lines:
    first = json.loads(next(lines))
    known = {first['genesis_hash']}
    if first['genesis'] is not None:
        assert hashlib.sha256(first['genesis'].encode()).hexdigest() in known, 'origin'
    before, count = first['genesis_hash'], 0
    for line in lines:
        one = json.loads(line)
        count += 1
        assert one['previous'] == before and one['seq'] == count, 'broken at line %d' % (count + 1)
        data = bytes.fromhex(before) + one['record'].encode()
        before = hashlib.sha256(data).hexdigest()
        assert before == one['hash'], 'changed: line %d' % (count + 1)
        known.add(before)
    assert (before, count) == (first['head'], first['events']), 'lines are missing at the end'
    assert all(noted in known for noted in sys.argv[2:]), 'what was noted earlier is not in it'
print('whole:', count, 'steps, last hash', before)
"""
"""Needs Python 3.6 or newer and nothing else; no double quotes, so that cells copy as they are."""

TITLE = N_("How to verify this audit trail")
SENTENCES = (
    N_(
        "Every step of review is one record. Its hash is SHA-256 over the hash before it (32 bytes) "
        "followed by the text of the record (UTF-8). So an altered, missing or inserted record "
        "breaks the chain at its place."
    ),
    N_(
        "The file of JSON lines beside this workbook holds the chain. Its first line says what the "
        "chain is of; each further line is one step: previous hash, record, hash."
    ),
    N_(
        "Copy the script below into a file verify.py and run: python3 verify.py FILE.chain.jsonl. "
        "Hashes noted earlier (from an export or a former audit export) may follow: the chain must "
        "still contain them."
    ),
    N_(
        "The last hash that it prints must be the one on this sheet. Then compare the steps on the "
        "first sheet with the records: the sheet is for reading, the records are what is hashed."
    ),
    N_(
        "With this program, the project itself is verified by: m2m project verify PROJECT --against "
        "FILE.chain.jsonl. It needs neither a terminology nor a model."
    ),
    N_(
        "What the chain cannot show: somebody who has the program could build a whole new chain. "
        "Compare its hashes with those noted at other times and places: each export and each audit "
        "export names the last hash of its day."
    ),
)
STEP_COUNT, FIRST_HASH, LAST_HASH = (
    N_("Number of steps"),
    N_("First hash (of the origin)"),
    N_("Last hash"),
)


def guide_sheet(trail: Trail) -> NewSheet:
    """The sheet in both languages, whatever the window speaks: it is read by others."""
    rows = list(_rows(trail))
    return NewSheet(_("How to verify"), (40.0, 100.0), len(rows), lambda: iter(rows))


def _rows(trail: Trail) -> Iterator[NewRow]:
    for language in (CHINESE, ENGLISH):
        yield NewRow((translate(TITLE, language),), is_bold=True)
        for number, sentence in enumerate(SENTENCES, 1):
            yield NewRow((number, translate(sentence, language)))
        yield NewRow((translate(STEP_COUNT, language), str(len(trail.links))))
        yield NewRow((translate(FIRST_HASH, language), trail.first.hex()))
        yield NewRow((translate(LAST_HASH, language), trail.head.hex()))
        yield NewRow(("",))
    yield NewRow(("verify.py",), is_bold=True)
    for line in SCRIPT.splitlines():
        yield NewRow((line,))
