"""Which providers there are: those of the settings, and those of the database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from identity_bridge.conf import get_settings
from identity_bridge.models import IdentityProvider

from .client_secrets import decrypt
from .errors import ExternalSignInFailed, ProviderMisconfigured, ProviderUnknown
from .provider import MAX_SCHEME_CHARACTERS, Kind, Provider, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("identity_bridge.external")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A provider as a page lists it."""

    scheme: str
    display_name: str


def offers() -> tuple[Offer, ...]:
    """Return the providers that can be used, those of the settings first: one statement.

    One that is misconfigured is left out: ``manage.py check`` says so of the settings, the log of
    a row. The settings win over a row of the same scheme.
    """
    found = {}
    for scheme, options in get_settings().EXTERNAL_PROVIDERS.items():
        try:
            found[scheme] = parse(scheme, options).display_name
        except ProviderMisconfigured:
            continue
    for row in _rows():
        if row.scheme in get_settings().EXTERNAL_PROVIDERS:
            continue
        try:
            found[row.scheme] = of_row(row).display_name
        except ExternalSignInFailed as error:
            _report(row.scheme, error.detail)
    return tuple(Offer(scheme=scheme, display_name=name) for scheme, name in found.items())


@lru_cache(maxsize=256)
def _report(scheme: str, detail: str) -> None:
    """Say once in each process what is wrong with a row: a page that lists them is read often."""
    logger.warning("event=provider_left_out provider=%s detail=%s", ascii(scheme), ascii(detail))


def find(scheme: str) -> Provider:
    """Return a provider: no statement if it stands in the settings, else one.

    :raises ProviderUnknown: there is none, or it is switched off.
    :raises ProviderMisconfigured:
    """
    options = get_settings().EXTERNAL_PROVIDERS.get(scheme)
    if options is not None:
        return parse(scheme, options)
    row = None
    if len(scheme) <= MAX_SCHEME_CHARACTERS and scheme.isprintable():
        row = _rows().filter(scheme=scheme).first()
    if row is None:
        raise ProviderUnknown("no such provider, or it is switched off", scheme=scheme)
    return of_row(row)


def holder_of_callback(path: str, *, beside: str) -> str | None:
    """Return the scheme of another provider than ``beside`` that has this callback path, one that
    is switched off included; None if it is free."""
    settings = get_settings().EXTERNAL_PROVIDERS
    taken = {
        scheme: options.get("callback_path")
        for scheme, options in settings.items()
        if isinstance(options, dict)
    }
    rows = IdentityProvider.objects.filter(type=IdentityProvider.Type.OIDC)
    for scheme, properties in rows.values_list("scheme", "properties"):
        taken.setdefault(scheme, options_of(properties)["callback_path"])
    return next((one for one, has in taken.items() if path and has == path and one != beside), None)


def of_row(row: IdentityProvider) -> Provider:
    """Return the provider that a row describes.

    :raises ProviderMisconfigured:
    """
    options = options_of(row.properties) | {"display_name": row.display_name}
    return parse(
        row.scheme, options | {"client_secret": decrypt(row.client_secret, scheme=row.scheme)}
    )


def options_of(properties: Any) -> dict[str, Any]:
    """Return the options that the properties of a row mean, but for the secret."""
    given: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
    scope = given.get("Scope") or ""
    return {
        "kind": Kind.OPENID,
        "authority": given.get("Authority") or "",
        "client_id": given.get("ClientId") or "",
        "scopes": scope.split() if isinstance(scope, str) else scope,
        "key_claim": given.get("KeyClaim") or "",
        "callback_path": given.get("CallbackPath") or "",
    }


def _rows() -> QuerySet[IdentityProvider]:
    return IdentityProvider.objects.filter(enabled=True, type=IdentityProvider.Type.OIDC)
