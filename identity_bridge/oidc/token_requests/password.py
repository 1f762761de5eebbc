"""User name and password of a user (RFC 6749, section 4.3; ResourceOwnerPasswordValidator)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.interaction import SignedIn
from identity_bridge.oidc.tokens.issuing import Bearer
from identity_bridge.signin import flow
from identity_bridge.users.two_factor import is_two_factor_enabled

from . import users

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

    from .answer import Outcome
    from .request import TokenRequest

_WRONG = "invalid_username_or_password"


@sensitive_variables()
def check(request: TokenRequest) -> Outcome:
    """Return what the request leads to.

    Found by user name alone, counted and locked as at the login page. Whoever owes a second
    factor is refused like a wrong password, unless OIDC_PASSWORD_GRANT_SKIPS_SECOND_FACTOR.

    :raises ProtocolError:
    :raises RateLimited: too many attempts
    """
    granted = request.granted_now(store.get_resources(), with_user=True)
    username = request.text("username", limit=limits.USER_NAME, error=errors.INVALID_GRANT)
    password = request.text("password", limit=limits.PASSWORD, error=errors.INVALID_GRANT)
    if not username:
        raise ProtocolError(errors.INVALID_GRANT)
    user = _authenticated(request, username, password)
    bearer = Bearer(
        user=user,
        signed_in=SignedIn(
            subject=get_adapter().get_sub(user=user),
            session_id="",
            auth_time=clock.seconds(),
            amr=("pwd",),
        ),
    )
    return users.first_outcome(request, bearer=bearer, granted=granted, with_id_token=False)


@sensitive_variables()
def _authenticated(request: TokenRequest, username: str, password: str) -> AbstractIdentityUser:
    result, user = flow.check_credentials(
        request=request.http_request, username=username, password=password, by_email=False
    )
    skips = get_settings().OIDC_PASSWORD_GRANT_SKIPS_SECOND_FACTOR
    if user is None or not (result.succeeded or (result.requires_two_factor and skips)):
        raise ProtocolError(errors.INVALID_GRANT, _WRONG)
    # A browser that was remembered is none here.
    if not skips and user.two_factor_enabled and is_two_factor_enabled(user=user):
        raise ProtocolError(errors.INVALID_GRANT, _WRONG)
    if not users.is_active(user, request.client):
        raise ProtocolError(errors.INVALID_GRANT, _WRONG)
    return user
