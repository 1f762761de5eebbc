"""Where somebody was going who has to confirm an address first.

Kept in the browser's session and not in the mail: the way on is for the browser that asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "_identity_bridge_registration_next"
MAX_CHARACTERS = 4000
"""Sessions may live in a cookie."""


def keep(request: HttpRequest, target: str) -> None:
    """Note where to go after the confirmation; "" for nowhere in particular."""
    if target and len(target) <= MAX_CHARACTERS:
        request.session[SESSION_KEY] = target


def kept(request: HttpRequest) -> str:
    """Return where to go, if it is on this site."""
    target = request.session.get(SESSION_KEY, "")
    is_here = isinstance(target, str) and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_here else ""


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
