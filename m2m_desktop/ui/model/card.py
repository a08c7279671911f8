"""The card of a model, the report of an installation and a measured speed as small HTML pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import style
from m2m_desktop.ui.model.protocol import FoundModel, ModelCard, Parity, Speed
from m2m_desktop.ui.model.words import (
    architecture_text,
    change_text,
    count_text,
    figure_text,
    kind_word,
    labels_text,
    precision_text,
    share_text,
    size_text,
    template_text,
)

SHORT_HASH = 12
SPEED_ANCHOR = "speed"
"""The place in a card to go to once the speed was measured."""

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """What a verification in this window said; ``at`` is the time of day, ready to be shown."""

    at: str
    problem: str = ""


def card_html(card: ModelCard, check: Check | None = None, speed: Speed | None = None) -> str:
    """Everything that is known about an installed model."""
    parts = []
    problem = check.problem if check and check.problem else card.problem
    if problem:
        colour = style.colours().error
        parts.append(f'<p style="color:{colour}">{escape(problem)}</p>')
    parts.append(_table(_facts(card, check)))
    if speed:
        parts.append(f'<a name="{SPEED_ANCHOR}"></a>')
        parts.append(_section(_("Speed on this computer"), _table(_speed_rows(speed, card))))
    if card.parity:
        parts.append(_comparison(card.parity, is_quick=card.parity_is_quick))
    if card.scores:
        rows = [(name, figure_text(value, 3)) for name, value in card.scores]
        parts.append(_section(_("Scores its makers measured"), _table(rows)))
    return "".join(parts)


def installed_html(card: ModelCard, report: Parity | None) -> str:
    """What was installed, and how far its answers are from those of the published weights."""
    rows = [
        (_("Model"), card.name),
        (_("Kind"), kind_word(card.kind)),
        (_("Architecture"), architecture_text(card.architecture, card.layers, card.hidden)),
        (_("Precision"), precision_text(card.precision)),
        (_("Size on disk"), size_text(card.size_bytes) if card.size_bytes else ""),
        (_("Check inputs"), _("passed: the answers are those recorded in the manifest")),
    ]
    return _table(rows) + _comparison(report, is_quick=card.parity_is_quick)


def _comparison(parity: Parity | None, *, is_quick: bool) -> str:
    """How far the answers are from those of the published weights, and how well that is known."""
    if parity is None:
        content = _paragraph(_("The files came as they are: there was nothing to compare."))
    else:
        content = parity_html(parity)
    if is_quick:
        content += _paragraph(
            _(
                "A quick check, made at the installation. Verifying the model makes the full "
                "comparison, as long as the original files lie where they lay."
            )
        )
    return _section(_("Compared with the published weights"), content)


def parity_html(parity: Parity) -> str:
    """The comparison of the written model with the published weights as a table."""
    of, is_encoder = parity.mentions, bool(parity.texts)
    nearest = _("Texts whose nearest other text changes")
    first = nearest if is_encoder else _("Phrases whose first PT changes")
    rows = [
        (_("Phrases compared"), _optional(parity.mentions or None, count_text)),
        (_("Pairs compared"), _optional(parity.pairs or None, count_text)),
        (_("Texts compared"), _optional(parity.texts or None, count_text)),
        (_("Tokens compared"), _optional(parity.tokens or None, count_text)),
        (_("Largest change of a probability"), _optional(parity.max_change, change_text)),
        (_("Mean change of a probability"), _optional(parity.mean_change, change_text)),
        (_("Agreement of the order (1: the same)"), _optional(parity.rank_agreement, change_text)),
        (_("Phrases whose selected PTs change at 0.30"), _share(parity.selected_changes, of)),
        (first, _share(parity.top1_changes, parity.texts or of)),
        (_("Smallest cosine between old and new"), _optional(parity.min_cosine, change_text)),
        (_("Mean cosine between old and new"), _optional(parity.mean_cosine, change_text)),
        (_("Tokens whose label changes"), _share(parity.label_changes, parity.tokens)),
    ]
    return _table(rows, is_numbers=True)


def found_html(found: FoundModel) -> str:
    """What a chosen folder or zip holds."""
    source = (
        _("Model bundle of this program, ready to use")
        if found.is_bundle
        else _("Hugging Face checkpoint, to be converted")
    )
    rows = [
        (_("What it is"), source),
        (_("Kind"), kind_word(found.kind)),
        (_("Architecture"), architecture_text(found.architecture, found.layers, found.hidden)),
        (_("Vocabulary"), _tokens(found.vocab_size)),
        (_("Longest input"), _tokens(found.max_length)),
        (_("Labels"), labels_text(found.labels)),
        (_("Size of the files"), size_text(found.size_bytes) if found.size_bytes else ""),
    ]
    return _table(rows, columns=2)


def _facts(card: ModelCard, check: Check | None) -> Iterable[Row]:
    origin = card.origin or (_("shipped with the program") if card.is_shipped else "")
    yield _("Id"), card.model_id
    yield _("Kind"), kind_word(card.kind)
    yield _("Architecture"), architecture_text(card.architecture, card.layers, card.hidden)
    yield _("Precision"), precision_text(card.precision)
    yield _("Size on disk"), size_text(card.size_bytes) if card.size_bytes else ""
    yield _("Labels"), labels_text(card.labels)
    if card.can_code:
        yield _("Probability"), _probability_text(card)
    if card.is_reranker:
        yield _("Reads for a PT"), template_text(card.template)
    yield _("Longest input"), _tokens(card.max_length)
    yield _("Check inputs"), _check_text(card, check)
    yield _("Origin"), origin
    yield _("Licence"), card.licence
    yield _("Trained on"), card.trained_on
    yield _("Hash"), f"SHA-256 {card.hash[:SHORT_HASH]}…" if card.hash else ""


def _probability_text(card: ModelCard) -> str:
    meaning = _("how probably phrase and PT match; from the threshold on a PT is selected")
    return _("{meaning} (calibrated)").format(meaning=meaning) if card.is_calibrated else meaning


def _check_text(card: ModelCard, check: Check | None) -> str:
    if check is None:
        return "" if card.problem else _("checked each time the model is opened")
    if check.problem:
        return _("failed at {time}").format(time=check.at)
    return _("passed at {time}: files unchanged, recorded answers reproduced").format(time=check.at)


def speed_sentence(card: ModelCard, speed: Speed) -> str:
    """How fast a model is here, in one sentence."""
    taken = figure_text(speed.milliseconds_per_phrase)
    if card.is_reranker:
        said = _("{model}: {count} ms for a phrase with 100 candidates.")
        return said.format(model=card.name, count=taken)
    said = _("{model}: {count} ms for {texts} texts.")
    return said.format(model=card.name, count=taken, texts=count_text(speed.pairs))


def _speed_rows(speed: Speed, card: ModelCard) -> Iterable[Row]:
    taken = _("{count} ms").format(count=figure_text(speed.milliseconds_per_phrase))
    rate = figure_text(speed.pairs_per_second)
    if card.is_reranker:
        yield _("One phrase, 100 candidates"), taken
        yield _("Pairs per second"), rate
    else:  # it reads single texts: phrases or names of PTs
        texts = ngettext("{count} text", "{count} texts", speed.pairs)
        yield texts.format(count=count_text(speed.pairs)), taken
        yield _("Texts per second"), rate
    if speed.threads:
        threads = ngettext("{threads} of {cores} core", "{threads} of {cores} cores", speed.cores)
        yield _("Threads"), threads.format(threads=speed.threads, cores=speed.cores)
    if speed.peak_memory_mb:
        yield _("Memory of the engine so far, at most"), f"{figure_text(speed.peak_memory_mb)} MB"
    if speed.pairs and card.is_reranker:
        pairs = ngettext("{count} pair", "{count} pairs", speed.pairs)
        yield _("Measured on"), pairs.format(count=count_text(speed.pairs))


def _tokens(count: int) -> str:
    text = ngettext("{count} token", "{count} tokens", count)
    return text.format(count=count_text(count)) if count else ""


def _optional(value: float | None, text: Callable[[float], str]) -> str:
    return "" if value is None else text(value)


def _share(share: float | None, of: int) -> str:
    """A share, and how many that are where it is known of how many."""
    if share is None:
        return ""
    if not of:
        return share_text(share)
    counted = _("{share} ({count} of {all})")
    return counted.format(share=share_text(share), count=count_text(share * of), all=count_text(of))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _section(title: str, content: str) -> str:
    return f'<h4 style="margin-left:2px; margin-bottom:2px">{escape(title)}</h4>{content}'


def _table(rows: Iterable[Row], *, is_numbers: bool = False, columns: int = 1) -> str:
    """Names and values, perhaps in several columns; those without a value are left out."""
    muted = style.colours().muted
    look = ' align="right"' if is_numbers else ' style="padding-right:40px"'
    cells = [
        f'<td style="color:{muted}; padding-right:20px">{escape(name)}</td>'
        f"<td{look}>{escape(value)}</td>"
        for name, value in rows
        if value
    ]
    height = -(-len(cells) // columns)
    lines = ("".join(cells[row::height]) for row in range(height))
    return f"<table style='margin-top:4px' cellspacing='0' cellpadding='2'>{''.join(f'<tr>{x}</tr>' for x in lines)}</table>"
