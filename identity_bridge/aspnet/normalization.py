"""UpperInvariantLookupNormalizer: the Normalized* columns of users and roles.

.NET computes ``text.Normalize(FormC).ToUpperInvariant()`` with ICU 72, that is Unicode 15: one
simple upper-case letter per letter, no locale, no trimming. Python's tables are those of its own
Unicode version (3.11: 14, 3.12: 15, 3.13: 15.1, later ones newer); the differences are listed here
so that every version gives the same keys. In an existing row trust the stored value: an
application may have its own normaliser.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

from .errors import NormalizationError

# String.Normalize throws on these; in invariant mode it is never called.
_REFUSED = re.compile("[\ud800-\udfff\ufffe]")

# Unassigned in Unicode 15 and used, with case, combining classes or decompositions, by Unicode 16
# or 17. ICU 72 leaves unassigned characters alone and composes nothing across them. Whole gaps
# are listed where that is shorter; a test checks that Unicode 15 has nothing there.
_NEWER = (
    "\u0897\u1acf-\u1aff\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2\ua7d4\ua7da-\ua7f1"
    "\U000105c0-\U000105ff\U00010940-\U0001095f\U00010d40-\U00010e5f\U00010ec0-\U00010efc"
    "\U00011380-\U000113ff\U000116d0-\U000116ff\U00011b60-\U00011bff\U00011db0-\U00011edf"
    "\U00011f5a-\U00011faf\U00013460-\U000143ff\U00016100-\U000167ff\U00016d40-\U00016e3f"
    "\U00016ea0-\U00016eff\U0001cc00-\U0001ceff\U0001e5d0-\U0001e7df"
)
_IS_NEWER = re.compile(f"[{_NEWER}]")
_SPLIT_AT_NEWER = re.compile(f"([{_NEWER}]+)")

# Combining marks that Unicode 15 added: Python 3.11 does not know that they must be ordered.
_CLASSES_OF_15 = {
    **dict.fromkeys(range(0x10EFD, 0x10F00), 220),
    0x11F41: 9,
    0x11F42: 9,
    0x1E08F: 230,
    0x1E4EC: 232,
    0x1E4ED: 232,
    0x1E4EE: 220,
    0x1E4EF: 230,
}
_HAS_MARK_OF_15 = re.compile(f"[{''.join(map(chr, _CLASSES_OF_15))}]")

# str.upper applies the full mapping (ß -> SS); where that expands, .NET keeps the letter, except
# for these with a simple mapping. Dotless i is .NET's own exception: it never becomes I.
_SIMPLE = {
    **{
        letter: letter + 8
        for letter in chain(range(0x1F80, 0x1F88), range(0x1F90, 0x1F98), range(0x1FA0, 0x1FA8))
    },
    0x1FB3: 0x1FBC,
    0x1FC3: 0x1FCC,
    0x1FF3: 0x1FFC,
}
_DOTLESS_I = "\u0131"

# InvariantGlobalization has .NET's own casing tables: Unicode 16, but without the long s.
_INVARIANT = {
    0x017F: 0x017F,
    0x019B: 0xA7DC,
    0x0264: 0xA7CB,
    0x1C8A: 0x1C89,
    0xA7CD: 0xA7CC,
    0xA7DB: 0xA7DA,
    **{letter: letter - 0x20 for letter in range(0x10D70, 0x10D86)},
}


def normalize_name(text: str | None) -> str | None:
    """Return the look-up key of a user or role name; None for None.

    Raises NormalizationError for a lone surrogate and for U+FFFE (.NET: ArgumentException).
    """
    if text is None:
        return None
    if text.isascii():
        return text.upper()
    if found := _REFUSED.search(text):
        raise NormalizationError(f"U+{ord(found[0]):04X} at {found.start()}, expected Unicode text")
    return _upper(_form_c(text))


def normalize_email(text: str | None) -> str | None:
    """Return the look-up key of an e-mail address: the same function. Raises the same."""
    return normalize_name(text)


def normalize_name_invariant(text: str | None) -> str | None:
    """Return what .NET computes with InvariantGlobalization (Alpine images): casing only."""
    if text is None or text.isascii():
        return text and text.upper()
    return "".join(
        chr(_INVARIANT[ord(letter)]) if ord(letter) in _INVARIANT else _upper_letter(letter)
        for letter in text
    )


def _upper(text: str) -> str:
    upper = text.upper()
    # Equal length: no letter expanded, so each one has its simple mapping.
    if len(upper) == len(text) and _DOTLESS_I not in text and not _IS_NEWER.search(upper):
        return upper
    return "".join(map(_upper_letter, text))


def _upper_letter(letter: str) -> str:
    upper = letter.upper()
    if len(upper) > 1:
        return chr(_SIMPLE.get(ord(letter), ord(letter)))
    return letter if letter == _DOTLESS_I or _IS_NEWER.match(upper) else upper


def _form_c(text: str) -> str:
    pieces = _SPLIT_AT_NEWER.split(text)
    # Odd pieces are the newer characters themselves.
    return "".join(
        piece if index % 2 else _form_c_of_15(piece) for index, piece in enumerate(pieces)
    )


def _form_c_of_15(text: str) -> str:
    """Return Form C by the tables of Unicode 15 (UAX #15: decompose, order, compose)."""
    if not _HAS_MARK_OF_15.search(text):
        return unicodedata.normalize("NFC", text)
    return _compose(_ordered(unicodedata.normalize("NFD", text)))


def _combining_class(letter: str) -> int:
    return _CLASSES_OF_15.get(ord(letter)) or unicodedata.combining(letter)


def _ordered(decomposed: str) -> list[str]:
    """Sort each run of marks by combining class, keeping the order within a class."""
    letters: list[str] = []
    marks: list[str] = []
    for letter in decomposed:
        if _combining_class(letter):
            marks.append(letter)
            continue
        letters += sorted(marks, key=_combining_class)
        letters.append(letter)
        marks = []
    return letters + sorted(marks, key=_combining_class)


def _compose(ordered: list[str]) -> str:
    composed: list[str] = []
    starter: int | None = None
    last_class = 0
    for letter in ordered:
        own_class = _combining_class(letter)
        adjacent = starter is not None and starter == len(composed) - 1
        if starter is not None and (adjacent or last_class < own_class):
            # Python composes a pair by the same table; a mark of Unicode 15 composes with nothing.
            pair = unicodedata.normalize("NFC", composed[starter] + letter)
            if len(pair) == 1 and ord(letter) not in _CLASSES_OF_15:
                composed[starter] = pair
                continue
        if own_class == 0:
            starter = len(composed)
        last_class = own_class
        composed.append(letter)
    return "".join(composed)
