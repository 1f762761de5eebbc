"""Token providers: proofs of possession sent by mail or text, and the authenticator's codes.

``Default`` stands for DataProtectorTokenProvider: a signature over user, purpose and security
stamp, made with SECRET_KEY. The others are the six digits of Rfc6238AuthenticationService and
equal .NET's. Nothing is stored.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet import one_time_codes

from .authenticator import get_authenticator_key

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

DEFAULT = "Default"
EMAIL = "Email"
PHONE = "Phone"
AUTHENTICATOR = "Authenticator"
PROVIDERS = (DEFAULT, EMAIL, PHONE, AUTHENTICATOR)

TOKEN_LIFESPAN = timedelta(days=1)
"""DataProtectionTokenProviderOptions.TokenLifespan."""

MAX_TOKEN_CHARACTERS = 1024


def generate_token(*, user: AbstractIdentityUser, provider: str, purpose: str) -> str:
    """Return a token of this provider (GenerateUserTokenAsync); "" for Authenticator, as .NET.

    :raises ValueError: there is no such provider.
    :raises CodeError: the user has no security stamp to derive a code from.
    """
    if provider == DEFAULT:
        return _signer(user, purpose).sign("")
    if provider == AUTHENTICATOR:
        return ""
    modifier = _modifier(user, provider, purpose)
    now = timezone.now().timestamp()
    return one_time_codes.generate_code(user.security_stamp or "", modifier=modifier, now=now)


@sensitive_variables("token")
def verify_token(*, user: AbstractIdentityUser, provider: str, purpose: str, token: str) -> bool:
    """Tell if the token is one of this provider for this purpose (VerifyUserTokenAsync).

    An unknown provider verifies nothing; .NET throws.
    """
    if provider not in PROVIDERS or len(token) > MAX_TOKEN_CHARACTERS:
        return False
    if provider == DEFAULT:
        try:
            return _signer(user, purpose).unsign(token, max_age=TOKEN_LIFESPAN) == ""
        except (BadSignature, ValueError):
            return False
    now = timezone.now().timestamp()
    if provider == AUTHENTICATOR:
        key = get_authenticator_key(user=user)
        return one_time_codes.verify_authenticator_code(key or "", token, now=now) is not None
    modifier = _modifier(user, provider, purpose)
    stamp = user.security_stamp or ""
    return one_time_codes.verify_code(stamp, token, modifier=modifier, now=now) is not None


def _signer(user: AbstractIdentityUser, purpose: str) -> TimestampSigner:
    # JSON, so that no two triples give one text.
    bound = json.dumps([str(user.pk), purpose, user.security_stamp or ""])
    return TimestampSigner(salt=f"identity_bridge.users.token_providers {bound}")


def _modifier(user: AbstractIdentityUser, provider: str, purpose: str) -> str:
    if provider == EMAIL:
        return one_time_codes.email_modifier(purpose, user.email or "")
    if provider == PHONE:
        return one_time_codes.phone_modifier(purpose, user.phone_number)
    raise ValueError(f"no token provider {provider!r}, expected one of {', '.join(PROVIDERS)}")
