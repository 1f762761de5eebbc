"""The options a browser gets, with the members, order and values of .NET (WebAuthn, 5.4, 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import PasskeyRefused
from .public_keys import ALGORITHMS
from .reading import MAX_USER_HANDLE_BYTES, to_base64url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from identity_bridge.aspnet.passkey_data import PasskeyData

CHALLENGE_BYTES = 32


def user_handle(user_id: str) -> bytes:
    """Return what an authenticator knows a user by: the Id in UTF-8, as .NET has it.

    :raises PasskeyRefused: the Id is longer than a user handle may be.
    """
    handle = user_id.encode("utf-8", "surrogatepass")
    if not 0 < len(handle) <= MAX_USER_HANDLE_BYTES:
        raise PasskeyRefused(
            f"the Id has {len(handle)} bytes, a user handle 1 to {MAX_USER_HANDLE_BYTES}"
        )
    return handle


def creation_options(
    *,
    rp_id: str,
    user_id: str,
    user_name: str,
    display_name: str,
    challenge: bytes,
    exclude: Mapping[bytes, PasskeyData],
    timeout: timedelta,
    user_verification: str | None,
    resident_key: str,
    algorithms: Iterable[int] = ALGORITHMS,
    authenticator_attachment: str | None = None,
    attestation: str | None = None,
) -> dict[str, Any]:
    """Return PublicKeyCredentialCreationOptionsJSON; ``exclude`` are the user's passkeys by id.

    :raises PasskeyRefused: the Id is longer than a user handle may be.
    """
    selection = {
        "authenticatorAttachment": authenticator_attachment,
        "residentKey": resident_key,
        "requireResidentKey": resident_key == "required",
        "userVerification": user_verification,
    }
    return _without_none(
        {
            "rp": {"name": rp_id, "id": rp_id},
            "user": {
                "id": to_base64url(user_handle(user_id)),
                "name": user_name,
                "displayName": display_name,
            },
            "challenge": to_base64url(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in algorithms],
            "timeout": _milliseconds(timeout),
            "excludeCredentials": _descriptors(exclude),
            "authenticatorSelection": _without_none(selection),
            "hints": [],
            "attestation": attestation,
            "attestationFormats": [],
        }
    )


def request_options(
    *,
    rp_id: str,
    challenge: bytes,
    allow: Mapping[bytes, PasskeyData],
    timeout: timedelta,
    user_verification: str | None,
) -> dict[str, Any]:
    """Return PublicKeyCredentialRequestOptionsJSON; nothing to ``allow`` lets the browser offer
    every passkey it has for this site."""
    return _without_none(
        {
            "challenge": to_base64url(challenge),
            "timeout": _milliseconds(timeout),
            "rpId": rp_id,
            "allowCredentials": _descriptors(allow),
            "userVerification": user_verification,
            "hints": [],
        }
    )


def _descriptors(passkeys: Mapping[bytes, PasskeyData]) -> list[dict[str, Any]]:
    return [
        {
            "type": "public-key",
            "id": to_base64url(credential_id),
            "transports": list(data.transports or ()),
        }
        for credential_id, data in passkeys.items()
    ]


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
