"""Rows -> the frozen values that the protocol works with."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q

from identity_bridge.oidc.models import ApiResource as ApiResourceRow
from identity_bridge.oidc.models import ApiScope as ApiScopeRow
from identity_bridge.oidc.models import Client as ClientRow
from identity_bridge.oidc.models import IdentityResource as IdentityResourceRow
from identity_bridge.oidc.protocol.configuration import (
    ApiResource,
    ApiScope,
    Claim,
    Client,
    IdentityResource,
    Resources,
    Secret,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from identity_bridge.oidc.models.secrets import AbstractSecret

Value = TypeVar("Value", Client, IdentityResource, ApiScope, ApiResource)

#: Kept by the Application of django-oauth-toolkit.
_OF_APPLICATION = {"client_id", "client_name", "redirect_uris", "post_logout_redirect_uris"}
_SETS = {
    "allowed_grant_types",
    "allowed_scopes",
    "identity_provider_restrictions",
    "scopes",
}


def read_client(client_id: str) -> tuple[Client, int] | None:
    """Return a client, enabled or not, and the key of its Application: two statements.

    None if there is none of this very id.
    """
    row = (
        ClientRow.objects.select_related("application")
        .prefetch_related("client_secrets")
        .filter(application__client_id=client_id)
        .first()
    )
    # A database may compare without regard to case; ids are compared byte by byte.
    if row is None or row.application.client_id != client_id:
        return None
    return client_of(row), row.pk


def client_of(row: ClientRow) -> Client:
    """Return the value of a row whose application and secrets are loaded."""
    application = row.application
    return Client(
        client_id=application.client_id,
        client_name=application.name,
        redirect_uris=tuple(application.redirect_uris.split()),
        post_logout_redirect_uris=tuple(application.post_logout_redirect_uris.split()),
        allowed_cors_origins=tuple(application.allowed_origins.split()),
        client_secrets=secrets_of(row.client_secrets.all()),
        claims=tuple(Claim(one["type"], one["value"]) for one in row.claims),
        **_columns(
            row,
            Client,
            leave_out=_OF_APPLICATION | {"client_secrets", "claims", "allowed_cors_origins"},
        ),
    )


def secrets_of(rows: Iterable[AbstractSecret]) -> tuple[Secret, ...]:
    return tuple(
        Secret(
            type=row.type,
            value=row.value,
            description=row.description,
            expiration=row.expiration,
        )
        for row in rows
    )


def read_resources() -> Resources:
    """Return all scopes and APIs: four statements."""
    apis = ApiResourceRow.objects.prefetch_related("api_secrets").order_by("pk")
    return Resources(
        identity_resources={
            row.name: IdentityResource(**_columns(row, IdentityResource))
            for row in IdentityResourceRow.objects.order_by("pk")
        },
        api_scopes={
            row.name: ApiScope(**_columns(row, ApiScope))
            for row in ApiScopeRow.objects.order_by("pk")
        },
        api_resources={
            row.name: ApiResource(
                api_secrets=secrets_of(row.api_secrets.all()),
                **_columns(row, ApiResource, leave_out={"api_secrets"}),
            )
            for row in apis
        },
    )


def read_client_ids() -> frozenset[str]:
    """Return the ids of all clients: some 100 bytes of memory for each."""
    return frozenset(ClientRow.objects.values_list("application__client_id", flat=True))


def read_cors_origins() -> frozenset[str]:
    """Return the origins that scripts of any enabled client run at."""
    texts = ClientRow.objects.filter(enabled=True).exclude(application__allowed_origins="")
    return frozenset(
        origin
        for text in texts.values_list("application__allowed_origins", flat=True)
        for origin in text.split()
    )


def read_ids_of_startable_clients() -> list[str]:
    """Return the ids of the enabled clients that say where a sign-in of theirs begins."""
    is_web_address = Q(initiate_login_uri__istartswith="https://")
    is_web_address |= Q(initiate_login_uri__istartswith="http://")
    rows = ClientRow.objects.filter(is_web_address, enabled=True)
    return list(rows.order_by("pk").values_list("application__client_id", flat=True))


def _columns(row: Any, value: type[Value], leave_out: Iterable[str] = ()) -> dict[str, Any]:
    return {
        field.name: _frozen(field.name, getattr(row, field.name))
        for field in fields(value)
        if field.name not in leave_out
    }


def _frozen(name: str, found: Any) -> Any:
    if isinstance(found, list):
        return frozenset(found) if name in _SETS else tuple(found)
    return found
