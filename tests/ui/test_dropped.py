import zipfile

import pytest

from m2m_desktop.ui.dropped import Dropped, kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("报告导出.xlsx", Dropped.TABLE),
        ("old.XLS", Dropped.TABLE),
        ("list.csv", Dropped.TABLE),
        ("work.m2m", Dropped.PROJECT),
        ("picture.png", None),
        ("", None),
    ],
)
def test_files_are_known_by_their_names(name, kind):
    assert kind_of(name) is kind


def test_a_folder_with_a_checkpoint_or_a_bundle_is_a_model(tmp_path):
    assert kind_of(str(tmp_path)) is Dropped.RELEASE
    (tmp_path / "config.json").write_text("{}")
    assert kind_of(str(tmp_path)) is Dropped.MODEL


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("macbert/config.json", Dropped.MODEL),
        ("manifest.json", Dropped.MODEL),
        ("MedAscii/llt.asc", Dropped.RELEASE),
    ],
)
def test_a_zip_is_known_by_what_lies_in_it(tmp_path, member, kind):
    path = tmp_path / "thing.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    assert kind_of(str(path)) is kind


def test_a_broken_zip_is_left_to_the_import_of_releases_which_says_what_is_wrong(tmp_path):
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\x03\x04 not a zip")
    assert kind_of(str(path)) is Dropped.RELEASE
