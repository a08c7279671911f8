"""What a conversion is asked for, and the questions that a checkpoint may leave open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, TEMPLATE_NAMES, Template
from m2m_desktop.services.bundle_files import LABELS
from m2m_desktop.services.model_kinds import KINDS, PRECISIONS

if TYPE_CHECKING:
    from m2m_desktop.services.conversion.checkpoint import Checkpoint

MATCH_LABEL, TEMPLATE = "match_label", "template"
"""The questions that a checkpoint may leave open."""


@dataclass(frozen=True, slots=True)
class ConversionWish:
    """How to convert; what is empty is taken from the checkpoint.

    ``kind`` is one of `KINDS`, ``precision`` one of `PRECISIONS`, ``match_label`` the label that
    means a match, ``template`` the name of one, ``name`` what the model is to be called.
    """

    kind: str = ""
    precision: str = "int8"
    match_label: str = ""
    template: str = ""
    name: str = ""

    def check(self) -> None:
        """Raise BadRequest for a value that makes no sense."""
        if self.kind and self.kind not in KINDS:
            raise BadRequest(detail=message(N_("there is no kind {kind}"), kind=self.kind[:40]))
        if self.precision not in PRECISIONS:
            detail = message(N_("there is no precision {precision}"), precision=self.precision[:40])
            raise BadRequest(detail=detail)
        if self.template and self.template not in TEMPLATE_NAMES:
            detail = message(N_("there is no template {name}"), name=self.template[:40])
            raise BadRequest(detail=detail)


class AnswersMissing(BadRequest):
    """A wish leaves ``questions`` open: `MATCH_LABEL`, `TEMPLATE`, or both. Fields: detail."""

    def __init__(self, *, questions: tuple[str, ...], **fields: object) -> None:
        self.questions = questions
        super().__init__(**fields)


def has_known_labels(checkpoint: "Checkpoint") -> bool:
    """Whether a reranker's labels are those of the published models, in either order."""
    return sorted(label.casefold() for label in checkpoint.labels) == sorted(LABELS)


def settle_answers(
    checkpoint: "Checkpoint", wish: ConversionWish
) -> tuple[Template, tuple[str, ...]]:
    """Give a reranker's template and the names of its outputs, "match" and "not_match", in order.

    What was not asked for is, of a model labelled as published, the published. AnswersMissing.
    """
    is_published = has_known_labels(checkpoint)
    has_label = wish.match_label in checkpoint.labels or (is_published and not wish.match_label)
    has_template = is_published or bool(wish.template)
    if not (has_label and has_template):
        raise _answers_missing(checkpoint, has_label=has_label, has_template=has_template)
    template = Template(wish.template) if wish.template else REFERENCE_TEMPLATE
    if not wish.match_label:
        return template, tuple(label.casefold() for label in checkpoint.labels)
    is_match = (label == wish.match_label for label in checkpoint.labels)
    return template, tuple("match" if is_it else "not_match" for is_it in is_match)


def _answers_missing(
    checkpoint: "Checkpoint", *, has_label: bool, has_template: bool
) -> AnswersMissing:
    labels, names = ", ".join(checkpoint.labels), ", ".join(TEMPLATE_NAMES)
    if has_template:
        detail = message(
            N_(
                "the checkpoint does not say which of its labels means a match; say which: {labels}"
            ),
            labels=labels,
        )
        return AnswersMissing(detail=detail, questions=(MATCH_LABEL,))
    if has_label:
        detail = message(
            N_(
                "the checkpoint does not say what candidate text it was trained on; "
                "say which: {names}"
            ),
            names=names,
        )
        return AnswersMissing(detail=detail, questions=(TEMPLATE,))
    detail = message(
        N_(
            "the checkpoint does not say which of its labels means a match, nor what candidate "
            "text it was trained on; say which label ({labels}) and which text ({names})"
        ),
        labels=labels,
        names=names,
    )
    return AnswersMissing(detail=detail, questions=(MATCH_LABEL, TEMPLATE))
