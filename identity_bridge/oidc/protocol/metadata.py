"""What the discovery document says (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from .authorize_request import PROMPT_CREATE, PROMPTS, RESPONSE_MODES, RESPONSE_TYPES
from .configuration import OFFLINE_ACCESS_SCOPE, GrantType, Resources
from .signing_algorithms import ALGORITHMS, SYMMETRIC

#: Endpoint -> its path and its name in the document.
ENDPOINTS: Final[Mapping[str, tuple[str, str]]] = {
    "authorize": ("connect/authorize", "authorization_endpoint"),
    "token": ("connect/token", "token_endpoint"),
    "userinfo": ("connect/userinfo", "userinfo_endpoint"),
    "end_session": ("connect/endsession", "end_session_endpoint"),
    "check_session": ("connect/checksession", "check_session_iframe"),
    "revocation": ("connect/revocation", "revocation_endpoint"),
    "introspection": ("connect/introspect", "introspection_endpoint"),
    "device_authorization": ("connect/deviceauthorization", "device_authorization_endpoint"),
}
JWKS_PATH: Final = ".well-known/openid-configuration/jwks"
CLIENT_AUTHENTICATION: Final = (
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "client_secret_jwt",
)
ASSERTION_ALGORITHMS: Final = (*ALGORITHMS, *SYMMETRIC)


def metadata(
    *,
    issuer: str,
    resources: Resources,
    algorithms: Sequence[str],
    disabled: Collection[str],
    extension_grants: Iterable[str] = (),
    supports_create: bool = False,
    custom: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the document; what is switched off is not in it, and no empty list (RFC 8414, section
    3.2).

    ``custom`` members stand at the end and replace none of ours; one that begins with ``~/`` is an
    address of the issuer (DiscoveryOptions.CustomEntries).
    """
    document = _members(
        issuer=issuer,
        resources=resources,
        algorithms=algorithms,
        disabled=disabled,
        extension_grants=extension_grants,
        supports_create=supports_create,
    )
    more = {name: _expanded(value, issuer) for name, value in custom.items()}
    found = {name: value for name, value in document.items() if value != []}
    return found | {name: value for name, value in more.items() if name not in document}


def own_members(*, disabled: Collection[str]) -> frozenset[str]:
    """Return the names that the document has of itself, the empty lists too."""
    return frozenset(
        _members(
            issuer="",
            resources=Resources(),
            algorithms=(),
            disabled=disabled,
            extension_grants=(),
            supports_create=False,
        )
    )


def _members(
    *,
    issuer: str,
    resources: Resources,
    algorithms: Sequence[str],
    disabled: Collection[str],
    extension_grants: Iterable[str],
    supports_create: bool,
) -> dict[str, Any]:
    # An issuer may end with a slash, which is one letter of it; an address has none twice.
    base = issuer.rstrip("/")
    document: dict[str, Any] = {"issuer": issuer}
    if "jwks" not in disabled:
        document["jwks_uri"] = f"{base}/{JWKS_PATH}"
    for name, (path, member) in ENDPOINTS.items():
        if name not in disabled:
            document[member] = f"{base}/{path}"
    if "end_session" not in disabled:
        document |= {
            "frontchannel_logout_supported": True,
            "frontchannel_logout_session_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
    document["scopes_supported"] = [
        *(r.name for r in _shown(resources.identity_resources)),
        *(s.name for s in _shown(resources.api_scopes)),
        OFFLINE_ACCESS_SCOPE,
    ]
    document["claims_supported"] = _claims(resources)
    document["grant_types_supported"] = _grants(disabled, extension_grants)
    if "authorize" not in disabled:
        document["response_types_supported"] = list(RESPONSE_TYPES)
        document["response_modes_supported"] = list(RESPONSE_MODES)
        prompts = (*PROMPTS, PROMPT_CREATE) if supports_create else PROMPTS
        document["prompt_values_supported"] = list(prompts)
        document["code_challenge_methods_supported"] = ["plain", "S256"]
        document["authorization_response_iss_parameter_supported"] = True
        document["claims_parameter_supported"] = True
        document["request_parameter_supported"] = False
        document["request_uri_parameter_supported"] = False
    for name in ("token", "revocation", "introspection"):
        if name not in disabled:
            document[f"{name}_endpoint_auth_methods_supported"] = list(CLIENT_AUTHENTICATION)
            document[f"{name}_endpoint_auth_signing_alg_values_supported"] = list(
                ASSERTION_ALGORITHMS
            )
    document["id_token_signing_alg_values_supported"] = list(algorithms)
    if "introspection" not in disabled:
        document["introspection_signing_alg_values_supported"] = list(algorithms)
    document["subject_types_supported"] = ["public"]
    return document


def _expanded(value: Any, issuer: str) -> Any:
    is_relative = isinstance(value, str) and value.startswith("~/")
    return f"{issuer.rstrip('/')}{value[1:]}" if is_relative else value


def _shown(resources: Mapping[str, Any]) -> list[Any]:
    return [r for r in resources.values() if r.enabled and r.show_in_discovery_document]


def _claims(resources: Resources) -> list[str]:
    shown = (
        *_shown(resources.identity_resources),
        *_shown(resources.api_scopes),
        *_shown(resources.api_resources),
    )
    return list(dict.fromkeys(name for resource in shown for name in resource.user_claims))


def _grants(disabled: Collection[str], extension_grants: Iterable[str]) -> list[str]:
    grants: list[str] = []
    if "token" not in disabled:
        grants += [GrantType.AUTHORIZATION_CODE] if "authorize" not in disabled else []
        grants += [GrantType.CLIENT_CREDENTIALS, GrantType.REFRESH_TOKEN]
    if "authorize" not in disabled:
        grants.append(GrantType.IMPLICIT)
    if "token" not in disabled:
        grants.append(GrantType.PASSWORD)
        if "device_authorization" not in disabled:
            grants.append(GrantType.DEVICE_CODE)
        grants += extension_grants
    return [str(grant) for grant in grants]
