"""Text as .NET counts it: a string is a row of UTF-16 units, not of characters."""

from __future__ import annotations

# char.IsWhiteSpace. Not str.isspace: Python counts U+001C to U+001F as white space too.
_WHITE_SPACE = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def units(text: str) -> list[int]:
    """Return the UTF-16 units of the text; a lone surrogate is one unit like any other."""
    if text.isascii():
        return list(text.encode("ascii"))
    raw = text.encode("utf-16-le", "surrogatepass")
    return [low | high << 8 for low, high in zip(raw[::2], raw[1::2], strict=True)]


def length(text: str) -> int:
    """Return string.Length: UTF-16 units, so that an emoji counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str | None) -> bool:
    """Return string.IsNullOrWhiteSpace."""
    return text is None or all(character in _WHITE_SPACE for character in text)
