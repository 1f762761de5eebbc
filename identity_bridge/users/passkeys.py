"""AspNetUserPasskeys: the passkeys a user has; the ceremonies that prove one are not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.models import UserPasskey

from .results import IdentityResult
from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from identity_bridge.aspnet.passkey_data import PasskeyData
    from identity_bridge.models import AbstractIdentityUser


def get_passkeys(*, user: AbstractIdentityUser) -> dict[bytes, PasskeyData]:
    """Return the user's passkeys by credential id (GetPasskeysAsync)."""
    rows = UserPasskey._base_manager.using(database_of(user)).filter(user_id=user.pk)
    return {bytes(row.credential_id): row.data for row in rows}


def add_or_update_passkey(
    *, user: AbstractIdentityUser, credential_id: bytes, data: PasskeyData
) -> IdentityResult:
    """Keep a passkey whose ceremony was verified (AddOrUpdatePasskeyAsync).

    The security stamp stays, as in .NET. A credential of another user is refused with
    LoginAlreadyAssociated; .NET fails on the key of the table.
    """
    database = database_of(user)
    known = UserPasskey._base_manager.using(database).filter(credential_id=credential_id).first()
    if known is not None and known.user_id != user.pk:
        return IdentityResult.failed("LoginAlreadyAssociated")
    row = known or UserPasskey(credential_id=credential_id, user_id=user.pk)
    row.data = data
    return update_user(user, rows=lambda: row.save(using=database, force_insert=known is None))


def remove_passkey(*, user: AbstractIdentityUser, credential_id: bytes) -> IdentityResult:
    """Take a passkey away, if it is there (RemovePasskeyAsync); the security stamp stays."""
    rows = UserPasskey._base_manager.using(database_of(user)).filter(
        user_id=user.pk, credential_id=credential_id
    )
    return update_user(user, rows=lambda: delete_rows(rows))
