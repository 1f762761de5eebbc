"""What an IdentityServer is configured with: clients, scopes and resources, as frozen values.

Names and defaults are those of Duende IdentityServer (its Client, IdentityResource, ApiScope and
ApiResource classes). Lifetimes are in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

OPENID_SCOPE = "openid"
OFFLINE_ACCESS_SCOPE = "offline_access"
OIDC_PROTOCOL = "oidc"


class GrantType(StrEnum):
    """What a client may do to get a token; any other URI names an extension grant."""

    AUTHORIZATION_CODE = "authorization_code"
    IMPLICIT = "implicit"
    HYBRID = "hybrid"
    CLIENT_CREDENTIALS = "client_credentials"
    PASSWORD = "password"  # noqa: S105 - a grant type
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


_WITH_CODES = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.HYBRID})


class AccessTokenType(StrEnum):
    JWT = "Jwt"
    REFERENCE = "Reference"


class RefreshTokenUsage(StrEnum):
    REUSE = "ReUse"
    """The handle stays the same."""
    ONE_TIME_ONLY = "OneTimeOnly"
    """Each use gives a new handle and ends the old one."""


class RefreshTokenExpiration(StrEnum):
    SLIDING = "Sliding"
    """Each use adds the sliding lifetime, up to the absolute one."""
    ABSOLUTE = "Absolute"


class SecretType(StrEnum):
    SHARED_SECRET = "SharedSecret"  # noqa: S105 - a type
    """base64 of SHA-256 or SHA-512 of the secret."""
    JSON_WEB_KEY = "JWK"
    X509_CERTIFICATE = "X509CertificateBase64"
    X509_THUMBPRINT = "X509Thumbprint"
    X509_NAME = "X509Name"
    PLAIN_TEXT = "PlainText"
    """The secret itself, kept because an HMAC needs it (client_secret_jwt)."""


#: Members of a client that the server or a browser goes to: web addresses, or empty.
WEB_ADDRESSES: Final = (
    "client_uri",
    "logo_uri",
    "initiate_login_uri",
    "front_channel_logout_uri",
    "back_channel_logout_uri",
)


def _is_web_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim the configuration gives a client, every one of its tokens carries it."""

    type: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    value: str = field(repr=False)
    type: str = SecretType.SHARED_SECRET
    description: str = ""
    expiration: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An application that asks for tokens (Duende.IdentityServer.Models.Client)."""

    client_id: str
    enabled: bool = True
    protocol_type: str = OIDC_PROTOCOL
    client_secrets: tuple[Secret, ...] = ()
    require_client_secret: bool = True
    client_name: str = ""
    description: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    initiate_login_uri: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    allowed_grant_types: frozenset[str] = frozenset()
    require_pkce: bool = True
    allow_plain_text_pkce: bool = False
    require_request_object: bool = False
    require_pushed_authorization: bool = False
    pushed_authorization_lifetime: int | None = None
    require_dpop: bool = False
    dpop_validation_mode: str = "Iat"
    dpop_clock_skew: int = 300
    allow_access_tokens_via_browser: bool = False
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    allowed_cors_origins: tuple[str, ...] = ()
    allowed_scopes: frozenset[str] = frozenset()
    allow_offline_access: bool = False

    front_channel_logout_uri: str = ""
    front_channel_logout_session_required: bool = True
    back_channel_logout_uri: str = ""
    back_channel_logout_session_required: bool = True
    enable_local_login: bool = True
    identity_provider_restrictions: frozenset[str] = frozenset()
    user_sso_lifetime: int | None = None
    coordinate_lifetime_with_user_session: bool | None = None

    identity_token_lifetime: int = 300
    allowed_identity_token_signing_algorithms: tuple[str, ...] = ()
    always_include_user_claims_in_id_token: bool = False
    access_token_lifetime: int = 3600
    access_token_type: str = AccessTokenType.JWT
    authorization_code_lifetime: int = 300
    include_jwt_id: bool = True
    claims: tuple[Claim, ...] = ()
    always_send_client_claims: bool = False
    client_claims_prefix: str = "client_"
    pair_wise_subject_salt: str = ""

    absolute_refresh_token_lifetime: int = 2_592_000
    sliding_refresh_token_lifetime: int = 1_296_000
    refresh_token_usage: str = RefreshTokenUsage.REUSE
    refresh_token_expiration: str = RefreshTokenExpiration.ABSOLUTE
    update_access_token_claims_on_refresh: bool = False

    require_consent: bool = False
    allow_remember_consent: bool = True
    consent_lifetime: int | None = None

    user_code_type: str = ""
    device_code_lifetime: int = 300
    polling_interval: int | None = None
    ciba_lifetime: int | None = None

    @property
    def is_oidc(self) -> bool:
        return self.protocol_type == OIDC_PROTOCOL

    @property
    def display_name(self) -> str:
        return self.client_name or self.client_id

    @property
    def has_web_page(self) -> bool:
        """Tell if ``client_uri`` may be made a link."""
        return _is_web_address(self.client_uri)

    @property
    def has_logo(self) -> bool:
        """Tell if ``logo_uri`` may be shown."""
        return _is_web_address(self.logo_uri)

    @property
    def can_be_started(self) -> bool:
        """Tell if ``initiate_login_uri`` may be made a link."""
        return _is_web_address(self.initiate_login_uri)

    def allows(self, grant_type: str) -> bool:
        """Tell if the client may use the grant; a hybrid client has codes to exchange too."""
        if grant_type == GrantType.AUTHORIZATION_CODE:
            return not self.allowed_grant_types.isdisjoint(_WITH_CODES)
        return grant_type in self.allowed_grant_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a client may ask for, and the consent page shows."""

    name: str
    enabled: bool = True
    display_name: str = ""
    description: str = ""
    required: bool = False
    emphasize: bool = False
    show_in_discovery_document: bool = True
    user_claims: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityResource(Scope):
    """A scope for data about the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiScope(Scope):
    """A scope for access to an API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResource:
    """An API: an audience, the scopes it owns, the secrets it introspects with."""

    name: str
    enabled: bool = True
    display_name: str = ""
    description: str = ""
    show_in_discovery_document: bool = True
    require_resource_indicator: bool = False
    allowed_access_token_signing_algorithms: tuple[str, ...] = ()
    user_claims: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    api_secrets: tuple[Secret, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """All scopes and resources of the server, by name, in the order they were configured."""

    identity_resources: Mapping[str, IdentityResource] = field(default_factory=dict)
    api_scopes: Mapping[str, ApiScope] = field(default_factory=dict)
    api_resources: Mapping[str, ApiResource] = field(default_factory=dict)
