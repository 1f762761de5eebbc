"""Verify a user's password and upgrade its hash as ``PASSWORD_UPGRADE`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import (
    BasePasswordHasher,
    check_password,
    get_hasher,
    identify_hasher,
    make_password,
)
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.conf import get_settings
from identity_bridge.exceptions import ConcurrencyFailure
from identity_bridge.password_column import ASPNET_PREFIX, MEMBERSHIP_PREFIX
from identity_bridge.signals import password_upgraded

from .affordable import is_affordable
from .hashers import (
    AspNetIdentityPasswordHasher,
    AspNetMembershipPasswordHasher,
    spend_preferred_runtime,
)

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


@sensitive_variables("password", "encoded")
def verify(password: str, encoded: str | None) -> bool:
    """Tell if a password matches a stored one. Raises nothing, whatever the two hold.

    A mismatch costs at least what hashing with the preferred hasher costs: no password, an
    unknown format and a cheap old hash take as long as a user that does not exist. Knows the
    ASP.NET formats even where PASSWORD_HASHERS does not list their hashers.
    """
    if not encoded or encoded.startswith("!"):
        spend_preferred_runtime(password)
        return False
    aspnet = _aspnet_hasher(encoded)
    if aspnet is not None:
        return aspnet.verify(password, encoded)
    if not is_affordable(encoded):
        spend_preferred_runtime(password)
        return False
    try:
        matches = check_password(password, encoded)
    except ValueError:  # half a surrogate pair, a NUL with bcrypt, a damaged hash
        matches = False
    if not matches and encoded.partition("$")[0] != get_hasher("default").algorithm:
        # Django evens out the time only between hashes of one algorithm.
        spend_preferred_runtime(password)
    return matches


def _aspnet_hasher(encoded: str) -> BasePasswordHasher | None:
    if encoded.startswith(ASPNET_PREFIX):
        return AspNetIdentityPasswordHasher()
    if encoded.startswith(MEMBERSHIP_PREFIX):
        return AspNetMembershipPasswordHasher()
    return None


@sensitive_variables("password", "encoded")
def upgraded(password: str, encoded: str) -> str | None:
    """Return the new encoding of a password just verified, None where the old one is to stay."""
    policy = get_settings().PASSWORD_UPGRADE
    if policy == "never":
        return None
    hasher = _aspnet_hasher(encoded) or identify_hasher(encoded)
    if policy == "aspnet":
        # Only to what a .NET application on the same tables can read.
        readable = hasher.algorithm == AspNetIdentityPasswordHasher.algorithm
        if readable and not hasher.must_update(encoded):
            return None
        return AspNetIdentityPasswordHasher().encode(password, "")
    preferred = get_hasher("default")
    if hasher.algorithm == preferred.algorithm and not preferred.must_update(encoded):
        return None
    return make_password(password)


@sensitive_variables("password")
def new_hash(password: str) -> str:
    """Return the encoding of a new password: one .NET can read if ``PASSWORD_UPGRADE`` asks so."""
    if get_settings().PASSWORD_UPGRADE == "aspnet":  # noqa: S105 - a policy
        return AspNetIdentityPasswordHasher().encode(password, "")
    return make_password(password)


@sensitive_variables("password", "better", "before")
def check_and_upgrade(user: AbstractIdentityUser, password: str) -> bool:
    """Verify a user's password; after a right one, store a better hash if there is one.

    With ``aspnet`` the upgrade renews the security stamp, as UserManager.CheckPasswordAsync
    does; with ``preferred`` it does not, and nobody is signed out elsewhere. A row that changed
    meanwhile keeps its hash: the sign-in goes on (.NET ignores that failure too).
    """
    if not verify(password, user.password):
        return False
    better = upgraded(password, user.password)
    if better is not None and user.pk is not None and not user._state.adding:
        before = (user.password, user.security_stamp)
        old, new = (algorithm_of(encoded) for encoded in (user.password, better))
        user.password = better
        if get_settings().PASSWORD_UPGRADE == "aspnet":  # noqa: S105 - a policy
            user.security_stamp = new_security_stamp()
        try:
            # A transaction of its own: the failure must not spoil one of the caller's.
            with transaction.atomic(using=user._state.db):
                user.save(update_fields=["password"])
        except ConcurrencyFailure:
            user.password, user.security_stamp = before
        else:
            password_upgraded.send(sender=type(user), user=user, old=old, new=new)
    return True


def algorithm_of(encoded: str) -> str:
    """Return the name of the hasher that made an encoding, for people and logs."""
    return encoded.partition("$")[0]
