"""Read the property bag of aspnet_Profile (``SqlProfileProvider``).

``PropertyNames`` is a list ``Name:S:start:length:`` (S = in the string column, B = in the binary
one); length -1 means null. The format is that of ``ProfileModule.ParseDataFromDB`` in
System.Web; positions count UTF-16 units, as .NET strings do.
"""

from __future__ import annotations


def parse_profile(
    names: str | None, strings: str | None, binary: bytes | None
) -> dict[str, str | bytes | None]:
    """Return the properties of one user; those whose position is nonsense are left out."""
    parts = (names or "").split(":")
    units = (strings or "").encode("utf-16-le", "surrogatepass")
    properties: dict[str, str | bytes | None] = {}
    for name, kind, start_text, length_text in zip(*[iter(parts)] * 4, strict=False):
        try:
            start, length = int(start_text), int(length_text)
        except ValueError:
            continue
        if length == -1:
            properties[name] = None
        elif start < 0 or length < 0:
            continue
        elif kind == "S" and (start + length) * 2 <= len(units):
            text = units[start * 2 : (start + length) * 2]
            properties[name] = text.decode("utf-16-le", "replace")
        elif kind == "B" and binary is not None and start + length <= len(binary):
            properties[name] = bytes(binary[start : start + length])
    return properties
