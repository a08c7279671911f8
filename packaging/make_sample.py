"""Make resources/samples/adr_sample.xlsx: an invented export in the shape of the national ADR system.

A title row above the header, one row per drug, several reactions in one cell with the severity
hanging on each. Everything in it is made up; no row comes from a report. The same bytes each time.
"""

from __future__ import annotations

import datetime
import io
import re
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).resolve().parent.parent / "resources" / "samples" / "adr_sample.xlsx"

TITLE = "国家中心导出文件"
COLUMNS = (
    "报告表编码", "报告类型-新的", "报告类型-严重程度", "怀疑/并用", "通用名称", "剂型", "用法", "给药途径",
    "用药开始时间", "用药原因", "不良反应名称", "不良反应发生时间", "不良反应结果",
    "停药减药后反应是否减轻或消失", "再次使用可疑药是否出现同样反应", "报告人评价", "报告人职业", "报告单位名称",
)  # fmt: skip
WIDE = {"不良反应名称": 44, "通用名称": 24, "报告表编码": 16, "用药原因": 16, "报告单位名称": 18}
UNIT = "示例医院（虚构）"
FIXED_TIME = (2025, 1, 1, 0, 0, 0)


class Report(NamedTuple):
    """One invented report: its drugs (the first is suspected), and what was reported."""

    drugs: tuple[tuple[str, str, str], ...]
    reason: str
    reactions: str
    severity: str
    outcome: str


REPORTS = (
    Report((("注射用头孢曲松钠", "粉针剂", "静脉滴注"),), "上呼吸道感染",
           "皮疹（一般）；瘙痒（一般）", "一般", "痊愈"),
    Report((("阿莫西林胶囊", "胶囊剂", "口服"), ("布洛芬缓释胶囊", "胶囊剂", "口服")), "牙周炎",
           "全身发痒起疹（一般）", "一般", "好转"),
    Report((("左氧氟沙星氯化钠注射液", "注射剂", "静脉滴注"),), "尿路感染",
           "恶心（一般）；呕吐（一般）；头晕（一般）", "一般", "痊愈"),
    Report((("注射用青霉素钠", "粉针剂", "静脉滴注"),), "肺炎",
           "过敏性休克（严重）；呼吸困难（严重）、血压下降（严重）", "严重", "好转"),
    Report((("盐酸二甲双胍片", "片剂", "口服"),), "2型糖尿病", "拉肚子（一般）、反胃（一般）", "一般", "好转"),
    Report((("阿托伐他汀钙片", "片剂", "口服"), ("苯磺酸氨氯地平片", "片剂", "口服")), "高脂血症",
           "ALT升高（一般）；肌肉酸痛（一般）", "一般", "好转"),
    Report((("注射用紫杉醇", "粉针剂", "静脉滴注"), ("卡铂注射液", "注射剂", "静脉滴注")), "肺恶性肿瘤",
           "1、白细胞减少（严重）\n2、脱发（一般）\n3、手脚发麻（一般）", "严重", "未好转"),
    Report((("华法林钠片", "片剂", "口服"),), "心房颤动", "牙龈出血（一般），皮肤瘀斑（一般）", "一般", "好转"),
    Report((("马来酸依那普利片", "片剂", "口服"),), "高血压", "干咳（一般）", "一般", "痊愈"),
    Report((("硝苯地平控释片", "片剂", "口服"),), "高血压", "脸红发烫（一般）；脚肿（一般）", "一般", "好转"),
    Report((("盐酸氨溴索注射液", "注射剂", "静脉滴注"),), "支气管炎", "心慌（一般）；胸闷（一般）", "一般", "痊愈"),
    Report((("别嘌醇片", "片剂", "口服"),), "痛风", "身上起红疙瘩（一般）；发热（一般）", "一般", "好转"),
    Report((("卡马西平片", "片剂", "口服"),), "三叉神经痛", "剥脱性皮炎（严重）", "严重", "好转"),
    Report((("异烟肼片", "片剂", "口服"), ("利福平胶囊", "胶囊剂", "口服")), "肺结核",
           "肝功能异常（一般）；食欲下降（一般）", "一般", "好转"),
    Report((("碘海醇注射液", "注射剂", "静脉注射"),), "增强检查", "荨麻疹（一般）；眼睑水肿（一般）", "一般", "痊愈"),
    Report((("胰岛素注射液", "注射剂", "皮下注射"),), "2型糖尿病", "低血糖（一般）；出冷汗（一般）", "一般", "痊愈"),
    Report((("阿司匹林肠溶片", "片剂", "口服"), ("硫酸氢氯吡格雷片", "片剂", "口服")), "冠心病",
           "黑便（严重）；胃痛（一般）", "严重", "好转"),
    Report((("曲马多缓释片", "片剂", "口服"),), "腰痛", "头昏想吐（一般）；便秘（一般）", "一般", "痊愈"),
    Report((("庆大霉素注射液", "注射剂", "肌内注射"),), "肠炎", "耳鸣（一般）；听力下降（严重）", "严重", "未好转"),
    Report((("奥美拉唑肠溶胶囊", "胶囊剂", "口服"),), "胃炎", "口干（一般）；睡不着觉（一般）", "一般", "好转"),
)  # fmt: skip


def rows() -> list[list[object]]:
    """All rows below the header: one per drug."""
    first_day = datetime.date(2025, 3, 3)
    made: list[list[object]] = []
    for number, report in enumerate(REPORTS, 1):
        began = first_day + datetime.timedelta(days=3 * number)
        for place, (drug, form, route) in enumerate(report.drugs):
            made.append([
                f"示例2025{number:05d}", "否", report.severity, "并用" if place else "怀疑", drug, form,
                "按说明书", route, began, report.reason, report.reactions,
                began + datetime.timedelta(days=number % 4), report.outcome,
                "是" if report.outcome != "未好转" else "不明", "未再使用", "可能", "药师", UNIT,
            ])  # fmt: skip
    return made


def make() -> bytes:
    """The workbook."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "报告导出"
    sheet.append([TITLE])
    sheet.append(list(COLUMNS))
    for row in rows():
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.freeze_panes = "A3"
    for place, name in enumerate(COLUMNS, 1):
        cell = sheet.cell(2, place)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = WIDE.get(name, 13)
    for line in sheet.iter_rows(min_row=3):
        for cell in line:
            if isinstance(cell.value, datetime.date):
                cell.number_format = "yyyy-mm-dd"
        line[COLUMNS.index("不良反应名称")].alignment = Alignment(wrap_text=True, vertical="top")
    book.properties.creator = "m2m_desktop"
    stream = io.BytesIO()
    book.save(stream)
    return without_dates(stream.getvalue())


def without_dates(data: bytes) -> bytes:
    """The same workbook with one fixed time everywhere, so that it is the same file each time."""
    stamp = datetime.datetime(*FIXED_TIME).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            member = zipfile.ZipInfo(name, FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, content)
    return result.getvalue()


def main() -> int:
    """Write the sample."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(make())
    print(f"{TARGET}: {len(rows())} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
