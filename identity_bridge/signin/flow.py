"""SignInManager: the one flow that login page, admin, API and password grant go through.

Order of the decisions, as in .NET: not allowed, locked out, password, second factor. Every wrong
password and every wrong code is counted, in one counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_login_failed
from django.views.decorators.debug import sensitive_variables

from identity_bridge.conf import get_settings
from identity_bridge.passwords.checking import check_and_upgrade
from identity_bridge.passwords.hashers import spend_preferred_runtime
from identity_bridge.signals import second_factor_required, user_locked_out, user_sign_in_failed
from identity_bridge.users.lockout import access_failed, is_locked_out, reset_access_failed_count
from identity_bridge.users.two_factor import is_two_factor_enabled

from . import rate_limit, remembered_browser, sessions, two_factor_session
from .confirmation import can_sign_in
from .results import (
    FAILED,
    LOCKED_OUT,
    NOT_ALLOWED,
    REQUIRES_TWO_FACTOR,
    SUCCEEDED,
    SignInResult,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

MAX_PASSWORD_CHARACTERS = 1 << 20
"""A longer password is wrong, whatever it is. .NET has no limit but that of a form's value
(4 MB); below this one the length costs milliseconds."""

PASSWORD = "password"  # noqa: S105 - the name of a method


@sensitive_variables("password")
def password_sign_in(
    *,
    request: HttpRequest,
    username: str,
    password: str,
    persistent: bool = False,
    lockout_on_failure: bool = True,
) -> SignInResult:
    """Sign in by name and password (PasswordSignInAsync).

    After RequiresTwoFactor the session is half signed in: go on with ``second_factor``.
    ``persistent`` keeps the session beyond the browser's end.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    result, user = check_credentials(
        request=request,
        username=username,
        password=password,
        lockout_on_failure=lockout_on_failure,
    )
    if user is not None and result.requires_two_factor:
        two_factor_session.begin(request=request, user=user)
    elif user is not None and result.succeeded:
        sessions.sign_in(request=request, user=user, persistent=persistent)
    else:
        # As django.contrib.auth.authenticate() does, for whoever listens to Django only.
        user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
    return result


@sensitive_variables("password")
def check_credentials(
    *,
    request: HttpRequest | None,
    username: str,
    password: str,
    lockout_on_failure: bool = True,
    by_email: bool | None = None,
) -> tuple[SignInResult, AbstractIdentityUser | None]:
    """Answer as ``password_sign_in`` without touching the session; the user if there is one.

    An unknown user costs what a wrong password costs. ``by_email`` is LOGIN_BY_EMAIL for this
    call.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    rate_limit.count_attempt(request=request, account=f"name {username}")
    user = find_user(username, by_email=by_email)
    if user is None:
        spend_preferred_runtime(password[:MAX_PASSWORD_CHARACTERS])
        _report_failure(request, None, username, FAILED)
        return FAILED, None
    result = check_user_password(
        request=request,
        user=user,
        password=password,
        lockout_on_failure=lockout_on_failure,
        username=username,
    )
    if result.succeeded and requires_two_factor(request=request, user=user):
        second_factor_required.send(sender=type(user), request=request, user=user)
        result = REQUIRES_TWO_FACTOR
    return result, user


@sensitive_variables("password")
def check_user_password(
    *,
    user: AbstractIdentityUser,
    password: str,
    request: HttpRequest | None = None,
    lockout_on_failure: bool = True,
    username: str | None = None,
) -> SignInResult:
    """Check and count one password (CheckPasswordSignInAsync); no session, no second factor.

    A right one resets the counter, unless a second factor is still to come: whoever has only the
    password must not be able to guess codes for ever.
    """
    result = pre_sign_in_check(user=user)
    if result is not None:
        # Otherwise the time would tell which accounts are locked.
        spend_preferred_runtime(password[:MAX_PASSWORD_CHARACTERS])
    elif _is_right(user, password):
        result = SUCCEEDED
        if not requires_two_factor(request=request, user=user):
            result = reset_count(user=user)
    else:
        result = count_failure(request=request, user=user) if lockout_on_failure else FAILED
    if not result.succeeded:
        _report_failure(request, user, username, result)
    return result


@sensitive_variables("password")
def _is_right(user: AbstractIdentityUser, password: str) -> bool:
    if len(password) > MAX_PASSWORD_CHARACTERS:  # takes the time an unknown user takes
        spend_preferred_runtime(password[:MAX_PASSWORD_CHARACTERS])
        return False
    return check_and_upgrade(user, password)


def find_user(username: str, *, by_email: bool | None = None) -> AbstractIdentityUser | None:
    """Return the user of this name; who has confirmed this address, if LOGIN_BY_EMAIL says so.

    Then the one who has confirmed it goes before one who has only chosen it as a user name, or
    claims it: a stranger could take the sign-in by address from its owner.
    """
    if by_email is None:
        by_email = get_settings().LOGIN_BY_EMAIL
    users = get_user_model()._default_manager
    user: AbstractIdentityUser | None = users.find_by_name(username)
    if by_email and (user is None or "@" in username):
        return users.find_by_confirmed_email(username) or user
    return user


def pre_sign_in_check(*, user: AbstractIdentityUser) -> SignInResult | None:
    """Return NotAllowed or LockedOut, None if the user may try (PreSignInCheck)."""
    if not can_sign_in(user=user):
        return NOT_ALLOWED
    return LOCKED_OUT if is_locked_out(user=user) else None


def requires_two_factor(*, request: HttpRequest | None, user: AbstractIdentityUser) -> bool:
    """Tell if a right password is not enough: two-factor is on and can be asked for, and the
    browser was not remembered."""
    if not user.two_factor_enabled:
        return False
    if request is not None and remembered_browser.is_remembered(request=request, user=user):
        return False
    return is_two_factor_enabled(user=user)


def count_failure(*, request: HttpRequest | None, user: AbstractIdentityUser) -> SignInResult:
    """Count a wrong password or code: Failed, or LockedOut if that was the last one."""
    if not access_failed(user=user).succeeded or not is_locked_out(user=user):
        return FAILED
    user_locked_out.send(sender=type(user), request=request, user=user)
    return LOCKED_OUT


def reset_count(*, user: AbstractIdentityUser) -> SignInResult:
    """Forget the failures; Failed if somebody else failed meanwhile (ResetLockoutWithResult)."""
    return SUCCEEDED if reset_access_failed_count(user=user).succeeded else FAILED


def _report_failure(
    request: HttpRequest | None,
    user: AbstractIdentityUser | None,
    username: str | None,
    result: SignInResult,
) -> None:
    user_sign_in_failed.send(
        sender=get_user_model(),
        request=request,
        user=user,
        username=username,
        result=result,
        method=PASSWORD,
    )
