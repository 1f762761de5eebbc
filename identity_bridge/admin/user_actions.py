"""What an administrator does to chosen users, without opening their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.models.tokens import (
    AUTHENTICATOR_KEY,
    INTERNAL_PROVIDER,
    RECOVERY_CODES,
    UserToken,
)
from identity_bridge.signals import signed_out_everywhere
from identity_bridge.users.saving import delete_rows, write_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.users.results import IdentityResult


@admin.action(description=_("Unlock, forget failed attempts"), permissions=["change"])
def unlock(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _apply(model_admin, request, queryset, _unlock)


@admin.action(
    description=_("Reset the second factor"),
    permissions=["change"],
)
def reset_second_factor(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _apply(model_admin, request, queryset, _reset_second_factor, ends_sessions=True)


@admin.action(description=_("Sign out everywhere"), permissions=["change"])
def sign_out_everywhere(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _apply(model_admin, request, queryset, _sign_out_everywhere, ends_sessions=True)


def _apply(
    model_admin: Any,
    request: HttpRequest,
    queryset: QuerySet[Any],
    change: Callable[[AbstractIdentityUser], IdentityResult],
    *,
    ends_sessions: bool = False,
) -> None:
    """Change each user by himself: one that fails, or may not be touched, stops no other."""
    done = 0
    for user in queryset:
        if not model_admin.has_change_permission(request, user):
            problem = gettext("you may not change this user.")
        elif change(user).succeeded:
            done += 1
            model_admin.log_change(request, user, change.__doc__ or "")
            if ends_sessions:
                signed_out_everywhere.send(sender=type(user), request=request, user=user)
            continue
        else:
            problem = gettext("somebody else changed this user at the same moment; try again.")
        messages.error(request, f"{user}: {problem}")
    if done:
        text = ngettext("%d user changed.", "%d users changed.", done) % done
        messages.success(request, text)


# write_columns and not the functions of UserManager, which validate the whole user first: a name
# that is no longer allowed must not keep anybody locked, or signed in.


def _unlock(user: AbstractIdentityUser) -> IdentityResult:
    """Unlocked."""
    user.lockout_end = None
    user.access_failed_count = 0
    return write_columns(user, ["lockout_end", "access_failed_count"])


def _reset_second_factor(user: AbstractIdentityUser) -> IdentityResult:
    """Second factor reset."""
    user.two_factor_enabled = False
    user.security_stamp = new_security_stamp()
    secrets = UserToken.objects.filter(
        user_id=user.pk,
        login_provider=INTERNAL_PROVIDER,
        name__in=[AUTHENTICATOR_KEY, RECOVERY_CODES],
    )
    columns = ["two_factor_enabled", "security_stamp"]
    return write_columns(user, columns, rows=lambda: delete_rows(secrets))


def _sign_out_everywhere(user: AbstractIdentityUser) -> IdentityResult:
    """Signed out everywhere."""
    user.security_stamp = new_security_stamp()
    return write_columns(user, ["security_stamp"])


USER_ACTIONS = [unlock, reset_second_factor, sign_out_everywhere]
