"""An account for somebody whom a provider vouches for and nobody here knows.

No account that exists is ever joined to the login because of an e-mail address: a provider may be
wrong about an address, and an address may be somebody else's by now.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_email
from identity_bridge.claims.principal import Claim
from identity_bridge.conf import get_settings
from identity_bridge.exceptions import IdentityResultError
from identity_bridge.signals import user_registered
from identity_bridge.users.accounts import create
from identity_bridge.users.claims import add_claims
from identity_bridge.users.logins import LoginInfo, add_login
from identity_bridge.users.results import SUCCESS, IdentityResult
from identity_bridge.users.saving import database_of

from .errors import RegistrationRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.signin.external_identity import ExternalIdentity

NAME_CLAIM = "name"


class Registration(StrEnum):
    """What happens at the first sign-in of an unknown account: EXTERNAL_REGISTRATION."""

    ASK = "ask"
    AUTOMATIC = "automatic"
    NEVER = "never"


def mode() -> Registration:
    """Return the setting; ``never`` for a value that is none."""
    given = get_settings().EXTERNAL_REGISTRATION
    return Registration(given) if given in list(Registration) else Registration.NEVER


def register(
    *, request: HttpRequest, identity: ExternalIdentity, email: str
) -> tuple[IdentityResult, AbstractIdentityUser]:
    """Make an account with this address as its name, as the default pages of .NET do.

    The address is confirmed if the provider has verified this very one. DuplicateEmail,
    DuplicateUserName: an account has it; tell only whom ``has_proven`` names.
    """
    user: AbstractIdentityUser = get_user_model()(
        username=email, email=email, email_confirmed=has_proven(identity, email)
    )
    if _is_taken(email):
        return IdentityResult.failed("DuplicateEmail", email), user
    return _store(request, user, identity, []), user


def register_automatically(
    *, request: HttpRequest, identity: ExternalIdentity
) -> AbstractIdentityUser:
    """Make an account as the templates of IdentityServer do.

    Its name is a GUID, the Id where that is one. The address is copied, not confirmed, unless an
    account has it; the name becomes a claim.

    :raises RegistrationRefused: the settings refuse such an account.
    """
    user: AbstractIdentityUser = get_user_model()()
    user.username = user.pk if isinstance(user.pk, str) else str(uuid.uuid4())
    if identity.email and not _is_taken(identity.email):
        user.email = identity.email
    claims = [Claim(NAME_CLAIM, identity.name)] if identity.name else []
    result = _store(request, user, identity, claims)
    if not result.succeeded:
        codes = ", ".join(error.code for error in result.errors)
        raise RegistrationRefused(codes, scheme=identity.provider)
    return user


def has_proven(identity: ExternalIdentity, email: str) -> bool:
    """Tell if the provider has verified that this address is the person's own."""
    return identity.email_verified and bool(email) and email == identity.email


def _is_taken(email: str) -> bool:
    """Tell if an account has this address, confirmed or not.

    Two accounts with one address would lock both out of whatever finds people by address.
    """
    try:
        normalized = normalize_email(email)
    except NormalizationError:
        return False
    return get_user_model()._base_manager.filter(normalized_email=normalized).exists()


def _store(
    request: HttpRequest,
    user: AbstractIdentityUser,
    identity: ExternalIdentity,
    claims: Sequence[Claim],
) -> IdentityResult:
    login = LoginInfo(
        login_provider=identity.provider,
        provider_key=identity.key,
        provider_display_name=identity.display_name,
    )
    try:
        with transaction.atomic(using=database_of(user)):
            create(user=user).raise_for_errors()
            if claims:
                add_claims(user=user, claims=claims).raise_for_errors()
            add_login(user=user, login=login).raise_for_errors()
    except IdentityResultError as error:
        return IdentityResult(error.errors)
    user_registered.send(sender=type(user), request=request, user=user, provider=identity.provider)
    return SUCCESS
