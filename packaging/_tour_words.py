"""What stands below the pictures of the tour, in both languages, and its page in the manual."""

from pathlib import Path
from typing import NamedTuple

ORDER = "14"
"""The number of the page in the manual."""


class Caption(NamedTuple):
    """What is done in a step and what it leads to."""

    zh: str
    en: str


CAPTIONS = {
    "first_steps": Caption(
        "第一次启动：停在“开始”页，光标已在第一个按钮上。",
        "The first start: the page First steps, with the keyboard on its first button.",
    ),
    "example": Caption(
        "按空格，示例短语“全身发痒起疹”即编码完成：两个 PT 入选，右侧是概率和 SOC 路径。",
        "Space codes the example: two PTs are selected, with probabilities and the way to the SOC.",
    ),
    "phrases": Caption(
        "按 Enter 换行，按 Ctrl+V 粘贴从 Excel 复制的六个单元格；按 F6 到短语表，再按 F6 到候选表，用 ↑↓ 查看。",
        "Enter opens the next line, Ctrl+V pastes six cells from Excel; F6 leads to the list of phrases "
        "and on to the candidates, ↑ and ↓ look through them.",
    ),
    "show_in_dictionary": Caption(
        "再按 F6 到 SOC 树，按 Ctrl+D：在词典中打开这个术语。",
        "F6 again leads to the tree; Ctrl+D shows the term in the dictionary.",
    ),
    "choose_file": Caption(
        "按 Ctrl+2 到“工作簿”，按 Ctrl+O，输入文件路径。",
        "Ctrl+2 leads to the workbook page, Ctrl+O asks for a file; its path is typed.",
    ),
    "open_table": Caption(
        "按 Enter：程序认出这是国家系统的导出文件，列名不在第一行也没关系。",
        "Enter: the program recognises the national export, although the header is not in the first row.",
    ),
    "columns": Caption(
        "想核对所读的列，就按 Tab 到“选择列…”再按空格；按 Esc 返回。",
        "To check which columns are read, Tab to Columns… and press Space; Esc leads back.",
    ),
    "review": Caption(
        "按 Enter 开始编码。相同的短语只出现一次，光标停在第一条待审的短语上。",
        "Enter starts coding. Equal phrases stand there once; the first open one is in hand.",
    ),
    "decided": Caption(
        "按三次 Enter 接受三条；按 2、Enter 改选第二个候选；按 N 表示无合适术语；按 F 做标记。",
        "Enter three times accepts three phrases; 2 and Enter choose the second candidate; "
        "N means no suitable term; F flags.",
    ),
    "filter": Caption(
        "Ctrl+Z 撤销、Ctrl+Y 重做之后，按 Ctrl+F 输入 ALT，只留下相符的短语。",
        "After Ctrl+Z (undo) and Ctrl+Y (redo), Ctrl+F and ALT leave only the phrases that match.",
    ),
    "doubtful": Caption(
        "清除筛选后按 F3，跳到下一条存疑的短语。",
        "With the filter gone, F3 goes to the next doubtful phrase.",
    ),
    "memory": Caption(
        "按 Ctrl+M：刚才的决定已经进入本院记忆库。",
        "Ctrl+M: what was just decided is in the memory already.",
    ),
    "export": Caption(
        "按 Ctrl+E 导出，用 Tab 到文件名处，输入新的文件名。",
        "Ctrl+E exports; Tab leads to the name of the file, and another one is typed.",
    ),
    "exported": Caption(
        "按 Enter：文件已写好，编码在单元格右侧的新列中。",
        "Enter: the file is written, with the codes in new columns at the right.",
    ),
    "models": Caption(
        "按 Alt+M 打开“模型”菜单，再按 Enter 查看已安装的模型。",
        "Alt+M opens the menu of models, Enter shows what is installed.",
    ),
    "pinyin": Caption(
        "按 Ctrl+3 到“词典”，输入拼音 exin，边输入边出结果。",
        "Ctrl+3 leads to the dictionary; exin, typed as pinyin, is answered while one types.",
    ),
    "bin": Caption(
        "按 Enter 到结果列表，按 B 加入收集篮；再按 Enter 到树；用 F6 到收集篮，按空格展开。",
        "Enter leads to the hits, B puts a term into the research bin, Enter leads on to the tree; "
        "F6 leads to the bin, Space opens it.",
    ),
    "smq": Caption(
        "按 Ctrl+4 到“SMQ”，用 F6 到树，用 ↓ 选择：右侧是范围和所含术语。",
        "Ctrl+4 leads to the SMQs; F6 and ↓ choose one: its scope and its members are on the right.",
    ),
    "analysis_question": Caption(
        "按 Ctrl+5 到“统计”：打开的项目已经选好；按 Tab 和空格，把尚未审定的也算上。",
        "Ctrl+5 leads to the analysis. The open project is chosen already; Tab and Space include what "
        "is not decided yet.",
    ),
    "analysis": Caption(
        "按 Ctrl+Enter：按 SOC 和严重程度的计数，图可以直接复制到报告中。",
        "Ctrl+Enter: counts by SOC and severity, and a chart to be copied into a report.",
    ),
    "import_release": Caption(
        "按 Ctrl+I 导入术语集：输入文件夹，按 Tab 到订阅声明并按空格勾选。此处是由演示词典改成的两个版本，版本号是虚构的。",
        "Ctrl+I imports releases: the folder is typed, Tab and Space tick the subscription. Here they "
        "are two made of the demo dictionary, with invented versions.",
    ),
    "imported": Caption(
        "按 Enter 导入，然后是导入报告；按 Esc 关闭，正在使用的术语集不变。",
        "Enter imports them and shows the report; Esc closes it, and the terminology in use stays.",
    ),
    "versions": Caption(
        "按 Ctrl+6 到“版本”：两个版本的每一处变化。",
        "Ctrl+6 leads to the versions: every change from one to the other.",
    ),
    "effects": Caption(
        "用 F6 到标签栏，按 →：新版本对本项目每一条决定意味着什么。不点“应用”，什么都不会变。",
        "F6 leads to the tabs, → to the effect on the project, decision by decision. Nothing changes "
        "before Apply is pressed.",
    ),
    "keys": Caption("按 Ctrl+F1：全部快捷键。", "Ctrl+F1: all keys."),
    "manual": Caption(
        "按 F1：使用手册停在当前页面的说明上。Ctrl+Q 退出，无需保存。",
        "F1: the manual, at the page one is on. Ctrl+Q ends the program; there is nothing to save.",
    ),
}

