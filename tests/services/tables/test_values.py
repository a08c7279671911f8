import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.services.tables.values import (
    date_text,
    decode_escapes,
    is_date_format,
    iso_text,
    number_text,
    parsed_number,
    zero_width,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.0, "1234"), (0.1, "0.1"), (0.1 + 0.2, "0.3"), (-2.5, "-2.5"), (1e15, "1E+15"), (3.20101197000202e20, "3.20101197000202E+20"),
        (20240501000123.0, "20240501000123"), (1.0 / 3, "0.333333333333333"), (1e21, "1E+21"),
        (0.00001, "0.00001"), (1e-7, "0.0000001"), (1e-12, "1E-12"), (-0.0, "0"), (float("inf"), None), (float("nan"), None),
    ],
)  # fmt: skip
def test_a_number_reads_as_excel_shows_it(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("1234", "1234"), ("007", "7"), ("1.5000000000000000E+3", "1500"), ("-3", "-3"), (" 5 ", "5"),
        ("1E400", None), ("x", None), ("", None), ("nan", None), ("１２", "12"),
        ("123456789012345678", "1.23456789012346E+17"),
    ],
)  # fmt: skip
def test_a_stored_number_reads_as_a_person_sees_it(stored, text):
    assert parsed_number(stored) == text


def test_zeros_of_a_number_format_are_kept():
    assert parsed_number("42", zero_width("000000")) == "000042"
    assert (zero_width("0"), zero_width("0.00"), zero_width("00")) == (0, 0, 2)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True), ('yyyy"年"m"月"d"日"', True), ("[$-804]yyyy/m/d;@", True), ("h:mm", True),
        ("[h]:mm:ss", True), ("mmm-yy", True), ("General", False), ("0.00", False), ('0"日"', False),
        ("[Red]0", False), ("#,##0_);[Red](#,##0)", False), ("@", False), ("0\\d", False), ("", False),
        ("[$¥-804]0.00", False), ("yyyy年m月d日", True), ('"days"0', False),
    ],
)  # fmt: skip
def test_formats_of_dates_are_told_from_others(code, is_date):
    assert is_date_format(code) == is_date


@given(st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 31)))
def test_a_day_number_gives_its_date_back(moment):
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
    expected = str(moment) if moment.time() != datetime.time() else str(moment.date())
    assert date_text(serial) == expected


@pytest.mark.parametrize(
    ("serial", "text"),
    [(0.5, "12:00:00"), (1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (-1, None),
     (2958466, None), (float("nan"), None), (0.99999999, "1900-01-01"), (2958465.9999999, None)],
)  # fmt: skip
def test_odd_day_numbers(serial, text):
    assert date_text(serial) == text


def test_days_of_the_old_mac_count_from_1904():
    assert date_text(0.0, is_1904=True) == "1904-01-01"


@pytest.mark.parametrize(
    ("stored", "text"),
    [("2024-05-01", "2024-05-01"), ("2024-05-01T00:00:00", "2024-05-01"),
     ("2024-05-01T08:30:00.000Z", "2024-05-01 08:30:00")],
)  # fmt: skip
def test_dates_in_iso_form(stored, text):
    assert iso_text(stored) == text


def escaped(text):
    """As Excel writes it: control characters and what looks like an escape."""
    import re

    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return "".join(f"_x{ord(c):04X}_" if c < " " else c for c in text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escapes_decode_to_what_was_written(text):
    assert decode_escapes(escaped(text)) == text


def test_halves_of_a_character_are_joined_and_a_lone_half_is_marked():
    assert decode_escapes("_xD83D__xDE00_") == "\U0001f600"
    assert decode_escapes("甲_xD83D_乙") == "甲\ufffd乙"
