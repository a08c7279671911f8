import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.ui import engine_protocol as protocol


@pytest.mark.parametrize(
    "line",
    [b"", b"x", b"[]", b"{}", b'{"id": 1}', b'{"id": null, "error": {}}', b"\xff", b'{"ready": 1}'],
)
def test_a_line_that_is_no_message_is_refused(line: bytes):
    with pytest.raises(protocol.ProtocolError):
        protocol.decode(line)


@given(st.binary(max_size=60))
def test_no_line_breaks_the_reader(line: bytes):
    with contextlib.suppress(protocol.ProtocolError):
        protocol.decode(line)


def test_a_request_is_one_line_of_ascii():
    line = protocol.encode_request(7, "code", {"text": "头痛\n\ud800"}, supersedes=True)
    assert line.isascii()
    assert line.count(b"\n") == 1


def test_an_error_comes_in_both_languages():
    told = protocol.decode(
        b'{"id": 3, "error": {"code": "M2M-201", "en": "No.", "zh": "\xe6\x97\xa0"}}'
    )
    assert told == protocol.Failure(3, "M2M-201", "No.", "无")
