"""How the candidates of an answer were looked for, in words: the encoder, and how lists were joined."""

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Run
from m2m_desktop.services.language import _

JOINED = {
    "sum": N_(
        "A PT's place follows from its share in wording plus {weight} times its nearness in meaning."
    ),
    "rrf": N_(
        "A PT's place follows from its ranks in both lists; that by meaning counts {weight} times."
    ),
}
OWN_SHARE = N_("The best {share} % of the places are sure to each list.")


def how_found(run: Run) -> str:
    """One short sentence; empty where no encoder was to take part."""
    if run.fusion:
        return _("Candidates by wording and meaning.")
    return _("Candidates by wording only.") if run.encoder_id else ""


def how_found_in_full(run: Run) -> str:
    """The encoder, and how both lists became one, a line each; empty where there was one list.

    A stamp of another version whose parts are not known here is shown as it is.
    """
    if not run.fusion:
        return ""
    said = _("Candidates by wording, and by meaning with {encoder}.")
    return said.format(encoder=run.encoder_id) + "\n" + _how_joined(run)


def _how_joined(run: Run) -> str:
    method, *parts = run.fusion.split(" ")
    figures = dict(part.split("=", 1) for part in parts if "=" in part)
    if method not in JOINED or "weight" not in figures:
        return run.fusion
    sentences = [_(JOINED[method]).format(weight=figures["weight"])]
    share = _percent(figures.get("own", ""))
    if share:
        sentences.append(_(OWN_SHARE).format(share=share))
    return "\n".join(sentences)


def _percent(share: str) -> str:
    try:
        return f"{100 * float(share):g}"
    except ValueError:
        return ""
