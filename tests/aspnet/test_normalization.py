from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet import normalization
from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import (
    normalize_email,
    normalize_name,
    normalize_name_invariant,
)
from tests.fixtures_data import load_json

NORMALIZERS = {"icu": normalize_name, "invariant": normalize_name_invariant}
VECTORS = "vectors/normalization.json"


def _text(code_points: str) -> str:
    return "".join(chr(int(code, 16)) for code in code_points.split())


@pytest.mark.contract
@pytest.mark.parametrize("mode", NORMALIZERS)
def test_every_code_point_of_unicode_has_the_key_dotnet_gives_it(mode):
    vectors = load_json(VECTORS)
    changed = {int(k, 16): _text(v) for k, v in vectors[f"normalize_name_{mode}"].items()}
    throwing = {int(code, 16) for code in vectors["icu_exceptions"]} if mode == "icu" else set()
    normalize = NORMALIZERS[mode]
    wrong = [
        hex(point)
        for point in range(sys.maxunicode + 1)
        if not 0xD800 <= point < 0xE000 and point not in throwing
        if normalize(chr(point)) != changed.get(point, chr(point))
    ]
    assert wrong == []
    for point in throwing:
        with pytest.raises(NormalizationError):
            normalize(chr(point))


@pytest.mark.contract
@pytest.mark.parametrize("mode", NORMALIZERS)
def test_every_text_has_the_key_dotnet_gives_it(mode):
    normalize = NORMALIZERS[mode]
    for record in load_json(VECTORS)["strings"]:
        if isinstance(record[mode], dict):
            with pytest.raises(NormalizationError):
                normalize(record["input"])
        else:
            assert normalize(record["input"]) == record[mode]
            if mode == "icu":
                assert normalize_email(record["input"]) == record[mode]


def test_none_stays_none():
    assert normalize_name(None) is None
    assert normalize_email(None) is None
    assert normalize_name_invariant(None) is None


def test_blanks_are_kept():
    assert normalize_name(" alice ") == " ALICE "
    assert normalize_name_invariant("") == ""


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ufffe", "ä\ufffe"])
def test_what_dotnet_refuses_is_refused(text):
    with pytest.raises(NormalizationError):
        normalize_name(text)


@pytest.mark.parametrize(
    ("letter", "class_"),
    [("\U0001e08f", 230), ("\U00010efd", 220), ("\U00011f41", 9), ("\U0001e4ec", 232)],
)
def test_marks_new_in_unicode_15_are_ordered_on_every_python(letter, class_):
    below, above = "\u0327", "\u0345"  # classes 202 and 240
    first, last = (letter, below) if class_ < 202 else (below, letter)
    assert normalize_name(f"q{above}{letter}{below}") == f"Q{first}{last}\u0399"


def test_marks_new_in_unicode_15_leave_composition_to_the_others():
    assert normalize_name("e\U0001e08f\u0301") == "E\U0001e08f\u0301"
    assert normalize_name("e\U00010efd\u0301") == "\u00c9\U00010efd"
    assert normalize_name("\u1100\u1161\u11a8\U0001e08f") == "\uac01\U0001e08f"


def test_letters_newer_than_unicode_15_are_left_alone():
    # Unicode 16 pairs them; U+105D2 U+0307 composes there.
    for text in ("\u0264", "\u019b", "\ua7cd", "\U00010d70", "\U000105d2\u0307", "\U00016ebb"):
        assert normalize_name(text) == text


def test_what_is_listed_as_newer_is_unassigned_in_unicode_15():
    if unicodedata.unidata_version not in ("14.0.0", "15.0.0", "15.1.0"):
        pytest.skip(f"this Python has Unicode {unicodedata.unidata_version}")
    for point in range(sys.maxunicode + 1):
        if normalization._IS_NEWER.match(chr(point)):
            assert unicodedata.category(chr(point)) == "Cn", hex(point)


# Marks, letters that compose with them, Hangul, singletons.
TRICKY = st.text(
    st.sampled_from(
        "aeoAE\u00e4\u1e69\u0301\u0323\u0327\u0345\u0308\u0302\u0338<=\u1100\u1161\u11a8"
    )
    | st.sampled_from("\u212b\u2126\u0958\u09c7\u09be\u0dd9\u0dcf\u0dca\u1fb3\u03b1\ufb1d\u05b4")
    | st.characters(exclude_categories=["Cs"])
)


@given(TRICKY)
def test_the_algorithm_for_new_marks_agrees_with_python_without_them(text):
    decomposed = unicodedata.normalize("NFD", text)
    composed = normalization._compose(normalization._ordered(decomposed))
    if not normalization._HAS_MARK_OF_15.search(text):
        assert composed == unicodedata.normalize("NFC", text)


@given(st.text(st.characters()))
def test_hostile_text_raises_nothing_but_its_own_error(text):
    normalize_name_invariant(text)
    try:
        once = normalize_name(text)
    except NormalizationError:
        assert any(0xD800 <= ord(c) < 0xE000 or c == "\ufffe" for c in text)
    else:
        assert once is not None
