"""An empty workbook with the sheets and charts that are wanted, as openpyxl writes it.

openpyxl would write the rows as well, but by way of temporary files that stay when the program is
killed, and with the time of day in the result. So it makes the parts around the rows only.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from m2m_desktop.services.export.sheets import BarChart, NewSheet

if TYPE_CHECKING:
    from openpyxl.chart import BarChart as ExcelBarChart
    from openpyxl.worksheet.worksheet import Worksheet
    from openpyxl.writer.excel import ExcelWriter

DRAWING_ID = "rId1"
"""How a sheet of the skeleton links its drawing."""
STYLES = "xl/styles.xml"
CHART = b"/xl/charts/chart1.xml"
_EPOCH = datetime(1980, 1, 1)
_WIDTH_CM, _LEAST_HEIGHT_CM, _ROWS_A_CM = 22, 8, 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """The parts of a chart: the drawing that places it, its links, and the chart itself."""

    drawing: bytes
    links: bytes
    chart: bytes


def skeleton(sheets: Sequence[NewSheet], made_at: str) -> dict[str, bytes]:
    """The parts of a workbook with these sheets, without their rows, by name."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        made = book.create_sheet(sheet.title)
        if sheet.chart is not None:
            made.add_chart(_chart(made, sheet.chart), sheet.chart.anchor)
    book.properties.created = book.properties.modified = _moment(made_at)
    book.properties.creator = "mention2meddra Desktop"
    stream = io.BytesIO()
    # not Workbook.save: that would put the time of day into the properties
    _frame_writer()(book, zipfile.ZipFile(stream, "w")).save()
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sheet_part(number: int) -> str:
    """The part of the n-th sheet of a skeleton."""
    return f"xl/worksheets/sheet{number}.xml"


def drawing_of(sheet: NewSheet) -> Drawing:
    """The parts of a sheet's chart, to be put into another workbook; its links name `CHART`."""
    parts = skeleton([sheet], "")
    return Drawing(
        parts["xl/drawings/drawing1.xml"],
        parts["xl/drawings/_rels/drawing1.xml.rels"],
        parts["xl/charts/chart1.xml"],
    )


def _frame_writer() -> "type[ExcelWriter]":
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.packaging.relationship import Relationship, RelationshipList
    from openpyxl.writer.excel import ExcelWriter

    class FrameWriter(ExcelWriter):
        """Leaves every sheet empty; openpyxl's own way is a temporary file for each."""

        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts = ws._charts
            ws._rels = RelationshipList()
            if ws._charts:
                ws._rels.append(Relationship(Id="", type="drawing", Target=""))
            frame: Any = self  # whose archive the type stubs do not know
            frame._archive.writestr(ws.path[1:], b"")
            self.manifest.append(ws)

    return FrameWriter


def _chart(made: "Worksheet", wanted: BarChart) -> "ExcelBarChart":
    from openpyxl.chart import BarChart as ExcelBarChart
    from openpyxl.chart import Reference, Series
    from openpyxl.chart.data_source import AxDataSource, StrRef

    chart = ExcelBarChart()
    chart.type = "bar"
    chart.title = wanted.title
    if chart.title is not None:
        chart.title.overlay = False
    chart.legend = None
    first, last = wanted.first_row, wanted.last_row
    series = Series(Reference(made, wanted.column, first, max_row=last))
    names = str(Reference(made, 1, first, max_row=last))
    # as texts: Chart.set_categories takes them for numbers
    series.cat = AxDataSource(strRef=StrRef(f=names))
    chart.series.append(series)
    chart.x_axis.scaling.orientation = "maxMin"  # the most frequent on top
    # openpyxl hides the axes of its charts unless told otherwise
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width = _WIDTH_CM
    chart.height = max(_LEAST_HEIGHT_CM, 3 + (last - first + 1) // _ROWS_A_CM)
    return chart


def _moment(made_at: str) -> datetime:
    """The time the project says, in UTC; a fixed one where it does not say any."""
    try:
        moment = datetime.fromisoformat(made_at)
    except ValueError:
        return _EPOCH
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0) if moment.tzinfo else moment
