"""The tables of a project file, and by what a file is known as one.

``genesis`` in ``meta`` says what the project was made from; its SHA-256 is the first link of the
chain of events. What never changes (phrases but for their texts, items, events) is guarded by
triggers; ``state`` is what the events amount to, kept so that nothing has to be replayed.
``addition`` names the items that were not in the file's columns of names but added later, out of
narratives, and whether each holds now.
"""

APPLICATION_ID = 0x4D324D50
"""'M2MP', in the header of every project."""

VERSION = 4
OLDEST_VERSION = 1

WITHDRAWN = "(SELECT item_id FROM addition WHERE NOT holds)"
"""Items that were added later and taken out again: they are in the file and nowhere to be seen."""
_COUNTS = """
    SELECT phrase_id, COUNT(*), COUNT(DISTINCT CASE report_id
        WHEN '' THEN sheet || char(0) || line ELSE char(1) || report_id END)
    FROM item"""
COUNTED = f"{_COUNTS} WHERE id NOT IN {WITHDRAWN} GROUP BY phrase_id"
"""Counts the items and the reports of each phrase; a row without a report's number is one."""
COUNT_ONE = (
    f"INSERT INTO tally (phrase_id, items, reports) {_COUNTS} "
    f"WHERE phrase_id = ? AND id NOT IN {WITHDRAWN} GROUP BY phrase_id"
)
FILL_TALLY = f"INSERT INTO tally (phrase_id, items, reports) {COUNTED}"
_FILL_FIRST_TALLY = f"INSERT INTO tally (phrase_id, items, reports) {_COUNTS} GROUP BY phrase_id"
"""As version 2 began: nothing could be added then."""
TEMPORARY_TALLY = f"""
    CREATE TEMP TABLE tally AS
    SELECT * FROM (SELECT 0 AS phrase_id, 0 AS items, 0 AS reports LIMIT 0) UNION ALL {COUNTED}"""

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE phrase (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL, kind TEXT NOT NULL, text TEXT,
        UNIQUE (digest, kind)) STRICT""",
    """CREATE TABLE item (
        id INTEGER PRIMARY KEY, phrase_id INTEGER NOT NULL REFERENCES phrase,
        sheet TEXT NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL,
        severity TEXT NOT NULL, report_id TEXT NOT NULL) STRICT""",
    "CREATE INDEX item_of_phrase ON item (phrase_id)",
    """CREATE TABLE run (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body TEXT NOT NULL) STRICT""",
    """CREATE TABLE answer (
        phrase_id INTEGER PRIMARY KEY REFERENCES phrase, run_id INTEGER NOT NULL REFERENCES run,
        band TEXT NOT NULL, source TEXT NOT NULL, probability REAL, proposed TEXT NOT NULL,
        body BLOB NOT NULL, seal BLOB NOT NULL) STRICT""",
    """CREATE TABLE event (
        seq INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, target TEXT NOT NULL,
        target_id INTEGER NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT""",
    "CREATE INDEX event_of_target ON event (target, target_id)",
    "CREATE INDEX event_of_group ON event (group_id)",
    """CREATE TABLE state (
        target TEXT NOT NULL, target_id INTEGER NOT NULL, status TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (target, target_id)) STRICT, WITHOUT ROWID""",
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table} table keeps what it has'); END"
        for table, name, what in (
            ("event", "no_update", "UPDATE"),
            ("event", "no_delete", "DELETE"),
            ("item", "no_update", "UPDATE"),
            ("item", "no_delete", "DELETE"),
            ("phrase", "no_update", "UPDATE OF id, digest, kind"),
            ("phrase", "no_delete", "DELETE"),
        )
    ),
)
_SECOND = (
    """CREATE TABLE tally (
        phrase_id INTEGER PRIMARY KEY REFERENCES phrase,
        items INTEGER NOT NULL, reports INTEGER NOT NULL) STRICT""",
)
_THIRD = (
    """CREATE TABLE pairs (
        phrase_id INTEGER PRIMARY KEY REFERENCES answer,
        candidates INTEGER NOT NULL, scored INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT""",
)
TEMPORARY_PAIRS = """
    CREATE TEMP TABLE pairs AS
    SELECT 0 AS phrase_id, 0 AS candidates, 0 AS scored, 0 AS kept LIMIT 0"""
"""Answers of earlier versions have no counts: what was left out of them is not known any more."""

_FOURTH = (
    """CREATE TABLE addition (
        item_id INTEGER PRIMARY KEY REFERENCES item, holds INTEGER NOT NULL) STRICT""",
)
TEMPORARY_ADDITIONS = "CREATE TEMP TABLE addition AS SELECT 0 AS item_id, 0 AS holds LIMIT 0"

STEPS: dict[int, tuple[str, ...]] = {1: (*_SECOND, _FILL_FIRST_TALLY), 2: _THIRD, 3: _FOURTH}
"""What brings a file from a version to the next; all of it is one transaction."""


def statements(version: int) -> tuple[str, ...]:
    """Give what makes the empty tables of a version."""
    later = {2: _SECOND, 3: _THIRD, 4: _FOURTH}
    return _FIRST + tuple(one for step in later if version >= step for one in later[step])


def names_and_sql(version: int) -> dict[str, str]:
    """Give what ``sqlite_schema`` holds of a version, by name."""
    return {statement.split()[2]: statement for statement in statements(version)}
