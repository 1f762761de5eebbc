"""Deleting the own account (the default UI's DeletePersonalData)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from identity_bridge.account.provider.owner import end_all_sessions
from identity_bridge.signals import user_deleted
from identity_bridge.signin import sessions
from identity_bridge.users.accounts import delete
from identity_bridge.users.results import IdentityResult
from identity_bridge.users.saving import database_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser


class _Refused(Exception):
    """Takes back what was done so far."""

    def __init__(self, result: IdentityResult) -> None:
        self.result = result


def is_last_superuser(user: AbstractIdentityUser) -> bool:
    """Tell if nobody would be left who may do everything; in a transaction, others wait."""
    if not (user.is_superuser and user.is_active):
        return False
    rows = type(user)._base_manager.using(database_of(user))
    administrators = rows.filter(is_superuser=True, is_active=True).order_by("pk")
    if transaction.get_connection(database_of(user)).in_atomic_block:
        # All of them, in one order: two who go at one moment must not both find the other.
        administrators = administrators.select_for_update()
    return not [key for key in administrators.values_list("pk", flat=True) if key != user.pk]


def delete_account(*, request: HttpRequest, user: AbstractIdentityUser) -> IdentityResult:
    """Delete the user with everything that hangs on it, and sign out.

    ConcurrencyFailure if somebody changed the user meanwhile, DefaultError where other rows of
    the project need it or it is the last superuser; then nothing has happened.
    """
    key = user.pk
    try:
        with transaction.atomic(using=database_of(user)):
            if is_last_superuser(user):
                raise _Refused(IdentityResult.failed("DefaultError"))
            end_all_sessions(user)
            result = delete(user=user)
            if not result.succeeded:
                raise _Refused(result)
    except _Refused as refused:
        return refused.result
    except IntegrityError:  # ProtectedError and RestrictedError among them
        user.pk = key
        return IdentityResult.failed("DefaultError")
    user.pk = key  # Django takes it away with the row
    sessions.sign_out(request=request)
    user_deleted.send(sender=type(user), request=request, user=user)
    return result
