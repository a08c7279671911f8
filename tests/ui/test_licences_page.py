"""The page of licences: every part can be chosen, and its text is shown."""

import pytest

from m2m_desktop.services.licences import part_licences
from m2m_desktop.services.locations import resources
from m2m_desktop.ui import licences_page
from m2m_desktop.ui.licences_page import LicencesPage


@pytest.fixture
def page(qtbot):
    made = LicencesPage()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_notices_come_first_and_every_part_has_its_text(page):
    assert page.notices.isVisible()
    assert "ICH" in page.notices.toPlainText()
    parts = part_licences(resources())
    assert page.parts.count() == len(parts) + 1
    for row, part in enumerate(parts, 1):
        page.parts.setCurrentRow(row)
        assert page.text.isVisible()
        assert page.text.toPlainText().startswith(part.name)
        assert part.licence in page.text.toPlainText()
    page.parts.setCurrentRow(0)
    assert page.notices.isVisible()


def test_a_missing_text_is_said(page, monkeypatch):
    monkeypatch.setattr(licences_page, "licence_text", lambda folder, part: "")
    page.parts.setCurrentRow(1)
    assert "missing" in page.text.toPlainText()


def test_everything_has_a_name_for_screen_readers(page):
    assert all(one.accessibleName() for one in (page.parts, page.text, page.notices))
