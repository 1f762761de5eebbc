from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet import utf16

ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT)
def test_length_counts_the_units(text):
    assert utf16.length(text) == len(utf16.units(text))
    assert utf16.length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("text", [None, "", " ", "\t\r\n", "\u3000\x85\u2028\xa0"])
def test_white_space_is_blank(text):
    assert utf16.is_blank(text)


@pytest.mark.parametrize("text", ["a", " a ", "\x1c", "\x1f", "\u200b", "\ufeff", "\u180e"])
def test_what_dotnet_does_not_call_white_space_is_not_blank(text):
    assert not utf16.is_blank(text)
