"""A second language for a generated release: the same codes, other names."""

import random
from pathlib import Path

_ENGLISH = Path(__file__).parents[2] / "resources" / "demo" / "english" / "llt.asc"


def write_english(chinese: Path, folder: Path) -> Path:
    """Write the same release with English names: the same codes, words of the demo dictionary."""
    chance = random.Random(3)
    words = sorted(
        {w for w in _ENGLISH.read_text("utf-8").replace("$", " ").split() if w.isalpha()}
    )
    words += [w + end for w in words for end in ("al", "osis", "oma")]
    names: dict[str, str] = {}

    def name(code: str) -> str:
        if code not in names:
            count = chance.choice((1, 2, 2, 3, 3, 4))
            some = [*chance.sample(words, count), f"zor{chance.randrange(10**5)}"]
            names[code] = " ".join(some).capitalize()
        return names[code]

    columns = {"mdhier.asc": {4: 0, 5: 1, 6: 2, 7: 3}}
    folder.mkdir(parents=True)
    for file in sorted(chinese.glob("*.asc")):
        if file.name.startswith("meddra_history"):
            continue
        rows = [line.split("$") for line in file.read_text("utf-8").splitlines()]
        level = {"soc.asc", "hlgt.asc", "hlt.asc", "pt.asc", "llt.asc", "smq_list.asc"}
        for row in rows:
            for at, code in columns.get(file.name, {1: 0} if file.name in level else {}).items():
                row[at] = name(row[code])
            if file.name == "meddra_release.asc":
                row[1] = "English"
        text = "".join("$".join(row) + "\r\n" for row in rows)
        (folder / file.name).write_bytes(text.encode("utf-8"))
    return folder
