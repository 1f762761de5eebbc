"""What a request presents: an id with a secret, an assertion, or an id alone (SecretParser)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from identity_bridge.oidc.keys.tokens import read_claims_unverified
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single

if TYPE_CHECKING:
    from identity_bridge.oidc.protocol.parameters import Parameters

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One of ``secret`` and ``assertion``, or neither."""

    client_id: str
    secret: str = ""
    assertion: str = ""


def read_credentials(parameters: Parameters, *, authorization: str) -> Credentials | None:
    """Return what the request presents: the Authorization header first, as IdentityServer.

    None if there is nothing that names a client, or it has not the form it should have.

    :raises ProtocolError: a parameter that was sent twice
    """
    scheme, _space, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        found = _basic(value.strip())
        if found is not None or not single(parameters, "client_id"):
            return found
    if assertion := single(parameters, "client_assertion"):
        found = _assertion(assertion, single(parameters, "client_assertion_type"))
        if found is not None:
            return found
    client_id = single(parameters, "client_id")
    secret = single(parameters, "client_secret")
    if not _is_id(client_id) or len(secret) > limits.CLIENT_SECRET:
        return None
    return Credentials(client_id=client_id, secret=secret)


def _is_id(text: str) -> bool:
    """Tell if a client may be called so; NUL and half a letter no database can look up."""
    is_whole = not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
    return 0 < len(text) <= limits.CLIENT_ID and is_whole


def _basic(value: str) -> Credentials | None:
    """Read RFC 6749, section 2.3.1: both halves are form-encoded."""
    if len(value) > 2 * 4 * (limits.CLIENT_ID + limits.CLIENT_SECRET):
        return None
    try:
        text = b64decode(value, validate=True).decode()
    except (Base64Error, ValueError):
        return None
    client_id, colon, secret = text.partition(":")
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if not colon or not _is_id(client_id) or len(secret) > limits.CLIENT_SECRET:
        return None
    return Credentials(client_id=client_id, secret=secret)


def _assertion(assertion: str, assertion_type: str) -> Credentials | None:
    if assertion_type != JWT_BEARER:
        return None
    claims = read_claims_unverified(assertion)
    subject = claims.get("sub") if claims is not None else None
    if not isinstance(subject, str) or not _is_id(subject):
        return None
    return Credentials(client_id=subject, assertion=assertion)


def required(credentials: Credentials | None) -> Credentials:
    """Return the credentials.

    :raises ProtocolError: ``invalid_request`` where there are none
    """
    if credentials is None:
        raise ProtocolError(errors.INVALID_REQUEST, "No client, or a client in no known form")
    return credentials
