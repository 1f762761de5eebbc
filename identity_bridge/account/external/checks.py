"""System checks of the external providers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from identity_bridge.checks import CheckId
from identity_bridge.conf import get_settings
from identity_bridge.external.errors import ProviderMisconfigured
from identity_bridge.external.provider import parse, sharing_callback
from identity_bridge.external.registration import Registration

if TYPE_CHECKING:
    from django.apps import AppConfig

_LIBRARIES = ("authlib", "joserfc", "requests")


@register(Tags.security)
def check_external_providers(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check that each provider of the settings can be used, and what is needed beside."""
    bridge = get_settings()
    if bridge.EXTERNAL_REGISTRATION not in list(Registration):
        yield Error(
            f"EXTERNAL_REGISTRATION is {bridge.EXTERNAL_REGISTRATION!r}.",
            hint=f"One of {', '.join(Registration)}; until then nobody is registered.",
            id=CheckId.EXTERNAL_REGISTRATION_UNKNOWN,
        )
    providers: Any = bridge.EXTERNAL_PROVIDERS
    if not isinstance(providers, dict) or not providers:
        return  # E001 says so
    usable = []
    for scheme, options in providers.items():
        try:
            usable.append(parse(str(scheme), options if isinstance(options, dict) else {}))
        except ProviderMisconfigured as error:
            yield Error(
                f"EXTERNAL_PROVIDERS[{scheme!r}]: {error.detail}.",
                hint="It is offered to nobody. See docs/how-to/external-login.md.",
                id=CheckId.EXTERNAL_PROVIDER_MISCONFIGURED,
            )
    for path, schemes in sharing_callback(usable).items():
        yield Error(
            f"EXTERNAL_PROVIDERS: {', '.join(schemes)} have the same callback_path {path!r}.",
            hint="Each needs its own: by it the answer of one is told from that of another.",
            id=CheckId.EXTERNAL_PROVIDER_MISCONFIGURED,
        )
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        yield Warning(
            f"EXTERNAL_PROVIDERS needs {', '.join(missing)}: nobody can sign in elsewhere.",
            hint="pip install 'django-identity-bridge[account]'",
            id=CheckId.EXTERNAL_LIBRARY_MISSING,
        )
    if settings.SESSION_COOKIE_SAMESITE == "Strict":
        yield Warning(
            "SESSION_COOKIE_SAMESITE is 'Strict': who comes back from a provider is not known.",
            hint="'Lax', the default.",
            id=CheckId.SESSION_COOKIE_STRICT,
        )
