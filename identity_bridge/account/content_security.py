"""The Content-Security-Policy of the pages: nothing but what they bring themselves.

No inline script or style, no frame around them. ``form-action`` is left out where a form leads to
another site in the end (to a client, to an external provider): browsers apply it to redirects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from django.templatetags.static import static

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http.response import HttpResponseBase

Response = TypeVar("Response", bound="HttpResponseBase")

HEADER: Final = "Content-Security-Policy"
SELF: Final = "'self'"
NONE: Final = "'none'"


def set_policy(
    response: Response,
    *,
    images: Iterable[str] = (),
    frames: Iterable[str] = (),
    stays_here: bool = False,
) -> Response:
    """Set the policy of a page, unless a view has set one before.

    ``images`` and ``frames`` are further addresses it shows; ``stays_here``: none of its forms
    leads to another site.
    """
    own = [SELF, *filter(None, [_origin(static("identity_bridge/account/account.css"))])]
    directives = {
        "default-src": [NONE],
        "script-src": own,
        "style-src": own,
        "font-src": own,
        "connect-src": [SELF],
        "img-src": [*own, "data:", *filter(None, map(_origin, images))],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
    if shown := [SELF if one.startswith("/") else _origin(one) for one in frames]:
        directives["frame-src"] = list(filter(None, shown))
    if stays_here:
        directives["form-action"] = [SELF]
    text = "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
    response.headers.setdefault(HEADER, text)
    return response


def _origin(address: str) -> str:
    """Return scheme and host of an absolute address, "" for any other text.

    What could end a directive or the header is no origin.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    text = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return "" if any(sign in text for sign in " ;,'\"\r\n\t\\@*") or not text.isascii() else text
