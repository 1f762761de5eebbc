"""Signed-in sessions: begin, renew, end, and what the principal of one is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings as django_settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model, login, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from identity_bridge.aspnet import claim_types
from identity_bridge.claims.principal import Claim, Principal, create_principal
from identity_bridge.conf import get_settings
from identity_bridge.signals import sign_in_refreshed, user_signed_in, user_signed_out

from . import clock, external_identity, two_factor_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

BACKEND = "identity_bridge.signin.backend.IdentityBackend"
CHECKED_AT = "_identity_bridge_checked"
ISSUED_AT = "_identity_bridge_issued"
SIGNED_IN_AT = "_identity_bridge_signed_in"
CLAIMS = "_identity_bridge_claims"
KEPT: set[str] = set()
"""Session keys of what a browser was about to do: they stay over a sign-in as somebody else."""
AUTHENTICATION_METHOD = "_identity_bridge_amr"
IDENTITY_PROVIDER = "_identity_bridge_idp"
"""Scheme of the external provider that vouched for this sign-in; absent where it was this site."""


def sign_in(
    *,
    request: HttpRequest,
    user: AbstractIdentityUser,
    persistent: bool = False,
    amr: str | None = "pwd",
    provider: str | None = None,
    claims: Iterable[Claim] = (),
) -> None:
    """Begin a session for a user whose identity is proven (SignInAsync): nothing is checked.

    ``amr`` says by what, ``pwd``, ``mfa`` or ``external``; None says nothing. ``provider`` is the
    scheme of the one that vouched, if another did, with or without a second factor of ours after
    it. ``claims`` are of this session only (SignInWithClaimsAsync). Not ``persistent``: ends with
    the browser.
    """
    kept = {name: request.session[name] for name in KEPT if name in request.session}
    if request.session.get(SESSION_KEY, _key(user)) != _key(user):
        logout(request)  # somebody else was signed in here, whose session is over now
    login(request, cast("Any", user), backend=BACKEND)
    request.session.update(kept)
    two_factor_session.end(request=request)
    external_identity.forget(request=request)
    note_sign_in(request=request)
    of_this_session = {
        AUTHENTICATION_METHOD: amr,
        IDENTITY_PROVIDER: provider,
        CLAIMS: [[claim.type, claim.value] for claim in claims],
    }
    for name, value in of_this_session.items():
        if value:
            request.session[name] = value
        else:
            request.session.pop(name, None)
    request.session.set_expiry(None if persistent else 0)
    user_signed_in.send(sender=type(user), request=request, user=user, amr=amr)


def _key(user: AbstractIdentityUser) -> str:
    key: str = user._meta.pk.value_to_string(user)
    return key


def sign_out(*, request: HttpRequest) -> None:
    """End the session (SignOutAsync). A remembered browser stays remembered."""
    user: Any = request.user
    if user.is_authenticated:
        user_signed_out.send(sender=get_user_model(), request=request, user=user)
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
    request.session[CHECKED_AT] = request.session[ISSUED_AT] = clock.now()
    request.user = cast("Any", user)
    sign_in_refreshed.send(sender=type(user), request=request, user=user)


def signed_in_recently(*, request: HttpRequest) -> bool:
    """Tell if somebody proved to be the one within REAUTHENTICATE_AFTER, in this session.

    The user's ``last_login`` says nothing: it may have been in another browser.
    """
    at = signed_in_at(request=request)
    # A clock of another machine may be a little ahead.
    limit = get_settings().REAUTHENTICATE_AFTER.total_seconds()
    return at is not None and -300 <= clock.now() - at <= limit


def signed_in_at(*, request: HttpRequest) -> float | None:
    """Return when this session's sign-in was, in Unix seconds; None if nothing tells."""
    at = request.session.get(SIGNED_IN_AT)
    return at if isinstance(at, int | float) and math.isfinite(at) else None


@receiver(user_logged_in, dispatch_uid="identity_bridge.signin.sessions")
def note_sign_in(*, request: HttpRequest | None, **_arguments: Any) -> None:
    """Note when a session began that other code begins: the admin's own login page, another
    backend's view (``django.contrib.auth.login``)."""
    if request is not None and hasattr(request, "session"):
        now = clock.now()
        request.session.update({CHECKED_AT: now, ISSUED_AT: now, SIGNED_IN_AT: now})


def is_over(*, request: HttpRequest) -> bool:
    """Tell if the session has reached its end (CookieAuthenticationOptions.ExpireTimeSpan, here
    SESSION_COOKIE_AGE).

    Django moves the end with every save. Here a request in the second half of the time moves it,
    as .NET's sliding expiration, and nothing does where SLIDING_EXPIRATION is off.
    """
    issued, now = request.session.get(ISSUED_AT), clock.now()
    if not isinstance(issued, int | float):
        return False
    age, lifetime = now - issued, django_settings.SESSION_COOKIE_AGE
    if age >= lifetime:
        return True
    if age > lifetime / 2 and get_settings().SLIDING_EXPIRATION:
        request.session[ISSUED_AT] = now
    return False


def principal_of(*, request: HttpRequest, user: AbstractIdentityUser) -> Principal:
    """Return the user's principal with the claims of this sign-in at the end, as .NET has them: an
    external one without a second factor has who vouched, and no ``amr``."""
    amr, provider = (
        request.session.get(name) for name in (AUTHENTICATION_METHOD, IDENTITY_PROVIDER)
    )
    extra = []
    if isinstance(amr, str) and not (provider and amr == "external"):
        extra.append(Claim(claim_types.AMR, amr))
    if isinstance(provider, str):
        extra.append(Claim(claim_types.AUTHENTICATION_METHOD, provider))
    extra += [Claim(type_, value) for type_, value in request.session.get(CLAIMS, ())]
    return create_principal(user, extra=extra)
