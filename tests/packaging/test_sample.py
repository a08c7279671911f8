"""The sample workbook that ships with the program."""

import importlib.util
import io
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "samples" / "adr_sample.xlsx"


def read_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sample_is_what_its_script_makes_and_wholly_invented():
    spec = importlib.util.spec_from_file_location("s", ROOT / "packaging" / "make_sample.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made, kept = (read_zip(data) for data in (script.make(), SAMPLE.read_bytes()))

    assert made == kept
    rows = script.rows()
    assert 20 <= len(rows) <= 30
    assert len({row[0] for row in rows}) < len(rows)
    assert all(row[-1] == script.UNIT for row in rows)
