import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.services import wire
from m2m_desktop.ui import engine_protocol as protocol
from tests.ui.toy_records import make_result


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


def test_work_between_requests_belongs_to_no_request():
    assert protocol.decode(b'{"spare": {"done": 3, "total": 10}}') == protocol.Spare(3, 10)
    with pytest.raises(protocol.ProtocolError):
        protocol.decode(b'{"spare": {"done": 3}}')


def test_an_error_comes_in_both_languages():
    told = protocol.decode(
        b'{"id": 3, "error": {"code": "M2M-201", "en": "No.", "zh": "\xe6\x97\xa0"}}'
    )
    assert told == protocol.Failure(3, "M2M-201", "No.", "无")


def test_a_provisional_answer_comes_through_whole():
    made = make_result("头痛")
    estimated = replace(made.candidates[0], is_estimated=True)
    run = replace(made.run, small_model_id="s", cascade_error=0.004, cascade_phrases=1000)
    run = replace(run, encoder_id="e", encoder_hash="ef", fusion="sum weight=4")
    sent = replace(
        made, candidates=(estimated, *made.candidates[1:]), run=run,
        is_final=False, pairs_scored=12, pairs_kept=3, left_out=80,
    )  # fmt: skip
    assert protocol.result_from_json(wire.result_to_json(sent)) == sent


def test_an_answer_of_an_engine_that_knows_no_first_answers_is_final():
    told = wire.result_to_json(make_result("头痛"))
    for name in ("is_final", "pairs_scored", "pairs_kept", "candidate_count"):
        del told[name]
    for name in ("small_model_id", "cascade_error", "cascade_phrases", "encoder_id", "fusion"):
        del told["run"][name]
    for candidate in told["candidates"]:
        del candidate["is_estimated"]
    assert protocol.result_from_json(told) == make_result("头痛")


def test_a_stamp_without_one_of_its_older_parts_is_refused():
    told = wire.result_to_json(make_result("头痛"))
    del told["run"]["model_hash"]
    with pytest.raises(KeyError):
        protocol.result_from_json(told)
