"""AspNetUserPasskeys: the passkeys a user has; ``signin.passkeys`` has the ceremonies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.models import UserPasskey

from .results import IdentityResult
from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def get_passkeys(*, user: AbstractIdentityUser) -> dict[bytes, PasskeyData]:
    """Return the user's passkeys by credential id (GetPasskeysAsync), those that can be read.

    .NET fails for a user with a row that it cannot read.
    """
    found = get_all_passkeys(user=user)
    return {key: data for key, data in found.items() if data is not None}


def get_all_passkeys(*, user: AbstractIdentityUser) -> dict[bytes, PasskeyData | None]:
    """Return every row of the user by credential id; None where the data cannot be read."""
    rows = UserPasskey._base_manager.using(database_of(user)).filter(user_id=user.pk)
    return {bytes(row.credential_id): _readable(row) for row in rows}


def get_passkey(*, user: AbstractIdentityUser, credential_id: bytes) -> PasskeyData | None:
    """Return one passkey of this user (GetPasskeyAsync); None if it is not theirs or unreadable."""
    rows = UserPasskey._base_manager.using(database_of(user)).filter(
        user_id=user.pk, credential_id=credential_id
    )
    row = rows.first()
    return None if row is None else _readable(row)


def find_by_passkey(*, credential_id: bytes) -> AbstractIdentityUser | None:
    """Return the owner of a credential (FindByPasskeyIdAsync)."""
    rows = UserPasskey._base_manager.filter(credential_id=credential_id).select_related("user")
    row = rows.first()
    return None if row is None else cast("AbstractIdentityUser", row.user)


def rename_passkey(
    *, user: AbstractIdentityUser, credential_id: bytes, name: str | None
) -> IdentityResult | None:
    """Give a passkey another name; None if this user has no such passkey."""
    data = get_passkey(user=user, credential_id=credential_id)
    if data is None:
        return None
    return add_or_update_passkey(
        user=user, credential_id=credential_id, data=replace(data, name=name)
    )


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


def _readable(row: UserPasskey) -> PasskeyData | None:
    return row.data if isinstance(row.data, PasskeyData) else None
