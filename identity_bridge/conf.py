"""The settings of identity_bridge: one dictionary, ``IDENTITY_BRIDGE``, read into one type.

An unknown key is an error. Values are checked by :mod:`identity_bridge.checks`; each setting
is described in docs/reference/settings.md. Nothing here writes to Django's settings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver

#: UserOptions.AllowedUserNameCharacters of .NET.
DEFAULT_USER_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@+"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All settings with their defaults; where .NET has the option, its name and its default."""

    KEY_TYPE: str = "string"
    """Type of the Id columns: ``string``, ``guid``, ``int`` or ``bigint``. Set before migrating."""

    ADAPTER: str = "identity_bridge.adapter.IdentityAdapter"
    """Dotted path of the class that decides what a project may want to decide otherwise."""

    # Passwords (PasswordHasherOptions, PasswordOptions)
    PASSWORD_UPGRADE: str = "preferred"  # noqa: S105 - a policy, not a password
    """After a right password: ``preferred`` re-hashes with the first of PASSWORD_HASHERS,
    ``aspnet`` keeps hashes that a .NET application can read, ``never`` leaves them."""
    PASSWORD_COMPATIBILITY_MODE: str = "V3"  # noqa: S105
    """Format of new ASP.NET hashes, ``V3`` or ``V2``."""
    PASSWORD_ITERATIONS: int = 100_000
    """PBKDF2 iterations of new ASP.NET V3 hashes."""
    MAX_PBKDF2_ITERATIONS: int = 5_000_000
    """Stored hashes that ask for more iterations never match and cost nothing."""
    MAX_SALT_BYTES: int = 4096
    MAX_SUBKEY_BYTES: int = 4096
    PASSWORD_REQUIRED_LENGTH: int = 6
    PASSWORD_REQUIRED_UNIQUE_CHARS: int = 1
    PASSWORD_REQUIRE_NON_ALPHANUMERIC: bool = True
    PASSWORD_REQUIRE_LOWERCASE: bool = True
    PASSWORD_REQUIRE_UPPERCASE: bool = True
    PASSWORD_REQUIRE_DIGIT: bool = True

    # Users (UserOptions)
    USER_ALLOWED_USER_NAME_CHARACTERS: str = DEFAULT_USER_NAME_CHARACTERS
    """Characters of a user name; empty allows any."""
    USER_REQUIRE_UNIQUE_EMAIL: bool = False

    # Sign-in (SignInOptions, LockoutOptions, SecurityStampValidatorOptions)
    LOGIN_BY_EMAIL: bool = False
    """Accept the e-mail address in place of the user name, if one user has confirmed it."""
    SIGN_IN_REQUIRE_CONFIRMED_EMAIL: bool = False
    SIGN_IN_REQUIRE_CONFIRMED_PHONE_NUMBER: bool = False
    SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT: bool = False
    LOCKOUT_ALLOWED_FOR_NEW_USERS: bool = True
    LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS: int = 5
    LOCKOUT_DEFAULT_TIME_SPAN: timedelta = timedelta(minutes=5)
    """How long a lockout lasts; ``timedelta.max`` is for ever."""
    STAMP_VALIDATION_INTERVAL: timedelta = timedelta(minutes=30)
    """How long a session is trusted before its security stamp is compared again."""
    SLIDING_EXPIRATION: bool = True
    """A request in the second half of a session's time (SESSION_COOKIE_AGE) begins it anew."""
    REAUTHENTICATE_AFTER: timedelta = timedelta(minutes=30)
    """Who changes how the account is entered has to have signed in within this time;
    ``timedelta.max`` never asks again, as .NET."""
    REMEMBER_BROWSER_FOR: timedelta = timedelta(days=14)
    """How long a browser may skip the second factor."""
    AUTHENTICATOR_ISSUER: str | None = None
    """The name an authenticator app shows; None takes the host of the request."""
    TWO_FACTOR_TIMEOUT: timedelta = timedelta(minutes=5)
    """Time between the right password and the second factor."""

    AUDIT_TABLE: bool = False
    """Keep every event of the audit log in a table, too."""

    # Passkeys (IdentityPasskeyOptions)
    PASSKEY_SERVER_DOMAIN: str | None = None
    """The domain passkeys belong to, the host's own or one above it; None: the host's own."""
    PASSKEY_TIMEOUT: timedelta = timedelta(minutes=5)
    """Time between the button and the answer of the authenticator."""
    PASSKEY_USER_VERIFICATION: str = "required"
    """Whether the authenticator asks for a finger, a face or a PIN: ``required``, ``preferred`` or
    ``discouraged``."""
    PASSKEY_RESIDENT_KEY: str = "preferred"
    """Whether new passkeys are found without a user name: ``required``, ``preferred`` or
    ``discouraged``."""

    # Brute force
    RATE_LIMIT_PER_ADDRESS: tuple[int, int] = (100, 60)
    """At most so many attempts of one client address in so many seconds; (0, 0) is no limit."""
    RATE_LIMIT_PER_ACCOUNT: tuple[int, int] = (20, 60)
    """At most so many attempts on one account in so many seconds; (0, 0) is no limit."""
    TRUSTED_PROXY_COUNT: int = 0
    """Proxies in front of Django whose X-Forwarded-For entries are believed."""

    # The account pages
    ACCOUNT_DISABLED_PARTS: tuple[str, ...] = ()
    """Parts that do not exist, neither page nor link: ``registration``, ``recovery``,
    ``user_name``, ``email``, ``phone``, ``password``, ``second_factor``, ``passkeys``,
    ``external_logins``, ``personal_data``, ``deletion``."""
    ACCOUNT_BASE_URL: str | None = None
    """Scheme and host of the links in mails; None takes those of the request."""
    MAIL_DELIVERY: str = "thread"
    """Who hands the mails of the account pages over: a ``thread`` of the process after the
    answer, or the request itself, ``direct``. Codes of the second factor are always sent at
    once."""

    # Sign-in by an account elsewhere
    EXTERNAL_PROVIDERS: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """Scheme, as it stands in AspNetUserLogins.LoginProvider -> options of the provider:
    ``kind`` (``google``, ``microsoft``, ``github`` or ``openid``), ``client_id``,
    ``client_secret``; ``display_name``, ``authority``, ``scopes``, ``key_claim``,
    ``callback_path``."""
    EXTERNAL_REGISTRATION: str = "ask"
    """What happens at the first sign-in of an account that nobody here has: ``ask`` for an e-mail
    address and make an account, make it ``automatic``-ally without a question, or ``never``."""

    # Import
    IMPORT_IS_ACTIVE_COLUMN: str | None = None
    """Custom column of the source's users that says whether an account is active. ASP.NET Core
    Identity has none; without this setting such a column is kept, reported and not obeyed."""
    STAFF_ROLES: tuple[str, ...] = ()
    """Imported members of these roles become staff, if --allow-privileged is given."""
    SUPERUSER_ROLES: tuple[str, ...] = ()
    """Imported members of these roles become superusers, if --allow-privileged is given."""

    # The OpenID provider (identity_bridge.oidc; IdentityServerOptions)
    OIDC_ISSUER: str | None = None
    """The ``iss`` of all tokens; None takes the address of each request, in lower case."""
    OIDC_ADAPTER: str = "identity_bridge.oidc.adapter.OidcAdapter"
    """Dotted path of the class that decides over subjects and claims."""
    OIDC_DISABLED_ENDPOINTS: tuple[str, ...] = ()
    """Endpoints that do not exist: ``authorize``, ``token``, ``userinfo``, ``introspection``,
    ``revocation``, ``end_session``, ``check_session``, ``device_authorization``, ``discovery``,
    ``jwks``."""
    OIDC_DISCOVERY_ENTRIES: dict[str, Any] = field(default_factory=dict)
    """Members of the discovery document beside ours: name -> what JSON can say; a text that begins
    with ``~/`` becomes an address of the issuer."""
    OIDC_CONSENT_URL: str = "account:consent"
    """Pages, as an address or the name of a URL pattern."""
    OIDC_LOGOUT_URL: str = "account:end-session"
    OIDC_REDIRECT_AFTER_SIGN_OUT: bool = False
    """Lead back to the client by itself after a sign-out, where there would be a link
    (AutomaticRedirectAfterSignOut of IdentityServer's templates)."""
    OIDC_DEVICE_URL: str = "account:device"
    OIDC_ERROR_URL: str = "account:error"
    OIDC_CREATE_ACCOUNT_URL: str | None = None
    """The page for ``prompt=create``; None refuses it."""
    OIDC_CHECK_SESSION_COOKIE: str = "idsrv.session"
    OIDC_SIGNING_ALGORITHMS: tuple[str, ...] = ("RS256",)
    """Algorithms there is a key for; the first signs where nobody asks for another."""
    OIDC_KEY_PROPAGATION: timedelta = timedelta(days=14)
    """How long a new key is announced before it signs."""
    OIDC_KEY_ROTATION: timedelta = timedelta(days=90)
    """Age at which a key signs no more."""
    OIDC_KEY_RETENTION: timedelta = timedelta(days=14)
    """How long after that it still verifies."""
    OIDC_KEY_ENCRYPTION_KEYS: tuple[str, ...] = ()
    """Secrets that private keys are encrypted with, the first for new ones; empty: SECRET_KEY."""
    OIDC_ACCESS_TOKEN_TYPE: str = "at+jwt"  # noqa: S105 - a header
    OIDC_EMIT_STATIC_AUDIENCE_CLAIM: bool = False
    OIDC_EMIT_SCOPES_AS_SPACE_DELIMITED_STRING: bool = False
    OIDC_EMIT_STATE_HASH: bool = False
    """Put ``s_hash`` into ID tokens: the hash of the ``state`` they were asked for with."""
    OIDC_JWT_CLOCK_SKEW: timedelta = timedelta(minutes=5)
    """How long the userinfo endpoint takes a JWT that is over."""
    OIDC_PASSWORD_GRANT_SKIPS_SECOND_FACTOR: bool = False
    OIDC_REFRESH_TOKEN_REPLAY_GRACE: timedelta = timedelta(seconds=10)
    """A one-time refresh token used again sooner is refused; later, all that came of it ends."""
    OIDC_TOKENS_END_WITH_SECURITY_STAMP: bool = False
    """A new password, or anything else that changes the security stamp, ends a user's tokens."""
    OIDC_COORDINATE_LIFETIMES_WITH_SESSION: bool = False
    """Tokens end with the user's session, for clients that do not say otherwise."""
    OIDC_LOGOUT_DELIVERY: str = "thread"
    """Who sends logout tokens first: a ``thread`` of the process, or only the ``command``
    send_logout_notifications."""
    OIDC_CONFIGURATION_CACHE_TIME: timedelta = timedelta(minutes=1)
    """After this long a process reads clients, scopes and keys anew in any case."""
    OIDC_EXTENSION_GRANTS: dict[str, str] = field(default_factory=dict)
    """Grant type -> dotted path of the function that checks its requests."""


@cache
def get_settings() -> Settings:
    """Return the settings in force.

    :raises ImproperlyConfigured: IDENTITY_BRIDGE has a key that does not exist.
    """
    given: dict[str, Any] = getattr(django_settings, "IDENTITY_BRIDGE", {})
    known = {field.name for field in fields(Settings)}
    if unknown := sorted(set(given) - known):
        raise ImproperlyConfigured(
            f"IDENTITY_BRIDGE has no setting {', '.join(unknown)}. "
            f"Known: {', '.join(sorted(known))}."
        )
    return Settings(**given)


@receiver(setting_changed)
def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "IDENTITY_BRIDGE":
        get_settings.cache_clear()
