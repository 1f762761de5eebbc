"""AspNetUserTokens: tokens of external providers, and what UserStore keeps there itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from identity_bridge.models import UserToken

from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from typing import Any

    from identity_bridge.models import AbstractIdentityUser

    from .results import IdentityResult


def get_authentication_token(
    *, user: AbstractIdentityUser, login_provider: str, name: str
) -> str | None:
    """Return a stored token (GetAuthenticationTokenAsync), None if there is none or it is NULL."""
    return _row(user, login_provider, name).values_list("value", flat=True).first()


@sensitive_variables("value")
def set_authentication_token(
    *, user: AbstractIdentityUser, login_provider: str, name: str, value: str | None
) -> IdentityResult:
    """Store a token, replacing the one of this name (SetAuthenticationTokenAsync)."""
    return update_user(user, rows=lambda: put_token(user, login_provider, name, value))


def remove_authentication_token(
    *, user: AbstractIdentityUser, login_provider: str, name: str
) -> IdentityResult:
    """Delete a token (RemoveAuthenticationTokenAsync); succeeds if there was none."""
    return update_user(user, rows=lambda: delete_rows(_row(user, login_provider, name)))


@sensitive_variables("value")
def put_token(
    user: AbstractIdentityUser, login_provider: str, name: str, value: str | None
) -> None:
    """Write one row; part of a change, which also writes the user's row."""
    rows = _row(user, login_provider, name)
    found = rows.first()
    if found is None:
        UserToken(user_id=user.pk, login_provider=login_provider, name=name, value=value).save(
            using=database_of(user), force_insert=True
        )
    elif found.value != value:
        rows.update(value=value)


def _row(user: AbstractIdentityUser, login_provider: str, name: str) -> QuerySet[Any]:
    rows = UserToken._base_manager.using(database_of(user))
    return rows.filter(user_id=user.pk, login_provider=login_provider, name=name)
