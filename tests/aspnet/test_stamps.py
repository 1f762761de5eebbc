from __future__ import annotations

import re
import uuid

from identity_bridge.aspnet import stamps


def test_a_security_stamp_is_thirty_two_base32_letters():
    assert re.fullmatch("[A-Z2-7]{32}", stamps.new_security_stamp())


def test_a_concurrency_stamp_and_an_id_are_lower_case_guids_with_dashes():
    for text in (stamps.new_concurrency_stamp(), stamps.new_id()):
        assert str(uuid.UUID(text)) == text


def test_no_two_stamps_are_equal():
    makers = (stamps.new_security_stamp, stamps.new_concurrency_stamp, stamps.new_id)
    assert len({make() for make in makers for _ in range(100)}) == 300
