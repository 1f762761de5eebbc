"""A document -> rows; loading the same document again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from identity_bridge.oidc import models as rows
from identity_bridge.oidc.protocol.configuration import ApiResource, Client, GrantType
from identity_bridge.oidc.protocol.configuration_rules import with_two_meanings
from identity_bridge.oidc.toolkit.compat import application_model

from .document import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.models import Model

    from identity_bridge.oidc.protocol.configuration import Secret

_MODELS: Mapping[str, type[Model]] = {
    "identity_resources": rows.IdentityResource,
    "api_scopes": rows.ApiScope,
    "api_resources": rows.ApiResource,
}

_SCOPES = ("identity_resources", "api_scopes")

#: Of the grant types the one that django-oauth-toolkit's Application is shown with.
_APPLICATION_GRANTS = (
    (GrantType.AUTHORIZATION_CODE, "authorization-code"),
    (GrantType.HYBRID, "openid-hybrid"),
    (GrantType.IMPLICIT, "implicit"),
    (GrantType.PASSWORD, "password"),
    (GrantType.DEVICE_CODE, GrantType.DEVICE_CODE.value),
    (GrantType.CLIENT_CREDENTIALS, "client-credentials"),
)


@dataclass(slots=True)
class Count:
    """How many of one part were written."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0


def write(document: Mapping[str, Sequence[Any]], *, prune: bool = False) -> dict[str, Count]:
    """Write what the document has, in one transaction; the counts by part.

    :raises ConfigurationError: a value that no column can hold, a scope of two meanings

    ``prune``: delete what the parts of the document do not have.
    """
    counts: dict[str, Count] = {}
    with transaction.atomic():
        for part, values in document.items():
            count = counts[part] = Count()
            for value in values:
                if isinstance(value, Client):
                    _tally(count, *_write_client(value))
                else:
                    _tally(count, *_write_resource(_MODELS[part], value))
            if prune:
                count.removed = _prune(part, values)
        _check_meanings(document)
    return counts


def _check_meanings(document: Mapping[str, Sequence[Any]]) -> None:
    """Refuse a name that the database has as an identity resource and as an API scope now."""
    written = {one.name for part in _SCOPES for one in document.get(part, ())}
    stored = [
        set(_MODELS[part]._default_manager.filter(name__in=written).values_list("name", flat=True))
        for part in _SCOPES
    ]
    if names := with_two_meanings(*stored):
        raise ConfigurationError(
            f"{names[0]!r} would be an identity resource and an API scope: expected one of them."
        )


def _tally(count: Count, created: bool, changed: bool) -> None:
    if created:
        count.created += 1
    elif changed:
        count.updated += 1
    else:
        count.unchanged += 1


def _prune(part: str, values: Sequence[Any]) -> int:
    if part == "clients":
        kept = [value.client_id for value in values]
        ours = application_model().objects.filter(identity_client__isnull=False)
        gone = list(ours.exclude(client_id__in=kept))
    else:
        names = [value.name for value in values]
        gone = list(_MODELS[part]._default_manager.exclude(name__in=names))
    for row in gone:
        row.delete()
    return len(gone)


def _write_resource(model: type[Any], value: Any) -> tuple[bool, bool]:
    columns = _columns(value, leave_out={"name", "api_secrets"})
    row = model._default_manager.filter(name=value.name).first()
    created = row is None
    if row is None:
        row = model(name=value.name)
    changed = _save(row, columns, created=created)
    if isinstance(value, ApiResource):
        changed |= _write_secrets(row.api_secrets, value.api_secrets)
    return created, changed


def _write_client(value: Client) -> tuple[bool, bool]:
    model = application_model()
    application = model.objects.filter(client_id=value.client_id).first()
    created = application is None
    if application is None:
        application = model(client_id=value.client_id, client_secret="", algorithm="")
    changed = _save(
        application,
        {
            "name": value.client_name,
            "client_type": "confidential" if value.require_client_secret else "public",
            "authorization_grant_type": shown_grant(value.allowed_grant_types),
            "redirect_uris": " ".join(value.redirect_uris),
            "post_logout_redirect_uris": " ".join(value.post_logout_redirect_uris),
            "allowed_origins": " ".join(value.allowed_cors_origins),
            "skip_authorization": not value.require_consent,
        },
        created=created,
    )
    row = rows.Client.objects.filter(pk=application.pk).first()
    columns = _columns(
        value,
        leave_out={
            "client_id",
            "client_name",
            "redirect_uris",
            "post_logout_redirect_uris",
            "allowed_cors_origins",
            "client_secrets",
            "claims",
        },
    )
    columns["claims"] = [{"type": one.type, "value": one.value} for one in value.claims]
    is_new = row is None
    if row is None:
        row = rows.Client(application=application)
    changed |= _save(row, columns, created=is_new)
    changed |= _write_secrets(row.client_secrets, value.client_secrets)
    return created or is_new, changed


def shown_grant(allowed: Collection[str]) -> str:
    """Return the one grant type that the Application's own column shows."""
    for grant, shown in _APPLICATION_GRANTS:
        if grant in allowed:
            return shown
    return "client-credentials"


def _columns(value: Any, leave_out: Iterable[str]) -> dict[str, Any]:
    return {
        field.name: _plain(getattr(value, field.name))
        for field in fields(value)
        if field.name not in leave_out
    }


def _plain(found: Any) -> Any:
    if isinstance(found, frozenset):
        return sorted(found)
    return list(found) if isinstance(found, tuple) else found


def _save(row: Any, columns: Mapping[str, Any], *, created: bool) -> bool:
    changed = {name for name, value in columns.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, columns[name])
    others = {field.name for field in row._meta.fields} - columns.keys() - {"name", "client_id"}
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise ConfigurationError(f"{row}: {'; '.join(_said(error))}") from None
    if created:
        row.save()
    elif changed:
        row.save(update_fields=sorted(changed))
    return created or bool(changed)


def _said(error: ValidationError) -> Iterator[str]:
    for name, messages in error.message_dict.items():
        yield f"{name}: {' '.join(messages)}"


def _write_secrets(manager: Any, secrets: Sequence[Secret]) -> bool:
    """Make the rows those of the document; what stands there already stays as it is."""
    left = {(row.type, row.value, row.description, row.expiration): row for row in manager.all()}
    changed = False
    for one in secrets:
        if left.pop((one.type, one.value, one.description, one.expiration), None) is None:
            manager.create(
                type=one.type,
                value=one.value,
                description=one.description,
                expiration=one.expiration,
            )
            changed = True
    for row in left.values():
        row.delete()
        changed = True
    return changed
