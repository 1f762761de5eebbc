"""All that is kept about somebody, as .NET's DownloadPersonalData writes it, and more.

What .NET writes stands first, under the same names and as text. What it leaves out follows:
claims, roles, passkeys, what OpenID clients were granted, sessions, and the audit trail.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from identity_bridge.account.provider.owner import granted_applications, live_sessions
from identity_bridge.adapter import get_adapter
from identity_bridge.models import AbstractIdentityUser, AuditEvent
from identity_bridge.users.authenticator import get_authenticator_key
from identity_bridge.users.claims import get_claims
from identity_bridge.users.logins import get_logins
from identity_bridge.users.passkeys import get_passkeys
from identity_bridge.users.roles import get_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

#: [PersonalData] and [ProtectedPersonalData] of IdentityUser, in its order.
_OF_DOTNET = (
    "id",
    "username",
    "email",
    "email_confirmed",
    "phone_number",
    "phone_number_confirmed",
    "two_factor_enabled",
)

MAX_EVENTS = 1000
"""Of the audit trail, the newest: somebody else's guessing may have filled it."""


def personal_data(user: AbstractIdentityUser) -> dict[str, Any]:
    """Return the data by name; at most ten statements."""
    data = {name: _own(value) for name, value in _custom_columns(user)}
    for attribute in _OF_DOTNET:
        data[_name(user._meta.get_field(attribute))] = _text(getattr(user, attribute))
    for login in get_logins(user=user):
        name = f"{login.login_provider} external login provider key"
        number = 2
        while name in data:  # .NET throws at a second account of one provider
            name = f"{login.login_provider} external login provider key ({number})"
            number += 1
        data[name] = login.provider_key
    data["Authenticator Key"] = get_authenticator_key(user=user)
    data["DateJoined"], data["LastLogin"] = user.date_joined, user.last_login
    data["Claims"] = [{"Type": one.type, "Value": one.value} for one in get_claims(user=user)]
    data["Roles"] = list(get_roles(user=user))
    data["Passkeys"] = [
        {"Name": one.name, "CreatedAt": one.created_at} for one in get_passkeys(user=user).values()
    ]
    data["Applications"] = granted_applications(user)
    data["Sessions"] = live_sessions(user)
    if events := _events(user):
        data["AuditEvents"] = events
    return get_adapter().get_personal_data(user=user, data=data)


def _events(user: AbstractIdentityUser) -> list[dict[str, Any]]:
    """Return what was written down about a user, the newest first (AUDIT_TABLE)."""
    rows = AuditEvent.objects.filter(user_key=str(user.pk)).order_by("-at", "-pk")
    return [
        {"At": at, "Event": event, "Address": address}
        for at, event, address in rows.values_list("at", "event", "address")[:MAX_EVENTS]
    ]


def _custom_columns(user: AbstractIdentityUser) -> Iterator[tuple[str, Any]]:
    known = {field.name for field in AbstractIdentityUser._meta.concrete_fields}
    for field in user._meta.concrete_fields:
        if field.name not in known and not field.primary_key:
            yield _name(field), getattr(user, field.attname)


def _name(field: Any) -> str:
    """Return the name .NET has for a column."""
    return "Id" if field.primary_key else str(field.db_column or field.attname)


def _own(value: Any) -> Any:
    return (
        b64encode(bytes(value)).decode()
        if isinstance(value, bytes | bytearray | memoryview)
        else value
    )


def _text(value: Any) -> str:
    """Return what ToString() gives, and "null" for nothing, as .NET's page."""
    return "null" if value is None else str(value)
