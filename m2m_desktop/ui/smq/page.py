"""The page of SMQs: find one in the tree, read its card, take its members elsewhere."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.smq.card import MembersWish, SmqCardPanel
from m2m_desktop.ui.smq.list import SmqList
from m2m_desktop.ui.smq.records import (
    MemberRow,
    SmqCard,
    card_from_json,
    members_from_json,
    smqs_from_json,
)
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import card, label

NOTICE = "smq"
WIDTHS, SCOPE = "smq/widths", "smq/scope"
LAST_FOLDER = "last_folder"


class SmqPage(QWidget):
    """See the module."""

    said = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term that is to be shown in the dictionary."""
    analyse_wanted = Signal(object)
    """The members to be counted, a tuple of `TermRow`."""

    def __init__(
        self, client: EngineClient, notices: NoticeArea, locations: Locations, stored: QSettings
    ) -> None:
        super().__init__()
        self._notices, self._stored = notices, stored
        self._lists, self._cards = Requests(client), Requests(client)
        self._members, self._exports = Requests(client), Requests(client)
        self._terminology: TerminologyChoice | None = None
        self._is_stale, self._wanted, self._code = True, "", ""
        self._card: SmqCard | None = None
        self._is_card_outdated = False
        self.list, self.card = SmqList(), SmqCardPanel()
        self.blank = label("muted")
        self.right, self.splitter = QStackedWidget(), QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.list.chosen.connect(self._ask_card)
        self.list.copied.connect(self.said)
        self.card.wish_changed.connect(self._ask_members)
        self.card.export_wanted.connect(self.choose_export)
        self.card.analyse_wanted.connect(self._analyse)
        self.card.term_wanted.connect(self.term_wanted)
        self.card.table.copied.connect(self.said)
        client.renewed.connect(self._renewed)
        self._restore(stored)
        self.retranslate()

    def _lay_out(self) -> None:
        self.blank.setWordWrap(True)
        self.blank.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty = card()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(style.XL, style.XL, style.XL, style.XL)
        inside.addWidget(self.blank)
        self.right.addWidget(empty)
        self.right.addWidget(self.card)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.right)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(style.M)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([320, 720])
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.splitter)

    # -- the window ------------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the SMQs, unless those of the terminology in use are here already."""
        if self._is_stale:
            self._is_stale = False
            self._say_blank(_("Reading the SMQs…"))
            self._lists.ask("smq_list", self._params(), self._show_list, self._fail_list)
        elif self._is_card_outdated and self._code:
            self._ask_card(self._code)

    def set_terminology(self, chosen: TerminologyChoice | None) -> None:
        """Show the SMQs of another release."""
        if chosen == self._terminology:
            return
        self._terminology, self._is_stale = chosen, True
        self._wanted = self._wanted or self._code
        self._code, self._card = "", None
        for requests in (self._lists, self._cards, self._members):
            requests.close()
        self.list.forget_chosen()
        self.list.set_smqs(())
        self.right.setCurrentIndex(0)
        if self.isVisible():
            self.start()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self.list.set_names_shown(shown)
        self.card.set_names_shown(shown)

    def show_smq(self, code: str) -> None:
        """Open an SMQ, as soon as the list is here."""
        self._wanted = code
        if self._is_stale:
            self.start()
        elif not self._lists.is_busy:
            self._go_to_wanted()

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        shown = [self.list.line, self.list.tree]
        is_open = self.right.currentIndex() == 1
        return [*shown, self.card.line, self.card.table] if is_open else [*shown]

    def stop_asking(self) -> None:
        """Let go of whatever is still asked: the page is going away."""
        for requests in (self._lists, self._cards, self._members, self._exports):
            requests.close()

    def save_layout(self, stored: QSettings) -> None:
        """Remember the splitter and the scope."""
        stored.setValue(WIDTHS, self.splitter.saveState())
        stored.setValue(SCOPE, self.card.wish().scope)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.list.retranslate()
        self.card.retranslate()
        if not self._lists.is_busy:
            self._say_blank(self._blank_words())

    def _restore(self, stored: QSettings) -> None:
        widths = stored.value(WIDTHS)
        if isinstance(widths, QByteArray):
            self.splitter.restoreState(widths)
        if stored.value(SCOPE) == "narrow":
            self.card.set_wish(MembersWish("narrow"))

    # -- asking ----------------------------------------------------------------------------------

    def _params(self, **more: object) -> dict[str, object]:
        chosen = self._terminology
        return {"terminology": chosen.terminology_id if chosen else "", **more}

    def _show_list(self, told: Json) -> None:
        self._notices.clear(NOTICE)
        self.list.set_smqs(smqs_from_json(told))
        self._say_blank(self._blank_words())
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        wanted, self._wanted = self._wanted, ""
        if wanted and not self.list.go_to(wanted) and self.list.model.total():
            text = _("The release in use has no SMQ with the code {code}.")
            self._notices.say(NOTICE, "info", text.format(code=wanted))

    def _ask_card(self, code: str) -> None:
        self._code, self._is_card_outdated = code, False
        self._members.close()
        self._cards.ask("smq_card", self._params(code=code), self._take_card, self._fail)

    def _take_card(self, told: Json) -> None:
        self._card = card_from_json(told)
        self._ask_members()

    def _ask_members(self) -> None:
        if not self._code or self._cards.is_busy:
            return
        wish = self.card.wish()
        params = self._params(
            code=self._code, scope=wish.scope, with_children=wish.with_children, levels=[]
        )
        self._members.ask("smq_members", params, self._show_members, self._fail)

    def _show_members(self, told: Json) -> None:
        """Card and members come into view together."""
        self._notices.clear(NOTICE)
        if self._card is not None:
            self.card.show_card(self._card, members_from_json(told))
            self.right.setCurrentIndex(1)

    def _renewed(self) -> None:
        """The engine speaks another language now: what it explained is asked for again."""
        self._is_card_outdated = True
        if self.isVisible():
            self.start()

    def _fail_list(self, error: CodingToolError) -> None:
        self._is_stale = True
        self._say_blank("")
        self._fail(error)

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self._notices.say(
                NOTICE, "error", sentence(error), action=_("Try again"), on_action=self._try_again
            )

    def _try_again(self) -> None:
        self._notices.clear(NOTICE)
        self._is_card_outdated = True
        self.start()

    def _say_blank(self, text: str) -> None:
        self.blank.setText(text)

    def _blank_words(self) -> str:
        if self._is_stale:
            return ""
        if self.list.model.total():
            return _(
                "Choose an SMQ on the left. Its terms, its scopes and its algorithm are shown here."
            )
        return _(
            "This release has no SMQs. They come with the files smq_list.asc and smq_content.asc: "
            "import the release again together with them."
        )

    # -- taking elsewhere ------------------------------------------------------------------------

    def _analyse(self) -> None:
        self.analyse_wanted.emit(term_rows(self.card.members))

    def choose_export(self) -> None:
        """Ask where to, and write the members into a workbook."""
        smq = self.list.model.by_code(self._code)
        if smq is None:
            return
        folder = str(self._stored.value(LAST_FOLDER, "") or "")
        name = "".join(c for c in smq.name if c not in '\\/:*?"<>|') or smq.code
        path, _kind = QFileDialog.getSaveFileName(
            self,
            _("Export the members"),
            str(Path(folder) / f"{name}.xlsx"),
            _("Workbooks ({patterns})").format(patterns="*.xlsx"),
        )
        if path:
            self.export(path if path.lower().endswith(".xlsx") else f"{path}.xlsx")

    def export(self, path: str) -> None:
        """Write the members of the scope in hand into a workbook."""
        self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
        wish = self.card.wish()
        params = self._params(
            code=self._code, scope=wish.scope, with_children=wish.with_children, path=path
        )
        self._exports.ask("smq_export", params, self._exported, self._fail)

    def _exported(self, told: Json) -> None:
        rows = int(told["rows"])
        text = ngettext("Written: {path} ({rows} row)", "Written: {path} ({rows} rows)", rows)
        self.said.emit(text.format(path=told["path"], rows=f"{rows:,}"))
        self._notices.clear(NOTICE)


def term_rows(members: Sequence[MemberRow]) -> tuple[TermRow, ...]:
    """Members as the other pages take terms."""
    return tuple(
        TermRow(
            level=member.level,
            code=member.code,
            name=member.name,
            name2=member.name2,
            is_current=member.is_current,
            child_count=0,
            is_primary=True,
        )
        for member in members
    )
