"""SignInManager.ExternalLoginSignInAsync: sign in somebody whom another provider vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from identity_bridge.signals import second_factor_required, user_sign_in_failed

from . import sessions, two_factor_session
from .flow import pre_sign_in_check, requires_two_factor
from .results import FAILED, REQUIRES_TWO_FACTOR, SUCCEEDED, SignInResult

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

EXTERNAL = "external"


def external_login_sign_in(
    *,
    request: HttpRequest,
    login_provider: str,
    provider_key: str,
    persistent: bool = False,
    bypass_two_factor: bool = False,
) -> SignInResult:
    """Sign in the user who has this login; the caller has checked what the provider said.

    Failed: nobody has it. The counter of failures is neither looked at nor reset, as in .NET.
    After RequiresTwoFactor the session is half signed in: go on with ``second_factor``.
    """
    user = find_user(login_provider=login_provider, provider_key=provider_key)
    if user is None:
        return FAILED
    refusal = pre_sign_in_check(user=user)
    if refusal is not None:
        user_sign_in_failed.send(
            sender=type(user),
            request=request,
            user=user,
            username=None,
            result=refusal,
            method=EXTERNAL,
        )
        return refusal
    if not bypass_two_factor and requires_two_factor(request=request, user=user):
        second_factor_required.send(sender=type(user), request=request, user=user)
        two_factor_session.begin(request=request, user=user, provider=login_provider)
        return REQUIRES_TWO_FACTOR
    sessions.sign_in(
        request=request, user=user, persistent=persistent, amr=EXTERNAL, provider=login_provider
    )
    return SUCCEEDED


def find_user(*, login_provider: str, provider_key: str) -> AbstractIdentityUser | None:
    """Return the user who has this login (FindByLoginAsync); provider and key are exact."""
    user: AbstractIdentityUser | None
    user = get_user_model()._default_manager.find_by_login(login_provider, provider_key)
    return user
