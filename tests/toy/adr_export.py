"""A small export in the layout of the national system: a title row, one row for each drug."""

from pathlib import Path

HEADER = (
    "报告表编码",
    "报告类型-严重程度",
    "怀疑/并用",
    "通用名称",
    "不良反应名称",
    "不良反应结果",
)
REPORTS = (
    ("R001", "一般", ("阿莫西林胶囊", "布洛芬片"), "皮疹（一般）；恶心"),
    ("R002", "一般", ("头孢曲松钠",), "恶心、呕吐"),
    ("R003", "严重", ("青霉素",), "浑身刺痒还起红疹子（严重）"),
    ("R004", "一般", ("阿司匹林",), "头痛，无皮疹"),
    ("R005", "一般", ("阿司匹林",), "皮疹；好转"),
    ("R006", "一般", ("布洛芬片",), ""),
)
REACTIONS = ("皮疹", "恶心", "呕吐", "浑身刺痒还起红疹子", "头痛")
"""The distinct reactions, in the order in which they first appear."""


def write_export(path: Path, reports=REPORTS) -> Path:
    """Write it with openpyxl; two rows where a report has two drugs."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "报告导出"
    sheet.append(["国家中心导出文件"])
    sheet.append(list(HEADER))
    for code, severity, drugs, reactions in reports:
        for drug in drugs:
            sheet.append([code, severity, "怀疑", drug, reactions, "好转"])
    book.save(path)
    return path
