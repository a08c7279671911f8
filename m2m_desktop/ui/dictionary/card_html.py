"""The card of a term as HTML: every term in it is a link."""

import html
from collections.abc import Iterable, Sequence

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.dictionary.names import BROAD, NARROW, language_word
from m2m_desktop.ui.dictionary.protocol import (
    CardPath,
    CardSmq,
    Target,
    TermCard,
    target_of,
    url_of,
)
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.style import Colours
from m2m_desktop.ui.term_names import NamesShown, shown_name

CHILDREN = {
    TermLevel.SOC: N_("HLGTs in this SOC"),
    TermLevel.HLGT: N_("HLTs in this HLGT"),
    TermLevel.HLT: N_("PTs in this HLT"),
    TermLevel.PT: N_("LLTs of this PT"),
}
NEW_PLACE = "<span style='color:{colour}'> › </span>"


def card_html(card: TermCard, shown: NamesShown) -> str:
    """Everything about one term."""
    colours = style.colours()
    writer = _Writer(shown, colours)
    parts = [
        writer.names(card),
        writer.pt(card),
        writer.paths(card),
        writer.parents(card),
        writer.smqs(card.smqs),
        writer.children(card),
        writer.same_name(card),
        writer.history(card),
    ]
    return f"<body style='color:{colours.text}'>{''.join(parts)}</body>"


class _Writer:
    def __init__(self, shown: NamesShown, colours: Colours) -> None:
        self._shown, self._colours = shown, colours

    # -- small parts -----------------------------------------------------------------------------

    def _muted(self, text: str) -> str:
        return f"<span style='color:{self._colours.muted}'>{html.escape(text)}</span>"

    def _link(self, text: str, url: str, *, is_muted: bool = False) -> str:
        colour = self._colours.muted if is_muted else self._colours.accent
        return (
            f"<a href='{html.escape(url)}' style='color:{colour};text-decoration:none'>"
            f"{html.escape(text)}</a>"
        )

    def _term(self, row: TermRow, target: Target | None = None, *, is_muted: bool = False) -> str:
        is_muted = is_muted or not row.is_current
        return self._link(
            row.shown(self._shown), url_of(target or target_of(row)), is_muted=is_muted
        )

    def _section(self, title: str, lines: Iterable[str], count: int = 0) -> str:
        body = "".join(f"<p style='margin:2px 0 2px 0'>{line}</p>" for line in lines)
        number = f" · {count:,}" if count else ""
        head = (
            f"<p style='margin:12px 0 2px 0;color:{self._colours.muted}'>"
            f"<b>{html.escape(title)}</b>{number}</p>"
        )
        return head + body if body else ""

    # -- sections --------------------------------------------------------------------------------

    def names(self, card: TermCard) -> str:
        """All names, each with its language."""
        if len(card.names) < 2:
            return ""
        rows = "".join(
            f"<tr><td style='padding-right:{style.S}px'>{self._muted(language_word(language))}</td>"
            f"<td>{html.escape(name)}</td></tr>"
            for language, name in card.names
        )
        return f"<table cellspacing='0' style='margin:0'>{rows}</table>"

    def pt(self, card: TermCard) -> str:
        """The PT of an LLT."""
        if card.pt is None:
            return ""
        line = f"{self._term(card.pt)} {self._muted(card.pt.code)}"
        return self._section(_("PT of this LLT"), [line])

    def paths(self, card: TermCard) -> str:
        """All ways up to a SOC, the primary one first and marked in words."""
        lines = [self._path(path, card) for path in card.paths]
        return self._section(_("Paths"), lines, len(lines) if len(lines) > 1 else 0)

    def _path(self, path: CardPath, card: TermCard) -> str:
        soc, hlgt, hlt = path.soc, path.hlgt, path.hlt
        places = (
            (soc, Target(soc.level, soc.code)),
            (hlgt, Target(hlgt.level, hlgt.code, soc.code)),
            (hlt, Target(hlt.level, hlt.code, soc.code, hlt.code)),
        )
        steps = [self._term(row, target, is_muted=not path.is_primary) for row, target in places]
        here = Target(card.term.level, card.term.code, soc.code, hlt.code, card.term.is_current)
        word = _("primary path") if path.is_primary else _("secondary path")
        mark = f"<b>{html.escape(word)}</b>" if path.is_primary else self._muted(word)
        show = self._link(_("show in the tree"), url_of(here))
        arrow = NEW_PLACE.format(colour=self._colours.muted)
        return f"{arrow.join(steps)}<br>{mark}{self._muted(' · ')}{show}"

    def parents(self, card: TermCard) -> str:
        """The terms one level up, of a HLT or HLGT."""
        lines = [f"{self._muted(row.level.name)} {self._term(row)}" for row in card.parents]
        return self._section(_("Belongs to"), lines)

    def smqs(self, smqs: Sequence[CardSmq]) -> str:
        """The SMQs that list the term, with scope and how."""
        return self._section("SMQ", map(self._smq, smqs), len(smqs))

    def _smq(self, smq: CardSmq) -> str:
        name = shown_name(smq.name, smq.name2, self._shown)
        marks = [_(NARROW) if smq.is_narrow else _(BROAD)]
        if not smq.is_direct:
            marks.append(_("through a sub-SMQ"))
        if not smq.is_active:
            marks.append(_("inactive"))
        link = self._link(name, f"smq:{smq.code}", is_muted=not smq.is_active)
        return f"{link} {self._muted(' · '.join(marks))}"

    def children(self, card: TermCard) -> str:
        """What lies one level below."""
        title = CHILDREN.get(card.term.level)
        if title is None:
            return ""
        lines = [f"{self._term(row)} {self._muted(row.code)}" for row in card.children]
        missing = card.child_total - len(card.children)
        if missing > 0:
            lines.append(
                self._muted(_("and {count} more, see the tree").format(count=f"{missing:,}"))
            )
        return self._section(_(title), lines, card.child_total)

    def same_name(self, card: TermCard) -> str:
        """Terms of other levels that bear the same name."""
        lines = [
            f"{self._muted(row.level.name)} {self._term(row)} {self._muted(row.code)}"
            for row in card.same_name
        ]
        return self._section(_("The same name at other levels"), lines)

    def history(self, card: TermCard) -> str:
        """What the release tells about earlier versions."""
        if not card.history:
            return ""
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td style='padding-right:{style.M}px'>{html.escape(cell)}</td>"
                for cell in (event.version, event.level, event.action, event.currency, event.name)
            )
            + "</tr>"
            for event in card.history
        )
        return self._section(_("History"), [""]) + f"<table cellspacing='0'>{rows}</table>"


def subtitle(term: TermRow) -> str:
    """Level, code and currency of a term, as they stand below its name."""
    parts = [term.level.name, term.code]
    if term.level is TermLevel.LLT:
        parts.append(_("current") if term.is_current else f"* {_(words.NOT_CURRENT)}")
    return " · ".join(parts)
