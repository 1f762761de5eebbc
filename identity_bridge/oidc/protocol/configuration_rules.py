"""What a client, a scope or an API may be configured with: the same in the admin and in files.

Each function takes the members by name, passes over those that are missing, and yields what is
wrong. The rules are those of IdentityServer's Client class and its
DefaultClientConfigurationValidator, as far as what they refuse could never work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from . import limits
from .configuration import (
    OFFLINE_ACCESS_SCOPE,
    WEB_ADDRESSES,
    AccessTokenType,
    GrantType,
    RefreshTokenExpiration,
    RefreshTokenUsage,
)
from .redirect_uris import BLOCKED_SCHEMES, is_absolute, is_web_address, origin_of
from .signing_algorithms import ALGORITHMS

#: DPoPTokenExpirationValidationMode
DPOP_VALIDATION_MODES: Final = ("Custom", "Iat", "Nonce", "IatAndNonce")

MAX_NAME: Final = 200
MAX_NUMBER: Final = 2**31 - 1
"""What the columns hold; as seconds it is 68 years."""

#: Client.ValidateGrantTypes: a code could be taken from the answer of another flow.
_NEVER_TOGETHER: Final = (
    (GrantType.IMPLICIT, GrantType.AUTHORIZATION_CODE),
    (GrantType.IMPLICIT, GrantType.HYBRID),
    (GrantType.AUTHORIZATION_CODE, GrantType.HYBRID),
)
_CHOICES: Final[Mapping[str, Collection[str]]] = {
    "access_token_type": tuple(AccessTokenType),
    "refresh_token_usage": tuple(RefreshTokenUsage),
    "refresh_token_expiration": tuple(RefreshTokenExpiration),
    "dpop_validation_mode": DPOP_VALIDATION_MODES,
}
_AT_LEAST_ONE: Final = ("access_token_lifetime", "identity_token_lifetime")
_RESPELLED: Final = {
    "".join(filter(str.isalnum, name)): grant
    for grant in GrantType
    for name in (grant.value, grant.value.rpartition(":")[2])
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A member that cannot be so: what was found, and what was expected."""

    member: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.found}: expected {self.expected}."


def of_client(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the members of a client."""
    if "client_id" in values:
        yield from _name("client_id", values["client_id"], limits.CLIENT_ID)
    yield from _grant_types(values.get("allowed_grant_types") or ())
    for member in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in values.get(member) or ():
            yield from _redirect_uri(member, uri)
    for member in WEB_ADDRESSES:
        address = values.get(member)
        if address and not is_web_address(address):
            yield Problem(member, repr(address), "an http or https address")
    for origin in values.get("allowed_cors_origins") or ():
        if origin_of(origin) != origin or not is_web_address(origin):
            expected = "an origin like 'https://app.example.org': small letters, no path, no slash"
            yield Problem("allowed_cors_origins", repr(origin), expected)
    yield from _algorithms(values, "allowed_identity_token_signing_algorithms")
    for member, known in _CHOICES.items():
        given = values.get(member)
        if given is not None and given not in known:
            yield Problem(member, repr(given), f"one of {', '.join(known)}")
    yield from _numbers(values)


def of_scope(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the members of an identity resource or an API scope."""
    if "name" not in values:
        return
    name = values["name"]
    yield from _name("name", name, MAX_NAME)
    if any(map(str.isspace, name)):
        yield Problem("name", repr(name), "a name without space: requests list scopes with spaces")
    if name == OFFLINE_ACCESS_SCOPE:
        yield Problem(
            "name", repr(name), "another name: it is built in, allow_offline_access allows it"
        )


def of_api_resource(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the members of an API resource."""
    if "name" in values:
        yield from _name("name", values["name"], MAX_NAME)
    yield from _algorithms(values, "allowed_access_token_signing_algorithms")


def with_two_meanings(identity_resources: Iterable[str], api_scopes: Iterable[str]) -> list[str]:
    """Return the names that are an identity resource and an API scope, which IdentityServer
    answers each request with an error for."""
    return sorted(set(identity_resources) & set(api_scopes))


def meant_grant_type(name: str) -> str | None:
    """Return the grant type of the server that this name spells otherwise, None for any other."""
    folded = "".join(filter(str.isalnum, name.lower()))
    meant = _RESPELLED.get(folded)
    return None if meant is None or meant == name else meant.value


def _name(member: str, name: str, longest: int) -> Iterator[Problem]:
    if not name:
        yield Problem(member, "nothing", "a name")
    elif len(name) > longest:
        yield Problem(member, f"{len(name)} characters", f"at most {longest} characters")
    elif not name.isprintable():
        yield Problem(member, repr(name), "no control characters")


def _grant_types(given: Collection[str]) -> Iterator[Problem]:
    """Any other name is a grant of the project's own (OIDC_EXTENSION_GRANTS), now or later."""
    member = "allowed_grant_types"
    for name in given:
        if meant := meant_grant_type(name):
            yield Problem(member, repr(name), repr(meant))
        elif not name or len(name) > limits.GRANT_TYPE or not name.isprintable():
            yield Problem(member, repr(name), f"a name of at most {limits.GRANT_TYPE} characters")
    for one, other in _NEVER_TOGETHER:
        if one in given and other in given:
            yield Problem(
                member, f"{one.value} and {other.value}", "one of them, or two clients instead"
            )


def _redirect_uri(member: str, uri: str) -> Iterator[Problem]:
    scheme = _scheme(uri)
    if scheme in BLOCKED_SCHEMES:
        yield Problem(member, repr(uri), f"an address that leads to the client, not {scheme}:")
    elif not is_absolute(uri):
        yield Problem(member, repr(uri), "an absolute URI without spaces")
    elif "#" in uri and member == "redirect_uris":
        # The other list may: applications with pages behind the # come back to one of them.
        yield Problem(member, repr(uri), "an absolute URI without '#' (RFC 6749, section 3.1.2)")
    elif len(uri) > limits.REDIRECT_URI:
        expected = f"at most {limits.REDIRECT_URI} characters"
        yield Problem(member, f"{uri[:60]!r}… of {len(uri)} characters", expected)


def _scheme(uri: str) -> str:
    try:
        return urlsplit(uri).scheme.lower()
    except ValueError:
        return ""


def _algorithms(values: Mapping[str, Any], member: str) -> Iterator[Problem]:
    for name in values.get(member) or ():
        if name not in ALGORITHMS:
            yield Problem(member, repr(name), f"one of {', '.join(ALGORITHMS)}")


def _numbers(values: Mapping[str, Any]) -> Iterator[Problem]:
    least = dict.fromkeys(_AT_LEAST_ONE, 1)
    if GrantType.DEVICE_CODE in (values.get("allowed_grant_types") or ()):
        least["device_code_lifetime"] = 1
    for member, given in values.items():
        if isinstance(given, bool) or not isinstance(given, int):
            continue
        if not least.get(member, 0) <= given <= MAX_NUMBER:
            expected = f"a number from {least.get(member, 0)} to {MAX_NUMBER}"
            yield Problem(member, str(given), expected)
