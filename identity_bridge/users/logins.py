"""AspNetUserLogins: accounts at external providers that sign a user in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.models import UserLogin

from .results import IdentityResult
from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginInfo:
    """UserLoginInfo: who vouches (``Google``), for which account there, and its shown name."""

    login_provider: str
    provider_key: str
    provider_display_name: str | None = None


def get_logins(*, user: AbstractIdentityUser) -> tuple[LoginInfo, ...]:
    """Return the user's external logins (GetLoginsAsync)."""
    rows = UserLogin._base_manager.using(database_of(user)).filter(user_id=user.pk)
    return tuple(
        LoginInfo(
            login_provider=row.login_provider,
            provider_key=row.provider_key,
            provider_display_name=row.provider_display_name,
        )
        for row in rows.order_by("login_provider", "provider_key")
    )


def add_login(*, user: AbstractIdentityUser, login: LoginInfo) -> IdentityResult:
    """Let this account sign the user in (AddLoginAsync); LoginAlreadyAssociated.

    The security stamp stays, as in .NET.
    """
    database = database_of(user)
    rows = UserLogin._base_manager.using(database)
    known = rows.filter(login_provider=login.login_provider, provider_key=login.provider_key)
    taken = IdentityResult.failed("LoginAlreadyAssociated")
    if known.exists():
        return taken
    row = UserLogin(
        user_id=user.pk,
        login_provider=login.login_provider,
        provider_key=login.provider_key,
        provider_display_name=login.provider_display_name,
    )
    result = update_user(user, rows=lambda: row.save(using=database, force_insert=True))
    # The key of the table refuses one that somebody else was given meanwhile.
    return result if result.succeeded or not known.exists() else taken


def remove_login(
    *, user: AbstractIdentityUser, login_provider: str, provider_key: str
) -> IdentityResult:
    """Take an account away (RemoveLoginAsync); a new security stamp even if there was none."""
    rows = UserLogin._base_manager.using(database_of(user)).filter(
        user_id=user.pk, login_provider=login_provider, provider_key=provider_key
    )
    return update_user(user, rows=lambda: delete_rows(rows), security_stamp=new_security_stamp())
