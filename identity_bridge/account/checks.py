"""System checks of what the pages are told by the settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from identity_bridge.checks import CheckId
from identity_bridge.conf import get_settings
from identity_bridge.passkeys import library

from .mails import DELIVERIES
from .parts import Part

if TYPE_CHECKING:
    from django.apps import AppConfig


@register(Tags.security)
def check_parts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Check that ACCOUNT_DISABLED_PARTS names what there is: a typing error leaves a page on."""
    for name in get_settings().ACCOUNT_DISABLED_PARTS:
        if name not in list(Part):
            yield Error(
                f"ACCOUNT_DISABLED_PARTS names {name!r}, which is no part of the account pages.",
                hint=f"One of {', '.join(Part)}.",
                id=CheckId.ACCOUNT_PART_UNKNOWN,
            )


@register(Tags.security)
def check_mails(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Check how mails are sent, and the beginning of the links in them."""
    settings = get_settings()
    if settings.MAIL_DELIVERY not in DELIVERIES:
        yield Error(
            f"MAIL_DELIVERY is {settings.MAIL_DELIVERY!r}.",
            hint=f"One of {', '.join(DELIVERIES)}.",
            id=CheckId.MAIL_DELIVERY_UNKNOWN,
        )
    base = settings.ACCOUNT_BASE_URL
    if base is not None and not _is_origin(base):
        yield Error(
            f"ACCOUNT_BASE_URL is {base!r}.",
            hint="Scheme and host, like https://id.example.org; the path comes from the URLs.",
            id=CheckId.BASE_URL_MALFORMED,
        )


@register(Tags.security, deploy=True)
def check_link_hosts(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check that nobody chooses by the Host header where the links in others' mails lead."""
    wild = [host for host in django_settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if wild and get_settings().ACCOUNT_BASE_URL is None:
        yield Warning(
            f"ACCOUNT_BASE_URL is not set and ALLOWED_HOSTS has {wild[0]!r}: whoever asks for "
            "somebody's link to set a new password chooses the host it leads to.",
            hint="Set IDENTITY_BRIDGE['ACCOUNT_BASE_URL'], or name the hosts in ALLOWED_HOSTS.",
            id=CheckId.LINKS_FROM_ANY_HOST,
        )


def _is_origin(base: str) -> bool:
    try:
        parts = urlsplit(base)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
        rest = (parts.path.rstrip("/"), parts.query, parts.fragment, parts.username, parts.password)
        return known and not any(rest) and base.isascii() and base.isprintable()
    except ValueError:
        return False


@register(Tags.security)
def check_libraries(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check that a part that is on has its library: it is silently off without."""
    if Part.PASSKEYS not in get_settings().ACCOUNT_DISABLED_PARTS and not library.is_available():
        yield Warning(
            "The account pages have no passkeys: the library webauthn is not installed.",
            hint="pip install 'django-identity-bridge[account]', or add 'passkeys' to "
            "ACCOUNT_DISABLED_PARTS.",
            id=CheckId.PASSKEYS_UNAVAILABLE,
        )
