"""Everything that can go wrong and that a user can do something about.

    CodingToolError
    ├── Cancelled                 M2M-100   the user stopped the work
    ├── BadRequest                M2M-101   a command or request that makes no sense
    ├── InputUnreadable           M2M-111   a file of phrases or a workbook cannot be read
    ├── OutputUnwritable          M2M-112   a result cannot be written
    ├── TerminologyError
    │   ├── ReleaseNotFound       M2M-201   nothing that looks like a release at that place
    │   ├── ReleaseIncomplete     M2M-202   a needed file is missing
    │   ├── ReleaseUnreadable     M2M-203   a file cannot be opened or decoded
    │   ├── ReleaseBroken         M2M-204   the rows contradict one another
    │   ├── PasswordNeeded        M2M-205   an encrypted zip and no, or a wrong, password
    │   ├── ArchiveRefused        M2M-206   a zip we will not open (AES, bomb, duplicates)
    │   └── TerminologyUnknown    M2M-207   no loaded terminology by that name
    ├── ModelError
    │   ├── ModelDamaged          M2M-301   a bundle file is missing, cut or changed
    │   ├── ModelMismatch         M2M-302   the parts of a bundle do not belong together
    │   ├── ModelUnknown          M2M-303   no installed model by that name
    │   └── ModelNotFound         M2M-304   nothing that looks like a model at that place
    └── EngineCrashed             M2M-501   the engine process ended unexpectedly

Parts of the program have errors of their own below these, drawn at the top of their files: tables
M2M-12x, exports 13x, projects 40x and 42x, the memory 41x, the dictionary 43x, analysis 44x,
evaluation 46x.

Each error is built from typed fields and says what happened, where, and what to do next; the
sentence is translated only when it is shown, so it reads well in Chinese and in English.
"""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from m2m_desktop.core.messages import N_, Message, untranslated

_CLOSED = re.compile(r"[.!?…。！？][\"')\]”’」』）》]*$")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


class CodingToolError(Exception):
    """The root. ``what`` and ``hint`` are message templates over the keyword fields."""

    code: ClassVar[str] = "M2M-000"
    what: ClassVar[str] = N_("Something went wrong: {detail}")
    hint: ClassVar[str] = ""

    def __init__(self, **fields: object) -> None:
        self.fields: Mapping[str, object] = {"detail": "", **fields}
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = untranslated) -> str:
        """Give what happened, where and what to do next, without the code.

        Each of these ends with a full stop, whatever values it ends with.
        """
        parts = (part for part in (self.what, self.hint) if part)
        return " ".join(self._closed(part, translate) for part in parts)

    def _closed(self, template: str, translate: Callable[[str], str]) -> str:
        text = Message(template, dict(self.fields)).text(translate)
        if _CLOSED.search(text):
            return text
        # the language is the template's: an English sentence may well end with a Chinese file name
        return text + ("。" if _CJK.search(translate(template)) else ".")


class Cancelled(CodingToolError):
    """The user stopped the work."""

    code = "M2M-100"
    what = N_("Cancelled. Nothing was changed.")


class BadRequest(CodingToolError):
    """A command line or an engine request that makes no sense. Fields: detail."""

    code = "M2M-101"
    what = N_("This request cannot be carried out: {detail}")


class InputUnreadable(CodingToolError):
    """A file of phrases or a workbook cannot be read. Fields: path, detail."""

    code = "M2M-111"
    what = N_("Cannot read {path}: {detail}")
    hint = N_("Open the file in Excel or WPS, save it as .xlsx or UTF-8 text, and try again.")


class OutputUnwritable(CodingToolError):
    """A result cannot be written. Fields: path, detail."""

    code = "M2M-112"
    what = N_("Cannot write {path}: {detail}")
    hint = N_("Close the file in other programs or choose another folder. Nothing was lost.")


class TerminologyError(CodingToolError):
    """The root of everything about terminologies."""


class ReleaseNotFound(TerminologyError):
    """Nothing that looks like a release at that place. Fields: path."""

    code = "M2M-201"
    what = N_("No MedDRA release was found in {path}.")
    hint = N_(
        "Choose the folder or zip that holds llt.asc, pt.asc and mdhier.asc "
        "(usually called MedAscii or ascii-NNN)."
    )


class ReleaseIncomplete(TerminologyError):
    """Needed files are missing. Fields: path, missing."""

    code = "M2M-202"
    what = N_("The release in {path} lacks: {missing}.")
    hint = N_("Copy the whole folder again from the delivered zip and import it once more.")


class ReleaseUnreadable(TerminologyError):
    """A file cannot be opened or decoded. Fields: path, detail."""

    code = "M2M-203"
    what = N_("{path} cannot be read: {detail}")
    hint = N_("Use the file as delivered; a text editor may have changed it.")


class ReleaseBroken(TerminologyError):
    """The rows of a release contradict one another.

    Fields: path, detail (a `Message` about the first defect, with file:line), count.
    """

    code = "M2M-204"
    what = N_("The release in {path} is damaged (defects: {count}). First: {detail}")
    hint = N_("Nothing was imported. Extract the delivered zip again and import the new copy.")

    def __init__(self, *, defects: tuple[Message, ...] = (), **fields: object) -> None:
        self.defects = defects
        super().__init__(**fields)


class PasswordNeeded(TerminologyError):
    """An encrypted zip and no password, or a wrong one. Fields: path, detail."""

    code = "M2M-205"
    what = N_("{path} is protected by a password: {detail}")
    hint = N_("Enter the unzip password that came with the release.")


class ArchiveRefused(TerminologyError):
    """A zip that is unsafe or cannot be opened. Fields: path, detail."""

    code = "M2M-206"
    what = N_("The zip {path} cannot be used: {detail}")
    hint = N_("Extract it with your own tool, then choose the extracted folder.")


class TerminologyUnknown(TerminologyError):
    """No loaded terminology by that name. Fields: name, known."""

    code = "M2M-207"
    what = N_("There is no terminology called {name}.")
    hint = N_("Available: {known}. Import a release or choose one of these.")


class ModelError(CodingToolError):
    """The root of everything about model bundles."""


class ModelDamaged(ModelError):
    """A bundle file is missing, cut short or changed. Fields: path, detail."""

    code = "M2M-301"
    what = N_("The model in {path} is damaged: {detail}")
    hint = N_("Install the model again from its original files. Until then, lexical search works.")


class ModelMismatch(ModelError):
    """The parts of a bundle do not belong together. Fields: path, detail."""

    code = "M2M-302"
    what = N_("The parts of the model in {path} do not belong together: {detail}")
    hint = N_("Install the model again from its original files. Until then, lexical search works.")


class ModelUnknown(ModelError):
    """No installed model by that name. Fields: name, known."""

    code = "M2M-303"
    what = N_("There is no model called {name}.")
    hint = N_("Available: {known}. Install a model or choose one of these.")


class ModelNotFound(ModelError):
    """Nothing that looks like a model at that place. Fields: path."""

    code = "M2M-304"
    what = N_("There is no model in {path}.")
    hint = N_(
        "Choose the folder or zip that holds config.json and model.safetensors, "
        "or a bundle with manifest.json."
    )


class EngineCrashed(CodingToolError):
    """The engine process ended unexpectedly. Fields: detail."""

    code = "M2M-501"
    what = N_("The coding engine stopped unexpectedly ({detail}) and was started again.")
    hint = N_("Repeat the last step. If it happens again, send the log file to your support.")
