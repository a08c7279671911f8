"""The pages of the validation pack: plain HTML that prints, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

LANGUAGES = ("zh", "en")
Row = tuple[str, str, str, str, Sequence[tuple[str, Mapping[str, int]]], str]
"""Number, sentence, risk, source, tests with their outcomes counted, verdict."""

WORDS = {
    "zh": {
        "lang": "zh-CN",
        "title": "mention2meddra Desktop 验证资料：需求与测试对照表",
        "about": "每项需求由列出的自动测试证明。测试代码随源代码提供，任何人都可重新运行：",
        "version": "程序版本",
        "when": "测试运行时间",
        "no_run": "未提供运行结果",
        "number": "编号",
        "requirement": "需求",
        "risk": "风险",
        "source": "依据",
        "tests": "测试与结果",
        "verdict": "结论",
        "sum": "合计",
        "high": "高",
        "medium": "中",
        "low": "低",
        "passed": "通过",
        "failed": "未通过",
        "skipped": "跳过",
        "open": "待完成",
        "not run": "未运行",
        "limits": (
            "本表说明程序经过哪些测试，并不代替使用单位自己的验证：安装确认请运行自检"
            "（m2m selftest），并在贵单位的环境、术语集和模型上确认预期用途。结果是建议，由人决定。"
        ),
        "risks": "风险：高＝记录错误、丢失或患者信息外泄；中＝工作丢失或需重做；低＝不便。",
        "sign": ("编制", "复核", "批准"),
        "sign_line": "姓名、日期、签名",
    },
    "en": {
        "lang": "en",
        "title": "mention2meddra Desktop validation pack: requirements and tests",
        "about": "Each requirement is proved by automatic tests that come with the source. To repeat:",
        "version": "Version of the program",
        "when": "Time of the test run",
        "no_run": "no results were given",
        "number": "No.",
        "requirement": "Requirement",
        "risk": "Risk",
        "source": "Source",
        "tests": "Tests and outcomes",
        "verdict": "Verdict",
        "sum": "In all",
        "high": "high",
        "medium": "medium",
        "low": "low",
        "passed": "passed",
        "failed": "failed",
        "skipped": "skipped",
        "open": "open",
        "not run": "not run",
        "limits": (
            "This table says what the program was tested for. It does not take the place of your own "
            "validation: qualify the installation with the self-test (m2m selftest), and confirm the "
            "intended use with your own computers, terminology and model. Answers are proposals; "
            "a person decides."
        ),
        "risks": (
            "Risk: high = records are wrong or lost, or patients' data get out; medium = work is lost "
            "or repeated; low = a nuisance."
        ),
        "sign": ("Prepared by", "Reviewed by", "Approved by"),
        "sign_line": "name, date, signature",
    },
}
COMMANDS = """python3 packaging/dev.py test --junitxml results.xml
python3 packaging/dev.py validation DIR --junit results.xml"""
STYLE = """
body { font: 10pt/1.45 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2em; color: #111; }
h1 { font-size: 15pt; } table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #999; padding: .35em .5em; text-align: left; vertical-align: top; }
th { background: #eee; } thead { display: table-header-group; } tr { break-inside: avoid; }
td.tests { font: 8pt/1.4 monospace; overflow-wrap: anywhere; } pre { background: #f4f4f4; padding: .6em; }
.verdict { font-weight: bold; white-space: nowrap; } .failed { text-decoration: underline; }
.sign td { height: 3em; width: 33%; } @page { size: A4 landscape; margin: 12mm; }
"""


def page(language: str, version: str, when: str, rows: Sequence[Row]) -> str:
    """Give the whole page in one language; the same rows give the same page."""
    words = WORDS[language]

    def said(key: str) -> str:
        return escape(str(words[key]))

    heads = ("number", "requirement", "risk", "source", "tests", "verdict")
    verdicts = [row[-1] for row in rows]
    counts = ", ".join(f"{said(end)} {verdicts.count(end)}" for end in ("passed", "failed", "open"))
    signs = "".join(
        f"<td>{escape(who)}<br><small>{said('sign_line')}</small></td>" for who in words["sign"]
    )
    return f"""<!DOCTYPE html>
<html lang="{words["lang"]}"><head><meta charset="utf-8"><title>{said("title")}</title>
<style>{STYLE}</style></head><body>
<h1>{said("title")}</h1>
<p>{said("version")}: {escape(version)}<br>{said("when")}: {escape(when) or said("no_run")}<br>
{said("sum")}: {len(rows)} ({counts})</p>
<p>{said("about")}</p>
<pre>{escape(COMMANDS)}</pre>
<p>{said("risks")}</p>
<table><thead><tr>{"".join(f"<th>{said(head)}</th>" for head in heads)}</tr></thead>
<tbody>
{"".join(_row(row, said) for row in rows)}</tbody></table>
<p>{said("limits")}</p>
<table class="sign"><tr>{signs}</tr></table>
</body></html>
"""


def _row(row: Row, said: Callable[[str], str]) -> str:
    number, sentence, risk, source, tests, verdict = row
    lines = "<br>".join(f"{escape(label)}: {_outcome(ends, said)}" for label, ends in tests)
    return (
        f'<tr id="{escape(number)}"><td>{escape(number)}</td><td>{escape(sentence)}</td>'
        f"<td>{said(risk)}</td><td>{escape(source)}</td>"
        f'<td class="tests">{lines}</td>'
        f'<td class="verdict {verdict}">{said(verdict)}</td></tr>\n'
    )


def _outcome(ends: Mapping[str, int], said: Callable[[str], str]) -> str:
    told = [f"{said(end)} {ends[end]}" for end in ("passed", "failed", "skipped") if ends.get(end)]
    return ", ".join(told) or said("not run")
