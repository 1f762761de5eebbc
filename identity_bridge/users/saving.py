"""UserManager.UpdateUserAsync: validate, derive the normalised columns, write with the guard.

A change is one UPDATE of all columns .NET knows, as EF writes it, guarded by the ConcurrencyStamp
that was read. Columns only Django knows are never part of it: they change without a new stamp,
and a stale writer must not bring back an ``is_active`` that was taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, router, transaction

from identity_bridge.aspnet.normalization import normalize_email, normalize_name
from identity_bridge.exceptions import ConcurrencyFailure

from .results import SUCCESS, IdentityResult
from .validation import validate_role, validate_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from identity_bridge.models import AbstractIdentityUser, Role

_UNWRITABLE = (IntegrityError, DataError, ValueError)
"""ValueError: psycopg's answer to a NUL in a text."""


def update_user(
    user: AbstractIdentityUser, *, rows: Callable[[], object] | None = None, **changes: Any
) -> IdentityResult:
    """Apply the changes to the user, and ``rows`` to other tables, all or nothing.

    The object is as it was before if the result is a refusal: of the validator,
    ConcurrencyFailure, or DefaultError where the database refuses a value.
    """
    before = {name: getattr(user, name) for name in (*changes, *_NORMALIZED)}
    for name, value in changes.items():
        setattr(user, name, value)
    errors = validate_user(user)
    if not errors:
        user.normalized_username = normalize_name(user.username)
        user.normalized_email = normalize_email(user.email)
        result = write_columns(user, _columns_of_dotnet(user), rows=rows)
        errors = result.errors
    if errors:
        for name, value in before.items():
            setattr(user, name, value)
    return IdentityResult(errors)


_NORMALIZED = ("normalized_username", "normalized_email", "security_stamp")


def _columns_of_dotnet(user: AbstractIdentityUser) -> list[str]:
    deferred = user.get_deferred_fields()
    return [
        field.attname
        for field in user._meta.concrete_fields
        if not field.primary_key
        and field.attname not in deferred
        and field.attname not in user.DJANGO_ONLY_FIELDS
    ]


def write_columns(
    instance: AbstractIdentityUser | Role,
    columns: list[str],
    *,
    rows: Callable[[], object] | None = None,
) -> IdentityResult:
    """Write these columns with the guard, without validating: ConcurrencyFailure, DefaultError."""
    try:
        with transaction.atomic(using=database_of(instance)):
            if rows is not None:
                rows()
            instance.save(update_fields=columns)
    except ConcurrencyFailure:
        return IdentityResult.failed("ConcurrencyFailure")
    except _UNWRITABLE:
        return IdentityResult.failed("DefaultError")
    return SUCCESS


def insert(instance: AbstractIdentityUser | Role) -> IdentityResult:
    """Insert a validated row; DefaultError if the Id or, since, the name is taken."""
    try:
        with transaction.atomic(using=database_of(instance)):
            instance.save(force_insert=True)
    except _UNWRITABLE:
        # Somebody may have taken the name since it was validated.
        validated = validate_role if instance._meta.model_name == "role" else validate_user
        errors = validated(instance)  # type: ignore[arg-type]
        return IdentityResult(errors) if errors else IdentityResult.failed("DefaultError")
    return SUCCESS


def delete_guarded(instance: AbstractIdentityUser | Role) -> IdentityResult:
    """Delete the row, if nobody changed it since it was read, with all that hangs on it."""
    try:
        with transaction.atomic(using=database_of(instance)):
            instance.delete_guarded()
    except ConcurrencyFailure:
        return IdentityResult.failed("ConcurrencyFailure")
    return SUCCESS


def delete_rows(rows: QuerySet[Any]) -> None:
    """Delete the rows; no statement that writes if there are none."""
    if rows.exists():
        rows.delete()


def database_of(instance: Any) -> str:
    """Return the alias of the database the object was read from or will be written to."""
    return instance._state.db or router.db_for_write(type(instance), instance=instance)
