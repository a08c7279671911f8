"""The query language: ``AND OR NOT ( ) "literal"``, a space for AND, ``*`` inside a word.

Operators are written in capitals; one at the end waits for its word and is left out. Brackets are
operators only beside one of these words: names hold brackets, and people paste names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.text import match_key, normalise

MAX_DEPTH = 20

_TOKEN = re.compile(r'[("“”＂（）)]|[^\s"“”＂]+')
_OPERATOR_WORDS = re.compile(r"(?<!\S)[(（]*(AND|OR|NOT)(?!\S)")
_OPERATORS = frozenset(("AND", "OR", "NOT"))
_QUOTES = frozenset('"“”＂')
_BRACKETS = {"（": "(", "）": ")", "(": "(", ")": ")"}
_STARS = re.compile("[*＊]+")


@dataclass(frozen=True, slots=True)
class Word:
    """Pieces in the form of `text.match_key` that stand in a name in this order, gaps between."""

    pieces: tuple[str, ...]

    def __str__(self) -> str:
        return "*".join(self.pieces)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return " AND ".join(
            f"({part})" if isinstance(part, Any) else str(part) for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold, in neither language."""

    part: "Expression"

    def __str__(self) -> str:
        return f"NOT {self.part}" if isinstance(self.part, Word | Not) else f"NOT ({self.part})"


Expression = Word | All | Any | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A text as it was understood.

    ``key`` is the whole text in the form of `text.match_key`. ``is_plain``: nothing but words; then
    names that hold the text as one piece are closer than those that hold its words.
    """

    key: str
    expression: Expression
    is_plain: bool = True
    shown: str = ""
    problem: Message | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        """The words that are looked for, without those that must not be there."""
        return tuple(_wanted(self.expression))


def plain_query(text: str) -> Query:
    """Take a text as it is: its words at the spaces, no operators."""
    words = tuple(Word((key,)) for key in map(_key, text.split()) if key)
    key = match_key(text)
    if len(words) > 1:
        return Query(key, All(words), shown=normalise(text))
    return Query(key, Word((key,)), shown=normalise(text))


def parse_query(text: str) -> Query:
    """Understand a text; what cannot be understood is taken as it is, and ``problem`` says why."""
    plain = plain_query(text)
    has_operators = _OPERATOR_WORDS.search(text) is not None
    if not has_operators and not _QUOTES.intersection(text) and not _STARS.search(text):
        return plain
    try:
        tokens = list(_tokens(text, has_operators=has_operators))
        while len(tokens) > 1 and tokens[-1].text in _OPERATORS:  # its word is being typed
            tokens.pop()
        expression = _Parser(tokens).whole()
    except _NotUnderstood as error:
        return Query(plain.key, plain.expression, shown=plain.shown, problem=error.reason)
    if expression is None:  # stars and quotation marks alone
        return plain
    return Query(plain.key, expression, is_plain=False, shown=str(expression))


class _NotUnderstood(Exception):
    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def _key(word: str) -> str:
    """The key of a word; empty for one of punctuation only (a letter before it keeps it out)."""
    return match_key(word) if match_key(f"a {word}") != "a" else ""


def _wanted(expression: Expression) -> Iterator[Word]:
    if isinstance(expression, Word):
        yield expression
    elif not isinstance(expression, Not):
        for part in expression.parts:
            yield from _wanted(part)


@dataclass(frozen=True, slots=True)
class _Token:
    """An operator (``text`` says which) or a word (``word`` None: it holds no letter)."""

    text: str
    is_operator: bool = False
    word: Word | None = None


def _tokens(text: str, *, has_operators: bool) -> Iterator[_Token]:
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        token = found[0]
        if token in _QUOTES:
            stop = next((i for i in range(at, len(text)) if text[i] in _QUOTES), -1)
            if stop < 0:
                reason = message(N_("a quotation mark is not closed; searched as plain text"))
                raise _NotUnderstood(reason)
            key = _key(text[at:stop])
            yield _Token("", word=Word((key,)) if key else None)
            at = stop + 1
        elif has_operators and (token[0] in _BRACKETS):
            yield _Token(_BRACKETS[token[0]], is_operator=True)
            at = found.start() + 1
        else:
            if has_operators:  # a closing bracket at the end of a word closes, unless it is its own
                token = _without_foreign_brackets(token)
                at = found.start() + len(token)
            if token in _OPERATORS:
                yield _Token(token, is_operator=True)
                continue
            pieces = tuple(filter(None, map(_key, _STARS.split(token))))
            yield _Token("", word=Word(pieces) if pieces else None)


def _without_foreign_brackets(token: str) -> str:
    """Cut a word before a closing bracket that it has not opened itself."""
    depth = 0
    for place, character in enumerate(token):
        bracket = _BRACKETS.get(character)
        depth += (bracket == "(") - (bracket == ")")
        if depth < 0:
            return token[:place]
    return token


class _Parser:
    """Reads tokens by the grammar: a OR b binds weaker than a AND b, NOT strongest."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Expression | None:
        found = self._either(0)
        if self._next is not None:
            raise _NotUnderstood(
                message(N_("a bracket is closed that was not opened; searched as plain text"))
            )
        return found

    @property
    def _next(self) -> str | None:
        """The operator that comes next; empty for a word, None at the end."""
        return self._tokens[self._at].text if self._at < len(self._tokens) else None

    def _either(self, depth: int) -> Expression | None:
        parts = [self._both(depth)]
        while self._next == "OR":
            self._at += 1
            parts.append(self._both(depth))
        known = tuple(part for part in parts if part is not None)
        return Any(known) if len(known) > 1 else next(iter(known), None)

    def _both(self, depth: int) -> Expression | None:
        parts = [self._one(depth)]
        while self._next not in (None, "OR", ")"):
            if self._next == "AND":
                self._at += 1
            parts.append(self._one(depth))
        known = tuple(part for part in parts if part is not None)
        return All(known) if len(known) > 1 else next(iter(known), None)

    def _one(self, depth: int) -> Expression | None:
        is_negated = False
        while self._next == "NOT":
            self._at += 1
            is_negated = not is_negated
        found = self._atom(depth)
        return Not(found) if is_negated and found is not None else found

    def _atom(self, depth: int) -> Expression | None:
        token = self._tokens[self._at] if self._next is not None else _Token("", is_operator=True)
        self._at += 1
        if not token.is_operator:
            return token.word
        if token.text != "(":
            raise _NotUnderstood(
                message(N_("AND, OR or NOT lacks a word beside it; searched as plain text"))
            )
        if depth == MAX_DEPTH:
            raise _NotUnderstood(message(N_("too many brackets; searched as plain text")))
        found = self._either(depth + 1)
        if self._next != ")":
            raise _NotUnderstood(message(N_("a bracket is not closed; searched as plain text")))
        self._at += 1
        return found
