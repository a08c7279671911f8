"""Makes the bundled font out of Noto Sans SC: `font_subset.py SOURCE`.

SOURCE is the regular weight as a TrueType file, for instance of the npm package that carries it:

    npm pack @expo-google-fonts/noto-sans-sc && tar xzf expo-google-fonts-noto-sans-sc-*.tgz
    python packaging/font_subset.py package/400Regular/NotoSansSC_400Regular.ttf

(The collection of Debian's fonts-noto-cjk works too, third face; its outlines take 1.5 MB more.)
Needs fonttools, which nothing else here needs (`pip install fonttools` in a scratch environment).
The same source makes the same file, byte for byte. The subset gets a family name of its own, so
that a Noto font of another version on the machine is never taken in its place.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "fonts" / "M2MSans-Regular.ttf"
FAMILY = "M2M Sans"
SIMPLIFIED_FACE = 2
LARGEST_BYTES = 8_000_000
ASCENT, DESCENT = 1.04, 0.28
"""Height of a line in sizes of the font: as Microsoft YaHei has it, so that rows are as tall as on
Windows. The source leaves room for signs above one another, which no text here has."""

# Signs that pages draw or that phrases of reports carry, beyond GBK and Latin: arrows, mathematics,
# units, box drawing, circled numbers, accents of the pseudo-translation.
BLOCKS = (
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x0391, 0x03C9), (0x2010, 0x2044), (0x2070, 0x209C),
    (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF),
    (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x25FF), (0x2600, 0x266F),
    (0x2700, 0x27BF), (0x3000, 0x303F), (0x3200, 0x33FF), (0xFE10, 0xFE4F), (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6),
)  # fmt: skip
LENT = {0x25B8: 0x25B6, 0x25BE: 0x25BC, 0x25B4: 0x25B2, 0x25C2: 0x25C0}
"""Small triangles, which the source lacks, look like its large ones."""
NARROW = (0x2018, 0x2019, 0x201C, 0x201D, 0x2026)
"""Quotation marks and the ellipsis: in their proportional form, as in the fonts of Windows. The source
has them a whole character wide, which tears English words apart."""
TEXT_SUFFIXES = frozenset({".txt", ".tsv", ".md", ".po", ".asc", ".json", ".py", ".csv"})


def gbk() -> Iterator[int]:
    """The characters of GBK: what a Chinese office machine could always write."""
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                text = bytes((first, second)).decode("gbk")
            except UnicodeDecodeError:
                continue
            yield ord(text)


def of_files() -> Iterator[int]:
    """The characters of every text that ships: demo dictionary, catalogue, manual, sources."""
    for folder in (ROOT / "resources", ROOT / "m2m_desktop"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in TEXT_SUFFIXES and path.is_file():
                yield from map(ord, path.read_text(encoding="utf-8", errors="ignore"))


def wanted_characters() -> set[int]:
    """Every code point the font should have, as far as its source has it."""
    blocks = {code for first, last in BLOCKS for code in range(first, last + 1)}
    return {code for code in blocks | set(gbk()) | set(of_files()) if code >= ord(" ")}


def rename(font: Any) -> None:
    """Give the subset its own family; who made it and under which licence stays as it was."""
    names = font["name"]
    version = names.getDebugName(5) or ""
    names.names = [record for record in names.names if record.nameID in {0, 7, 8, 11, 13, 14}]
    for number, text in {
        1: FAMILY,
        2: "Regular",
        3: f"{FAMILY} Regular",
        4: f"{FAMILY} Regular",
        5: version,
        6: "M2MSans-Regular",
        10: "A subset of Noto Sans CJK SC (fonts of the Noto project, SIL OFL 1.1)",
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        top = font["CFF "].cff
        top.fontNames = ["M2MSans-Regular"]
        top.topDictIndex[0].FullName = f"{FAMILY} Regular"
        top.topDictIndex[0].FamilyName = FAMILY


def narrow(font: Any) -> None:
    """Take the proportional forms of `NARROW`, which the source keeps behind its feature ``pwid``."""
    table = font["GSUB"].table
    forms: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "pwid":
            for number in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[number].SubTable:
                    forms.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    change_characters(font, {one: forms[font.getBestCmap()[one]] for one in NARROW})


def change_characters(font: Any, shapes: dict[int, str]) -> None:
    """Draw characters as these shapes of the font."""
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:  # 14: variants, which name no shapes
            table.cmap.update(shapes)


def set_line_height(font: Any) -> None:
    """Give lines the height of `ASCENT` and `DESCENT` wherever a font says it."""
    unit = font["head"].unitsPerEm
    up, down = round(ASCENT * unit), round(DESCENT * unit)
    header, metrics = font["hhea"], font["OS/2"]
    header.ascent, header.descent, header.lineGap = up, -down, 0
    metrics.sTypoAscender, metrics.sTypoDescender, metrics.sTypoLineGap = up, -down, 0
    metrics.usWinAscent, metrics.usWinDescent = up, down


def make(source: Path, face: int, target: Path) -> int:
    """Write the subset and give the number of its characters."""
    subset = importlib.import_module("fontTools.subset")
    options = subset.Options(
        layout_features=["kern", "locl", "liga", "palt"],
        name_IDs=["*"],
        name_languages=[0x409],
        notdef_outline=True,
        recalc_timestamp=False,
        hinting=False,
        font_number=face if source.suffix.lower() in {".ttc", ".otc"} else -1,
        drop_tables=["DSIG", "BASE", "vhea", "vmtx", "VORG", "GPOS", "STAT"],
    )
    font = subset.load_font(str(source), options)
    narrow(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(wanted_characters()))
    cutter.subset(font)
    rename(font)
    set_line_height(font)
    best = font.getBestCmap()
    change_characters(font, {new: best[old] for new, old in LENT.items()})
    count = len(font.getBestCmap())
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)
    return count


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the bundled font from Noto Sans CJK.")
    parser.add_argument("source", type=Path, help="the regular weight of Noto Sans SC")
    parser.add_argument("--face", type=int, default=SIMPLIFIED_FACE, help="face of a collection")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
    try:
        count = make(options.source, options.face, options.target)
    except ModuleNotFoundError as error:
        print(f"font_subset: {error}; install fonttools first", file=sys.stderr)
        return 1
    size = options.target.stat().st_size
    print(f"{options.target}: {count} characters, {size / 1e6:.2f} MB")
    if size > LARGEST_BYTES:
        print(f"font_subset: larger than {LARGEST_BYTES / 1e6:.0f} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
