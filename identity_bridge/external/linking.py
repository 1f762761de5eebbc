"""The logins that the owner of an account adds and removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.signals import external_login_added, external_login_removed
from identity_bridge.signin.external import find_user
from identity_bridge.signin.sessions import refresh_sign_in
from identity_bridge.users.logins import LoginInfo, add_login, get_logins, remove_login
from identity_bridge.users.passkeys import get_passkeys

from .errors import LoginTaken

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.signin.external_identity import ExternalIdentity


def link(*, request: HttpRequest, user: AbstractIdentityUser, identity: ExternalIdentity) -> bool:
    """Let this account elsewhere sign the user in from now on; False if it did already.

    :raises LoginTaken: it signs somebody else in.
    """
    owner = find_user(login_provider=identity.provider, provider_key=identity.key)
    if owner is not None and owner.pk == user.pk:
        return False
    login = LoginInfo(
        login_provider=identity.provider,
        provider_key=identity.key,
        provider_display_name=identity.display_name,
    )
    result = add_login(user=user, login=login)
    if not result.succeeded:
        codes = ", ".join(error.code for error in result.errors)
        raise LoginTaken(codes, scheme=identity.provider)
    external_login_added.send(
        sender=type(user), request=request, user=user, provider=identity.provider
    )
    return True


def removable(
    *, user: AbstractIdentityUser, usable: Collection[str], with_passkeys: bool
) -> frozenset[LoginInfo]:
    """Return the logins that the user can do without: with a password, a passkey or another login.

    ``usable`` are the schemes of the providers there are: a login of a provider that is not
    configured signs nobody in. ``with_passkeys``: passkeys do, here. Up to two statements.
    """
    logins = frozenset(get_logins(user=user))
    if user.has_password() or (with_passkeys and get_passkeys(user=user)):
        return logins
    ways = {login for login in logins if login.login_provider in usable}
    return frozenset(login for login in logins if ways - {login})


def unlink(
    *,
    request: HttpRequest,
    user: AbstractIdentityUser,
    login_provider: str,
    provider_key: str,
    usable: Collection[str],
    with_passkeys: bool,
) -> bool:
    """Take a login away; the owner stays signed in here and is signed out everywhere else.

    False: there is no such login, it is the last way in, or somebody has changed the user since
    the object was read, by removing another login for one.
    """
    wanted = (login_provider, provider_key)
    found = removable(user=user, usable=usable, with_passkeys=with_passkeys)
    if wanted not in {(login.login_provider, login.provider_key) for login in found}:
        return False
    result = remove_login(user=user, login_provider=login_provider, provider_key=provider_key)
    if not result.succeeded:
        return False
    refresh_sign_in(request=request, user=user)
    external_login_removed.send(
        sender=type(user), request=request, user=user, provider=login_provider
    )
    return True
