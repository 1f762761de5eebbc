"""The session cookie that the check-session page reads (Session Management 1.0, section 3.2).

Scripts of the provider's own pages have to read it, so it is not HttpOnly; it holds the ``sid``,
which clients know anyway and which opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.conf import get_settings
from identity_bridge.signin.middleware import on_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


def set_on_response(request: HttpRequest, *, session_id: str) -> None:
    """Set the cookie where it is missing or another."""
    settings = get_settings()
    name = settings.OIDC_CHECK_SESSION_COOKIE
    if "check_session" in settings.OIDC_DISABLED_ENDPOINTS:
        return
    if request.COOKIES.get(name) == session_id:
        return

    def finish(response: HttpResponseBase) -> None:
        # Read in an iframe of another site: SameSite=None, for which browsers want https.
        secure = request.is_secure()
        response.set_cookie(name, session_id, secure=secure, samesite="None" if secure else "Lax")

    on_response(request, finish)


def delete_on_response(request: HttpRequest) -> None:
    """Delete the cookie."""
    name = get_settings().OIDC_CHECK_SESSION_COOKIE
    if name in request.COOKIES:
        on_response(request, lambda response: response.delete_cookie(name))
