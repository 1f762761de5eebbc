"""The client data: what the browser says it signed for (WebAuthn, section 5.8.1).

The library's reader is not used: it takes UTF-16 and a byte order mark, and every non-empty text
for a true ``crossOrigin``.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from .errors import PasskeyRefused
from .reading import from_base64url, read_object, text_member

CREATE = "webauthn.create"
GET = "webauthn.get"

_TOKEN_BINDING = ("present", "supported", "not-supported")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientData:
    """The members that decide."""

    type: str
    challenge: bytes
    origin: str
    cross_origin: bool


def read_client_data(client_data_json: bytes) -> ClientData:
    """Read it.

    :raises PasskeyRefused: a member is missing, or something else than it should be.
    """
    try:
        text = client_data_json.decode("utf-8")
    except UnicodeDecodeError:
        raise PasskeyRefused("the client data is not UTF-8") from None
    members = read_object(text, what="the client data")
    cross_origin = members.get("crossOrigin")
    if cross_origin is not None and not isinstance(cross_origin, bool):
        raise PasskeyRefused("crossOrigin is not a boolean")
    binding = members.get("tokenBinding")
    # Gone from WebAuthn since Level 3; what .NET still looks at is looked at.
    if binding is not None and not (
        isinstance(binding, dict) and binding.get("status") in _TOKEN_BINDING
    ):
        raise PasskeyRefused("tokenBinding has no known status")
    return ClientData(
        type=text_member(members, "type"),
        challenge=from_base64url(text_member(members, "challenge")),
        origin=text_member(members, "origin"),
        cross_origin=bool(cross_origin),
    )


def check_client_data(
    client_data: ClientData, *, expected_type: str, expected_challenge: bytes, expected_origin: str
) -> None:
    """Steps 7 to 10 of section 7.1, steps 10 to 13 of 7.2.

    :raises PasskeyRefused: it was made for something else, or in a frame of another site.
    """
    if client_data.type != expected_type:
        raise PasskeyRefused(f"type is {client_data.type[:64]!r}, expected {expected_type!r}")
    if not hmac.compare_digest(client_data.challenge, expected_challenge):
        raise PasskeyRefused("the challenge is not the one that was sent")
    if not expected_origin or client_data.origin != expected_origin:
        raise PasskeyRefused(
            f"origin is {client_data.origin[:256]!r}, expected {expected_origin[:256]!r}"
        )
    if client_data.cross_origin:
        raise PasskeyRefused("made in a frame of another site")
