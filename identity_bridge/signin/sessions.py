"""Signed-in sessions: begin, renew, end, and what the principal of one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout

from identity_bridge.aspnet.claim_types import AMR
from identity_bridge.claims.principal import Claim, Principal, create_principal
from identity_bridge.signals import sign_in_refreshed, user_signed_in

from . import clock, two_factor_session

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

BACKEND = "identity_bridge.signin.backend.IdentityBackend"
CHECKED_AT = "_identity_bridge_checked"
KEPT: set[str] = set()
"""Session keys of what a browser was about to do: they stay over a sign-in as somebody else."""
AUTHENTICATION_METHOD = "_identity_bridge_amr"


def sign_in(
    *,
    request: HttpRequest,
    user: AbstractIdentityUser,
    persistent: bool = False,
    amr: str = "pwd",
) -> None:
    """Begin a session for a user whose identity is proven (SignInAsync): nothing is checked.

    ``amr`` says by what, ``pwd`` or ``mfa``. Not ``persistent``: ends with the browser.
    """
    kept = {name: request.session[name] for name in KEPT if name in request.session}
    if request.session.get(SESSION_KEY, _key(user)) != _key(user):
        logout(request)  # somebody else was signed in here, whose session is over now
    login(request, cast("Any", user), backend=BACKEND)
    request.session.update(kept)
    two_factor_session.end(request=request)
    request.session[CHECKED_AT] = clock.now()
    request.session[AUTHENTICATION_METHOD] = amr
    request.session.set_expiry(None if persistent else 0)
    user_signed_in.send(sender=type(user), request=request, user=user, amr=amr)


def _key(user: AbstractIdentityUser) -> str:
    key: str = user._meta.pk.value_to_string(user)
    return key


def sign_out(*, request: HttpRequest) -> None:
    """End the session (SignOutAsync). A remembered browser stays remembered."""
    logout(request)


def refresh_sign_in(*, request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Keep this session over a change of the user's security stamp (RefreshSignInAsync).

    Call it after the owner of the session has changed name, password or second factor; all other
    sessions of the user end. Does nothing to the session of somebody else.
    """
    # Not update_session_auth_hash(): it asks for request.user, which may not have been loaded
    # before the change and then is nobody.
    if request.session.get(SESSION_KEY) != _key(user):
        return
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session[CHECKED_AT] = clock.now()
    request.user = cast("Any", user)
    sign_in_refreshed.send(sender=type(user), request=request, user=user)


def principal_of(*, request: HttpRequest, user: AbstractIdentityUser) -> Principal:
    """Return the user's principal with the claims of this sign-in (``amr``) at the end."""
    amr = request.session.get(AUTHENTICATION_METHOD)
    return create_principal(user, extra=[Claim(AMR, amr)] if amr else [])