HEADS = {
    "zh_CN": (
        "# 全程演示：只用键盘\n\n下面的图是一次真实操作的记录：从第一次启动到导出带编码的工作簿，全程没有用鼠标。"
        "短语和报告都是虚构的，术语来自演示词典（非 MedDRA）。\n"
    ),
    "en": (
        "# The whole way, by keyboard\n\nThese pictures were recorded while the program was used: from the "
        "first start to a workbook with codes, without a mouse. Phrases and reports are invented, the "
        "terms are those of the demo dictionary (not MedDRA).\n"
    ),
}


def caption(name: str, lang: str) -> str:
    """The caption of a step."""
    return CAPTIONS[name].zh if lang == "zh_CN" else CAPTIONS[name].en


def picture_name(name: str, lang: str) -> str:
    """The file of a step among the pictures of the manual."""
    return f"tour-{name}-{lang[:2]}.png"


def write_manual(tour: Path, help_folder: Path) -> None:
    """Take the pictures of a tour in both languages into the manual, and write its page anew.

    Raises SystemExit where the pictures are larger together than is good for a download.
    """
    from _palette import save_with_palette

    images, total = help_folder / "images", 0
    for old in images.glob("tour-*.png"):
        old.unlink()
    for lang, head in HEADS.items():
        lines = [head]
        for path in sorted((tour / lang).glob("[0-9][0-9]_*.png")):
            name = path.stem.partition("_")[2]
            made = images / picture_name(name, lang)
            total += save_with_palette(path, made)
            number = len(lines)
            said = caption(name, lang)
            lines.append(f"{number}. {said}\n\n![{said}](../../images/{made.name})\n")
        page = help_folder / "manual" / lang / f"{ORDER}-tour.md"
        page.write_text("\n".join(lines), encoding="utf-8")
    print(f"pictures of the manual: {total:,} bytes")
    if total > MOST_BYTES:
        raise SystemExit(f"tour: the pictures of the manual are larger than {MOST_BYTES:,} bytes")


MOST_BYTES = 3_000_000
