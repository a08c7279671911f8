"""The demo dictionary: what its compiler makes, and that the committed files are just that."""

import importlib
import re
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
COLUMNS = {
    "soc": 10, "hlgt": 9, "hlt": 9, "pt": 11, "llt": 11, "mdhier": 12, "soc_hlgt": 2, "hlgt_hlt": 2,
    "hlt_pt": 2, "intl_ord": 2, "smq_list": 9, "smq_content": 9,
}  # fmt: skip
Rows = list[list[str]]


def load_compiler() -> ModuleType:
    """Import the script as it runs, its folder on the path: for this import only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "packaging"))
        return importlib.import_module("demo_dictionary")


compiler = load_compiler()


def rows(language: str, table: str) -> Rows:
    """Read a committed table strictly: every row whole, nothing after the last $."""
    text = (DEMO / language / f"{table}.asc").read_bytes().decode("utf-8")
    assert text.endswith("$\r\n")
    lines = text.split("\r\n")[:-1]
    assert not any(set(line) & {"\r", "\n", "\t"} for line in lines)
    pieces = [line.split("$") for line in lines]
    assert {len(each) for each in pieces} == {COLUMNS[table] + 1}
    assert {each[-1] for each in pieces} == {""}
    return [each[:-1] for each in pieces]


SMALL = {
    "order.txt": "one\ntwo\n",
    "source/one.txt": (
        "# a comment\n"
        "[group] 甲组 | Group one | One\n"
        "[high group] 甲大类 | High group one\n"
        "[high term] 甲类 | High term one\n"
        "头痛 | Headache\n"
        "  + 头疼 | Head pain\n"
        "  - 脑痛 | Brain pain\n"
        "  @ two/乙类\n"
        "头晕 | Dizziness\n"
    ),
    "source/two.txt": (
        "[group] 乙组 | Group two | Two\n"
        "[high group] 乙大类 | High group two\n"
        "[high term] 乙类 | High term two\n"
        "恶心 | Nausea\n"
        "  + 反胃 | Feeling sick\n"
    ),
    "smq.txt": (
        "[smq] 不适 | Complaints\n"
        "[about] 说明。 | About.\n"
        "[algorithm] A or (B and C)\n"
        "[narrow A]\n"
        "头痛\n"
        "[broad B]\n"
        "恶心 > 反胃\n"
        "[broad C]\n"
        "头晕\n"
        "[child smq] 头部 | Head\n"
        "[narrow]\n"
        "头痛 > 头疼\n"
    ),
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A dictionary of two groups that a test may spoil."""
    (tmp_path / "source").mkdir()
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def codes_of(folder: Path) -> dict[str, str]:
    text = (folder / "codes.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()[1:]]
    return {f"{level} {key}": code for level, key, code in lines}


# -- the committed files


def test_committed_files_are_what_the_sources_give() -> None:
    assert compiler.differences(DEMO) == []
    assert compiler.outputs(DEMO) == compiler.outputs(DEMO)


def test_size() -> None:
    assert len(rows("chinese", "soc")) >= 25
    assert len(rows("chinese", "pt")) >= 600
    assert len(rows("chinese", "llt")) >= 2500
    assert 4 <= len(rows("chinese", "smq_list")) <= 8


def test_every_pt_has_one_primary_path_and_one_path_per_group() -> None:
    pts = {row[0]: row for row in rows("chinese", "pt")}
    primary: dict[str, list[str]] = defaultdict(list)
    pairs = Counter()
    for row in rows("chinese", "mdhier"):
        pairs[row[0], row[3]] += 1
        assert (row[3] == row[10]) == (row[11] == "Y")
        assert row[10] == pts[row[0]][3]
        if row[11] == "Y":
            primary[row[0]].append(row[3])
    assert set(primary) == set(pts)
    assert {len(socs) for socs in primary.values()} == {1}
    assert set(pairs.values()) == {1}
    assert len(pairs) - len(pts) >= 150


def test_links_join_to_the_hierarchy() -> None:
    hlts = defaultdict(set)
    hlgts = defaultdict(set)
    for parent, child in rows("chinese", "soc_hlgt"):
        hlgts[child].add(parent)
    for parent, child in rows("chinese", "hlgt_hlt"):
        hlts[child].add(parent)
    joined = {
        (pt, hlt, hlgt, soc)
        for hlt, pt in rows("chinese", "hlt_pt")
        for hlgt in hlts[hlt]
        for soc in hlgts[hlgt]
    }
    assert joined == {tuple(row[:4]) for row in rows("chinese", "mdhier")}


def test_names_in_the_hierarchy_are_those_of_the_levels() -> None:
    for language in ("chinese", "english"):
        tables = ("pt", "hlt", "hlgt", "soc")
        names = {row[0]: row[1] for table in tables for row in rows(language, table)}
        for row in rows(language, "mdhier"):
            assert [names[code] for code in row[:4]] == row[4:8]


def test_codes_are_ours_and_unique() -> None:
    seen: set[str] = set()
    for table in ("soc", "hlgt", "hlt", "pt", "smq_list"):
        codes = [row[0] for row in rows("chinese", table)]
        assert len(set(codes)) == len(codes)
        assert not seen & set(codes)
        seen |= set(codes)
        form = r"2999\d{4}" if table == "smq_list" else r"9\d{7}"
        assert all(re.fullmatch(form, code) for code in codes)
    llts = [row[0] for row in rows("chinese", "llt")]
    assert len(set(llts)) == len(llts)
    assert all(re.fullmatch(r"9\d{7}", code) for code in llts)


def test_no_row_begins_as_a_row_of_meddra_does() -> None:
    licensed = re.compile(rb"^(1[0-9]|20)[0-9]{6}\$", re.MULTILINE)
    for path in DEMO.rglob("*"):
        if path.is_file():
            assert not licensed.search(path.read_bytes()), path


def test_first_llt_of_a_pt_is_the_pt_and_current() -> None:
    for language in ("chinese", "english"):
        names = {row[0]: row[1] for row in rows(language, "pt")}
        first: dict[str, list[str]] = {}
        for row in rows(language, "llt"):
            first.setdefault(row[2], row)
        assert set(first) == set(names)
        for code, row in first.items():
            assert (row[0], row[1], row[9]) == (code, names[code], "Y")


def test_both_languages_have_the_same_codes() -> None:
    for table in COLUMNS:
        keep = (0, 2) if table == "llt" else (0,)
        chinese, english = (
            [[row[column] for column in keep] for row in rows(language, table)]
            for language in ("chinese", "english")
        )
        assert chinese == english
    assert all(row[1].isascii() for row in rows("english", "llt"))


def test_pt_names_are_unique() -> None:
    for language in ("chinese", "english"):
        names = [row[1].casefold() for row in rows(language, "pt")]
        assert len(set(names)) == len(names)


def test_non_current_terms_are_there() -> None:
    currency = Counter(row[9] for row in rows("chinese", "llt"))
    assert set(currency) == {"Y", "N"}
    assert currency["N"] >= 100


def test_homographs_are_those_the_readme_lists() -> None:
    names = {row[0]: row[1] for row in rows("chinese", "pt")}
    owners: dict[str, list[str]] = defaultdict(list)
    for row in rows("chinese", "llt"):
        owners[row[1]].append(names[row[2]])
    found = {name: sorted(pts) for name, pts in owners.items() if len(pts) > 1}
    readme = (DEMO / "README.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^  (\S+) {2,}(\S+(?:, \S+)+)$", readme, re.MULTILINE)
    assert found == {name: sorted(pts.split(", ")) for name, pts in listed}
    assert len(found) >= 6


def test_folders_say_that_this_is_not_meddra() -> None:
    for language in ("chinese", "english"):
        banner = (DEMO / language / compiler.MARKER).read_text(encoding="utf-8")
        assert banner == "演示词典，非 MedDRA / Demo dictionary, not MedDRA\n"
        release = (DEMO / language / "meddra_release.asc").read_bytes()
        assert release == f"0.1${language.capitalize()}$$$$".encode()


def test_smq_terms_exist_at_their_level() -> None:
    codes = {"4": "pt", "5": "llt", "0": "smq_list"}
    known = {kind: {row[0] for row in rows("chinese", table)} for kind, table in codes.items()}
    content = rows("chinese", "smq_content")
    assert {row[2] for row in content} == set(known)
    assert all(row[1] in known[row[2]] for row in content)
    algorithms = [row[8] for row in rows("chinese", "smq_list")]
    assert "A or (B and C)" in algorithms
    for language, ending in (("chinese", "（演示SMQ）"), ("english", " (demo SMQ)")):
        assert all(row[1].endswith(ending) for row in rows(language, "smq_list"))


@pytest.mark.parametrize(
    ("phrase", "pt"),
    [
        ("全身发痒", "瘙痒"), ("起疹", "皮疹"), ("反胃", "恶心"), ("吐了", "呕吐"), ("拉肚子", "腹泻"),
        ("心慌", "心悸"), ("浑身没劲", "乏力"), ("发烧", "发热"), ("嘴巴干", "口干"), ("睡不着", "失眠"),
        ("拉不出大便", "便秘"), ("尿血", "血尿"), ("流鼻血", "鼻出血"), ("手抖", "震颤"),
        ("看东西模糊", "视物模糊"), ("掉头发", "脱发"), ("脸红", "潮红"), ("嘴唇肿", "嘴唇肿胀"),
        ("喘不上气", "呼吸困难"), ("胸口闷", "胸闷"), ("胀气", "胃肠胀气"), ("肌酐升高", "血肌酐升高"),
        ("ALT升高", "丙氨酸氨基转移酶升高"), ("转氨酶升高", "氨基转移酶升高"), ("血糖低", "血葡萄糖降低"),
        ("白细胞减少", "白细胞计数降低"), ("血小板减少", "血小板计数降低"), ("身上起红疙瘩", "皮疹"),
        ("血压升高", "血压升高"), ("高血压病", "高血压"), ("低血钾", "低钾血症"), ("血钾低", "血钾降低"),
    ],
)  # fmt: skip
def test_everyday_wordings_lie_under_their_pt(phrase: str, pt: str) -> None:
    names = {row[0]: row[1] for row in rows("chinese", "pt")}
    assert [names[row[2]] for row in rows("chinese", "llt") if row[1] == phrase] == [pt]


# -- the compiler


def test_small_dictionary(small: Path) -> None:
    assert compiler.main(["--folder", str(small)]) == 0
    llts = (small / "chinese" / "llt.asc").read_bytes().decode("utf-8")
    assert llts == (
        "90100001$头痛$90100001$$$$$$$Y$$\r\n"
        "92000001$头疼$90100001$$$$$$$Y$$\r\n"
        "92000002$脑痛$90100001$$$$$$$N$$\r\n"
        "90100002$头晕$90100002$$$$$$$Y$$\r\n"
        "90100003$恶心$90100003$$$$$$$Y$$\r\n"
        "92000003$反胃$90100003$$$$$$$Y$$\r\n"
    )
    hierarchy = (small / "english" / "mdhier.asc").read_bytes().decode("utf-8").split("\r\n")
    assert hierarchy[0] == (
        "90100001$90020001$90010001$90000001$Headache$High term one$High group one$Group one$One$$"
        "90000001$Y$"
    )
    assert hierarchy[1] == (
        "90100001$90020002$90010002$90000002$Headache$High term two$High group two$Group two$Two$$"
        "90000001$N$"
    )
    content = (small / "chinese" / "smq_content.asc").read_bytes().decode("utf-8")
    assert content == (
        "29990001$29990002$0$0$S$0$A$0.1$0.1$\r\n"
        "29990001$90100001$4$2$A$0$A$0.1$0.1$\r\n"
        "29990001$92000003$5$1$B$0$A$0.1$0.1$\r\n"
        "29990001$90100002$4$1$C$0$A$0.1$0.1$\r\n"
        "29990002$92000001$5$2$A$0$A$0.1$0.1$\r\n"
    )


def test_check_names_what_is_stale(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--folder", str(small)]
    assert compiler.main([*arguments, "--check"]) == 1
    assert compiler.main(arguments) == 0
    assert compiler.main([*arguments, "--check"]) == 0
    change(small, "source/two.txt", "反胃 | Feeling sick", "想吐 | Feeling sick")
    (small / "english" / "extra.asc").write_bytes(b"")
    capsys.readouterr()
    assert compiler.main([*arguments, "--check"]) == 1
    told = capsys.readouterr()
    assert "smq.txt:7: 恶心 has no LLT '反胃'" in told.err
    change(small, "smq.txt", "恶心 > 反胃", "恶心 > 想吐")
    assert compiler.main([*arguments, "--check"]) == 1
    stale = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert stale == [
        "codes.tsv", "chinese/llt.asc", "chinese/smq_content.asc", "english/llt.asc",
        "english/smq_content.asc", "english/extra.asc",
    ]  # fmt: skip


def test_line_ends_of_plain_text_do_not_matter(small: Path) -> None:
    assert compiler.main(["--folder", str(small)]) == 0
    for path in (*small.glob("*.txt"), *small.glob("source/*"), small / "codes.tsv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compiler.differences(small) == []


def test_a_term_that_comes_in_moves_no_code(small: Path) -> None:
    arguments = ["--folder", str(small)]
    assert compiler.main(arguments) == 0
    before = codes_of(small)
    change(
        small,
        "source/one.txt",
        "头痛 | Headache\n",
        "头胀 | Fullness of head\n  + 头闷 | Dull head\n头痛 | Headache\n",
    )
    assert compiler.main(arguments) == 0
    after = codes_of(small)
    assert {key: after[key] for key in before} == before
    assert after["PT 头胀"] == "90100004"
    assert after["LLT 头胀 | 头闷"] == "92000004"


def test_the_code_of_a_removed_term_is_not_used_again(small: Path) -> None:
    arguments = ["--folder", str(small)]
    change(small, "source/two.txt", "  + 反胃 | Feeling sick\n", "呕吐 | Vomiting\n")
    change(small, "smq.txt", "恶心 > 反胃", "恶心")
    assert compiler.main(arguments) == 0
    assert codes_of(small)["PT 呕吐"] == "90100004"
    change(small, "source/two.txt", "呕吐 | Vomiting\n", "干呕 | Retching\n")
    assert compiler.main(arguments) == 0
    assert codes_of(small)["PT 干呕"] == "90100005"
    assert codes_of(small)["PT 呕吐"] == "90100004"
    assert "90100004" not in (small / "chinese" / "pt.asc").read_text(encoding="utf-8")


def test_a_pt_keeps_its_code_when_it_moves(small: Path) -> None:
    arguments = ["--folder", str(small)]
    assert compiler.main(arguments) == 0
    before = codes_of(small)
    change(small, "source/one.txt", "头晕 | Dizziness\n", "")
    change(small, "source/two.txt", "恶心 | Nausea\n", "头晕 | Dizziness\n恶心 | Nausea\n")
    assert compiler.main(arguments) == 0
    assert codes_of(small) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("order.txt", "two\n", "two\nthree\n", "order.txt:3: there is no source/three.txt"),
        ("order.txt", "two\n", "", "order.txt:1: two is missing"),
        ("source/one.txt", "头疼 | Head pain", "头疼", "one.txt:6: two names expected"),
        ("source/one.txt", "头疼 | Head pain", "头疼 | a | b", "one.txt:6: two names expected"),
        ("source/one.txt", "头疼 | Head pain", "头疼 |  Head pain", "one.txt:6: empty name, or"),
        ("source/one.txt", "头疼 | Head pain", "头$疼 | Head pain", "one.txt:6: a name may not"),
        ("source/one.txt", "Head pain", "H" * 61, "one.txt:6: a name has more than 60"),
        ("source/one.txt", "Head pain", "Head pain ", "one.txt:6: spaces at the end"),
        ("source/one.txt", "Head pain", "Tête", "one.txt:6: the English name is not plain"),
        ("source/one.txt", "  + 头疼", "  * 头疼", "one.txt:6: not a line of this format"),
        ("source/one.txt", "[high term]", "[hlt]", "one.txt:4: not a line of this format"),
        ("source/one.txt", "[high term] 甲类 | High term one\n", "", "one.txt:4: a PT outside"),
        ("source/one.txt", "头痛 | Headache\n", "", "one.txt:5: an LLT without a PT"),
        ("source/one.txt", "[group] 甲组 | Group one | One\n", "", "one.txt:1: there is no [group]"),
        ("source/one.txt", " | One", " | Longer", "one.txt:2: an abbreviation has 1 to 5"),
        ("source/two.txt", " | Two", " | One", "two.txt:1: another abbreviation is called"),
        ("source/one.txt", "two/乙类", "two/丙类", "one.txt:8: there is no high term 'two/丙类'"),
        ("source/one.txt", "two/乙类", "one/甲类", "one.txt:8: 头痛 has a path in one already"),
        ("source/two.txt", "恶心 | Nausea", "头痛 | Nausea", "two.txt:4: a PT '头痛' stands at one.txt:5"),
        ("source/two.txt", "恶心 | Nausea", "恶心 | headache", "two.txt:4: a PT 'headache' stands"),
        ("source/two.txt", "反胃 | Feel", "头晕 | Feel", "two.txt:5: '头晕' is a PT at one.txt:9"),
        ("source/one.txt", "脑痛 | Brain pain", "头疼 | Brain pain", "one.txt:7: '头疼' twice under"),
        ("source/two.txt", "乙类 | High", "甲类 | High", "two.txt:3: another high term is called"),
        ("source/two.txt", "恶心 | Nausea\n  + 反胃", "# 反胃", "smq.txt:7: there is no PT '恶心'"),
        ("smq.txt", "[narrow A]", "[wide]", "smq.txt:4: not a heading of this format"),
        ("smq.txt", "A or (B and C)", "A or B", "smq.txt:1: the categories are not those"),
        ("smq.txt", "A or (B and C)", "A plus B", "smq.txt:1: the algorithm cannot be read"),
        ("smq.txt", "[narrow A]\n", "", "smq.txt:4: a term outside [narrow] and [broad]"),
        ("smq.txt", "头晕\n", "头晕\n头晕\n", "smq.txt:10: '头晕' stands in this list already"),
    ],
)  # fmt: skip
def test_bad_sources_are_told_by_file_and_line(
    small: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
    problem: str,
) -> None:
    change(small, name, old, new)
    assert compiler.main(["--folder", str(small)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith(problem) for line in lines), lines
    assert all(re.match(r"\w+\.txt:\d+: ", line) for line in lines)
    assert not (small / "chinese").exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("PT\t头痛", "codes.tsv:2: level, key and code expected"),
        ("PT\t头痛\tnine", "codes.tsv:2: level, key and code expected"),
        ("PT\t头痛\t10019211", "codes.tsv:2: 10019211 is not a code of level PT"),
        ("PT\t头痛\t90100001\nPT\t头晕\t90100001", "codes.tsv:3: 90100001 or '头晕' stands at"),
    ],
)
def test_bad_codes_are_told_by_file_and_line(
    small: Path, capsys: pytest.CaptureFixture[str], line: str, problem: str
) -> None:
    (small / "codes.tsv").write_text(f"level\tkey\tcode\n{line}\n", encoding="utf-8")
    assert compiler.main(["--folder", str(small)]) == 1
    assert capsys.readouterr().err.startswith(problem)


def test_all_problems_are_told_at_once(small: Path) -> None:
    change(small, "source/one.txt", "头疼 | Head pain", "头疼")
    change(small, "source/two.txt", "反胃 | Feeling sick", "想吐")
    with pytest.raises(compiler.SourceError) as caught:
        compiler.read_dictionary(small)
    assert len(caught.value.problems) == 3  # two lines, and the SMQ that names 反胃


def test_committed_sources_survive_a_copy(tmp_path: Path) -> None:
    """Compiling from scratch, without codes.tsv, gives the same number of everything."""
    for name in ("order.txt", "smq.txt"):
        shutil.copy(DEMO / name, tmp_path / name)
    shutil.copytree(DEMO / "source", tmp_path / "source")
    assert compiler.main(["--folder", str(tmp_path)]) == 0
    for table in COLUMNS:
        fresh = (tmp_path / "chinese" / f"{table}.asc").read_bytes()
        assert fresh.count(b"\n") == len(rows("chinese", table))
