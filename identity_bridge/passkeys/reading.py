"""The JSON that a browser sends: PublicKeyCredential.toJSON(), WebAuthn section 5.1.

Everything is bounded and typed here; what it means is looked at later.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from .errors import PasskeyRefused

MAX_CHARACTERS = 1 << 16
"""Of the JSON; real ones have one to eight thousand, most of it certificates."""
MAX_CREDENTIAL_ID_BYTES = 1023  # section 4, Credential ID
MAX_USER_HANDLE_BYTES = 64  # section 4, User Handle
MAX_SIGNATURE_BYTES = 2048

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_TRANSPORT = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
_MAX_TRANSPORTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationResponse:
    """What ``navigator.credentials.create()`` answered."""

    credential_id: bytes
    client_data_json: bytes
    attestation_object: bytes
    transports: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionResponse:
    """What ``navigator.credentials.get()`` answered."""

    credential_id: bytes
    client_data_json: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes | None


def read_registration(credential_json: str) -> RegistrationResponse:
    """Read the answer to creation options.

    :raises PasskeyRefused: it is none, or larger than one can be.
    """
    credential_id, response = _credential(credential_json)
    return RegistrationResponse(
        credential_id=credential_id,
        client_data_json=_binary(response, "clientDataJSON"),
        attestation_object=_binary(response, "attestationObject"),
        transports=_transports(response.get("transports")),
    )


def read_assertion(credential_json: str) -> AssertionResponse:
    """Read the answer to request options.

    :raises PasskeyRefused: it is none, or larger than one can be.
    """
    credential_id, response = _credential(credential_json)
    has_handle = response.get("userHandle") is not None
    handle = _binary(response, "userHandle", most=MAX_USER_HANDLE_BYTES) if has_handle else None
    return AssertionResponse(
        credential_id=credential_id,
        client_data_json=_binary(response, "clientDataJSON"),
        authenticator_data=_binary(response, "authenticatorData"),
        signature=_binary(response, "signature", most=MAX_SIGNATURE_BYTES),
        user_handle=handle,
    )


def to_base64url(value: bytes) -> str:
    """Return base64url without padding, as WebAuthn writes all its bytes."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read base64url without padding.

    :raises PasskeyRefused: it is something else.
    """
    if len(text) > MAX_CHARACTERS or len(text) % 4 == 1 or not _BASE64URL.fullmatch(text):
        raise PasskeyRefused("a binary member is not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_object(text: str, *, what: str) -> dict[str, Any]:
    """Read a JSON object of bounded size; of a name that comes twice the last counts, as in .NET.

    :raises PasskeyRefused: it is something else.
    """
    if len(text) > MAX_CHARACTERS:
        raise PasskeyRefused(f"{what} has {len(text)} characters, expected {MAX_CHARACTERS}")
    try:
        members = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise PasskeyRefused(f"{what} is not JSON") from None
    if not isinstance(members, dict):
        raise PasskeyRefused(f"{what} is a JSON {type(members).__name__}, expected an object")
    return members


def text_member(members: dict[str, Any], name: str) -> str:
    """Return a member that must be there as text.

    :raises PasskeyRefused: it is missing or something else.
    """
    value = members.get(name)
    if not isinstance(value, str):
        raise PasskeyRefused(f"{name} is a {type(value).__name__}, expected text")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _credential(credential_json: str) -> tuple[bytes, dict[str, Any]]:
    members = read_object(credential_json, what="the credential")
    if members.get("type") != "public-key":
        raise PasskeyRefused("the credential is not of type public-key")
    response = members.get("response")
    if not isinstance(response, dict):
        raise PasskeyRefused("the credential has no response")
    if not isinstance(members.get("clientExtensionResults"), dict):
        raise PasskeyRefused("the credential has no clientExtensionResults")
    return _binary(members, "id", most=MAX_CREDENTIAL_ID_BYTES, least=1), response


def _binary(
    members: dict[str, Any], name: str, *, most: int | None = None, least: int = 0
) -> bytes:
    value = from_base64url(text_member(members, name))
    if len(value) < least or (most is not None and len(value) > most):
        raise PasskeyRefused(f"{name} has {len(value)} bytes, expected {least} to {most}")
    return value


def _transports(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    # Unknown ones are kept (section 5.4.2): the browser gets them back with the next request.
    if (
        not isinstance(value, list)
        or len(value) > _MAX_TRANSPORTS
        or not all(isinstance(one, str) and _TRANSPORT.fullmatch(one) for one in value)
    ):
        raise PasskeyRefused("transports is no short list of words")
    return tuple(value)
