"""The tables of an analysis: one a level, one of SMQs with their terms, one of remarks."""

from typing import Any

from m2m_desktop.core.analysis.records import COUNTED_LEVELS
from m2m_desktop.services.language import _
from m2m_desktop.ui.analysis import remarks_model, smq_models
from m2m_desktop.ui.analysis.count_model import PRIMARY_SOC, CountModel
from m2m_desktop.ui.analysis.records import ToldAnalysis
from m2m_desktop.ui.analysis.remarks_model import RemarksModel, counted_word
from m2m_desktop.ui.analysis.share_delegate import NUMBER_TEXT, ShareDelegate
from m2m_desktop.ui.analysis.smq_models import SmqCountModel, SmqTermModel, met_words
from m2m_desktop.ui.analysis.sorted_rows import SortedRows
from m2m_desktop.ui.analysis.term_table import TermTable
from m2m_desktop.ui.smq.words import scope_word
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import ICON_ROOM

SMQ_TAB = len(COUNTED_LEVELS)
REMARKS_TAB = SMQ_TAB + 1
LEAST_WIDTH = 240
REMARK_WIDTHS = {remarks_model.TEXT: 14, remarks_model.SUGGESTION: 12}
"""These columns show so many characters at once; the reason gets the rest."""
SOC_ROOM = "皮肤及皮下组织"
SHARE_ROOM = NUMBER_TEXT + "字字"
SOC_FROM = 560
"""Where a table is narrower, the SOC of a term is in its tool tip only: the term needs the room."""


class ResultTables:
    """The models, and a table for each; ``all`` is in the order of the tabs."""

    def __init__(self) -> None:
        self.counts = {level: CountModel(level) for level in COUNTED_LEVELS}
        self.smqs, self.terms, self.remarks = SmqCountModel(), SmqTermModel(), RemarksModel()
        models: list[SortedRows[Any]] = [*self.counts.values(), self.smqs, self.remarks]
        self.all = [TermTable(model) for model in models]
        self.of_terms = TermTable(self.terms)
        for table in self.all:
            table.setMinimumWidth(LEAST_WIDTH)
        for table in self.all[:SMQ_TAB]:
            table.setItemDelegate(ShareDelegate(table))

    def titles(self) -> tuple[str, ...]:
        """The titles of the tabs, each with how many rows there are."""
        levels = (f"{level.name} ({len(model.records):,})" for level, model in self.counts.items())
        remarks = _("Remarks ({count})").format(count=f"{len(self.remarks.records):,}")
        return (*levels, f"SMQ ({len(self.smqs.records):,})", remarks)

    def show_analysis(self, analysis: ToldAnalysis) -> None:
        """Show these figures; the SMQs that hold most of them first."""
        for level, model in self.counts.items():
            model.set_counts(analysis.levels[level], analysis.severities, analysis.used)
        self.smqs.set_records(sorted(analysis.smqs, key=lambda smq: -smq.broad_count))
        self.remarks.set_records(analysis.remarks)
        self._stand_and_fit()
        self.show_terms()

    def show_terms(self) -> None:
        """Show the reported terms of the SMQ in hand."""
        smq = self.smqs.record(self.all[SMQ_TAB].current_row())
        self.terms.set_records(smq.terms if smq else ())
        has_categories = bool(smq and smq.algorithm)
        self.of_terms.setColumnHidden(smq_models.CATEGORY, not has_categories)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        for table in (*self.all, self.of_terms):
            table.rows.set_names_shown(shown)
        self._stand_and_fit()

    def fit(self, width: int) -> None:
        """Show what there is room for in tables of this width."""
        for model, table in zip(self.counts.values(), self.all, strict=False):
            if model.has_soc:
                table.setColumnHidden(PRIMARY_SOC, width < SOC_FROM)

    def retranslate(self) -> None:
        """Take over language and colours."""
        names = [level.name for level in COUNTED_LEVELS] + ["SMQ", _("Remarks")]
        for table, name in zip(self.all, names, strict=True):
            table.setAccessibleName(_("Figures: {table}").format(table=name))
            table.open_words = _("Show in the dictionary")
        self.all[SMQ_TAB].open_words = _("Show the SMQ")
        self.all[REMARKS_TAB].open_words = ""
        self.of_terms.setAccessibleName(_("Reported terms of the SMQ"))
        self.of_terms.open_words = _("Show in the dictionary")
        for table in (*self.all, self.of_terms):
            table.retranslate()
            table.rows.retranslate()
        self._stand_and_fit()

    def _stand_and_fit(self) -> None:
        for table in self.all:
            table.keep_row()
        for model, table in zip(self.counts.values(), self.all, strict=False):
            soc = {PRIMARY_SOC: (SOC_ROOM,)} if model.has_soc else {}
            table.lay_out({**soc, **_numbers(model), model.share_column: (SHARE_ROOM,)})
        met = {ICON_ROOM + met_words(smq) for smq in self.smqs.records}
        self.all[SMQ_TAB].lay_out({**_numbers(self.smqs), smq_models.ALGORITHM: ("", *met)})
        words = [ICON_ROOM + counted_word(is_used=is_used) for is_used in (True, False)]
        texts = {
            column: (self.remarks.widest(column)[:most],) for column, most in REMARK_WIDTHS.items()
        }
        self.all[REMARKS_TAB].lay_out(
            {**_numbers(self.remarks), **texts, remarks_model.COUNTED: words}
        )
        scopes = (scope_word(is_narrow=True), scope_word(is_narrow=False))
        self.of_terms.lay_out(
            {smq_models.SCOPE: scopes, smq_models.CATEGORY: ("字",), smq_models.COUNT: ("88,888",)}
        )


def _numbers(model: SortedRows[Any]) -> dict[int, tuple[str, ...]]:
    """The widest texts of the columns that hold numbers."""
    columns = filter(model.is_number, range(model.columnCount()))
    return {column: (model.widest(column),) for column in columns}
