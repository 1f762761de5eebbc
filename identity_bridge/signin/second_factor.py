"""The second step of SignInManager: authenticator, recovery code, codes by e-mail and phone.

All of them belong to a session that ``flow.password_sign_in`` or ``external`` left half signed in,
answer Failed without one, and look at confirmation and lockout again. (.NET forgets that for
recovery codes.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.one_time_codes import verify_authenticator_code
from identity_bridge.signals import browser_remembered, second_factor_used, user_sign_in_failed
from identity_bridge.users.authenticator import get_authenticator_key
from identity_bridge.users.recovery_codes import redeem_recovery_code
from identity_bridge.users.token_providers import AUTHENTICATOR, EMAIL, PHONE, verify_token
from identity_bridge.users.two_factor import PURPOSE

from . import rate_limit, remembered_browser, replay, sessions, two_factor_session
from .flow import count_failure, pre_sign_in_check, reset_count
from .results import FAILED, SignInResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

RECOVERY_CODE = "RecoveryCode"


@sensitive_variables("code")
def authenticator_sign_in(
    *, request: HttpRequest, code: str, persistent: bool = False, remember_client: bool = False
) -> SignInResult:
    """Finish by the app's code (TwoFactorAuthenticatorSignInAsync); each code works once.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    return two_factor_sign_in(
        request=request,
        provider=AUTHENTICATOR,
        code=code,
        persistent=persistent,
        remember_client=remember_client,
    )


@sensitive_variables("code")
def two_factor_sign_in(
    *,
    request: HttpRequest,
    provider: str,
    code: str,
    persistent: bool = False,
    remember_client: bool = False,
) -> SignInResult:
    """Finish by a code of ``Authenticator``, ``Email`` or ``Phone`` (TwoFactorSignInAsync).

    Any other provider is Failed and counts nothing; .NET throws.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    if provider not in (AUTHENTICATOR, EMAIL, PHONE):
        return FAILED

    def is_right(user: AbstractIdentityUser) -> bool:
        if provider == AUTHENTICATOR:
            return _accept_authenticator_code(user, code)
        return _has_provider(user, provider) and verify_token(
            user=user, provider=provider, purpose=PURPOSE, token=code
        )

    return finish(
        request,
        provider,
        is_right,
        is_counted=True,
        persistent=persistent,
        remember_client=remember_client,
    )


@sensitive_variables("recovery_code")
def recovery_code_sign_in(*, request: HttpRequest, recovery_code: str) -> SignInResult:
    """Finish by a recovery code, which is used up (TwoFactorRecoveryCodeSignInAsync).

    Wrong ones do not lock the account, as in .NET; ten of them end the half-signed session. The
    session ends with the browser.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    return finish(
        request,
        RECOVERY_CODE,
        lambda user: redeem_recovery_code(user=user, code=recovery_code).succeeded,
        is_counted=False,
        persistent=False,
        remember_client=False,
    )


def finish(
    request: HttpRequest,
    provider: str,
    is_right: Callable[[AbstractIdentityUser], bool],
    *,
    is_counted: bool,
    persistent: bool,
    remember_client: bool,
) -> SignInResult:
    """Finish by whatever ``is_right`` looks at; ``is_counted``: wrong ones lock the account.

    ``provider`` names the way, for the signals.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    user = two_factor_session.current_user(request=request)
    if user is None:
        return FAILED
    rate_limit.count_attempt(request=request, account=f"id {user.pk}")
    result = pre_sign_in_check(user=user)
    if result is None:
        if is_right(user):
            result = reset_count(user=user)
        else:
            two_factor_session.count_wrong_code(request=request)
            result = count_failure(request=request, user=user) if is_counted else FAILED
    if not result.succeeded:
        user_sign_in_failed.send(
            sender=type(user),
            request=request,
            user=user,
            username=None,
            result=result,
            method=provider,
        )
        return result
    vouched = two_factor_session.provider_of(request=request)
    two_factor_session.end(request=request)
    if remember_client:
        remembered_browser.remember(request=request, user=user)
        browser_remembered.send(sender=type(user), request=request, user=user)
    sessions.sign_in(request=request, user=user, persistent=persistent, amr="mfa", provider=vouched)
    second_factor_used.send(sender=type(user), request=request, user=user, provider=provider)
    return result


def _accept_authenticator_code(user: AbstractIdentityUser, code: str) -> bool:
    step = verify_authenticator_code(
        get_authenticator_key(user=user) or "",
        code,
        now=timezone.now().timestamp(),
        after=replay.last_step(user=user),
    )
    return step is not None and replay.use_step(user=user, step=step)


def _has_provider(user: AbstractIdentityUser, provider: str) -> bool:
    """Tell if the address or number is confirmed: an unconfirmed one is nobody's factor."""
    if provider == EMAIL:
        return user.email_confirmed and bool((user.email or "").strip())
    return user.phone_number_confirmed and bool((user.phone_number or "").strip())
