"""The passkeys of SignInManager: registration, and sign-in as the only or as the second factor.

A passkey alone is enough: it is both possession and, by default, verification of its user, so no
second factor is asked for. Failures are not counted towards the lockout (nobody guesses a
signature) and a sign-in forgets none, as in .NET.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from identity_bridge.aspnet import date_times
from identity_bridge.conf import get_settings
from identity_bridge.passkeys import library, options, reading
from identity_bridge.passkeys.assertion import verify_assertion
from identity_bridge.passkeys.ceremony import Operation
from identity_bridge.passkeys.client_data import read_client_data
from identity_bridge.passkeys.errors import PasskeyRefused, PasskeysUnavailable, TooManyPasskeys
from identity_bridge.passkeys.registration import VerifiedRegistration, verify_registration
from identity_bridge.signals import passkey_added, user_sign_in_failed
from identity_bridge.users.passkeys import (
    add_or_update_passkey,
    find_by_passkey,
    get_passkey,
    get_passkeys,
)

from . import passkey_ceremonies, rate_limit, second_factor, sessions, two_factor_session
from .flow import pre_sign_in_check
from .results import FAILED, SUCCEEDED, SignInResult

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.aspnet.passkey_data import PasskeyData
    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.users.results import IdentityResult

PASSKEY = "Passkey"
"""The method, for the signals."""
MAX_PASSKEYS = 20
"""Of one user, for those that are added here."""

logger = logging.getLogger("identity_bridge.signin.passkeys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """Whose passkey it was, and the passkey as it is to be stored now."""

    user: AbstractIdentityUser
    credential_id: bytes
    passkey: PasskeyData


def begin_registration(*, request: HttpRequest, user: AbstractIdentityUser) -> dict[str, Any]:
    """Return creation options for the browser (MakePasskeyCreationOptionsAsync).

    :raises PasskeyRefused: the Id is longer than 64 bytes; TooManyPasskeys.
    :raises PasskeysUnavailable: the library is not installed.
    """
    library.helpers()
    settings, known = get_settings(), get_passkeys(user=user)
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeys(f"the user has {len(known)} passkeys")
    user_id, name = _id_of(user), str(user.username or "")
    options.user_handle(user_id)  # before a ceremony is begun that cannot end
    return options.creation_options(
        rp_id=passkey_ceremonies.rp_id_of(request),
        user_id=user_id,
        user_name=name,
        display_name=name,
        challenge=passkey_ceremonies.begin(
            request=request, operation=Operation.REGISTRATION, user_id=user_id
        ),
        exclude=known,
        timeout=settings.PASSKEY_TIMEOUT,
        user_verification=settings.PASSKEY_USER_VERIFICATION,
        resident_key=settings.PASSKEY_RESIDENT_KEY,
    )


def perform_attestation(
    *, request: HttpRequest, user: AbstractIdentityUser, credential_json: str
) -> VerifiedRegistration:
    """Verify what the browser made of creation options (PerformPasskeyAttestationAsync).

    Uses the ceremony up and stores nothing.

    :raises PasskeyRefused: it proves nothing, or the credential is known.
    """
    response = reading.read_registration(credential_json)
    ceremony = passkey_ceremonies.use(
        request=request,
        operation=Operation.REGISTRATION,
        challenge=read_client_data(response.client_data_json).challenge,
    )
    if ceremony.user_id != _id_of(user):
        raise PasskeyRefused("the ceremony was begun for another user")
    verified = verify_registration(
        response=response,
        expected_challenge=ceremony.challenge,
        expected_origin=passkey_ceremonies.origin_of(request),
        expected_rp_id=passkey_ceremonies.rp_id_of(request),
        requires_user_verification=_requires_user_verification(),
    )
    if find_by_passkey(credential_id=verified.credential_id) is not None:
        raise PasskeyRefused("the credential is already registered for a user")
    return verified


def register(
    *,
    request: HttpRequest,
    user: AbstractIdentityUser,
    credential_json: str,
    name: str | None = None,
) -> IdentityResult:
    """Keep a new passkey of this user, once it is verified.

    ConcurrencyFailure: the user was changed meanwhile.

    :raises PasskeyRefused: as ``perform_attestation``; TooManyPasskeys.
    """
    try:
        verified = perform_attestation(request=request, user=user, credential_json=credential_json)
    except PasskeyRefused as refusal:
        _log(refusal)
        raise
    # The guard of the user's row refuses one that another request has added since.
    if len(get_passkeys(user=user)) >= MAX_PASSKEYS:
        raise TooManyPasskeys("the user has as many passkeys as one may have")
    result = add_or_update_passkey(
        user=user,
        credential_id=verified.credential_id,
        data=verified.passkey(name=name, created_at=date_times.to_text(timezone.now())),
    )
    if result.succeeded:
        passkey_added.send(sender=type(user), request=request, user=user)
    return result


def begin_sign_in(
    *, request: HttpRequest, user: AbstractIdentityUser | None = None
) -> dict[str, Any]:
    """Return request options for the browser (MakePasskeyRequestOptionsAsync).

    Without a user the browser offers what it has for this site. To name one is to say whether
    there is such a user, and which passkeys: do so only for somebody who has proven to be the one.

    :raises PasskeysUnavailable: the library is not installed.
    """
    return _request_options(request, Operation.SIGN_IN, user)


def begin_second_factor(*, request: HttpRequest) -> dict[str, Any] | None:
    """Return request options for the user whose password was right; None if there is none.

    :raises PasskeysUnavailable: the library is not installed.
    """
    user = two_factor_session.current_user(request=request)
    return None if user is None else _request_options(request, Operation.SECOND_FACTOR, user)


def perform_assertion(
    *,
    request: HttpRequest,
    credential_json: str,
    operation: Operation = Operation.SIGN_IN,
) -> Assertion:
    """Verify what the browser made of request options (PerformPasskeyAssertionAsync).

    Uses the ceremony up and stores nothing.

    :raises PasskeyRefused: it proves nothing.
    """
    response = reading.read_assertion(credential_json)
    ceremony = passkey_ceremonies.use(
        request=request,
        operation=operation,
        challenge=read_client_data(response.client_data_json).challenge,
    )
    # The user before the passkey: a use in between then gives another concurrency stamp.
    user = _find_user(ceremony.user_id, response.user_handle)
    if user is None:
        raise PasskeyRefused("there is no such user")
    stored = get_passkey(user=user, credential_id=response.credential_id)
    if stored is None:
        raise PasskeyRefused("the credential does not belong to the user")
    verified = verify_assertion(
        response=response,
        stored=stored,
        expected_user_handle=options.user_handle(_id_of(user)),
        expected_challenge=ceremony.challenge,
        expected_origin=passkey_ceremonies.origin_of(request),
        expected_rp_id=passkey_ceremonies.rp_id_of(request),
        requires_user_verification=_requires_user_verification(),
    )
    passkey = replace(stored, sign_count=verified.sign_count, is_backed_up=verified.is_backed_up)
    return Assertion(user=user, credential_id=response.credential_id, passkey=passkey)


def passkey_sign_in(
    *, request: HttpRequest, credential_json: str, persistent: bool = False
) -> SignInResult:
    """Sign in by a passkey alone (PasskeySignInAsync); no second factor is asked for.

    NotAllowed and LockedOut as for a password. Of two uses of one answer at the same moment one
    is Failed. .NET throws where no ceremony is under way; here that is Failed.

    :raises RateLimited: too many attempts of this address.
    """
    rate_limit.count_attempt(request=request, account=None)
    user = None
    try:
        assertion = perform_assertion(request=request, credential_json=credential_json)
    except (PasskeyRefused, PasskeysUnavailable) as refusal:
        _log(refusal)
        result = FAILED
    else:
        user = assertion.user
        result = pre_sign_in_check(user=user) or (SUCCEEDED if _keep(assertion) else FAILED)
    if user is None or not result.succeeded:
        user_sign_in_failed.send(
            sender=get_user_model(),
            request=request,
            user=user,
            username=None,
            result=result,
            method=PASSKEY,
        )
        return result
    sessions.sign_in(request=request, user=user, persistent=persistent)
    return result


def passkey_second_factor(
    *,
    request: HttpRequest,
    credential_json: str,
    persistent: bool = False,
    remember_client: bool = False,
) -> SignInResult:
    """Finish the second step by a passkey of the user who gave the password.

    Wrong ones count like wrong codes. .NET has no such step.

    :raises RateLimited: too many attempts of this address or on this account.
    """

    def is_right(user: AbstractIdentityUser) -> bool:
        try:
            assertion = perform_assertion(
                request=request,
                credential_json=credential_json,
                operation=Operation.SECOND_FACTOR,
            )
        except (PasskeyRefused, PasskeysUnavailable) as refusal:
            _log(refusal)
            return False
        # One object, or the reset of the counter would meet the stamp that was just written.
        return assertion.user.pk == user.pk and _keep(replace(assertion, user=user))

    return second_factor.finish(
        request,
        PASSKEY,
        is_right,
        is_counted=True,
        persistent=persistent,
        remember_client=remember_client,
    )


def _request_options(
    request: HttpRequest, operation: Operation, user: AbstractIdentityUser | None
) -> dict[str, Any]:
    library.helpers()
    settings = get_settings()
    return options.request_options(
        rp_id=passkey_ceremonies.rp_id_of(request),
        challenge=passkey_ceremonies.begin(
            request=request,
            operation=operation,
            user_id=None if user is None else _id_of(user),
        ),
        allow={} if user is None else get_passkeys(user=user),
        timeout=settings.PASSKEY_TIMEOUT,
        user_verification=settings.PASSKEY_USER_VERIFICATION,
    )


def _find_user(user_id: str | None, handle: bytes | None) -> AbstractIdentityUser | None:
    if user_id is None:
        try:
            user_id = (handle or b"").decode("utf-8")
        except UnicodeDecodeError:
            return None
    user: AbstractIdentityUser | None = get_user_model()._default_manager.find_by_id(user_id)
    return user


def _keep(assertion: Assertion) -> bool:
    """Write counter and backup state back; False if the user was written meanwhile."""
    return add_or_update_passkey(
        user=assertion.user, credential_id=assertion.credential_id, data=assertion.passkey
    ).succeeded


def _requires_user_verification() -> bool:
    return get_settings().PASSKEY_USER_VERIFICATION == "required"


def _id_of(user: AbstractIdentityUser) -> str:
    """Return the Id as .NET prints it."""
    text: str = user._meta.pk.value_to_string(user)
    return text


def _log(refusal: Exception) -> None:
    # Whoever moved a site to another domain needs to know why nobody's passkey works.
    logger.info("event=passkey_refused reason=%s", ascii(str(refusal)))
