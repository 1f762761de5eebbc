"""The picture that an authenticator app reads."""

from __future__ import annotations

from django.views.decorators.debug import sensitive_variables

#: Pixels a module; with the quiet zone some 230 pixels for the address of a key.
_SCALE = 4
_QUIET_ZONE = 4


@sensitive_variables()
def qr_code(text: str) -> str | None:
    """Return a picture as a ``data:`` address, dark on white whatever the colours of the page.

    None where segno is not installed (extra ``account``), or where the text, of a very long user
    name, is more than a picture can hold: the key is shown to be typed in any case.
    """
    try:
        import segno
    except ImportError:
        return None
    try:
        picture = segno.make(text, micro=False, error="m")
    except segno.DataOverflowError:
        return None
    address: str = picture.svg_data_uri(scale=_SCALE, border=_QUIET_ZONE, light="#fff")
    return address
