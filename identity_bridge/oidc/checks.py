"""System checks of the provider."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from identity_bridge.checks import CheckId
from identity_bridge.conf import Settings, get_settings

from .protocol.metadata import ENDPOINTS, own_members
from .protocol.signing_algorithms import ALGORITHMS

if TYPE_CHECKING:
    from django.apps import AppConfig

KNOWN_ENDPOINTS = (*ENDPOINTS, "discovery", "jwks")
DELIVERIES = ("thread", "command")


@register(Tags.security)
def check_provider(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check the settings that begin with OIDC_."""
    settings = get_settings()
    unknown = sorted(set(settings.OIDC_SIGNING_ALGORITHMS) - set(ALGORITHMS))
    if unknown or not settings.OIDC_SIGNING_ALGORITHMS:
        yield Error(
            f"OIDC_SIGNING_ALGORITHMS has {', '.join(unknown) or 'nothing'}.",
            hint=f"One or more of {', '.join(ALGORITHMS)}.",
            id=CheckId.SIGNING_ALGORITHM_UNKNOWN,
        )
    if unknown := sorted(set(settings.OIDC_DISABLED_ENDPOINTS) - set(KNOWN_ENDPOINTS)):
        yield Error(
            f"OIDC_DISABLED_ENDPOINTS has {', '.join(unknown)}.",
            hint=f"Known: {', '.join(KNOWN_ENDPOINTS)}.",
            id=CheckId.ENDPOINT_UNKNOWN,
        )
    if settings.OIDC_LOGOUT_DELIVERY not in DELIVERIES:
        yield Error(
            f"OIDC_LOGOUT_DELIVERY is {settings.OIDC_LOGOUT_DELIVERY!r}.",
            hint=f"One of {', '.join(DELIVERIES)}.",
            id=CheckId.LOGOUT_DELIVERY_UNKNOWN,
        )
    yield from _issuer(settings.OIDC_ISSUER)
    yield from _discovery(settings)
    if settings.OIDC_KEY_PROPAGATION >= settings.OIDC_KEY_ROTATION:
        yield Error(
            "OIDC_KEY_PROPAGATION is not shorter than OIDC_KEY_ROTATION.",
            hint="A key would retire before it ever signs.",
            id=CheckId.KEY_NEVER_SIGNS,
        )


@register(Tags.security, deploy=True)
def check_issuer_hosts(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check that nobody chooses the issuer by the Host header of his request."""
    if get_settings().OIDC_ISSUER is None and "*" in django_settings.ALLOWED_HOSTS:
        yield Warning(
            "OIDC_ISSUER is not set and ALLOWED_HOSTS has '*': whoever sends a request chooses "
            "the issuer of its tokens and the addresses in discovery.",
            hint="Set IDENTITY_BRIDGE['OIDC_ISSUER'], or name the hosts in ALLOWED_HOSTS.",
            id=CheckId.ISSUER_FROM_ANY_HOST,
        )


def _issuer(issuer: str | None) -> Iterable[CheckMessage]:
    if issuer is None:
        return
    if not _is_address(issuer):
        yield Error(
            f"OIDC_ISSUER is {issuer!r}.",
            hint="An address like https://id.example.org, without query and fragment.",
            id=CheckId.ISSUER_MALFORMED,
        )
    elif issuer.endswith("/"):
        yield Warning(
            "OIDC_ISSUER ends with a slash.",
            hint="Clients compare it letter by letter: leave it out, unless the old server had it.",
            id=CheckId.ISSUER_WITH_SLASH,
        )


def _discovery(settings: Settings) -> Iterable[CheckMessage]:
    own = own_members(disabled=settings.OIDC_DISABLED_ENDPOINTS)
    for name, value in settings.OIDC_DISCOVERY_ENTRIES.items():
        if name in own:
            yield Error(
                f"OIDC_DISCOVERY_ENTRIES has {name}, which the document has of itself.",
                hint="Leave it out: it is not heard.",
                id=CheckId.DISCOVERY_ENTRY_UNUSABLE,
            )
        elif not _is_json(value):
            yield Error(
                f"OIDC_DISCOVERY_ENTRIES has {name} with {value!r}, which JSON cannot say.",
                hint="Text, a number, a boolean, None, or a list or dictionary of such.",
                id=CheckId.DISCOVERY_ENTRY_UNUSABLE,
            )


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_address(issuer: str) -> bool:
    try:
        parts = urlsplit(issuer)
    except ValueError:
        return False
    known = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return known and not parts.query and not parts.fragment
