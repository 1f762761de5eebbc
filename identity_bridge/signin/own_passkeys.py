"""What owners do with their passkeys: rename and remove. ``passkeys`` adds them.

Neither changes the security stamp, as in .NET: sessions go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.signals import passkey_removed, passkey_renamed
from identity_bridge.users import passkeys
from identity_bridge.users.logins import get_logins

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.users.results import IdentityResult


def rename(
    *, request: HttpRequest, user: AbstractIdentityUser, credential_id: bytes, name: str | None
) -> IdentityResult | None:
    """Give one's passkey another name; None if there is no such passkey."""
    result = passkeys.rename_passkey(user=user, credential_id=credential_id, name=name)
    if result is not None and result.succeeded:
        passkey_renamed.send(sender=type(user), request=request, user=user)
    return result


def is_last_way_in(
    *, user: AbstractIdentityUser, credential_id: bytes, usable: Collection[str] = ()
) -> bool:
    """Tell if nobody could sign in any more without this passkey: there is no password, no
    external login of a provider that is ``usable`` here, and no other passkey."""
    if user.has_password():
        return False
    if usable and any(login.login_provider in usable for login in get_logins(user=user)):
        return False
    return passkeys.get_passkeys(user=user).keys() == {credential_id}


def remove(
    *,
    request: HttpRequest,
    user: AbstractIdentityUser,
    credential_id: bytes,
    usable: Collection[str] = (),
) -> IdentityResult | None:
    """Remove one's passkey; None if it is the last way in, which .NET would take away.

    ConcurrencyFailure: the user was changed meanwhile, so another way may be gone as well.
    """
    if is_last_way_in(user=user, credential_id=credential_id, usable=usable):
        return None
    result = passkeys.remove_passkey(user=user, credential_id=credential_id)
    if result.succeeded:
        passkey_removed.send(sender=type(user), request=request, user=user)
    return result
