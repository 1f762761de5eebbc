"""Headers that several answers have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

Response = TypeVar("Response", bound="HttpResponseBase")

JSON: Final = "application/json; charset=UTF-8"
NO_STORE: Final = {"Cache-Control": "no-store, no-cache, max-age=0", "Pragma": "no-cache"}


def keep_opener(response: Response) -> Response:
    """Let the client that opened this window hear from it later.

    SecurityMiddleware's ``Cross-Origin-Opener-Policy: same-origin`` cuts a sign-in by popup off
    from the page that waits for it; it leaves alone what is set already.
    """
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
